"""Give the five groups their permissions; `quickstart` does the same. Run it after every `migrate`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.roles import ROLES, RolesError, create_groups


class Command(BaseCommand):
    help = "Create the groups of the five roles, or renew their permissions."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            create_groups()
        except RolesError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"Groups are up to date: {', '.join(ROLES)}.")
