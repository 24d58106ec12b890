"""Write one archive with database, pictures and secret."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from blog.owner.backups import CannotBackUp, make_backup


class Command(BaseCommand):
    help = "Write database, pictures and secret into one archive. The blog may run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--keep", type=_at_least_one, help="delete older backups but the newest N"
        )
        parser.add_argument("--to", type=Path, help="folder (default: backups in DATA_DIR)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = make_backup(options["to"], keep=options["keep"])
        except CannotBackUp as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{backup.path} ({backup.size / 2**20:.1f} MB)")
        if not isinstance(default_storage, FileSystemStorage):
            self.stdout.write(
                "The pictures are in the bucket of STORAGE_URL, not in this archive: let it keep versions."
            )


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("keep one at least")
    return number


_at_least_one.__name__ = "number"  # argparse prints it
