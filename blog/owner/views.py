"""Pages of the owner's desk that belong to no one kind of row."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from blog.owner import health as checks
from blog.owner.activity import PER_PAGE, Kind, entries
from blog.owner.first_steps import demo_articles, first_steps, put_demo_away
from blog.site.middleware import site_of
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MOST_PEOPLE = 200  # to choose from
MAY_SET_UP = "site.change_sitesettings"


def for_owners(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who may change the settings of the site; a stranger gets to the sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(MAY_SET_UP):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


def with_first_steps(index: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Add the first steps to the admin's first page, for owners who have not put them away."""

    @wraps(index)
    def view(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        user, site = request.user, site_of(request)
        context = {**(extra_context or {}), "is_owner": user.has_perm(MAY_SET_UP)}
        if context["is_owner"] and not site.first_steps_hidden:
            steps = first_steps(user, site)  # type: ignore[arg-type]  # strangers have no permission
            context |= {"steps": steps, "steps_done": sum(step.is_done for step in steps)}
        return index(request, context)

    return view


@for_owners
@require_POST
def hide_first_steps(request: HttpRequest) -> HttpResponse:
    """Put the first steps away, for everybody; or show them again."""
    site, _is_new = SiteSettings.objects.get_or_create(pk=1)
    site.first_steps_hidden = "again" not in request.POST
    site.save(update_fields=["first_steps_hidden"])
    return HttpResponseRedirect(reverse("admin:index"))


@for_owners
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_away(request: HttpRequest) -> HttpResponse:
    """Ask, then move what is left of the demo to the trash."""
    if not request.user.has_perm("articles.edit_any_article"):
        raise PermissionDenied
    if request.method == "POST":
        count = put_demo_away(editor=request.user)  # type: ignore[arg-type]  # as above
        text = ngettext(
            "%(count)d article moved to the trash.",
            "%(count)d articles moved to the trash.",
            count,
        )
        messages.success(request, text % {"count": count})
        return HttpResponseRedirect(reverse("admin:index"))
    context = {
        **admin.site.each_context(request),
        "title": _("Put the demo away"),
        "articles": demo_articles().only("title"),
    }
    return TemplateResponse(request, "admin/owner/demo_away.html", context)


@for_owners
@never_cache
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """Show who did what, by kind, by person, page by page."""
    kind = request.GET.get("kind", "")
    who = request.GET.get("who", "")
    people = User.objects.filter(is_staff=True).order_by("display_name", "email")[:MOST_PEOPLE]
    found = entries(
        kind=kind if kind in Kind.values else "",
        who=int(who) if who.isdecimal() and len(who) < 10 else None,
        before=_moment(request.GET.get("before", "")),
    )
    more = len(found) > PER_PAGE
    context = {
        **admin.site.each_context(request),
        "title": _("Activity"),
        "entries": found[:PER_PAGE],
        "kinds": Kind.choices,
        "kind": kind,
        "people": people,
        "who": who,
        "older": urlencode(
            {"kind": kind, "who": who, "before": found[PER_PAGE - 1].at.isoformat()}
        )
        if more
        else "",
    }
    return TemplateResponse(request, "admin/owner/activity.html", context)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the second in the years 1 and 9999
        return None


@for_owners
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Show how every part of the blog is, and the same as plain text to copy."""
    findings = checks.look()
    context = {
        **admin.site.each_context(request),
        "title": _("Health"),
        "findings": findings,
        "failures": sum(finding.state == checks.State.FAILURE for finding in findings),
        "warnings": sum(finding.state == checks.State.WARNING for finding in findings),
        "text": checks.as_text(findings),
    }
    return TemplateResponse(request, "admin/owner/health.html", context)
