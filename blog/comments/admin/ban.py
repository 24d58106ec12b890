"""Bans on the staff desk: who is shut out until when, a form that starts from a comment, and lifting."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.columns import time_column
from blog.comments import bans
from blog.comments.models import Ban, Comment
from blog.days import time_element
from blog.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from blog.comments.models.ban import BanQuerySet

NETWORK_NOTE = gettext_lazy(
    "A network is a house, a school or a phone company: a ban may meet others, too. The site knows it by a"
    " key that changes at midnight (UTC), and the ban of a network ends with that."
)
DAYS = [
    (1, gettext_lazy("A day")),
    (7, gettext_lazy("A week")),
    (30, gettext_lazy("30 days")),
    (365, gettext_lazy("A year")),
    (0, gettext_lazy("For good")),
]


class BanForm(forms.ModelForm):
    """A ban of an address that somebody types."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("For"), choices=DAYS, coerce=int, initial=7, widget=forms.RadioSelect
    )

    class Meta:
        model = Ban
        fields: tuple[str, ...] = ("email", "hides", "reason")
        widgets = {"hides": forms.RadioSelect}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "email" in self.fields:
            self.fields["email"].required = True

    def who(self) -> dict[str, Any]:
        """Return whom the ban is about, as arguments of `bans.ban`."""
        return {"email": self.cleaned_data["email"]}

    def until(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None


class WriterBanForm(BanForm):
    """A ban of the writer of a comment, by what is known of them."""

    comment: Comment  # set by the admin, never by the client
    known = forms.MultipleChoiceField(
        label=gettext_lazy("Close comments for"),
        widget=forms.CheckboxSelectMultiple,
        help_text=NETWORK_NOTE,
        error_messages={"required": gettext_lazy("Say by what the writer is to be known.")},
    )

    class Meta(BanForm.Meta):
        fields = ("hides", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = _known_of(self.comment)
        self.fields["known"].choices = choices  # type: ignore[attr-defined]
        self.fields["known"].initial = [name for name, _label in choices if name != "network_hash"]

    def who(self) -> dict[str, Any]:
        return {
            "comment": self.comment,
            **{name: getattr(self.comment, name) for name in self.cleaned_data["known"]},
        }


class ExistingBanForm(forms.ModelForm):
    """What of a ban may be changed: how long, and why."""

    class Meta:
        model = Ban
        fields = ("until", "reason")


class InForceFilter(admin.SimpleListFilter):
    title = gettext_lazy("in force")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("active", _("In force")), ("over", _("Over or lifted"))]

    def queryset(self, request: HttpRequest, queryset: BanQuerySet) -> QuerySet[Ban]:  # type: ignore[override]
        match self.value():
            case "active":
                return queryset.active()
            case "over":
                return queryset.exclude(pk__in=Ban.objects.active().values("pk"))
        return queryset


BANNED = time_column(Ban, "created_at")


@admin.register(Ban)
class BanAdmin(admin.ModelAdmin):
    about_empty = gettext_lazy("A ban keeps somebody from commenting, for a time or for good.")
    change_form_template = "admin/comments/ban/change_form.html"
    list_display = ["who", "state", "reason", "hides", "created_by", BANNED]
    list_filter = [InForceFilter]
    list_select_related = ["user", "created_by"]
    search_fields = ["email", "user__email", "reason"]
    search_help_text = gettext_lazy("Email or reason")
    show_full_result_count = False
    actions = ["lift"]

    class Media:
        css = {"all": ["css/admin-rules.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: Ban | None = None) -> bool:
        return False  # a ban is lifted, and stays in the list

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Show or take the form. Not in one transaction: a ban locks threads one after the other."""
        return self._changeform_view(request, *args, **options)  # type: ignore[attr-defined]

    def get_form(
        self, request: HttpRequest, obj: Ban | None = None, change: bool = False, **options: Any
    ) -> type[forms.ModelForm]:
        options["form"] = ExistingBanForm if obj else self._new_form(request)
        return super().get_form(request, obj, change, **options)

    def _new_form(self, request: HttpRequest) -> type[BanForm]:
        asked = request.GET.get("comment", "")
        if not asked:
            return BanForm
        pk = number_in(asked) or 0
        comment = Comment.objects.select_related("user").filter(pk=pk).first()
        if comment is None or not _known_of(comment):
            raise Http404
        return type("WriterBanForm", (WriterBanForm,), {"comment": comment})

    def get_fields(self, request: HttpRequest, obj: Ban | None = None) -> Any:
        if obj:
            return ["who", "state", "until", "reason", "hides", "created_by", BANNED]
        first = "known" if request.GET.get("comment") else "email"
        return [first, "days", "hides", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Ban | None = None) -> tuple[Any, ...]:
        return ("who", "state", "hides", "created_by", BANNED) if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Show which comment the ban starts from, and one button that says what it does."""
        comment = getattr(context["adminform"].form, "comment", None)
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if comment:
            names = {"name": comment.name or _("Anonymous")}
            context |= {"comment": comment, "title": _("Ban %(name)s") % names}
        return super().render_change_form(request, context, *args, **options)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # nothing but the comment is taken from the address

    def save_model(self, request: HttpRequest, obj: Ban, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["until", "reason"])
            return
        made = bans.ban(
            actor=_actor(request),
            until=form.until(),
            reason=form.cleaned_data["reason"],
            hides=form.cleaned_data["hides"],
            **form.who(),
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def response_change(self, request: HttpRequest, obj: Ban) -> HttpResponse:
        if "_lift" in request.POST:
            self._lift(request, [obj])
        return super().response_change(request, obj)

    @admin.action(description=gettext_lazy("Lift selected bans"), permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Ban]) -> None:
        self._lift(request, queryset)

    def _lift(self, request: HttpRequest, found: Iterable[Ban]) -> None:
        results = [bans.lift(ban=ban, actor=_actor(request)) for ban in found]
        lifted = [brought_back for brought_back in results if brought_back is not None]
        text = ngettext("%(count)s ban lifted.", "%(count)s bans lifted.", len(lifted))
        text %= {"count": len(lifted)}
        if total := sum(lifted):
            back = ngettext("%(count)s comment is back.", "%(count)s comments are back.", total)
            text += " " + back % {"count": total}
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description=gettext_lazy("who"))
    def who(self, ban: Ban) -> str:
        """Name all that the ban is about; browsers and networks have no name that says anything."""
        parts = [str(ban.user) if ban.user else "", ban.email]
        parts.append(_("a browser") if ban.visitor else "")
        parts.append(_("a network") if ban.network_hash else "")
        return ", ".join(part for part in parts if part)

    @admin.display(description=gettext_lazy("state"))
    def state(self, ban: Ban) -> str:
        if ban.lifted_at:
            return format_html(_("Lifted on {day}"), day=time_element(ban.lifted_at))
        if ban.until is None:
            return _("In force for good")
        if ban.is_active:
            return format_html(_("In force until {day}"), day=time_element(ban.until))
        return format_html(_("Over since {day}"), day=time_element(ban.until))


def _known_of(comment: Comment) -> list[tuple[str, str]]:
    """Return by what a writer can be banned, each with how many comments there are of it. One query."""
    labels = {
        "user": (_("The account %(value)s"), Q(user=comment.user_id)),
        "email": (_("The email %(value)s"), Q(email=comment.email)),
        "visitor": (_("This browser"), Q(visitor=comment.visitor)),
        "network_hash": (_("This network"), Q(network_hash=comment.network_hash)),
    }
    known = {name: label for name, label in labels.items() if getattr(comment, name)}
    same_writer = reduce(or_, (same for _label, same in known.values()), Q(pk=comment.pk))
    counts = Comment.objects.filter(same_writer).aggregate(
        **{f"of_{name}": Count("pk", filter=same) for name, (_label, same) in known.items()}
    )
    choices = []
    for name, (label, _same) in known.items():
        count = counts[f"of_{name}"]
        comments = ngettext("%(count)s comment", "%(count)s comments", count) % {"count": count}
        text = f"{label % {'value': getattr(comment, name)}} ({comments})"
        if name == "network_hash" and comment.created_at.date() < timezone.now().date():
            text += " " + _("– of an earlier day: this hides comments, and keeps nobody out")
        choices.append((name, text))
    return choices


def _actor(request: HttpRequest) -> User:
    return cast("User", request.user)  # staff alone come here
