"""Mail about a comment: from the worker, after the row is committed."""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.db.models import Q
from django.tasks import task
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.models import Comment


@task
def mail_about_comment(comment_id: int) -> None:
    """Tell moderators and the article's authors of a held comment, the authors of one that is live.

    Nothing is sent to the writer, or where the comment is gone or decided since.
    """
    comment = Comment.objects.select_related("article").filter(pk=comment_id).first()
    if comment is None or comment.status not in (Comment.Status.PENDING, Comment.Status.APPROVED):
        return
    is_held = comment.status == Comment.Status.PENDING
    for user in _readers(comment, is_held):
        EmailMessage(
            subject=_subject(comment, is_held),
            body=_body(comment, is_held),
            to=[user.email],
        ).send()


def _readers(comment: Comment, is_held: bool) -> list[User]:
    people = Q(author__bylines__article=comment.article)
    if is_held:
        moderation = Permission.objects.filter(
            codename="moderate_comment", content_type__app_label="comments"
        )
        people |= (
            Q(is_superuser=True)
            | Q(groups__permissions__in=moderation)
            | Q(user_permissions__in=moderation)
        )
    users = User.objects.filter(people, is_active=True).exclude(pk=comment.user_id or 0)
    return list(users.distinct().order_by("pk"))


def _subject(comment: Comment, is_held: bool) -> str:
    text = _("Please moderate: “%(title)s”") if is_held else _("New comment on “%(title)s”")
    return " ".join(
        (text % {"title": comment.article.title}).split()
    )  # no line may start a header


def _body(comment: Comment, is_held: bool) -> str:
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    lines = [
        _("%(name)s <%(email)s> wrote:")
        % {"name": comment.name or _("Anonymous"), "email": comment.email},
        "",
        comment.body,
        "",
    ]
    if is_held:
        waiting = Comment.objects.pending().count()
        lines += [_("It waits because: %(reason)s") % {"reason": comment.reason}]
        lines += [_("Comments waiting in all: %(count)s") % {"count": waiting}]
    return "\n".join([*lines, f"{settings.SITE_URL}{address}"])
