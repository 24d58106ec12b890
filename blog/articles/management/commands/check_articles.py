"""`manage.py check_articles`: the checklist before publishing, over what is published already."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blog.articles.findings import check_all


class Command(BaseCommand):
    help = (
        "Check every live article anew, keep what is found for the desk, and print it. Ends with 1 where a"
        " required check is failed. The worker does it once a day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="also drafts and what is planned, expired or trashed",
        )
        parser.add_argument(
            "--required", action="store_true", help="print failed required checks only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        failing = required = 0
        for article, found in check_all(live_only=not options["all"]):
            shown = [
                failure for failure in found if failure.is_required or not options["required"]
            ]
            failing += 1
            required += any(failure.is_required for failure in found)
            if shown:
                self.stdout.write(f"/{article.slug}/  {article}")
            for failure in shown:
                where = f"  {failure.detail}" if failure.detail else ""
                self.stdout.write(f"  {failure.level}: {failure.sentence}{where}")
        self.stdout.write(f"articles with findings: {failing}, of a required check: {required}")
        if required:
            raise CommandError("Required checks are failed.")
