"""The panel with the links to a draft, on the article's form and on a page of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from blog.articles.admin.desk import article_at, editor_of, page_of
from blog.articles.draft_links import DEFAULT_PERIOD, PERIODS, make_link, revoke_link, token_of
from blog.articles.models import Article, DraftLink
from blog.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.admin import ModelAdmin

SHOWN = 20  # links, the newest: nobody looks for older ones


class DraftLinkForm(forms.Form):
    """Whom the link is for, and for how long."""

    label = forms.CharField(
        label=gettext_lazy("For whom"),
        required=False,
        max_length=DraftLink._meta.get_field("label").max_length,
    )
    hours = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        choices=list(PERIODS.items()),
        coerce=int,
        initial=DEFAULT_PERIOD,
    )


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(sharing, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    return [path("<int:object_id>/sharing/", guarded, name="articles_article_sharing")]


def panel(
    request: HttpRequest, article: Article, form: DraftLinkForm | None = None
) -> dict[str, Any]:
    """Return what _sharing.html shows: a query where there are links, however many."""
    links: Iterable[DraftLink] = ()
    if getattr(article, "has_draft_links", True):  # a column of drafts.with_page
        links = article.draft_links.select_related("created_by")[:SHOWN]
    return {
        "action": reverse("admin:articles_article_sharing", args=[article.pk]),
        "form": form or DraftLinkForm(prefix="sharing"),
        "links": [(link, _address(request, link) if link.works else "") for link in links],
        "may_share": article.trashed_at is None,
    }


def sharing(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show the links to one draft, make one, or revoke one."""
    article = article_at(request, object_id, model_admin)
    form = None
    if request.method == "POST":
        if "revoke" in request.POST:
            key = number_in(request.POST["revoke"])
            revoke_link(link=get_object_or_404(article.draft_links, pk=key))
            messages.success(request, _("The link is revoked: it opens nothing any more."))
            return HttpResponseRedirect(request.path)
        form = DraftLinkForm(request.POST, prefix="sharing")
        if _made(request, article, form):
            return HttpResponseRedirect(request.path)
    return page_of(
        request,
        article,
        model_admin,
        title=_("Share the draft"),
        template="sharing.html",
        status=422 if form else 200,
        sharing=panel(request, article, form),
    )


def _made(request: HttpRequest, article: Article, form: DraftLinkForm) -> bool:
    if not form.is_valid():
        return False
    try:
        make_link(article=article, editor=editor_of(request), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The link is made. Copy it and send it."))
    return True


def _address(request: HttpRequest, link: DraftLink) -> str:
    address = reverse("draft", args=[token_of(link)])
    return (
        f"{settings.SITE_URL}{address}"
        if settings.SITE_URL
        else request.build_absolute_uri(address)
    )
