"""`manage.py import_markdown`: articles from Markdown files, with their pictures."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.transfer.markdown import MarkdownImport
from blog.transfer.problems import ImportProblem


class Command(BaseCommand):
    help = "Bring in Markdown files with front matter, and their pictures. A second run doubles nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="A file, or a folder of .md files."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen, and change nothing."
        )

    def handle(self, *args: Any, paths: list[str], dry_run: bool, **options: Any) -> None:
        failed = 0
        for path in map(Path, paths):
            files = sorted(path.rglob("*.md")) if path.is_dir() else [path]
            if not files:
                failed += 1
                self.stderr.write(_("%s: There is no .md file in this folder.") % path)
            for file in files:
                failed += not self.import_file(file, path if path.is_dir() else None, dry_run)
        if failed:
            message = ngettext("%d problem.", "%d problems.", failed)
            raise CommandError(message % failed)
        if dry_run:
            self.stdout.write(_("Nothing was changed: this was a rehearsal."))

    def import_file(self, file: Path, root: Path | None, is_rehearsal: bool) -> bool:
        """Import one file, print a line about it and say whether it went well."""
        job = MarkdownImport(file, root=root, is_rehearsal=is_rehearsal)
        try:
            article = job.run()
        except ImportProblem as problem:
            self.stderr.write(f"{file}: {problem}")
            return False
        self.stdout.write(f"{job.outcome:9} /{article.slug}/ ({file})")
        for note in job.notes:
            self.stdout.write(f"          {note}")
        return True
