"""`manage.py recount`: totals against rows, and numbers of words against texts."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.articles import places, recounting
from blog.comments.counts import fix_thread_counts
from blog.comments.queries import thread_drift
from blog.comments.voices import fix_voice_counts, voice_drift
from blog.ratings.queries import drift, votes_compared
from blog.ratings.totals import fix_drift
from blog.reads.totals import fix_read_drift, read_drift


class Command(BaseCommand):
    help = (
        "Compare the totals of votes and comments with their rows, and words counted with their texts;"
        " exit with 1 where they differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        way = parser.add_mutually_exclusive_group()
        way.add_argument(
            "--verify",
            action="store_true",
            help="Say how many votes were compared, and how many wait.",
        )
        way.add_argument(
            "--fix", action="store_true", help="Count anew where they differ. The site may run."
        )

    def handle(self, *args: Any, verify: bool, fix: bool, **options: Any) -> None:
        if verify:
            self.stdout.write(
                _(
                    "Totals: %(totals)d. Votes in them: %(counted)d. Votes set aside: %(aside)d."
                    " Votes of a former site: %(earlier)d."
                )
                % votes_compared()
            )
        checked: list[tuple[str, Sequence[object]]] = [
            (_("Ratings of"), drift()),
            (_("Comments of"), thread_drift()),
            (_("Voices about"), voice_drift()),
            (_("Reads of"), read_drift()),
            (_("The list of"), places.drift()),
            (_("Words of"), recounting.drift()),
        ]
        for label, found in checked:
            for item in found:
                self.stdout.write(f"{label} {item}")
        count = sum(len(found) for _label, found in checked)
        if not count:
            self.stdout.write(_("All totals equal their rows."))
        elif fix:
            fix_drift()
            fix_thread_counts()
            fix_voice_counts()
            fix_read_drift()
            places.fix_drift()
            recounting.fix_drift()
            self.stdout.write(ngettext("%d total mended.", "%d totals mended.", count) % count)
        else:
            message = ngettext(
                "%d total differs from its rows. Mend it with --fix.",
                "%d totals differ from their rows. Mend them with --fix.",
                count,
            )
            raise CommandError(message % count)
