"""`manage.py import_markdown`: articles from Markdown files, with their pictures."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.articles.many import follow_up
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
        self.changed: list[int] = []
        try:
            failed = sum(self.import_path(path, dry_run) for path in map(Path, paths))
        finally:
            follow_up(self.changed)  # also of a run that was stopped
        if failed:
            message = ngettext("%d problem.", "%d problems.", failed)
            raise CommandError(message % failed)
        if dry_run:
            self.stdout.write(_("Nothing was changed: this was a rehearsal."))

    def import_path(self, path: Path, is_rehearsal: bool) -> int:
        """Import a file, or all of a folder, and return how many problems there were."""
        if not path.is_dir():
            return not self.import_file(path, None, is_rehearsal)
        files = sorted(path.rglob("*.md"))
        if not files:
            self.stderr.write(_("%s: There is no .md file in this folder.") % path)
            return 1
        return sum(not self.import_file(file, path, is_rehearsal) for file in files)

    def import_file(self, file: Path, root: Path | None, is_rehearsal: bool) -> bool:
        """Import one file, print a line about it and say whether it went well."""
        job = MarkdownImport(file, root=root, is_rehearsal=is_rehearsal, is_one_of_many=True)
        try:
            article = job.run()
        except ImportProblem as problem:
            self.stderr.write(f"{file}: {problem}")
            return False
        if job.outcome != "unchanged" and not is_rehearsal:
            self.changed.append(article.pk)
        self.stdout.write(f"{job.outcome:9} /{article.slug}/ ({file})")
        for note in job.notes:
            self.stdout.write(f"          {note}")
        return True
