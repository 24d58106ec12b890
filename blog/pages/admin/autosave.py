"""What the open form of a page asks the server while somebody writes: as the form of an article does."""

from __future__ import annotations

import json
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from blog.articles import autosave as rows
from blog.articles.admin.autosave import TEXTS, Refusal, SignOfLife, owner_of, time_typed, token
from blog.articles.admin.desk import editor_of
from blog.articles.forms import MAX_BODY
from blog.articles.typed import TooLongError
from blog.numbers import number_in
from blog.pages import history, presence
from blog.pages.models import Page

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

NAMES = "pages_page_autosave"
NEW = "page-new"  # what the browser calls the text of a page that was never saved


class PageSigns(SignOfLife):
    """Of pages the browser keeps copies under other names than of articles."""

    autosave_article = forms.RegexField(regex=r"\Apage-(new|[1-9][0-9]{0,17})\Z")  # type: ignore[assignment]


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
    """Keep the form as it stands; answer when it was kept and whether the page was saved meanwhile."""
    try:
        signs, page = _asked(request, model_admin)
        outcome = _store(request, signs, page)
    except Refusal as refusal:
        return refusal.response
    answer = _answer(signs, page) | {
        "outcome": outcome.value,
        "saved": timezone.localtime().strftime("%H:%M"),
    }
    if "leave" in request.POST:
        presence.leave(user=editor_of(request), session=signs["editing_session"])
    if "offer" in request.POST:
        found = history.offers(user=editor_of(request), page=page, session="")
        context = {"offers": found, "page": page}
        answer["offers"] = render_to_string("admin/pages/_offers.html", context, request)
    return JsonResponse(answer)


def _store(request: HttpRequest, signs: dict[str, Any], page: Page | None) -> rows.Outcome:
    try:
        return history.store_typed(
            user=editor_of(request),
            page=page,
            data=history.typed_content(request.POST, page),
            session=signs["editing_session"],
            sequence=signs["autosave_sequence"] or 1,
            base_version=signs["opened_version"] if page else None,
            recovered=signs["autosave_recovered"],
            typed_at=time_typed(signs["autosave_typed_at"]),
        )
    except TooLongError:
        sentence = _("The text is longer than %(count)s characters. It is kept in this browser.")
        raise Refusal(sentence % {"count": f"{MAX_BODY:,}"}, 413) from None
    except rows.TooManyError:
        sentence = _("You have too many texts that were never saved. Discard some of them.")
        raise Refusal(sentence, 429) from None
    except PermissionDenied:
        raise Refusal(_("Another window writes here. Open the page again."), 403) from None


@require_POST
def see(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Note that the form is open, or (`leave`) was closed; answer who else has the page open."""
    try:
        signs, page = _asked(request, model_admin)
    except Refusal as refusal:
        return refusal.response
    user, session = editor_of(request), signs["editing_session"]
    if "leave" in request.POST:
        presence.leave(user=user, session=session)
        return JsonResponse({})
    there = []
    if page:
        presence.see(user=user, session=session, page=page)
        found = presence.others(page=page, session=session, user=user)
        there = [{"name": one.name, "sentence": str(one)} for one in found]
    return JsonResponse(_answer(signs, page) | {"others": there})


@require_POST
def discard(request: HttpRequest, pk: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Drop an autosave for good, and go back to where it was offered."""
    rows.drop(history.own_autosaves(editor_of(request)).filter(pk=pk))
    if "json" in request.POST:
        return JsonResponse({})
    key = number_in(request.POST.get("page", ""))
    if key is not None:
        return redirect("admin:pages_page_change", key)
    return redirect("admin:pages_page_add")


def _asked(request: HttpRequest, model_admin: ModelAdmin) -> tuple[dict[str, Any], Page | None]:
    """Return what the form says of itself, and its page; raise Refusal for what is not theirs to write."""
    form = PageSigns(request.POST)
    if not form.is_valid():
        raise Refusal(_("This page is out of date. Open it again."), 400)
    name = form.cleaned_data["autosave_article"]
    if name == NEW:
        if not model_admin.has_add_permission(request):
            raise Refusal(_("Your account may not write pages."), 403)
        return form.cleaned_data, None
    page = Page.objects.filter(pk=int(name.removeprefix("page-"))).defer("body_html").first()
    if page is None or not model_admin.has_change_permission(request, page):
        raise Refusal(_("You may not change this page any more, or it is gone."), 403)
    return form.cleaned_data, page


def _answer(signs: dict[str, Any], page: Page | None) -> dict[str, Any]:
    opened = signs["opened_version"]
    if page is None or not opened or page.version <= opened:
        return {"notice": ""}
    notice = _("Somebody saved this page meanwhile; you have version %(version)d before you.")
    return {"version": page.version, "notice": notice % {"version": opened}}


# The form


def recovered(request: HttpRequest, page: Page | None) -> Any:
    """Return the autosave, or the old version, that the form is to open with; asked once for each request."""
    if request.method != "GET" or not ({"autosave", "version"} & set(request.GET)):
        return None
    if not hasattr(request, "recovered_page"):
        request.recovered_page = _recovered(request, page)  # type: ignore[attr-defined]
    return request.recovered_page  # type: ignore[attr-defined]


def _recovered(request: HttpRequest, page: Page | None) -> Any:
    name = "autosave" if "autosave" in request.GET else "version"
    key = number_in(request.GET[name])
    if key is None:
        return None
    if name == "autosave":
        own = history.own_autosaves(editor_of(request))
        return own.filter(page=page, pk=key).first()
    return history.saved_of(page).filter(version=key).first() if page else None


def opening_values(request: HttpRequest, page: Page | None) -> dict[str, Any]:
    """Return what the form opens with instead of what is stored; the version it started from comes along."""
    found = recovered(request, page)
    if found is None:
        return {}
    base = found.base_version if found.kind == history.Kind.AUTOSAVE else page and page.version
    return {**history.as_typed(found.data), "opened_version": base}


def saved(request: HttpRequest) -> None:
    """Drop what the open form kept, now that it is saved."""
    signs = PageSigns(request.POST)
    signs.is_valid()
    session = signs.cleaned_data.get("editing_session", "")
    presence.leave(user=editor_of(request), session=session)
    history.forget(
        user=editor_of(request),
        session=session,
        recovered=signs.cleaned_data.get("autosave_recovered"),
    )


def panel(request: HttpRequest, page: Page | None) -> dict[str, Any]:
    """Return what _autosave.html shows, in two queries."""
    user, found = editor_of(request), recovered(request, page)
    signs = PageSigns(request.POST)
    signs.is_valid()
    session = signs.cleaned_data.get("editing_session") or secrets.token_hex(16)
    is_autosave = found is not None and found.kind == history.Kind.AUTOSAVE
    key = found.pk if is_autosave else signs.cleaned_data.get("autosave_recovered")
    offers = history.offers(user=user, page=page, session=session)
    return {
        "session": session,
        "recovered": key,
        "is_refused": request.method == "POST" or bool(found and not is_autosave),
        "recovered_at": rows.moment(found.updated_at) if is_autosave else "",
        "old_version": None if is_autosave else found,
        "owner": owner_of(user),
        "texts": json.dumps({name: str(text) for name, text in TEXTS.items()}),
        "url": reverse(f"admin:{NAMES}"),
        "form": "page_form",
        "template": "admin/pages/_offers.html",
        "text": f"page-{page.pk}" if page else NEW,
        "offers": [offer for offer in offers if offer.pk != key],
        "others": presence.others(page=page, session=session, user=user) if page else [],
    }
