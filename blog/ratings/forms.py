"""What a reader may send: one to five stars, the wish to take them back, and what could be better."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from blog.ratings.models import Rating
from blog.site.shared_fields import SharedFields

STAR_CHOICES = Rating.Stars.choices
LONGEST = 24 * 60 * 60  # seconds: a page that was open for longer tells nothing
MAX_DIGITS = 6
CHOOSE = _("Choose between one and five stars.")


class RatingForm(forms.Form):
    """`stars`, or `withdraw` whatever else was sent. Article and voter come from the view."""

    # Choices, not a number: nothing but "1" to "5" gets through, so no 5.0, no ٤, no 4,300 digits.
    stars = forms.TypedChoiceField(
        choices=STAR_CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    withdraw = forms.BooleanField(required=False)
    # Of a script, which may say anything: a hint for statistics, and never a reason to refuse a vote.
    seconds = forms.Field(required=False)

    def clean_stars(self) -> int:
        if isinstance(self.data, MultiValueDict) and len(self.data.getlist("stars")) > 1:
            raise forms.ValidationError(CHOOSE)
        return self.cleaned_data["stars"]

    def clean_seconds(self) -> int | None:
        said = str(self.cleaned_data["seconds"] or "")
        is_number = said.isascii() and said.isdecimal() and len(said) <= MAX_DIGITS
        return int(said) if is_number and int(said) <= LONGEST else None

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("withdraw"):
            self.errors.pop("stars", None)
        return self.cleaned_data

    def first_error(self) -> str:
        """Return the sentence to show above the stars."""
        return next((str(errors[0]) for errors in self.errors.values()), "")


RatingForm.base_fields = SharedFields(RatingForm.base_fields)  # never drawn


class OwnWords(forms.CharField):
    """Text as its writer's browser counts it: there the end of a line is one character, sent it is two."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").strip()


class FeedbackForm(forms.Form):
    """What could be better, asked after one or two stars. Which vote it belongs to says a signed word."""

    feedback = OwnWords(
        label=_("How could this be better?"),
        max_length=Rating._meta.get_field("feedback").max_length,
        help_text=_(
            "Only the authors and editors of this article read it. Your name is not with it."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write something first.")},
    )
