"""The signals of a score in words, for the moderator."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def explain(signals: Sequence[Sequence[object]]) -> list[str]:
    """Return one sentence or phrase for each signal; what is unknown (of a later version) is left out."""
    return [_SAID[str(kind)](values) for kind, *values in signals if str(kind) in _SAID]


def _words(values: Sequence[object]) -> str:
    return _("words of spam: %(words)s") % {"words": _quoted(values)}


def _honest_words(values: Sequence[object]) -> str:
    return _("words of honest comments: %(words)s") % {"words": _quoted(values)}


def _quoted(values: Sequence[object]) -> str:
    words = values[0] if values and isinstance(values[0], list) else []
    return ", ".join(_("“%s”") % word for word in words)


def _links(values: Sequence[object]) -> str:
    count = int(str(values[0]))
    return ngettext("%d link", "%d links", count) % count


def _seconds(values: Sequence[object]) -> str:
    return _("sent %.1f s after the page") % float(str(values[0]))


def _trap(values: Sequence[object]) -> str:
    return _("filled in the field that people do not see")


def _copies(values: Sequence[object]) -> str:
    count = int(str(values[0]))
    return (
        ngettext(
            "the same text stands here in %d other comment",
            "the same text stands here in %d other comments",
            count,
        )
        % count
    )


def _network(values: Sequence[object]) -> str:
    count = int(str(values[0]))
    return (
        ngettext(
            "%d spam comment came from the same network",
            "%d spam comments came from the same network",
            count,
        )
        % count
    )


_SAID: dict[str, Callable[[Sequence[object]], str]] = {
    "words": _words,
    "honest words": _honest_words,
    "links": _links,
    "seconds": _seconds,
    "trap": _trap,
    "copies": _copies,
    "network": _network,
}
