"""Django's `migrate`, followed by the triggers that a rebuilt table may have lost."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from blog.site.triggers import drop_triggers, install_triggers


class Command(migrate.Command):
    # The check of the triggers would fail before the command that mends them.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        folder = Path(str(connection.settings_dict["NAME"])).parent
        if connection.vendor == "sqlite" and not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Create it, or set DATA_DIR.")
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        try:
            if connection.vendor == "sqlite" and _is_behind(connection):
                drop_triggers(connection)
            super().handle(*args, **options)
        finally:
            install_triggers(connection)


def _is_behind(connection: BaseDatabaseWrapper) -> bool:
    """Say whether migrations wait. Without any, the triggers stay: a site may be writing meanwhile."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
