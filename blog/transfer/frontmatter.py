"""Read the head of a Markdown file, and say in a sentence what is wrong with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from blog.transfer.problems import ImportProblem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

KNOWN = frozenset(
    "title slug subtitle date days_ago updated updated_days_ago status categories tags author authors"
    " image image_alt image_caption image_credit excerpt review comments ratings sticky seo_title"
    " seo_description canonical_url noindex list_title format embed trending expires access"
    " primary_category image_place highlights sources via hide".split()
)


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, which leaves dates as they are written: wrong ones are named by `moment`."""

    yaml_implicit_resolvers = {
        letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        """Refuse what an escape can make and no database holds: a NUL, half a character."""
        value = super().construct_scalar(node)
        if isinstance(value, str) and re.search("[\0\ud800-\udfff]", value):
            raise yaml.constructor.ConstructorError(problem_mark=node.start_mark)
        return value


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return the head of a Markdown file and the text below it."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.startswith("---\n"):
        raise ImportProblem(
            _("It does not begin with front matter: a first line of three hyphens.")
        )
    head, line, body = text[4:].partition("\n---\n")
    if not line:
        raise ImportProblem(_("Its front matter has no end: a line of three hyphens."))
    try:
        values = yaml.load(head, _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        number = mark.line + 2 if mark else 2
        raise ImportProblem(
            _("Its front matter is not valid YAML, near line %d. Texts with a colon need quotes.")
            % number
        ) from error
    if not isinstance(values, dict):
        raise ImportProblem(_("Its front matter is not a list of names and values."))
    return FrontMatter(values), body


class FrontMatter:
    """The names and values of a head, each read as what it must be."""

    def __init__(self, values: dict[Any, Any], prefix: str = "") -> None:
        self.values = {str(name): value for name, value in values.items()}
        self.prefix = prefix

    def unknown(self, known: Iterable[str] = KNOWN) -> list[str]:
        return sorted(self.values.keys() - set(known))

    def text(self, name: str) -> str:
        """Return a text; numbers and dates are written out, absent is empty."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, (list, dict)):
            raise self.problem(name, _("must be a text."))
        return str(value).strip()

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; a single one needs no brackets."""
        value = self.values.get(name)
        values = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(item, (list, dict)) or item is None for item in values):
            raise self.problem(name, _("must be a list of texts."))
        return [str(item).strip() for item in values]

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise self.problem(name, _("must be true or false."))
        return value

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """Return one of the choices. YAML reads the words on and off as true and false."""
        value = self.values.get(name, default)
        value = (
            {True: "open", False: "off"}.get(value, value) if isinstance(value, bool) else value
        )
        if value not in choices:
            raise self.problem(name, _("must be one of: %s.") % ", ".join(choices))
        return str(value)

    def section(self, name: str) -> FrontMatter:
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.problem(name, _("must hold names and values."))
        return FrontMatter(value or {}, f"{self.prefix}{name}.")

    def moment(self, name: str, zone: ZoneInfo) -> datetime | None:
        """Return a point in time; without a zone it is one of the site's, without a time the morning."""
        text = self.text(name)
        if not text:
            return None
        try:
            day, moment = parse_date(text), parse_datetime(text)
            if moment:
                moment = datetime.combine(day, time(9)) if day else moment
                moment = make_aware(moment, zone) if is_naive(moment) else moment
                return moment.astimezone(zone).astimezone(UTC)
        except (ValueError, OverflowError):  # at the ends of the years 1 and 9999
            pass
        raise self.problem(name, _("must be a date such as 2026-03-01 or 2026-03-01T09:00:00Z."))

    def days_before(self, name: str, now: datetime) -> datetime | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, (int, float)) or not 0 <= value < 100_000:
            raise self.problem(name, _("must be a number of days."))
        return now - timedelta(days=value)

    def problem(self, name: str, what: str) -> ImportProblem:
        return ImportProblem(f"“{self.prefix}{name}” {what}")
