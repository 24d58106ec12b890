"""The private page of one comment or one vote: what became of it, and what its writer may do with it."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from blog.articles.models import Article
from blog.comments import following
from blog.comments.answering import usual_wait
from blog.comments.forms import OwnEditForm
from blog.comments.letters import post_letter
from blog.comments.models import Comment, Subscription
from blog.comments.queries import can_be_followed
from blog.comments.receipts import is_waiting, why_it_waits
from blog.comments.writing import (
    CannotEdit,
    edit_own,
    editable_until,
    why_not_editable,
    withdraw_own,
)
from blog.outbox.services import mark_of, was_queued
from blog.public.addresses import absolute
from blog.public.banned import why_not_vote
from blog.public.private_link import private_link
from blog.public.rating_box import voter_of
from blog.public.receipts import BadReceipt, read_receipt, receipt_path
from blog.public.see_other import SeeOther
from blog.ratings.forms import STAR_CHOICES, RatingForm
from blog.ratings.models import Rating
from blog.ratings.queries import rating_of
from blog.ratings.services import TooManyVotes, may_rate, rate_article, withdraw_rating
from blog.site.middleware import site_of

METHODS = ["GET", "HEAD", "POST"]
# What the page says after a change, by the word in its address.
DONE = {
    "edited": gettext_lazy("Your change is saved."),
    "withdrawn": gettext_lazy("Done: it is withdrawn."),
    "mailed": gettext_lazy("The link is on its way to the address you gave with the comment."),
    "followed": gettext_lazy(
        "Done. If we do not know yet that the address is yours, a mail asks whether it is."
    ),
    "rated": gettext_lazy("Your rating is changed."),
}


@private_link
@require_http_methods(METHODS)
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    try:
        row = read_receipt(token)
    except BadReceipt as error:
        return render(request, "receipts/refused.html", {"refusal": str(error)}, status=404)
    if row is None:
        return _gone(request)
    if isinstance(row, Comment):
        return _comment(request, row)
    return _vote(request, row)


@never_cache
@require_safe
def own_vote(request: HttpRequest, article_id: int) -> HttpResponse:
    """Lead from the rating box, which is the same for everybody, to the private page of the own vote."""
    article = get_object_or_404(Article.objects.published(), pk=article_id)
    rating = rating_of(article, voter_of(request))
    return SeeOther(receipt_path(rating) if rating else f"{article.get_absolute_url()}#rating")


def _gone(request: HttpRequest) -> HttpResponse:
    """Say that nothing is left; after the writer's own withdrawal that is good news."""
    is_done = request.GET.get("done") == "withdrawn"
    return render(
        request, "receipts/gone.html", {"is_done": is_done}, status=200 if is_done else 410
    )


def _comment(request: HttpRequest, comment: Comment) -> HttpResponse:
    """Show a comment to its writer, or do what the pressed button says. The status is not theirs to say."""
    if request.method != "POST":
        return _comment_page(request, comment)
    action = request.POST.get("action")
    if action == "edit":
        return _edit(request, comment)
    done = ""
    if action == "withdraw" and request.POST.get("sure"):
        withdraw_own(comment=comment)
        done = "withdrawn"
    elif action == "withdraw":
        return _comment_page(request, comment, asks_to_withdraw=True)
    elif action == "follow" and request.POST.get("kind") in Subscription.OF_AN_ARTICLE:
        following.follow(comment=comment, kind=request.POST["kind"])
        done = "followed"
    elif action == "mail":
        _mail_link(request, comment)
        done = "mailed"
    return SeeOther(f"{request.path}?done={done}" if done else request.path)


def _edit(request: HttpRequest, comment: Comment) -> HttpResponse:
    form = OwnEditForm(request.POST)
    if not form.is_valid():
        return _comment_page(request, comment, form=form, status=422)
    try:
        edit_own(comment=comment, body=form.cleaned_data["body"], site=site_of(request))
    except CannotEdit as refusal:
        comment.refresh_from_db()
        return _comment_page(request, comment, form=form, refusal=str(refusal), status=409)
    return SeeOther(f"{request.path}?done=edited")


def _comment_page(
    request: HttpRequest,
    comment: Comment,
    *,
    form: OwnEditForm | None = None,
    refusal: str = "",
    asks_to_withdraw: bool = False,
    status: int = 200,
) -> HttpResponse:
    site = site_of(request)
    waits = is_waiting(comment)
    reason = why_not_editable(comment, site)
    seconds_left = (editable_until(comment, site) - timezone.now()).total_seconds()
    context: dict[str, Any] = {
        "comment": comment,
        "waits": waits,
        "is_published": comment.status == Comment.Status.APPROVED,
        "is_removed": comment.status == Comment.Status.REMOVED,
        "why": f"{why_it_waits(comment)} {usual_wait()}".strip() if waits else "",
        "form": form or OwnEditForm(initial={"body": comment.body}),
        "may_edit": not reason,
        "why_not_editable": reason,
        "minutes_left": max(1, round(seconds_left / 60)),
        "address": comment.user.email if comment.user else comment.email,
        "may_follow": can_be_followed(comment.article, site)
        and comment.status != Comment.Status.REMOVED,
        "subscription": following.subscription_shown_to(comment),
        "asks_to_withdraw": asks_to_withdraw,
        "refusal": refusal,
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "receipts/comment.html", context, status=status)


def _mail_link(request: HttpRequest, comment: Comment) -> None:
    """Mail the link to the address the comment carries, and to no other; at most once an hour.

    What a machine may have written asks nobody: it must not write to others through this site. The
    page says the same.
    """
    to = comment.user.email if comment.user else comment.email
    binned = (Comment.Status.SPAM, Comment.Status.TRASH, Comment.Status.REMOVED)
    now = timezone.now()
    since = now - following.ONE_MAIL_EVERY
    if not to or comment.status in binned or was_queued(to=to, key_start="receipt:", since=since):
        return
    post_letter(
        template="receipt",
        key=f"receipt:{mark_of(to)}:{now:%Y-%m-%dT%H}",  # of two at once, one mail
        to=to,
        subject=_("The private page of your comment"),
        context={
            "title": " ".join(comment.article.shown_title.split()),
            "receipt_url": absolute(request, receipt_path(comment)),
        },
    )


def _vote(request: HttpRequest, rating: Rating) -> HttpResponse:
    """Show a vote to its voter, change it or take it back."""
    voter = replace(voter_of(request), user=rating.user, visitor=rating.visitor)
    site = site_of(request)
    may_vote = may_rate(site, rating.article, rating.user or AnonymousUser())
    error, status = "", 200
    if request.method == "POST":
        form = RatingForm(request.POST)
        if not form.is_valid():
            error, status = form.first_error(), 422
        elif form.cleaned_data["withdraw"]:
            withdraw_rating(article=rating.article, voter=voter)
            return SeeOther(f"{request.path}?done=withdrawn")
        elif not may_vote:
            error = _("This article cannot be rated any more. You can still withdraw your rating.")
            status = 403
        elif refusal := why_not_vote(voter):
            error, status = refusal, 403
        else:
            stars = form.cleaned_data["stars"]
            try:  # withdrawn at this very moment it would be a new vote, and is judged as one
                rate_article(article=rating.article, voter=voter, stars=stars, site=site)
                return SeeOther(f"{request.path}?done=rated")
            except TooManyVotes as too_many:
                error, status = str(too_many), 429
    context = {
        "rating": rating,
        "may_vote": may_vote,
        "rating_choices": STAR_CHOICES,
        "refusal": error,
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "receipts/vote.html", context, status=status)
