"""How an article is rated, and the own vote of whoever brings an application password.

A vote is given by the page's rules and services. Guests give none here: what makes theirs one for each reader
is the signed cookie of a browser, and a program could throw that away before every vote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.visitors import network_hash
from blog.api import payload, shapes
from blog.api.answers import RefusedError, known
from blog.articles.models import Article
from blog.public.banned import why_not_vote
from blog.ratings.forms import CHOOSE
from blog.ratings.models import STARS, Rating, RatingSummary
from blog.ratings.queries import rating_of
from blog.ratings.services import Voter, may_rate, rate_article, withdraw_rating
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from accounts.models import User


def read(request: HttpRequest, asker: User | None, pk: int) -> JsonResponse:
    article = _article(pk)
    if article.rating_policy == Article.Policy.OFF:
        raise RefusedError(404, _("This article shows no ratings."))
    mine = rating_of(article, Voter(user=asker)) if asker else None
    return JsonResponse(_shape(request, article, asker, mine))


def vote(request: HttpRequest, asker: User | None, pk: int) -> JsonResponse:
    """Give or change the own vote; the same one again changes nothing.

    The limits on networks are for guests: who has an account votes once, from wherever.
    """
    user, article = known(asker), _article(pk)
    if not may_rate(site_of(request), article, user):
        raise PermissionDenied(_("This article cannot be rated."))
    sent = payload.read(request, {"stars": stars})
    if "stars" not in sent:
        raise RefusedError(422, {"stars": [str(CHOOSE)]})
    voter = Voter(user=user, network_hash=network_hash(request))
    if refusal := why_not_vote(voter):
        raise PermissionDenied(refusal)
    mine = rate_article(article=article, voter=voter, stars=sent["stars"])
    article.rating_summary = RatingSummary.objects.get(article=article)
    return JsonResponse(_shape(request, article, user, mine))


def withdraw(_request: HttpRequest, asker: User | None, pk: int) -> HttpResponse:
    """Take the own vote back: from the banned, too, and where ratings have closed, as on its private page."""
    voter = Voter(user=known(asker))
    withdraw_rating(article=_article(pk), voter=voter)
    return HttpResponse(status=204)


def stars(value: Any) -> int:
    """Read whole stars: neither 5.0 nor true are any."""
    if type(value) is not int or value not in STARS:
        raise payload.WrongTypeError(str(CHOOSE))
    return value


def _article(pk: int) -> Article:
    """Return the article with its totals if everybody may read it, or raise 404, whoever asks."""
    rows = Article.objects.open_to_all().select_related("rating_summary")
    return get_object_or_404(rows.defer("body", "body_html", "toc"), pk=pk)


def _shape(
    request: HttpRequest, article: Article, asker: User | None, mine: Rating | None
) -> dict[str, Any]:
    shape = shapes.of_rating(article)
    if asker is None:
        return shape
    may = may_rate(site_of(request), article, asker)
    return shape | {"mine": mine.stars if mine else None, "may_rate": may}
