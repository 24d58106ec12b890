"""Who is told of a comment: moderators while it waits; authors, followers and its writer once it is live.

What is to be told is queued with the comment, in one transaction; the mails are written by the worker,
into the outbox. A key stands for each of them, so none is written twice, however often a comment is
approved.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.tasks import task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.articles.models import Article
from blog.comments import following, following_links
from blog.comments.avatars import find_avatar
from blog.comments.letters import about, post_letter
from blog.comments.mentions import mentioned_in
from blog.comments.models import Comment, MailChoice
from blog.comments.moderation_links import last_decision, links_for
from blog.outbox.models import Mail
from blog.outbox.services import mark_of
from blog.site.local import in_words_of_the_site
from blog.site.models import SiteSettings
from blog.taskqueue import SOON, enqueue_with_row

if TYPE_CHECKING:
    from blog.comments.models import Subscription

MOST_IN_AN_HOUR = 20  # mails about single comments to one moderator; then one about all of them
STALE = timedelta(days=7)  # since the first approval: brought back later, it is no news
Status = Comment.Status


def comment_held(comment: Comment) -> None:
    """Have the moderators told. Call it where a comment begins to wait, in the same transaction."""
    enqueue_with_row(tell_moderators, comment.pk)


def comment_approved(comment: Comment) -> None:
    """Have authors, writer and followers told. Call it where a comment becomes approved, likewise."""
    enqueue_with_row(tell_readers, comment.pk)


@task(priority=SOON)
@in_words_of_the_site()
def tell_moderators(comment_id: int) -> None:
    """Write to the moderators who want a mail for each comment, unless it is decided by now.

    So do the article's authors who have asked for it: they decide by the links, or on the page, and learn
    no address of a guest, as there.
    """
    comment = _comment(comment_id)
    if comment is None or comment.status != Status.PENDING:
        return
    waiting = Comment.objects.pending().in_sight()
    at_once = Q(mail_choice=None) | Q(mail_choice__held=MailChoice.Held.EACH)
    for moderator in moderators().filter(at_once).exclude(pk=comment.user_id or 0):
        _ask(comment, moderator, waiting=waiting.count(), queue=queue_url(), email=comment.email)
    page = f"{settings.SITE_URL}{comment.article.get_absolute_url()}#comments"
    of_article = waiting.filter(article=comment.article_id)
    for author in _authors_to_ask(comment):
        _ask(comment, author, waiting=of_article.count(), queue=page, admin_url=page)


def _ask(comment: Comment, person: User, *, waiting: int, queue: str, **more: str) -> None:
    """Write one person what waits, with links to decide; once for each time it began to wait."""
    if _is_flooded(person, waiting=waiting, queue=queue):
        return
    decision = last_decision(comment)
    post_letter(
        template="held",
        key=f"held:{comment.pk}:{decision.pk if decision else 0}:{person.pk}",
        to=person.email,
        subject=_("Please moderate: “%(title)s”") % {"title": comment.article.shown_title},
        context=held_context(comment, person) | {"waiting": waiting, "queue_url": queue} | more,
    )


def _authors_to_ask(comment: Comment) -> list[User]:
    """Return the authors who want to be asked; moderators among them are asked as such."""
    authors = User.objects.filter(
        author__bylines__article=comment.article_id, is_active=True, mail_choice__own_held=True
    )
    asked = authors.exclude(pk=comment.user_id or 0).exclude(pk__in=moderators().values("pk"))
    return list(asked.distinct().order_by("pk"))


def moderators() -> Any:
    """Return the active people who may decide about comments."""
    permission = Permission.objects.filter(
        codename="moderate_comment", content_type__app_label="comments"
    )
    allowed = (
        Q(is_superuser=True)
        | Q(groups__permissions__in=permission)
        | Q(user_permissions__in=permission)
    )
    return User.objects.filter(allowed, is_active=True).distinct().order_by("pk")


def held_context(comment: Comment, moderator: User) -> dict[str, Any]:
    """Return what a mail to a moderator says of one comment, with the links to decide."""
    path = reverse("admin:comments_comment_change", args=[comment.pk])
    return {
        **about(comment),
        "links": links_for(comment, moderator),
        "admin_url": f"{settings.SITE_URL}{path}",
    }


def queue_url() -> str:
    return settings.SITE_URL + reverse("admin:comments_comment_changelist")


def _is_flooded(moderator: User, *, waiting: int, queue: str) -> bool:
    """Say whether this moderator had enough mails for now; tell them so once an hour."""
    now = timezone.now()
    recent = Mail.objects.filter(
        to=moderator.email, key__startswith="held:", created_at__gt=now - timedelta(hours=1)
    )
    if recent.count() < MOST_IN_AN_HOUR:
        return False
    post_letter(
        template="flood",
        key=f"flood:{moderator.pk}:{now:%Y-%m-%dT%H}",
        to=moderator.email,
        subject=_("Many comments wait"),
        context={"waiting": waiting, "queue_url": queue},
    )
    return True


@task(priority=SOON)
@in_words_of_the_site()
def tell_readers(comment_id: int) -> None:
    """Write to authors, writer and followers, if the comment and its article are still public."""
    comment = _comment(comment_id)
    if (
        comment is None
        or comment.status != Status.APPROVED
        or (comment.approved_at or comment.created_at) < timezone.now() - STALE
        or not Article.objects.published().filter(pk=comment.article_id).exists()
    ):
        return
    if comment.user_id is None and SiteSettings.objects.current().gravatars_on:
        find_avatar.enqueue(comment.pk)
    told = {comment.email.lower(), comment.user.email if comment.user else ""}
    _tell_writer(comment)
    for author in _authors_to_tell(comment):
        if author.email not in told:
            told.add(author.email)
            _tell(comment, author.email, template="author")
    for address, own in mentioned_in(comment):
        if address not in told:
            told.add(address)
            _tell(comment, address, template="mention", subscription=own)
    for subscription in following.followers_of(comment):
        if subscription.email not in told:
            told.add(subscription.email)
            _tell(comment, subscription.email, template="follower", subscription=subscription)


def _tell(
    comment: Comment, address: str, *, template: str, subscription: Subscription | None = None
) -> None:
    """Write one mail about the live comment; one address gets one, whatever it is told for.

    Who followed an article may not know the password it has now: they hear that there is something new, and
    read it on the page. Its authors need none.
    """
    context = _as_read(comment)
    if comment.article.is_protected and template != "author":
        context |= {"name": "", "text": _("It is behind the password of the article.")}
    names = {"name": context["name"] or _("Somebody"), "title": context["title"]}
    subject = _("%(name)s commented on “%(title)s”") % names
    headers = {}
    if template == "mention":
        subject = _("%(name)s names you on “%(title)s”") % names
    if subscription:
        if subscription.comment_id and template == "follower":
            subject = _("%(name)s replied to you on “%(title)s”") % names
        context |= {"subscription": subscription, **following_links.addresses_for(subscription)}
        headers = following_links.headers_for(subscription)
    post_letter(
        template=template,
        key=f"comment:{comment.article_id}:{comment.pk}:{mark_of(address)}",
        to=address,
        subject=subject,
        context=context,
        headers=headers,
    )


def _as_read(comment: Comment) -> dict[str, Any]:
    return about(comment, masked_words=SiteSettings.objects.current().masked_words)


def _tell_writer(comment: Comment) -> None:
    """Tell a writer who follows that a comment which had to wait is there for all to read."""
    had_to_wait = comment.decisions.filter(to_status=Status.APPROVED).exclude(
        from_status__in=("", Status.APPROVED)
    )
    subscription = following.own_subscription(comment)
    if subscription is None or not had_to_wait.exists():
        return
    context = _as_read(comment)
    post_letter(
        template="approved",
        key=f"approved:{comment.pk}",
        to=subscription.email,
        subject=_("Your comment on “%(title)s” is published") % {"title": context["title"]},
        context=context
        | {"subscription": subscription, **following_links.addresses_for(subscription)},
        headers=following_links.headers_for(subscription),
    )


def _authors_to_tell(comment: Comment) -> list[User]:
    """Return the article's authors, without those who know: who wrote, decided or was asked to decide."""
    decision = last_decision(comment)
    known = {comment.user_id, decision and decision.actor_id}
    wants_none = MailChoice.objects.filter(own_articles=False).values("user")
    authors = User.objects.filter(
        author__bylines__article=comment.article_id, is_active=True
    ).exclude(pk__in=wants_none)
    asked = set(
        Mail.objects.filter(key__startswith=f"held:{comment.pk}:").values_list("to", flat=True)
    )
    return [
        author
        for author in authors.distinct().order_by("pk")
        if author.pk not in known and author.email not in asked
    ]


def _comment(pk: int) -> Comment | None:
    return Comment.objects.select_related("article", "user", "parent").filter(pk=pk).first()
