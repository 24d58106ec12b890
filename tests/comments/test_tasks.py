"""Who is told of a comment, and that no mail can be turned into another one."""

import smtplib
import uuid

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from blog.comments.models import Comment
from blog.comments.services import Writer, post_comment
from blog.comments.tasks import mail_about_comment
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status
SITE = SiteSettings(seconds_between_comments=0, comments_per_network_and_minute=0)


def post(article, **fields):
    writer = Writer(
        **{"visitor": uuid.uuid4(), "name": "Marta", "email": "marta@example.org"} | fields
    )
    return post_comment(article=article, writer=writer, body="Hello & <b>.", site=SITE)


def recipients():
    return sorted(message.to[0] for message in mail.outbox)


def test_held_comment_is_told_to_moderators_and_the_authors(django_capture_on_commit_callbacks):
    author, moderator = make_user(), make_staff("Moderator")
    make_staff("Author")
    make_staff("Moderator", is_active=False)
    make_author(user=make_user())
    article = make_article(
        title="Line one\nBcc: you@example.org", authors=[make_author(user=author)]
    )

    with django_capture_on_commit_callbacks(execute=True):
        comment = post(article)

    assert recipients() == sorted([author.email, moderator.email])
    mails = {message.to[0]: message for message in mail.outbox}
    message = mails[moderator.email]
    assert message.subject == "[Byline] Please moderate: “Line one Bcc: you@example.org”"
    assert message.message().get_all("Bcc") is None
    assert message.body.splitlines()[0] == (
        "Marta <marta@example.org> wrote on “Line one Bcc: you@example.org”:"
    )
    assert "Hello & <b>." in message.body
    assert "It waits because: The writer has no approved comment yet.\n" in message.body
    assert "1 comment waits in all.\n" in message.body
    assert message.body.endswith(f"/admin/comments/comment/{comment.pk}/change/\n")
    # An author who may not moderate gets no link that would refuse them.
    assert mails[author.email].body.endswith("A moderator decides whether it appears.\n")


def test_live_comment_is_told_to_the_authors_with_its_address(django_capture_on_commit_callbacks):
    author = make_user()
    make_staff("Moderator")
    article = make_article(title="Saws", authors=[make_author(user=author)])
    make_comment(article=article, name="Marta", email="marta@example.org", user_agent="x")
    Comment.objects.update(created_at=article.publish_at)

    with django_capture_on_commit_callbacks(execute=True):
        comment = post(article)

    assert comment.status == Status.APPROVED
    [message] = mail.outbox
    assert (message.to, message.subject) == ([author.email], "[Byline] New comment on “Saws”")
    assert message.body.endswith(f"{article.get_absolute_url()}#comment-{comment.pk}\n")


def test_nobody_is_told_of_their_own_comment(django_capture_on_commit_callbacks):
    author = make_user()
    article = make_article(authors=[make_author(user=author)])

    with django_capture_on_commit_callbacks(execute=True):
        post(article, user=author)

    assert mail.outbox == []


@pytest.mark.parametrize("status", [Status.SPAM, Status.TRASH, Status.REMOVED])
def test_nobody_is_told_of_what_was_binned(status):
    make_staff("Moderator")

    mail_about_comment.call(make_comment(status=status).pk)
    mail_about_comment.call(999_999)

    assert mail.outbox == []


def test_no_mail_where_the_comment_was_not_stored(django_capture_on_commit_callbacks):
    make_staff("Moderator")

    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        post(make_article())
        transaction.set_rollback(True)

    assert (callbacks, mail.outbox) == ([], [])


def test_comment_is_there_even_if_no_task_can_be_queued(
    django_capture_on_commit_callbacks, settings, caplog
):
    settings.TASKS = {"default": {"BACKEND": "tests.comments.test_tasks.NoBackend"}}

    with django_capture_on_commit_callbacks(execute=True):
        comment = post(make_article())

    assert Comment.objects.get() == comment
    assert "Error calling" in caplog.text


class PickyBackend(EmailBackend):
    """Refuse one address, as a mail server does."""

    def send_messages(self, messages):
        if any(message.to == ["first@example.org"] for message in messages):
            raise smtplib.SMTPRecipientsRefused({"first@example.org": (550, b"No such user")})
        return super().send_messages(messages)


def test_address_that_takes_no_mail_does_not_keep_it_from_the_others(settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.PickyBackend"}}
    make_staff("Moderator", email="first@example.org")
    make_staff("Moderator", email="second@example.org")

    with pytest.raises(ExceptionGroup, match="could not be sent"):
        mail_about_comment.call(make_comment(status=Status.PENDING).pk)

    assert recipients() == ["second@example.org"]
