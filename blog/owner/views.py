"""Pages of the owner's desk that belong to no one kind of row."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blog.owner import health as checks

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MAY_SET_UP = "site.change_sitesettings"


def for_owners(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who may change the settings of the site; a stranger gets to the sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(MAY_SET_UP):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


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
