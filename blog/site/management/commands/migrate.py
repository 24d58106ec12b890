"""Django's `migrate`, followed by the triggers that a rebuilt table may have lost."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from blog.site.triggers import install_triggers


class Command(migrate.Command):
    # The check of the triggers would fail before the command that mends them.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        folder = Path(str(connection.settings_dict["NAME"])).parent
        if connection.vendor == "sqlite" and not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Create it, or set DATA_DIR.")
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            install_triggers(connection)
