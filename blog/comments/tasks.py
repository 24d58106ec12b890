"""Mail about a comment: from the worker, after the row is committed."""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.db.models import Q
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.models import Comment
from blog.site.models import SiteSettings


@task
def mail_about_comment(comment_id: int) -> None:
    """Tell moderators and the article's authors of a held comment, the authors of one that is live.

    Nothing is sent to the writer, or where the comment is gone or decided since. An address that takes
    no mail does not keep it from the others: the task fails at the end, and what it says is in the log
    of tasks. It is not run again, which would mail the others twice.
    """
    comment = Comment.objects.select_related("article").filter(pk=comment_id).first()
    if comment is None or comment.status not in (Comment.Status.PENDING, Comment.Status.APPROVED):
        return
    is_held = comment.status == Comment.Status.PENDING
    title = " ".join(comment.article.title.split())
    context = {
        "comment": comment,
        "title": title,
        "is_held": is_held,
        "waiting": Comment.objects.pending().count(),
        "admin_url": settings.SITE_URL
        + reverse("admin:comments_comment_change", args=[comment.pk]),
        "page_url": settings.SITE_URL + comment.get_absolute_url(),
    }
    subject = _subject(title, is_held)
    failures: list[Exception] = []
    for user in _readers(comment, is_held):
        may_moderate = user.has_perm("comments.moderate_comment")
        body = render_to_string(
            "comments/email/new_comment_message.txt", context | {"may_moderate": may_moderate}
        )
        try:
            EmailMessage(subject, body.strip() + "\n", to=[user.email]).send()
        except OSError as error:  # what SMTP raises is one, too
            failures.append(error)
    if failures:
        raise ExceptionGroup("Some mails could not be sent.", failures)


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


def _subject(title: str, is_held: bool) -> str:
    text = (
        _("[%(site)s] Please moderate: “%(title)s”")
        if is_held
        else _("[%(site)s] New comment on “%(title)s”")
    )
    names = {"site": SiteSettings.objects.current().title, "title": title}
    return " ".join((text % names).split())  # no line may start a header
