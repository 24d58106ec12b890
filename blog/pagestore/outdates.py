"""How a trigger says that pages are out of date. Which tables do, the pages know: blog/public/triggers.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NOW = {
    "sqlite": "NULL, strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "postgresql": "pg_current_xact_id()::text::bigint, clock_timestamp()",
}


@dataclass(frozen=True)
class Outdates:
    """Statements that write a change row for each tag when a row of *table* changes.

    *tags* are SQL expressions on {row}, which is NEW or OLD, or whole SELECTs of one column; by vendor
    where the databases differ. *columns* limits updates to those that pages show; *when* is a condition
    on {row}, enough if it holds for either. *what* tells several of one table apart.
    """

    table: str
    tags: Sequence[str | Mapping[str, str]]
    columns: Sequence[str] = ()
    when: str = ""
    what: str = "rows"

    def name(self, event: str) -> str:
        return f"outdates_{self.table}_{self.what}_{event.lower()}"

    def statements(self, event: str, vendor: str) -> tuple[str, ...]:
        rows = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}[event]
        asked = event
        if event == "UPDATE" and self.columns:
            asked = f"UPDATE OF {', '.join(self.columns)}"
        condition = " OR ".join(f"({self.when.format(row=row)})" for row in rows)
        when = f" WHEN ({condition})" if self.when else ""
        body = self._body(rows, vendor)
        name = self.name(event)
        if vendor == "sqlite":
            return (
                f"CREATE TRIGGER {name} AFTER {asked} ON {self.table} FOR EACH ROW{when} BEGIN {body} END",
            )
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {body} RETURN NULL; END $$"
            " LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} AFTER {asked} ON {self.table} FOR EACH ROW{when}"
            f" EXECUTE FUNCTION {name}()",
        )

    def _body(self, rows: Sequence[str], vendor: str) -> str:
        selects = []
        for row in rows:
            for tag in self.tags:
                text = (tag if isinstance(tag, str) else tag[vendor]).format(row=row)
                selects.append(text if text.startswith("SELECT") else f"SELECT {text}")
        union = " UNION ".join(selects)  # of the same tag for OLD and NEW, one row
        tags = f"(SELECT NULL AS tag WHERE 1 = 0 UNION {union}) AS tags"
        return (
            "INSERT INTO pagestore_change (tag, transaction_id, created_at) "
            f"SELECT tag, {_NOW[vendor]} FROM {tags} WHERE tag IS NOT NULL;"
        )
