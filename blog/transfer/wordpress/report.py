"""What an import did, or would do, for whoever has to believe it."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 20  # lines of a list; all of them with --verbosity 2

KINDS = {
    "article": gettext_lazy("Articles"),
    "page": gettext_lazy("Pages"),
    "comment": gettext_lazy("Comments"),
    "vote": gettext_lazy("Votes of readers"),
    "picture": gettext_lazy("Pictures"),
    "author": gettext_lazy("Authors"),
    "category": gettext_lazy("Categories"),
    "tag": gettext_lazy("Tags"),
    "redirect": gettext_lazy("Redirects from old addresses"),
}
OUTCOMES = {
    "new": gettext_lazy("new"),
    "completed": gettext_lazy("completed with pictures"),
    "known": gettext_lazy("there already"),
    "deleted": gettext_lazy("deleted here since, left so"),
    "failed": gettext_lazy("failed"),
    "missing": gettext_lazy("missing"),
}


@dataclass
class Report:
    source: str = ""
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)  # of the new articles
    left_out: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)  # what had to be cut or chosen
    pictures: list[str] = field(default_factory=list)  # that failed or are missing
    unknown: Counter[str] = field(default_factory=Counter)  # shortcodes
    dynamic: Counter[str] = field(default_factory=Counter)  # blocks

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Take back what was noted inside when it fails: none of it is there."""
        kept = {name: copy(value) for name, value in vars(self).items()}
        kept["counts"] = {kind: copy(outcomes) for kind, outcomes in self.counts.items()}
        try:
            yield
        except Exception:
            vars(self).update(kept)
            raise

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        if number:
            self.counts.setdefault(kind, Counter())[outcome] += number

    def leave_out(self, what: str, number: int = 1) -> None:
        if number:
            self.left_out[what] += number

    def lines(self, *, shows_all: bool = False) -> Iterator[str]:
        """Yield the report, a line at a time."""
        if self.source:
            yield _("From: %s") % self.source
        for kind, label in KINDS.items():
            if counted := self.counts.get(kind):
                parts = [
                    f"{counted[key]} {name}" for key, name in OUTCOMES.items() if counted[key]
                ]
                yield f"{label}: {', '.join(parts)}"
                if kind == "article" and self.states:
                    states = [f"{number} {name}" for name, number in self.states.items()]
                    yield f"    {', '.join(states)}"
        sections = [
            (_("Left out:"), [f"{name}: {number}" for name, number in self.left_out.most_common()]),
            (_("Failed:"), self.failed),
            (_("Other addresses than before, since these were taken or not possible:"), self.renamed),
            (_("Changed on the way:"), self.changed),
            (_("Shortcodes that nothing here understands; they stand in the texts:"), _named(self.unknown)),
            (_("Blocks that WordPress filled itself; they are empty here:"), _named(self.dynamic)),
            (_("Pictures that are not here:"), self.pictures),
        ]  # fmt: skip
        for title, items in sections:
            if items:
                yield title
                shown = items if shows_all else items[:SHOWN]
                yield from (f"    {item}" for item in shown)
                if len(items) > len(shown):
                    rest = len(items) - len(shown)
                    yield "    " + _("… and %d more (--verbosity 2 names all)") % rest
        if self.pictures:
            yield _(
                "Run the same command again with --uploads FOLDER (a copy of wp-content/uploads) or with"
                " --download: pictures are added where they were missing, unless an article has been edited"
                " here since."
            )


def _named(counter: Counter[str]) -> list[str]:
    return [f"{name} ({number})" for name, number in counter.most_common()]
