"""Django's `migrate`, followed by the triggers that a rebuilt table may have lost."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from blog.site.triggers import drop_triggers, install_triggers

# Before the first release the steps of each app became one. A database that knows some of the steps before
# must have had them all: the new ones would take it for complete.
LAST_STEPS = {
    ("accounts", "0005_no_language_chosen_yet"),
    ("articles", "0011_desk_order"),
    ("comments", "0013_authors_are_asked"),
    ("pages", "0004_history"),
    ("ratings", "0004_desk_order"),
    ("reads", "0003_read_to_the_end"),
    ("search", "0003_pages_and_titles"),
    ("site", "0006_five_levels_of_replies"),
}


class Command(migrate.Command):
    # The check of the triggers would fail before the command that mends them.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        folder = Path(str(connection.settings_dict["NAME"])).parent
        if connection.vendor == "sqlite" and not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Create it, or set DATA_DIR.")
        _refuse_half_way(connection)
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        try:
            if connection.vendor == "sqlite" and (options["app_label"] or _is_behind(connection)):
                drop_triggers(connection)
            super().handle(*args, **options)
        finally:
            install_triggers(connection)


def _refuse_half_way(connection: BaseDatabaseWrapper) -> None:
    loader = MigrationLoader(connection)
    ours = {label for label, _name in LAST_STEPS}
    gone = {step for step in loader.applied_migrations if step[0] in ours} - set(
        loader.disk_migrations
    )
    if gone and not gone >= LAST_STEPS:
        raise CommandError(
            "This database is of an earlier clone, which had not reached its last migrations. Check out"
            " commit 8dac8a8, run `manage.py migrate` there, and come back; or begin with an empty database."
        )


def _is_behind(connection: BaseDatabaseWrapper) -> bool:
    """Say whether migrations wait. Without any, the triggers stay: a site may be writing meanwhile."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
