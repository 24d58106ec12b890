"""Say how every part of the blog is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blog.owner.health import State, as_text, look


class Command(BaseCommand):
    help = "Say how every part of the blog is; exit code 1 where one is broken."
    requires_system_checks: list[str] = []  # what they would stop for, it says itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--strict", action="store_true", help="exit code 1 for what to look at, too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = look()
        self.stdout.write(as_text(findings))
        bad = {State.FAILURE, State.WARNING} if options["strict"] else {State.FAILURE}
        if names := [finding.name for finding in findings if finding.state in bad]:
            raise CommandError(f"Not well: {', '.join(names)}.")
