"""Rate an article, change the vote, withdraw it."""

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.visitors import remember_visitor
from blog.articles.models import Article
from blog.public.access import get_published_article, reader_of
from blog.public.article_page import (
    Personal,
    SeeOther,
    article_page,
    rating_context,
    vote_message,
    voter_of,
)
from blog.public.origin import same_origin_only
from blog.public.receipts import rating_receipt
from blog.ratings.forms import RatingForm
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import rating_of
from blog.ratings.services import TooManyVotes, Voter, may_rate, rate_article, withdraw_rating
from blog.site.middleware import site_of


@require_POST
@same_origin_only  # no token in pages that everybody shares: DESIGN, rule 3
def rate(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_published_article(slug)
    if not may_rate(site_of(request), article, reader_of(request)):
        return _refuse(request, article, _("This article cannot be rated."), status=403)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _refuse(request, article, form.first_error(), status=422)
    voter = voter_of(request)
    if voter.user is None and voter.visitor is None:
        voter = replace(voter, visitor=uuid.uuid4())
    try:
        rating = _vote(request, article, voter, form)
    except TooManyVotes as error:
        return _refuse(request, article, str(error), status=429)
    response = _answer(request, article, rating)
    if voter.visitor:
        remember_visitor(response, voter.visitor)
    return response


def _vote(request: HttpRequest, article: Article, voter: Voter, form: RatingForm) -> Rating | None:
    if form.cleaned_data["withdraw"]:
        withdraw_rating(article=article, voter=voter)
        return None
    return rate_article(
        article=article,
        voter=voter,
        stars=form.cleaned_data["stars"],
        site=site_of(request),
    )


def _answer(request: HttpRequest, article: Article, rating: Rating | None) -> HttpResponse:
    """Send the reader back to the page, or the box alone to a script that asked for it."""
    if _wants_fragment(request):
        article.rating_summary = RatingSummary.objects.get(article=article)
        message = vote_message(rating, article.rating_summary)
        return _box(request, article, Personal(rating=rating, rating_message=message))
    receipt = rating_receipt(article, rating)
    return SeeOther(f"{article.get_absolute_url()}?rating={receipt}#rating")


def _refuse(request: HttpRequest, article: Article, sentence: str, *, status: int) -> HttpResponse:
    personal = Personal(rating=rating_of(article, voter_of(request)), rating_error=sentence)
    if _wants_fragment(request):
        return _box(request, article, personal, status=status)
    return article_page(request, article, personal, status=status)


def _box(
    request: HttpRequest, article: Article, personal: Personal, *, status: int = 200
) -> HttpResponse:
    context = rating_context(request, article, personal)
    response = render(request, "ratings/_box.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _wants_fragment(request: HttpRequest) -> bool:
    return request.headers.get("X-Fragment") == "rating"
