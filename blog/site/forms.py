"""The form of the site's settings: choices as an owner sees them, and colours that can be read."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.site.colours import INK, TEXT, contrast, nearest, palette_of
from blog.site.local import FORMATS, validate_date_format
from blog.site.models import SiteSettings, validate_colour

DARKEST = "#17191d"  # the ink on light paper
OWN = "own"


class ColourInput(forms.TextInput):
    """The digits of a colour, and beside them the browser's own choice of colours where scripts run."""

    template_name = "admin/site/colour.html"

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text.strip().lower() if text else text


class DateFormatWidget(forms.MultiWidget):
    template_name = "admin/site/date_format.html"

    def __init__(self) -> None:
        own = forms.TextInput(attrs={"class": "vTextField", "aria-label": _("Own format")})
        super().__init__([forms.Select(attrs={"aria-label": _("Date format")}), own])

    def decompress(self, value: str | None) -> list[str]:
        value = value or ""
        return [value, ""] if value == "" or value in FORMATS else [OWN, value]


class DateFormatField(forms.MultiValueField):
    """One of our formats, shown as today, or letters of the owner's own."""

    widget: Any = DateFormatWidget

    def __init__(self, **kwargs: Any) -> None:
        choice = forms.ChoiceField(required=False)
        own = forms.CharField(required=False, max_length=20, validators=[validate_date_format])
        super().__init__((choice, own), require_all_fields=False, required=False, **kwargs)

    def offer(self, language: str) -> None:
        """Write today's date in each format."""
        today = timezone.localtime()
        by_language = date_format(today, get_format("DATE_FORMAT", lang=language))
        choices = [
            ("", gettext("As the language has it: %(day)s") % {"day": by_language}),
            *((each, date_format(today, each)) for each in FORMATS),
            (OWN, gettext("Own format:")),
        ]
        field, select = self.fields[0], self.widget.widgets[0]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = select.choices = choices

    def compress(self, data_list: list[str]) -> str:
        chosen, own = [*data_list, "", ""][:2]
        if chosen != OWN:
            return chosen
        if not own:
            raise forms.ValidationError(_("Write the format, or choose one of those above."))
        return own


class FactsField(forms.MultipleChoiceField):
    """Some of the facts, stored as their names with blanks between them."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, name: str) -> None:
        field: Any = SiteSettings._meta.get_field(name)
        super().__init__(
            choices=SiteSettings.Fact.choices,
            required=False,
            label=capfirst(field.verbose_name),
            help_text=field.help_text,
        )

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class SettingsForm(forms.ModelForm):
    facts_on_articles = FactsField("facts_on_articles")
    facts_on_cards = FactsField("facts_on_cards")
    facts_in_lists = FactsField("facts_in_lists")
    date_format = DateFormatField(
        label=_("Date format"),
        help_text=_(
            "Own format: j is the day, F the month, Y the year, l the weekday; a backslash before other"
            " letters."
        ),
    )

    class Meta:
        model = SiteSettings
        exclude = ["id"]  # noqa: DJ006 (the desk names them: SiteSettingsAdmin.fieldsets)
        widgets = {"accent": ColourInput, "paper": ColourInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:  # a reader of the form has no fields
            self.fields["language"] = _choice(self, "language", settings.LANGUAGES)
            self.fields["time_zone"] = _choice(self, "time_zone", _zones())
            field = self.fields["date_format"]
            assert isinstance(field, DateFormatField)  # noqa: S101
            field.offer(self.instance.language)

    def clean_accent(self) -> str:
        return _colour(self.cleaned_data["accent"])

    def clean_paper(self) -> str:
        return _colour(self.cleaned_data["paper"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "accent" in data and "paper" in data:
            for field, sentence in colour_faults(data["accent"], data["paper"]):
                self.add_error(field, sentence)
        return data


def _colour(value: str) -> str:
    """Return a colour to calculate with; the model’s own check of it comes later."""
    validate_colour(value)
    return value.lower()


def colour_faults(accent: str, paper: str) -> list[tuple[str, str]]:
    """Return what cannot be read of two colours: the field, and a sentence with the nearest that can."""
    ratio = contrast(DARKEST, paper)
    if ratio < INK:
        sentence = gettext(
            "Text on this paper would have a contrast of %(ratio)s to 1, and needs %(least)s. The nearest"
            " paper that passes is %(colour)s; readers who prefer dark pages get dark paper by themselves."
        )
        return [("paper", sentence % _facts(ratio, INK, nearest(paper, DARKEST, INK)))]
    ratio = contrast(accent, paper)
    if ratio < TEXT:
        sentence = gettext(
            "Links in this colour would have a contrast of %(ratio)s to 1 on the paper, and need %(least)s."
            " The nearest colour that passes is %(colour)s."
        )
        return [("accent", sentence % _facts(ratio, TEXT, nearest(accent, paper, TEXT)))]
    return []


def _facts(ratio: float, least: float, colour: str) -> dict[str, str]:
    # Rounded down: 4.49 is not yet 4.5.
    return {
        "ratio": f"{int(ratio * 100) / 100:.2f}",
        "least": f"{least:g}",
        "colour": colour,
    }


def preview_of(accent: str, paper: str, typeface: str) -> dict[str, Any]:
    """Return what a preview of the look shows: light and dark."""
    palette = palette_of(accent, paper)
    sides = [
        {name: pair[side] for name, pair in palette._asdict().items()}
        | {"ratio": f"{contrast(palette.accent[side], palette.paper[side]):.1f}"}
        for side in (0, 1)
    ]
    sides[0]["accent"] = accent  # as it was chosen, not mended
    return {
        "sides": sides,
        "is_sans": typeface == SiteSettings.Typeface.SANS,
    }


def _choice(form: forms.ModelForm, name: str, choices: Any) -> forms.ChoiceField:
    field = form.fields[name]
    return forms.ChoiceField(label=field.label, help_text=field.help_text, choices=choices)


def _zones() -> list[tuple[str, Any]]:
    """Return the zones by continent, as a list to choose from."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        continent, _slash, city = name.partition("/")
        if city:
            groups.setdefault(continent, []).append((name, city.replace("_", " ")))
    others = sorted(name for name in available_timezones() if "/" not in name and name != "UTC")
    return [
        ("UTC", "UTC"),
        *groups.items(),
        (gettext("Others"), [(name, name) for name in others]),
    ]
