"""`manage.py search_check`: is everything in the index as it is in the texts?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blog.search.checking import differences, rebuild


class Command(BaseCommand):
    help = "Compare the search index with the articles and comments; with --fix, build it anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="Build the index anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["fix"]:
            rebuild()
        found = differences()
        if any(found.values()):
            counts = ", ".join(f"{what}: {count}" for what, count in found.items())
            raise CommandError(f"The search index is not complete ({counts}). Run it with --fix.")
        self.stdout.write("The search index is complete.")
