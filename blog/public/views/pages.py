"""Pages within others; those at the root share their addresses with articles (articles.detail)."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blog.articles.forms import MAX_BODY
from blog.articles.rendering import sanitise_body
from blog.pages.models import Page
from blog.pages.services import render as render_text
from blog.public.pages import page_response, show_page


@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    """Show a page; an address it once had forwards to the present one."""
    return show_page(request, path)


@never_cache
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show what stands in the form of a page as the page it would be; nothing of it is stored."""
    user = request.user
    if not user.is_staff:
        raise PermissionDenied(
            _(
                "You are signed out. Sign in in another window, then try again. Your text is still there."
            )
        )
    if not (user.has_perm("pages.add_page") or user.has_perm("pages.change_page")):
        raise PermissionDenied
    body = request.POST.get("body", "")
    if len(body) > MAX_BODY:
        text = _("The text is too long. It is still in the other window: divide it.")
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    shown = Page(
        title=request.POST.get("title", "").strip()[:200] or _("Untitled"),
        path="preview",
        body=sanitise_body(body),
        kind=request.POST.get("kind", ""),
    )
    render_text(shown)
    notice = _("Preview. Nothing of this is saved or published.")
    return page_response(request, shown, notice=notice)
