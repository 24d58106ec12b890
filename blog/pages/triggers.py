"""What no constraint can hold: an article and a page at the root never have the same address."""

from blog.site.triggers import Trigger

_MESSAGE = "An article and a page cannot have the same address."
# Its number means nothing. Articles share the lock among themselves: only a page waits for all that are
# being written, and they for it, since neither would see the other's row before it is committed.
_LOCK = 7_100_001


def _apart(*, table: str, column: str, other: str, event: str, lock: str) -> Trigger:
    name = f"one_address_{table}_{event.lower()}"
    is_taken = f"EXISTS (SELECT 1 FROM {other} = NEW.{column})"
    is_new = f"OLD.{column} <> NEW.{column}" if event == "UPDATE" else ""
    asked = f"UPDATE OF {column}" if event == "UPDATE" else event
    when = f"{is_new} AND {is_taken}" if is_new else is_taken
    return Trigger(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE {asked} ON {table} FOR EACH ROW WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
        ),
        postgresql=(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN"
            f" PERFORM {lock}({_LOCK}); IF {is_taken} THEN"
            f" RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'unique_violation'; END IF;"
            " RETURN NEW; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} BEFORE {asked} ON {table} FOR EACH ROW"
            f"{f' WHEN ({is_new})' if is_new else ''} EXECUTE FUNCTION {name}()",
        ),
    )


TRIGGERS = [
    _apart(**sides, event=event)
    for event in ("INSERT", "UPDATE")
    for sides in (
        {
            "table": "articles_article",
            "column": "slug",
            "other": "pages_page WHERE path",
            "lock": "pg_advisory_xact_lock_shared",
        },
        {
            "table": "pages_page",
            "column": "path",
            "other": "articles_article WHERE slug",
            "lock": "pg_advisory_xact_lock",
        },
    )
]
