"""`manage.py import_wordpress`: a whole blog out of WordPress's export file."""

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from blog.transfer.problems import ImportProblem
from blog.transfer.wordpress.moving import Move
from blog.transfer.wordpress.pictures import Source, Uploads, Web, own_hosts
from blog.transfer.wordpress.survey import Survey


class Command(BaseCommand):
    help = (
        "Bring in a blog from WordPress: the file that Tools, Export writes there. Run it as often as you"
        " like: what is here already, or was edited or deleted here since, stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="WordPress's export, an .xml file.")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Print the same report, and change nothing. Others cannot write to the site meanwhile.",
        )
        pictures = parser.add_mutually_exclusive_group()
        pictures.add_argument(
            "--uploads",
            type=Path,
            metavar="FOLDER",
            help="Take the pictures from a copy of wp-content/uploads.",
        )
        pictures.add_argument(
            "--download",
            action="store_true",
            help="Fetch the pictures from the blog’s own host, while it is still there.",
        )
        parser.add_argument(
            "--from-host",
            action="append",
            default=[],
            metavar="HOST",
            help="Another host that --download may fetch from, such as that of a CDN. May be repeated.",
        )
        parser.add_argument(
            "--author",
            action="append",
            default=[],
            metavar="LOGIN=ADDRESS",
            help="Who wrote as LOGIN there is the author with this address here. May be repeated.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        mapped = dict(pair.partition("=")[::2] for pair in options["author"])
        if not all(mapped.values()):
            raise CommandError(_("Write --author as LOGIN=ADDRESS, as in --author jane=jane-doe."))
        if options["uploads"] and not options["uploads"].is_dir():
            raise CommandError(_("%s is no folder.") % options["uploads"])
        file = options["file"]
        try:
            move = Move(
                path=file,
                source=partial(_source, options),
                mapped_authors=mapped,
                is_rehearsal=options["dry_run"],
                tell=self.stderr.write if options["verbosity"] else lambda line: None,
            )
            report = move.run()
        except ImportProblem as problem:
            raise CommandError(f"{file}: {problem}") from problem
        for line in report.lines(shows_all=options["verbosity"] > 1):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed: this was a rehearsal."))
        if report.failed:
            raise CommandError(_("What failed is named above; everything else is done."))


def _source(options: dict[str, Any], survey: Survey) -> Source | None:
    """Return where the pictures come from; the blog's own host is what its export says."""
    if options["uploads"]:
        return Uploads(options["uploads"])
    if not options["download"]:
        return None
    others = {host.lower().removeprefix("www.") for host in options["from_host"]}
    return Web(frozenset(own_hosts(survey.base) | others))
