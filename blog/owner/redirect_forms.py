"""What an editor may type about an address that no page has."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.redirects.models import Redirect
from blog.redirects.paths import PLAIN_LINK, both_forms, path_of
from blog.redirects.services import end_of, find_redirect
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.http import HttpResponse

OUR_OWN = ("/admin/", "/accounts/", "/static/", "/media/", "/healthz")
MOST_LINES = 2000
_elsewhere = URLValidator(schemes=["http", "https"])


def answer_at(path: str, request: HttpRequest) -> HttpResponse | None:
    """Return what a stranger gets at this address now; None where no page has it.

    The view itself is asked: whatever it does not find is what redirects are for.
    """
    asked = HttpRequest()
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.META = {**request.META, "QUERY_STRING": ""}
    asked.user = AnonymousUser()
    asked.site = site_of(request)  # type: ignore[assignment]
    try:
        match = asked.resolver_match = resolve(path)
        return match.func(asked, *match.args, **match.kwargs)
    except (Resolver404, Http404, PermissionDenied):
        return None


class RedirectForm(forms.ModelForm):
    """An old address and where it leads. `request` is set by whoever shows the form."""

    request: HttpRequest

    class Meta:
        model = Redirect
        fields = ["path", "target"]
        widgets = {
            "path": forms.TextInput(attrs={"size": 60, "placeholder": "/old/page/"}),
            "target": forms.TextInput(attrs={"size": 60}),
        }

    def clean_path(self) -> str:
        path = path_of(self.cleaned_data["path"])
        if not path or path == "/":
            raise ValidationError(_("Write a path of this site, such as /old/page/."))
        if path.startswith(OUR_OWN):
            raise ValidationError(_("Byline itself needs this address."))
        others = Redirect.objects.filter(path__in=both_forms(path)).exclude(pk=self.instance.pk)
        if other := others.first():
            raise ValidationError(_("There is a redirect for %(path)s already.") % {"path": other})
        if PLAIN_LINK.fullmatch(path):
            return path
        answer = answer_at(path, self.request)
        if answer is not None and answer.status_code in (301, 302):
            raise ValidationError(
                _("This address leads to %(target)s already, by itself: the page was renamed.")
                % {"target": answer["Location"]}
            )
        if answer is not None and answer.status_code != 404:
            raise ValidationError(
                _("A page has this address: it would be shown, and the redirect never used.")
            )
        return path

    def clean_target(self) -> str:
        target = self.cleaned_data["target"].strip()
        if not target:
            return ""
        if "://" in target.partition("?")[0]:
            _elsewhere(target)
            return target
        if not target.startswith("/") or target.startswith(("//", "/\\")):
            raise ValidationError(
                _("Write a path of this site that starts with one slash, or https://… elsewhere.")
            )
        return target

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        path, target = values.get("path"), values.get("target")
        if path and target:
            try:
                target = end_of(path=path, target=target)
            except ValidationError as error:
                self.add_error("target", error)
                return values
            values["target"] = target
            here = path_of(target.partition("#")[0].partition("?")[0])
            if target.startswith("/") and not here.startswith(OUR_OWN):
                answer = answer_at(here, self.request)
                if answer is None or answer.status_code == 404:
                    self.add_error(
                        "target",
                        _("No page has the address %(target)s: readers would not arrive.")
                        % {"target": target},
                    )
        return values


@dataclass
class Line:
    """One line of a list of redirects that could not be taken."""

    number: int
    path: str
    reasons: list[str]


class ListForm(forms.Form):
    """Many redirects at once, out of a table or another system."""

    text = forms.CharField(
        label=gettext_lazy("Redirects"),
        widget=forms.Textarea(attrs={"rows": 12, "cols": 90, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One in a line: the old address, a comma, the new one. Nothing after the comma: gone for good."
        ),
    )

    def clean_text(self) -> list[tuple[int, str, str]]:
        """Return number, path and target of each line; a head like that of our table is left out."""
        text = self.cleaned_data["text"]
        if text.count("\n") > MOST_LINES:
            raise ValidationError(
                _("At most %(most)s lines at once, please.") % {"most": MOST_LINES}
            )
        separator = "\t" if "\t" in text else ";" if "," not in text and ";" in text else ","
        try:
            rows = list(enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1))
        except csv.Error as error:
            raise ValidationError(
                _("Something between two quotation marks is far too long.")
            ) from error
        return [
            (number, row[0].strip(), row[1].strip() if len(row) > 1 else "")
            for number, row in rows
            if row and row[0].strip() not in ("", "path")
        ]


def form_for(path: str, target: str, request: HttpRequest) -> RedirectForm:
    """Return the form of one line: of the redirect that is there, or of a new one."""
    present = find_redirect(path_of(path)) if path_of(path) else None
    form = RedirectForm({"path": path, "target": target}, instance=present)
    form.request = request
    return form
