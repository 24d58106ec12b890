"""What the open editor asks the server while somebody writes, and what its page offers on opening."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from blog.articles import autosave, presence
from blog.articles.admin.desk import editor_of
from blog.articles.forms import MAX_BODY
from blog.articles.models import Article
from blog.articles.typed import TooLongError, author_keys, form_values, typed_content
from blog.numbers import number_in
from blog.site.autocomplete import ChoiceField

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    from accounts.models import User
    from blog.articles.models import Byline, Revision

NAMES = "articles_article_autosave"
TEXTS = {
    "saving": gettext_lazy("Saving …"),
    "saved": gettext_lazy("Autosaved at %(at)s"),
    "again": gettext_lazy("The server keeps your text again."),
    "offline": gettext_lazy("No connection. Your text is kept in this browser."),
    "signedOut": gettext_lazy("You are signed out. Your text is kept in this browser."),
    "another": gettext_lazy(
        "Somebody else is signed in here now. Your text is kept in this browser, for you alone."
    ),
    "trouble": gettext_lazy(
        "The server has trouble. Your text is kept in this browser, and sent again soon."
    ),
    "refused": gettext_lazy("The server does not take the text. It is kept in this browser."),
    "nowhere": gettext_lazy(
        "Your text is kept nowhere: this browser has no room for it. Copy it before you leave."
    ),
}


class SignOfLife(forms.Form):
    """What every request of an open editor says of itself, beside the fields of the article."""

    editing_session = forms.RegexField(regex=r"\A[0-9a-f]{32}\Z")
    autosave_article = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    autosave_sequence = forms.IntegerField(required=False, min_value=1, max_value=2**53)
    autosave_typed_at = forms.IntegerField(required=False, min_value=1, max_value=2**53)  # ms
    autosave_recovered = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    opened_version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class Asked(NamedTuple):
    """An answered question of who asks about what."""

    user: User
    article: Article | None
    signs: dict[str, Any]


class Refusal(Exception):  # noqa: N818  # an answer, not a fault
    """What the page is told instead: a sentence to show, and a status."""

    def __init__(self, sentence: str, status: int) -> None:
        self.response = JsonResponse({"error": sentence}, status=status)


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    def guarded(view: Any) -> Any:
        return model_admin.admin_site.admin_view(partial(view, model_admin=model_admin))

    return [
        path("autosave/", guarded(store), name=NAMES),
        path("autosave/presence/", guarded(see), name=f"{NAMES}_presence"),
        path("autosave/token/", guarded(token), name=f"{NAMES}_token"),
        path("autosave/<int:pk>/discard/", guarded(discard), name=f"{NAMES}_discard"),
    ]


@require_POST
def store(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Keep the form as it stands; answer when it was kept and who saved the article meanwhile."""
    try:
        asked = _asked(request, model_admin)
        outcome = _store(request, asked)
    except Refusal as refusal:
        return refusal.response
    answer = _answer(asked) | {
        "outcome": outcome.value,
        "saved": timezone.localtime().strftime("%H:%M"),
    }
    if "leave" in request.POST:
        presence.leave(user=asked.user, session=asked.signs["editing_session"])
    if "offer" in request.POST:
        answer["offers"] = _offers_html(request, asked)
    return JsonResponse(answer)


def _store(request: HttpRequest, asked: Asked) -> autosave.Outcome:
    signs = asked.signs
    try:
        return autosave.store(
            user=asked.user,
            session=signs["editing_session"],
            sequence=signs["autosave_sequence"] or 1,
            article=asked.article,
            base_version=signs["opened_version"] if asked.article else None,
            data=typed_content(request.POST, asked.article),
            recovered=signs["autosave_recovered"],
            typed_at=time_typed(signs["autosave_typed_at"]),
        )
    except TooLongError:
        sentence = _(
            "The text is longer than %(count)s characters, more than an article may have: the server does"
            " not take it. It is kept in this browser. Move a part of it into another article."
        ) % {"count": f"{MAX_BODY:,}"}
        raise Refusal(sentence, 413) from None
    except autosave.TooManyError:
        sentence = _(
            "You have %(count)d texts that were never saved. Discard some: the list of articles names them."
        ) % {"count": autosave.MOST_KEPT}
        raise Refusal(sentence, 429) from None
    except PermissionDenied:
        raise Refusal(_("Another window writes here. Open the article again."), 403) from None


def time_typed(milliseconds: int | None) -> datetime:
    """Return when a text was typed that arrives late; a clock that is wrong counts for nothing."""
    now = timezone.now()
    if milliseconds is None:
        return now
    typed_at = datetime.fromtimestamp(min(milliseconds / 1000, now.timestamp()), UTC)
    return typed_at if typed_at > now - presence.KEEP_SAVED else now


@require_POST
def see(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Note that the editor is open, or (`leave`) was closed; answer who else has the article open."""
    try:
        asked = _asked(request, model_admin)
    except Refusal as refusal:
        return refusal.response
    session = asked.signs["editing_session"]
    if "leave" in request.POST:
        presence.leave(user=asked.user, session=session)
        return JsonResponse({})
    presence.see(
        user=asked.user,
        session=session,
        article=asked.article,
        opened_version=asked.signs["opened_version"],
    )
    others = []
    if asked.article:
        others = presence.others(article=asked.article, session=session, user=asked.user)
    there = [{"name": one.name, "sentence": str(one)} for one in others]
    return JsonResponse(_answer(asked) | {"others": there})


@require_GET
def token(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Answer who is signed in and the token forms need: signing in elsewhere has changed it."""
    return JsonResponse({"token": get_token(request), "owner": owner_of(editor_of(request))})


@require_POST
def discard(request: HttpRequest, pk: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Drop an autosave for good, and go back to where it was offered."""
    autosave.discard(user=editor_of(request), pk=pk)
    if "json" in request.POST:
        return JsonResponse({})
    article = number_in(request.POST.get("article", ""))
    if article is not None:
        return redirect("admin:articles_article_change", article)
    return redirect("admin:articles_article_changelist")


def _asked(request: HttpRequest, model_admin: ModelAdmin) -> Asked:
    """Return who asks about which article; raise Refusal for what is not theirs to write."""
    form = SignOfLife(request.POST)
    if not form.is_valid():
        raise Refusal(_("This page is out of date. Open the article again."), 400)
    user, pk = editor_of(request), form.cleaned_data["autosave_article"]
    if pk is None:
        if not model_admin.has_add_permission(request):
            raise Refusal(_("Your account may not write articles."), 403)
        return Asked(user, None, form.cleaned_data)
    article = (
        Article.objects.editable_by(user)
        .select_related("lead_image", "draft_revision__author", "current_revision__author")
        .defer("body", "body_html", "toc", "draft_revision__data", "current_revision__data")
        .filter(pk=pk)
        .first()
    )
    if article is None:
        raise Refusal(_("You may not change this article any more, or it is gone."), 403)
    return Asked(user, article, form.cleaned_data)


def _answer(asked: Asked) -> dict[str, Any]:
    if asked.article is None:
        return {"notice": ""}
    opened = asked.signs["opened_version"]
    notice = autosave.saved_since(article=asked.article, opened_version=opened, user=asked.user)
    return {"version": asked.article.version, "notice": notice}


# The page


def owner_of(user: User) -> str:
    """Return a name for this person's texts in a browser, which tells nobody who it is."""
    return salted_hmac("blog.articles.autosave", str(user.pk), algorithm="sha256").hexdigest()[:32]


def recovered(request: HttpRequest, article: Article | None) -> Revision | None:
    """Return the autosave that the form is to open with (`?autosave=…`); asked once for each request."""
    key = number_in(request.GET.get("autosave", ""))
    if request.method != "GET" or key is None:
        return None
    if not hasattr(request, "recovered_autosave"):
        rows = autosave.own_autosaves(editor_of(request)).filter(article=article, pk=key)
        request.recovered_autosave = rows.first()  # type: ignore[attr-defined]
    return request.recovered_autosave  # type: ignore[attr-defined]


def opening_values(request: HttpRequest, article: Article | None) -> dict[str, Any]:
    """Return what the form opens with instead of what is stored: the recovered autosave, or nothing.

    The version it started from comes with it, so that a save finds out what was saved since.
    """
    found = recovered(request, article)
    return form_values(found.data) | {"opened_version": found.base_version} if found else {}


class BylineForm(forms.ModelForm):
    """One author. A save writes the rows anew, so that nothing needs to be compared with the stored ones."""

    known: frozenset[str] = frozenset()  # fields that were looked up a moment ago

    def _post_clean(self) -> None:
        self.known = frozenset({"author"})
        super()._post_clean()  # type: ignore[misc]  # the stubs lack it
        self.known = frozenset()  # the formset compares the authors of all rows with each other

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | self.known  # type: ignore[misc]


class BylineFormSet(BaseInlineFormSet):
    """The rows of authors; `authors`, keys in order, are shown in place of the stored ones."""

    def __init__(self, *args: Any, authors: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = authors
        if authors is not None:
            stored = {byline.author_id for byline in self.get_queryset()}
            added = [key for key in authors if key not in stored]
            self.initial_extra = [{"author": key, "position": authors.index(key)} for key in added]
            self.extra += len(added)

    def get_queryset(self) -> list[Byline]:  # type: ignore[override]
        """Return the stored rows, as they came with the article."""
        if not hasattr(self, "stored"):
            self.stored = list(self.instance.bylines.all()) if self.instance.pk else []
        return self.stored

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        stored = self.get_queryset()
        key = cast("forms.ModelChoiceField", form.fields["id"])
        form.fields["id"] = known = ChoiceField(
            key.queryset, initial=key.initial, required=key.required, widget=forms.HiddenInput
        )
        known.know(stored)
        author = form.fields.get("author")
        if isinstance(author, ChoiceField):  # those who may only look have none
            author.know(byline.author for byline in stored)

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]  # the stubs lack it
        if self.shown is not None and form.instance.pk:
            key = form.instance.author_id
            if key in self.shown:
                form.initial["position"] = self.shown.index(key)
            else:
                form.initial["DELETE"] = True
        return form


def opening_authors(request: HttpRequest, article: Article | None) -> dict[str, Any]:
    """Return what BylineFormSet is to be made with, besides what Django gives it."""
    found = recovered(request, article)
    has_authors = found is not None and "authors" in found.data
    return {"authors": author_keys(found.data)} if found and has_authors else {}


def saved(request: HttpRequest) -> None:
    """Drop what the open editor kept, now that its form is saved."""
    signs = SignOfLife(request.POST)
    signs.is_valid()
    autosave.forget(
        user=editor_of(request),
        session=signs.cleaned_data.get("editing_session", ""),
        recovered=signs.cleaned_data.get("autosave_recovered"),
    )


def panel(request: HttpRequest, article: Article | None) -> dict[str, Any]:
    """Return what _autosave.html shows; two queries for an article, one for a new one."""
    user = editor_of(request)
    found = recovered(request, article)
    signs = SignOfLife(request.POST)
    signs.is_valid()
    session = signs.cleaned_data.get("editing_session") or secrets.token_hex(16)
    context: dict[str, Any] = {
        "session": session,
        "recovered": found.pk if found else signs.cleaned_data.get("autosave_recovered"),
        "is_refused": request.method == "POST",
        "recovered_at": autosave.moment(found.updated_at) if found else "",
        "owner": owner_of(user),
        "texts": json.dumps({name: str(text) for name, text in TEXTS.items()}),
        "url": reverse(f"admin:{NAMES}"),
        "form": "article_form",
        "text": str(article.pk) if article else "",
        "template": "admin/articles/article/_autosave_offers.html",
        "others": [],
    }
    if article is None:
        offers = autosave.offers_of_new(user=user, session=session)
    else:
        offers = autosave.offers(user=user, article=article, session=session)
        context["others"] = presence.others(article=article, session=session, user=user)
    context["offers"] = [offer for offer in offers if offer.pk != context["recovered"]]
    return context


def _offers_html(request: HttpRequest, asked: Asked) -> str:
    """Return the offers as _autosave.html shows them, for a page that brought a text along."""
    if asked.article is None:
        offers = autosave.offers_of_new(user=asked.user)
    else:
        offers = autosave.offers(user=asked.user, article=asked.article)
    context = {"offers": offers, "article": asked.article}
    return render_to_string("admin/articles/article/_autosave_offers.html", context, request)
