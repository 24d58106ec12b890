"""Enter the password of an article."""

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from blog.public.access import get_addressed_article
from blog.public.origin import same_origin_only
from blog.public.protection import has_tries_left, locked_page, unlock
from blog.public.see_other import SeeOther

LONGEST = 1_000  # characters: hashing a book would only keep the server busy


@require_POST
@same_origin_only  # no token in pages that everybody shares: DESIGN, rule 3
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_addressed_article(slug)
    here = SeeOther(article.get_absolute_url())
    if not article.is_protected:
        return here
    password = request.POST.get("password", "")
    if not password:
        return locked_page(request, article, refusal=_("Enter the password."), status=422)
    if not has_tries_left(request, article):
        refusal = _("Too many tries. Wait ten minutes, then try again.")
        return locked_page(request, article, refusal=refusal, status=429)
    if len(password) > LONGEST or not check_password(password, article.password_hash):
        refusal = _("This is not the password. Look at upper and lower case, and try again.")
        return locked_page(request, article, refusal=refusal, status=422)
    unlock(request, here, article)
    here["Cache-Control"] = "private, no-store"
    return here
