"""`manage.py thin_revisions`: what was typed or drafted long ago, thinned out now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blog.articles.retention import KEEP_DAYS, thin_revisions


class Command(BaseCommand):
    help = (
        f"Delete autosaves that nobody touched for {KEEP_DAYS} days, and of drafts older than that all but"
        " the last of each day. What was saved or published is kept for ever. The worker does it once a"
        " day; without a worker, call it from a timer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be deleted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        thinned = thin_revisions(is_dry_run=options["dry_run"])
        done = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"autosaves {done}: {thinned.autosaves}")
        self.stdout.write(f"drafts {done}: {thinned.drafts}")
