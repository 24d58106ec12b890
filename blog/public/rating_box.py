"""The rating box of an article, and the sentences that answer a vote."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.visitors import network_hash, visitor_of
from blog.articles.models import Article
from blog.comments.queries import comments_are_open
from blog.public.access import reader_of
from blog.public.feedback import HIGH, LOW, feedback_token
from blog.public.personal import NOTHING_PERSONAL, Personal
from blog.ratings.forms import STAR_CHOICES, FeedbackForm
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import rating_of, shares_of, summary_of
from blog.ratings.services import Voter, may_rate
from blog.site.middleware import site_of


def rating_context(
    request: HttpRequest, article: Article, personal: Personal = NOTHING_PERSONAL
) -> dict[str, Any]:
    """Return what the rating box shows; a signed-in reader's own vote is looked up."""
    reader = reader_of(request)
    rating = personal.rating
    if rating is None and reader.is_authenticated:
        rating = rating_of(article, Voter(user=reader))
    summary = summary_of(article)
    return {
        "article": article,
        "show_ratings": article.rating_policy != Article.Policy.OFF,
        "summary": summary,
        "shares": shares_of(summary),
        "own_rating": rating,
        "may_rate": may_rate(site_of(request), article, reader),
        "rating_choices": STAR_CHOICES,
        "rating_message": personal.rating_message,
        "rating_error": personal.rating_error,
        "are_open": comments_are_open(article, site_of(request)),
        **_after_vote(rating if personal.is_answer else None, personal.feedback_form),
    }


def _after_vote(rating: Rating | None, form: FeedbackForm | None) -> dict[str, Any]:
    """Return the question after a low vote, or the invitation after a high one; a refused form stays."""
    if form is None and rating and rating.stars <= LOW and not rating.feedback:
        form = FeedbackForm()
    return {
        "feedback_form": form,
        "feedback_token": form and rating and feedback_token(rating),
        "has_told": bool(rating and rating.feedback and form is None),
        "is_pleased": bool(rating and rating.stars >= HIGH),
    }


def vote_message(rating: Rating | None, summary: RatingSummary) -> str:
    """Return the sentences that answer a vote or its withdrawal."""
    if rating is None:
        return _("Your rating is withdrawn.")
    if why := rating.why_not_counted:
        return _("You rated %(stars)s. %(why)s") % {"stars": rating.stars, "why": why}
    return ngettext(
        "You rated %(stars)s. Average %(average).1f from %(count)s rating.",
        "You rated %(stars)s. Average %(average).1f from %(count)s ratings.",
        summary.count,
    ) % {"stars": rating.stars, "average": summary.average or 0, "count": summary.count}


def voter_of(request: HttpRequest) -> Voter:
    """Return who votes: the signed-in user, the guest's cookie, or both (a guest who signed in)."""
    reader = reader_of(request)
    return Voter(
        user=reader if reader.is_authenticated else None,
        visitor=visitor_of(request),
        network_hash=network_hash(request),
    )
