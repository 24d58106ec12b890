"""Django's `migrate`, followed by the triggers that a rebuilt table may have lost."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from blog.site.triggers import install_triggers


class Command(migrate.Command):
    # The check of the triggers would fail before the command that mends them.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            install_triggers(connections[options["database"]])
