"""Rate an article, change the vote, withdraw it, say what could be better; and how all that is counted."""

import re
import uuid
from dataclasses import replace

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.visitors import remember_visitor
from blog.articles.models import Article
from blog.public.access import get_addressed_article, get_readable_article, reader_of
from blog.public.addresses import absolute
from blog.public.article_page import article_page
from blog.public.banned import why_not_vote
from blog.public.burst_notices import note_set_aside
from blog.public.feedback import rating_by
from blog.public.origin import same_origin_only
from blog.public.personal import Personal
from blog.public.protection import is_locked, locked_page
from blog.public.rating_box import rating_context, vote_message, voter_of
from blog.public.receipts import rating_receipt
from blog.public.see_other import SeeOther
from blog.public.shown import SHARED
from blog.public.structured import plain_graph
from blog.ratings.forms import STAR_CHOICES, FeedbackForm, RatingForm
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import (
    BORROWED,
    MEAN_OF,
    rating_of,
    shares_of,
    summary_of,
    update_of,
    waiting_votes,
)
from blog.ratings.services import (
    TooManyVotes,
    Voter,
    may_rate,
    rate_article,
    tell_why,
    withdraw_rating,
)
from blog.site.middleware import site_of

# Who crawls pages and says so. A browser without a window may have a person behind it, whose vote counts.
_CRAWLER = re.compile(r"(?<!cu)bot\b|crawl|spider|slurp", re.IGNORECASE)


@csrf_exempt  # `rate` looks at where a form comes from, by its own rule
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, slug: str) -> HttpResponse:
    """One address for an article's ratings: a POST rates, a GET says how they are counted."""
    return rate(request, slug) if request.method == "POST" else method(request, slug)


def method(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the distribution and, in plain words, what is done with the votes."""
    article = get_readable_article(request, slug)
    if is_locked(request, article):
        return HttpResponseRedirect(article.get_absolute_url())
    if article.rating_policy == Article.Policy.OFF:
        raise Http404
    summary = summary_of(article)
    title = _("How “%(title)s” is rated") % {"title": article.shown_title}
    context = {
        "article": article,
        "page_title": title,
        "page_description": title,
        "canonical_url": absolute(request, reverse("article-rate", args=[article.slug])),
        "graph": plain_graph(
            request,
            [(article.shown_title, article.get_absolute_url()), (_("Rating"), request.path)],
        ),
        "summary": summary,
        "shares": shares_of(summary),
        "rating_choices": STAR_CHOICES,
        "update": update_of(article) if summary.count else None,
        "waiting": waiting_votes(article),
        "believed": site_of(request).votes_believed_per_network,
        "borrowed": BORROWED,
        "mean_of": MEAN_OF,
    }
    response = render(request, "ratings/method.html", context)
    is_shared = article.is_live and not (
        article.is_protected or reader_of(request).is_authenticated
    )
    response["Cache-Control"] = SHARED if is_shared else "private, no-store"
    response["X-Robots-Tag"] = "noindex"  # the article is what a search should find
    return response


@require_POST
@same_origin_only  # no token in pages that everybody shares: DESIGN, rule 3
def rate(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_addressed_article(slug)
    if is_locked(request, article):
        return locked_page(request, article, status=403)
    if not may_rate(site_of(request), article, reader_of(request)):
        return _refuse(request, article, _("This article cannot be rated."), status=403)
    if _CRAWLER.search(request.headers.get("User-Agent", "")):
        return _refuse(request, article, _("Machines do not rate here."), status=403)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _refuse(request, article, form.first_error(), status=422)
    voter = voter_of(request)
    if not form.cleaned_data["withdraw"] and (refusal := why_not_vote(voter)):
        return _refuse(request, article, refusal, status=403)
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


@require_POST
@same_origin_only
def tell(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what a reader says could be better, and keep it with the vote the form was made for."""
    article = get_addressed_article(slug)
    if is_locked(request, article):
        text = request.POST.get("feedback", "")
        return locked_page(request, article, text=text, status=403)
    form = FeedbackForm(request.POST)
    try:
        rating = rating_by(request.POST.get("vote", ""), article)
    except signing.BadSignature:
        sentence = _("This form is too old. Your text is below: please send it once more.")
        return _refuse(request, article, sentence, status=403, form=form)
    if rating is None:
        sentence = _("Your rating is withdrawn, so there is nothing to say this with. Rate again.")
        return _refuse(request, article, sentence, status=409, form=form)
    if not form.is_valid():
        personal = Personal(rating=rating, is_answer=True, feedback_form=form)
        return _show(request, article, personal, status=422)
    if refusal := why_not_vote(_voter_behind(request, rating)):
        return _refuse(request, article, refusal, status=403, form=form)
    tell_why(rating=rating, text=form.cleaned_data["feedback"])
    rating.feedback = form.cleaned_data["feedback"]
    return _answer(request, article, rating)


def _voter_behind(request: HttpRequest, rating: Rating) -> Voter:
    """Return whose vote it is, and from where they write now."""
    return replace(voter_of(request), user=rating.user, visitor=rating.visitor)


def _vote(request: HttpRequest, article: Article, voter: Voter, form: RatingForm) -> Rating | None:
    if form.cleaned_data["withdraw"]:
        withdraw_rating(article=article, voter=voter)
        return None
    rating = rate_article(
        article=article,
        voter=voter,
        stars=form.cleaned_data["stars"],
        site=site_of(request),
        seconds_taken=form.cleaned_data["seconds"],
    )
    note_set_aside(rating)
    return rating


def _answer(request: HttpRequest, article: Article, rating: Rating | None) -> HttpResponse:
    """Send the reader back to the page, or the box alone to a script that asked for it."""
    if _wants_fragment(request):
        article.rating_summary = RatingSummary.objects.get(article=article)
        message = vote_message(rating, article.rating_summary)
        return _show(request, article, Personal(rating, message, is_answer=True))
    receipt = rating_receipt(article, rating)
    return SeeOther(f"{article.get_absolute_url()}?rating={receipt}#rating")


def _refuse(
    request: HttpRequest,
    article: Article,
    sentence: str,
    *,
    status: int,
    form: FeedbackForm | None = None,
) -> HttpResponse:
    """Say why not. A refused text comes back, ready to be sent with the vote this browser has now."""
    personal = Personal(
        rating=rating_of(article, voter_of(request)),
        rating_error=sentence,
        is_answer=form is not None,
        feedback_form=form,
    )
    return _show(request, article, personal, status=status)


def _show(
    request: HttpRequest, article: Article, personal: Personal, *, status: int = 200
) -> HttpResponse:
    if not _wants_fragment(request):
        return article_page(request, article, personal, status=status)
    context = rating_context(request, article, personal)
    response = render(request, "ratings/_box.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _wants_fragment(request: HttpRequest) -> bool:
    return request.headers.get("X-Fragment") == "rating"
