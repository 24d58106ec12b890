"""`manage.py measure_spam`: how well the filter does on comments that somebody has sorted by hand."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from blog.spam.counts import MemoryCounts
from blog.spam.learning import calibrate, learn
from blog.spam.sample import HOLD_FROM, SPAM_FROM, Sample
from blog.spam.scoring import score

if TYPE_CHECKING:
    from collections.abc import Callable

type Sorted = list[tuple[Sample, bool]]  # and whether it is spam
type Judge = Callable[[Sample], float]

YES = {"1", "true", "yes", "spam"}


class Command(BaseCommand):
    help = (
        "Learn from one file of sorted comments, try it on the other, and the other way round. "
        "CSV with the columns text and spam (1 or 0). Held counts what is marked, too. "
        "The site's own counts are neither used nor changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs=2, metavar="FILE")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        one, two = (read(path) for path in files)
        held, marked, honest = _("spam held"), _("marked"), _("honest held")
        self.stdout.write(f"{'':26}{held:>12}{marked:>9}{honest:>14}{marked:>9}")
        for label, trained, tried in ((_("1 → 2"), one, two), (_("2 → 1"), two, one)):
            for name, judge in (
                (_("this filter"), trained_filter(trained)),
                (_("plain naive Bayes"), naive_bayes(trained)),
            ):
                self.stdout.write(row(f"{label}, {name}", judge, tried))
        for label, tried in (("1", one), ("2", two)):
            fresh = trained_filter([])
            self.stdout.write(row(_("nothing learnt → %s") % label, fresh, tried))


def read(path: str) -> Sorted:
    """Return the comments of a file; raise CommandError, naming the line, for what is no such file."""
    try:
        with open(path, newline="", encoding="utf-8") as file:  # noqa: PTH123 - the path may be anything
            rows = list(csv.DictReader(file))
        # Such files were taken from web pages and have their entities; a form sends none.
        found = [
            (Sample(body=html.unescape(row["text"])), row["spam"].strip().lower() in YES)
            for row in rows
        ]
    except (OSError, UnicodeDecodeError, KeyError, AttributeError, csv.Error) as error:
        raise CommandError(
            _("%(file)s is no CSV file with the columns text and spam: %(error)s")
            % {"file": path, "error": error}
        ) from error
    if len({is_spam for _sample, is_spam in found}) < 2:
        raise CommandError(_("%(file)s needs both spam and honest comments.") % {"file": path})
    return found


def row(label: str, judge: Judge, tried: Sorted) -> str:
    """Return one line of the table: shares of the spam and of the honest comments, in percent."""
    spam = [judge(sample) for sample, is_spam in tried if is_spam]
    honest = [judge(sample) for sample, is_spam in tried if not is_spam]

    def share(values: list[float], limit: float) -> float:
        return 100 * sum(value >= limit for value in values) / len(values)

    return (
        f"{label:26}{share(spam, HOLD_FROM):11.1f}%{share(spam, SPAM_FROM):8.1f}%"
        f"{share(honest, HOLD_FROM):13.1f}%{share(honest, SPAM_FROM):8.1f}%"
    )


def trained_filter(trained: Sorted) -> Judge:
    """Return the filter of the site, trained on these comments alone, with limits found among them."""
    counts = MemoryCounts()
    for sample, is_spam in trained:
        learn(sample, is_spam=is_spam, counts=counts)
    calibrate(trained, counts)
    return lambda sample: score(sample, counts).value


def naive_bayes(trained: Sorted) -> Judge:
    """Return plain naive Bayes for comparison: words, add-one smoothing, held when spam is likelier."""
    words: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for sample, is_spam in trained:
        words[is_spam].update(_words(sample))
    size = len(words[True].keys() | words[False].keys())
    totals = {kind: sum(counter.values()) + size for kind, counter in words.items()}
    number = Counter(is_spam for _sample, is_spam in trained)

    def judge(sample: Sample) -> float:
        total = log(number[True] / number[False])
        for word in _words(sample):
            total += log((words[True][word] + 1) / totals[True])
            total -= log((words[False][word] + 1) / totals[False])
        return 1 / (1 + 2.718281828 ** -max(-300.0, min(300.0, total)))

    return judge


def _words(sample: Sample) -> list[str]:
    return re.findall(r"\w+", sample.body.casefold())
