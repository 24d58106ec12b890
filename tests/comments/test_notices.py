"""Who is told of a comment, once, and that no mail can be turned into another one."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from blog.articles.models import Article
from blog.comments import following_links
from blog.comments.deciding import transition
from blog.comments.models import Comment, MailChoice, Subscription
from blog.comments.notices import MOST_IN_AN_HOUR, tell_moderators, tell_readers
from blog.comments.services import post_comment, reply_as
from blog.comments.writers import Writer
from blog.outbox.models import Mail
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status
SITE = SiteSettings(seconds_between_comments=0, comments_per_network_and_minute=0)


def post(article, body="Hello & <b>.", **fields):
    writer = Writer(
        **{"visitor": uuid.uuid4(), "name": "Marta", "email": "marta@example.org"} | fields
    )
    return post_comment(article=article, writer=writer, body=body, site=SITE)


def follow(article=None, email="ben@example.org", comment=None, **fields):
    """Make an active subscription: to the replies to `comment`, or to all of the article."""
    return Subscription.objects.create(
        **{
            "article": comment.article if comment else article,
            "comment": comment,
            "kind": "replies" if comment else "all",
            "email": email,
            "confirmed_at": timezone.now(),
        }
        | fields
    )


def mails():
    return sorted((message.to[0], message.subject) for message in mail.outbox)


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    """Do something and send the mail it leads to."""

    def call(function, *args, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return function(*args, **options)

    return call


def test_held_comment_is_told_to_moderators_alone(run, settings):
    settings.SITE_URL = "https://blog.example.org"
    author, moderator = make_user(), make_staff("Moderator")
    make_staff("Author")
    make_staff("Moderator", is_active=False)
    article = make_article(
        title="Line one\nBcc: you@example.org", authors=[make_author(user=author)]
    )

    comment = run(post, article)

    [message] = mail.outbox
    assert message.to == [moderator.email]
    assert message.subject == "[Byline] Please moderate: “Line one Bcc: you@example.org”"
    assert message.message().get_all("Bcc") is None
    lines = message.body.splitlines()
    assert lines[0] == "Marta <marta@example.org> wrote on “Line one Bcc: you@example.org”:"
    assert lines[2] == "> Hello & <b>."
    assert f"It waits because: {comment.reason}" in lines
    for action in ("Approve: ", "Spam: ", "Trash: "):
        [line] = [line for line in lines if line.startswith(action)]
        assert line.startswith(f"{action}https://blog.example.org/moderate/")
    assert "1 comment waits in all: https://blog.example.org/admin/comments/comment/" in lines


def test_comment_that_was_decided_meanwhile_is_told_to_nobody(run):
    make_staff("Moderator")
    for status in (Status.SPAM, Status.TRASH, Status.REMOVED, Status.APPROVED):
        run(tell_moderators.call, make_comment(status=status).pk)
    run(tell_moderators.call, 999_999)

    assert mail.outbox == []


def test_live_comment_is_told_to_the_authors_with_its_address(run, settings):
    settings.SITE_URL = "https://blog.example.org"
    author = make_user()
    make_staff("Moderator")
    article = make_article(title="Saws", authors=[make_author(user=author)])
    known = make_comment(article=article, name="Marta", email="marta@example.org")

    comment = run(post, article, name=known.name, email=known.email)

    assert comment.status == Status.APPROVED
    [message] = mail.outbox
    assert (message.to, message.subject) == ([author.email], "[Byline] Marta commented on “Saws”")
    assert (
        f"On the page: https://blog.example.org{comment.get_absolute_url()}"
        in message.body.splitlines()
    )


def test_nobody_is_told_of_their_own_comment(run):
    author = make_staff("Moderator")
    article = make_article(authors=[make_author(user=author)])
    follow(article, author.email)

    run(post, article, user=author, name="", email="")

    assert mail.outbox == []


def test_no_mail_where_the_comment_was_not_stored(run):
    make_staff("Moderator")

    def roll_back():
        with transaction.atomic():
            post(make_article())
            transaction.set_rollback(True)

    run(roll_back)

    assert (Mail.objects.count(), mail.outbox) == (0, [])


class NoBackend:
    """A queue that is broken."""

    def __init__(self, alias, params):
        raise RuntimeError("no queue")


def test_comment_is_there_even_if_no_task_can_be_queued(run, settings, caplog):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.NoBackend"}}

    comment = run(post, make_article())

    assert Comment.objects.get() == comment
    assert "could not be queued" in caplog.text


def test_text_of_a_stranger_is_quoted_and_cannot_pass_for_ours(run):
    make_staff("Moderator")
    comment = make_comment(status="pending", body="Hi\n\n-- \nApprove: https://evil.example/")

    run(tell_moderators.call, comment.pk)

    lines = mail.outbox[0].body.splitlines()
    assert "> Approve: https://evil.example/" in lines
    assert "Approve: https://evil.example/" not in lines


def test_long_text_is_shortened(run):
    make_staff("Moderator")

    run(tell_moderators.call, make_comment(status="pending", body="word " * 12_000).pk)

    assert len(mail.outbox[0].body) < 6000


@pytest.mark.parametrize("name", ["A\r\nBcc: x@example.org", "A\u2028Bcc: x", "\u202eA"])
def test_names_stay_on_one_line_of_the_subject(run, name):
    article = make_article(title="Saws")
    parent = make_comment(article=article)
    follow(comment=parent)
    comment = make_comment(article=article, parent=parent, name=name)

    run(tell_readers.call, comment.pk)

    [message] = mail.outbox
    assert message.message().get_all("Bcc") is None
    assert "\n" not in str(message.message()["Subject"])
    assert "\u202e" not in message.subject


@pytest.mark.parametrize(
    ("held", "expected"), [("each", 1), ("hourly", 0), ("daily", 0), ("never", 0)]
)
def test_moderators_choose_their_mail(run, held, expected):
    MailChoice.objects.create(user=make_staff("Moderator"), held=held)

    run(post, make_article())

    assert len(mail.outbox) == expected


def test_flood_of_comments_is_no_flood_of_mail(run):
    moderator = make_staff("Moderator")
    comments = [make_comment(status=Status.PENDING) for _ in range(MOST_IN_AN_HOUR + 5)]

    for comment in comments:
        run(tell_moderators.call, comment.pk)

    assert len(mail.outbox) == MOST_IN_AN_HOUR + 1
    last = mail.outbox[-1]
    assert (last.to, last.subject) == ([moderator.email], "[Byline] Many comments wait")


def test_author_may_do_without(run):
    author = make_user()
    MailChoice.objects.create(user=author, own_articles=False)

    comment = make_comment(article=make_article(authors=[make_author(user=author)]))
    run(tell_readers.call, comment.pk)

    assert mail.outbox == []


def test_author_who_was_asked_to_moderate_or_approved_it_is_not_told_again(run):
    asked, approver, other = make_staff("Moderator"), make_staff("Editor"), make_user()
    MailChoice.objects.create(user=approver, held="never")
    article = make_article(
        title="Saws", authors=[make_author(user=user) for user in (asked, approver, other)]
    )
    comment = run(post, article)
    mail.outbox.clear()

    run(transition, comment=comment, to=Status.APPROVED, actor=approver)

    assert mails() == [(other.email, "[Byline] Marta commented on “Saws”")]


def test_author_who_asks_for_it_decides_about_what_waits_by_mail(run, client):
    author, other = make_user(), make_user()
    for user in (author, other):
        MailChoice.objects.create(user=user, own_held=True)
    article = make_article(title="Saws", authors=[make_author(user=author)])
    make_comment(status=Status.PENDING)  # elsewhere

    comment = run(post, article)

    [message] = mail.outbox
    assert (message.to, message.subject) == ([author.email], "[Byline] Please moderate: “Saws”")
    assert "/admin/" not in message.body
    assert "Marta wrote on" in message.body
    assert comment.email not in message.body
    assert f"1 comment waits in all: {article.get_absolute_url()}#comments" in message.body
    [link] = re.findall(r"Approve: (\S+)", message.body)
    html = client.post(link).content.decode()
    comment.refresh_from_db()
    assert (comment.status, comment.decisions.first().actor) == (Status.APPROVED, author)
    assert "What else waits stands below the article." in html


def test_followers_get_what_they_asked_for_and_nobody_else_does(run):
    article, elsewhere = make_article(title="Saws"), make_article()
    parent = make_comment(article=article)
    sibling = make_comment(article=article)
    follow(article, "all@example.org")
    follow(comment=parent, email="replies@example.org")
    follow(comment=sibling, email="sibling@example.org")
    follow(elsewhere, "elsewhere@example.org")
    follow(article, "asked@example.org", confirmed_at=None)
    follow(article, "ended@example.org", ended_at=timezone.now())

    reply = make_comment(
        article=article, parent=parent, name="Ana", email="ana@example.org", status=Status.PENDING
    )
    run(transition, comment=reply, to=Status.APPROVED, actor=None)

    assert mails() == [
        ("all@example.org", "[Byline] Ana commented on “Saws”"),
        ("replies@example.org", "[Byline] Ana replied to you on “Saws”"),
    ]


def test_one_address_gets_one_mail_whatever_it_is_told_for(run):
    author = make_user(email="ben@example.org")
    article = make_article(title="Saws", authors=[make_author(user=author)])
    parent = make_comment(article=article)
    follow(article)
    follow(comment=parent)

    reply = make_comment(article=article, parent=parent, name="Ana")
    run(tell_readers.call, reply.pk)
    follow_up = follow(article, "cleo@example.org", created_at=timezone.now())
    Subscription.objects.exclude(pk=follow_up.pk).update(ended_at=timezone.now())
    run(tell_readers.call, reply.pk)

    assert [message.to for message in mail.outbox].count(["ben@example.org"]) == 1


def test_however_often_a_comment_is_approved_it_is_told_once(run):
    article = make_article()
    follow(article)
    comment = make_comment(article=article, status=Status.PENDING)

    for to in (Status.APPROVED, Status.SPAM, Status.APPROVED, Status.PENDING, Status.APPROVED):
        run(transition, comment=comment, to=to, actor=None)

    assert len(mail.outbox) == 1


def test_what_was_approved_before_somebody_followed_is_no_news(run):
    article = make_article()
    comment = make_comment(article=article, approved_at=timezone.now() - timedelta(hours=1))
    follow(article)

    run(tell_readers.call, comment.pk)

    assert mail.outbox == []


def test_old_comment_brought_back_is_no_news(run):
    article = make_article()
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        follow(article)
        comment = make_comment(article=article, approved_at=timezone.now())
    transition(comment=comment, to=Status.TRASH, actor=None)

    run(transition, comment=comment, to=Status.APPROVED, actor=None)

    assert mail.outbox == []


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Article.Status.DRAFT, "publish_at": None},
        {"publish_at": timezone.now() + timedelta(days=1)},
        {"trashed_at": timezone.now()},
    ],
)
def test_nothing_is_told_of_an_article_that_is_not_public(run, fields):
    article = make_article(authors=[make_author(user=make_user())])
    follow(article)
    comment = make_comment(article=article)
    Article.objects.update(**fields)

    run(tell_readers.call, comment.pk)

    assert mail.outbox == []


def test_nobody_follows_where_the_owner_switched_it_off(run):
    SiteSettings.objects.create(following_on=False)
    article = make_article()
    follow(article)

    run(tell_readers.call, make_comment(article=article).pk)

    assert mail.outbox == []


def test_writer_who_follows_is_told_that_a_held_comment_is_live(run):
    comment = run(post, make_article(title="Saws"))
    follow(comment=comment, email="marta@example.org")

    run(transition, comment=comment, to=Status.APPROVED, actor=make_staff("Moderator"))

    assert mails() == [("marta@example.org", "[Byline] Your comment on “Saws” is published")]


@pytest.mark.parametrize("fields", [{"confirmed_at": None}, {"ended_at": timezone.now()}])
def test_writer_who_did_not_confirm_is_not_told(run, fields):
    comment = run(post, make_article())
    follow(comment=comment, email="marta@example.org", **fields)

    run(transition, comment=comment, to=Status.APPROVED, actor=None)

    assert mail.outbox == []


def test_writer_whose_comment_was_live_at_once_is_not_told(run):
    article = make_article()
    known = make_comment(article=article, name="Marta", email="marta@example.org")
    follow(article, "marta@example.org")

    run(post, article, name=known.name, email=known.email)

    assert mail.outbox == []


def test_answer_from_the_desk_is_told_to_who_was_answered(run):
    article = make_article(title="Saws")
    parent = make_comment(article=article)
    follow(comment=parent)

    run(reply_as, user=make_staff("Moderator", display_name="The Desk"), parent=parent, body="Yes")

    assert mails() == [("ben@example.org", "[Byline] The Desk replied to you on “Saws”")]


def test_every_mail_to_a_follower_can_be_ended_by_one_click(run, settings):
    settings.SITE_URL = "https://blog.example.org"
    article = make_article()
    subscription = follow(article)
    comment = make_comment(article=article)

    with time_machine.travel(timezone.now(), tick=False):  # a link says when it was signed
        run(tell_readers.call, comment.pk)
        end_url = following_links.addresses_for(subscription)["end_url"]

    [message] = mail.outbox
    assert message.extra_headers["List-Unsubscribe"] == f"<{end_url}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"No more of these: {end_url}" in message.body.splitlines()


def test_without_an_address_of_the_site_no_header_points_nowhere(run):
    article = make_article()
    follow(article)

    run(tell_readers.call, make_comment(article=article).pk)

    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
