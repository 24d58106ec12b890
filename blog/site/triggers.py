"""Rules that only a trigger can hold, kept alive across migrations.

SQLite's schema editor rebuilds a table for most changes, even a plain AlterField, and the rebuilt
table has lost its triggers without a word. So each app declares its triggers in `triggers.py`, this
module puts them (back) in place after every `migrate`, and a system check compares them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Trigger:
    """A trigger on *table*, with one complete set of statements for each database.

    `sqlite` and `postgresql` each hold statements that create the trigger named *name*, or nothing where
    that database needs no such trigger.
    """

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]

    def statements(self, vendor: str) -> tuple[str, ...]:
        return self.sqlite if vendor == "sqlite" else self.postgresql


def declared_triggers() -> Iterator[Trigger]:
    """Yield the triggers of every installed app that has a `triggers` module."""
    for config in apps.get_app_configs():
        name = f"{config.name}.triggers"
        if config.name != "blog.site" and find_spec(name):
            yield from import_module(name).TRIGGERS


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Create the declared triggers anew on the tables that exist; running it again changes nothing."""
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for trigger in declared_triggers():
            if trigger.table not in tables or not trigger.statements(connection.vendor):
                continue
            on_table = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on_table}")
            for statement in trigger.statements(connection.vendor):
                cursor.execute(statement)


def drop_triggers(connection: BaseDatabaseWrapper) -> None:
    """Drop the declared triggers, before migrations on SQLite.

    It renames a rebuilt table into place, and refuses while a trigger of another table names it.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for trigger in declared_triggers():
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}")


def missing_triggers(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of declared triggers that the database does not have."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    declared = declared_triggers()
    return {each.name for each in declared if each.statements(connection.vendor)} - present


@register(Tags.database)
def check_triggers(databases: Iterable[str] | None = None, **kwargs: object) -> list[CheckMessage]:
    return [
        Error(
            f"The database lacks the trigger {name}.",
            hint="Run `manage.py migrate`: it puts every trigger back.",
            id="site.E001",
        )
        for alias in databases or []
        for name in sorted(missing_triggers(connections[alias]))
    ]
