"""`manage.py export`: everything that was written, as Markdown, JSON and pictures in one ZIP."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from blog.transfer.export import CannotExport, export_blog


class Command(BaseCommand):
    help = "Write everything that was written here, as Markdown, JSON and pictures, into one ZIP."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="folder (default: exports in DATA_DIR)")

    def handle(self, *args: Any, to: Path | None, **options: Any) -> None:
        try:
            export = export_blog(to)
        except CannotExport as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{export.path} ({export.path.stat().st_size / 2**20:.1f} MB)")
        there = [f"{name}: {number}" for name, number in export.counts.items() if number]
        self.stdout.write(", ".join(there))
        for name in export.missing:
            self.stderr.write(_("The file of this picture is missing: %s") % name)
        if export.missing:
            raise CommandError(_("All else is in the archive."))
