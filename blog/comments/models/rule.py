"""What becomes of a new comment, as rows that a moderator can read and change."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.comments.languages import LANGUAGES
from blog.comments.patterns import BadPattern, compile_pattern

MAX_PATTERNS = 50  # of one rule


class RuleQuerySet(models.QuerySet["Rule"]):
    def active(self) -> RuleQuerySet:
        """The rules in force, in the order in which they are asked."""
        return self.filter(is_active=True).order_by("position", "pk")


class Rule(models.Model):
    """One question about a new comment, and what happens if the answer is yes. The first yes decides."""

    class Kind(models.TextChoices):
        EVERY = "every", gettext_lazy("Every comment")
        LINKS = "links", gettext_lazy("At least so many links")
        WORDS = "words", gettext_lazy("One of these words")
        PATTERN = "pattern", gettext_lazy("One of these patterns")
        NEWCOMER = "newcomer", gettext_lazy("Writer without an approved comment")
        KNOWN = "known", gettext_lazy("Writer with an approved comment")
        OLD_ARTICLE = "old_article", gettext_lazy("Article older than so many days")
        PACE = "pace", gettext_lazy("Sent within so many seconds after the page")
        NETWORK = "network", gettext_lazy("At least so many comments from its network in a day")
        LANGUAGE = "language", gettext_lazy("Surely in none of these languages")
        SCORE = "score", gettext_lazy("Spam score of at least")
        COUNTRY = "country", gettext_lazy("From none of these countries")
        PROVED = "proved", gettext_lazy("Writer who has proved the email in this browser")
        SPAMMER = "spammer", gettext_lazy("Writer whose email, website or network is in the spam")
        TRAP = "trap", gettext_lazy("Filled in the field that people do not see")

    class Action(models.TextChoices):
        APPROVE = "approve", gettext_lazy("Approve")
        HOLD = "hold", gettext_lazy("Hold for a moderator")
        SPAM = "spam", gettext_lazy("Mark as spam")
        REFUSE = "refuse", gettext_lazy("Put into the trash")
        DELETE = "delete", gettext_lazy("Delete at once: nobody can bring it back")

    class Field(models.TextChoices):
        """Where words and patterns are looked for."""

        BODY = "body", gettext_lazy("Text")
        NAME = "name", gettext_lazy("Name")
        EMAIL = "email", gettext_lazy("Email")
        WEBSITE = "website", gettext_lazy("Website")
        USER_AGENT = "user_agent", gettext_lazy("Browser")

    # What each kind needs beside its name: a list, or a number.
    LISTS = (Kind.WORDS, Kind.PATTERN, Kind.LANGUAGE, Kind.COUNTRY)
    NUMBERS = (Kind.LINKS, Kind.OLD_ARTICLE, Kind.PACE, Kind.NETWORK, Kind.SCORE)

    position = models.PositiveSmallIntegerField(
        gettext_lazy("order"),
        default=100,
        help_text=gettext_lazy(
            "Rules are asked from the lowest number up. The first yes decides."
        ),
    )
    is_active = models.BooleanField(gettext_lazy("in force"), default=True)
    name = models.CharField(gettext_lazy("name"), max_length=100)
    kind = models.CharField(gettext_lazy("asks for"), max_length=12, choices=Kind)
    entries = models.TextField(
        gettext_lazy("words, patterns, languages or countries"),
        blank=True,
        help_text=gettext_lazy(
            "One per line, in any case. Languages and countries by their code, such as en or CH. Patterns are"
            " regular expressions, tried on the first 5,000 characters."
        ),
    )
    whole_words = models.BooleanField(
        gettext_lazy("whole words only"),
        default=True,
        help_text=gettext_lazy("Off: “press” is found in “WordPress”, too."),
    )
    fields = models.JSONField(gettext_lazy("looked for in"), default=list, blank=True)
    threshold = models.FloatField(
        gettext_lazy("limit"),
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "Links, days, seconds or comments; for the spam score from 0 to 1."
        ),
    )
    action = models.CharField(
        gettext_lazy("then"), max_length=8, choices=Action, default=Action.HOLD
    )
    reason = models.CharField(
        gettext_lazy("reason"),
        max_length=200,
        blank=True,
        help_text=gettext_lazy(
            "What the moderator reads. Empty: a sentence that says what was found."
        ),
    )
    # Of what it has deleted at once nothing else is left.
    deleted_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(gettext_lazy("made"), auto_now_add=True)
    updated_at = models.DateTimeField(gettext_lazy("changed"), auto_now=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("rule")
        verbose_name_plural = gettext_lazy("rules")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["links", "old_article", "pace", "network", "score"])
                | Q(threshold__isnull=False, threshold__gt=0),
                name="rule_number_has_a_limit",
                violation_error_message=gettext_lazy("Say from which number on."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="score") | Q(threshold__lte=1),
                name="rule_score_up_to_1",
                violation_error_message=gettext_lazy("The spam score goes from 0 to 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check the list by what it is a list of; each error names the line."""
        super().clean()
        self.entries = "\n".join(line for line in self.entries.splitlines() if line.strip())
        if self.kind == self.Kind.TRAP and self.action == self.Action.APPROVE:
            raise ValidationError({"action": _("Only machines fill in that field.")})
        match self.kind:
            case self.Kind.PATTERN:
                _check_patterns(self.entries.splitlines())
            case self.Kind.LANGUAGE:
                _check_languages(self.entries.split())
            case self.Kind.COUNTRY:
                _check_countries(self.entries.split())

    @property
    def lines(self) -> list[str]:
        """The words or patterns as they were typed, without the space around words."""
        return self.entries.splitlines()


def _check_patterns(lines: list[str]) -> None:
    if len(lines) > MAX_PATTERNS:
        text = ngettext(
            "A rule has at most %(count)s pattern.",
            "A rule has at most %(count)s patterns.",
            MAX_PATTERNS,
        )
        raise ValidationError({"entries": text % {"count": MAX_PATTERNS}})
    for number, line in enumerate(lines, start=1):
        try:
            if compile_pattern(line).search(""):
                raise BadPattern(_("It is found in every text."))
        except BadPattern as error:
            text = _("Line %(number)s: %(error)s") % {"number": number, "error": error}
            raise ValidationError({"entries": text}) from error


def _check_languages(codes: list[str]) -> None:
    known = ", ".join(sorted(LANGUAGES))
    if not codes:
        raise ValidationError(
            {"entries": _("Name the languages of your readers: %(known)s.") % {"known": known}}
        )
    for code in codes:
        if code.lower() not in LANGUAGES:
            text = _("“%(code)s” is none of the languages that are told apart: %(known)s.")
            raise ValidationError({"entries": text % {"code": code, "known": known}})


def _check_countries(codes: list[str]) -> None:
    """Refuse a list that means nothing, also where nobody says which country a reader is in."""
    if not settings.COUNTRY_HEADER:
        text = _("No server in front of this one says where readers are: see COUNTRY_HEADER.")
        raise ValidationError({"kind": text})
    if not codes:
        raise ValidationError({"entries": _("Name the countries of your readers by two letters.")})
    for code in codes:
        if not re.fullmatch("[A-Za-z]{2}", code):
            text = _("“%(code)s” is no country: two letters, such as CH.")
            raise ValidationError({"entries": text % {"code": code}})
