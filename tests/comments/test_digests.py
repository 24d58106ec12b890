"""Moderators who want no mail for each comment get one for many, when they chose."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from blog.comments.deciding import transition
from blog.comments.digests import MOST, send_digests
from blog.comments.models import Comment, MailChoice
from blog.comments.notices import tell_readers
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_staff

pytestmark = pytest.mark.django_db
Status = Comment.Status
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def call():
        with django_capture_on_commit_callbacks(execute=True):
            return send_digests.call()

    return call


def moderator(held, **fields):
    user = make_staff("Moderator", **fields)
    MailChoice.objects.create(user=user, held=held)
    return user


def hold(**fields):
    comment = make_comment(**{"status": Status.APPROVED} | fields)
    transition(comment=comment, to=Status.PENDING, actor=None)
    return comment


def test_hourly_digest_tells_what_is_new_once(run, clock):
    user = moderator("hourly")
    hold(body="The first", article=make_article(title="Saws"), name="Ana")
    hold(body="The second")
    make_comment(body="Approved", status=Status.APPROVED)

    assert run() == 1

    [message] = mail.outbox
    assert (message.to, message.subject) == ([user.email], "[Byline] 2 comments wait for you")
    lines = message.body.splitlines()
    assert "Ana on “Saws”, 4 May 2026, 12:00:" in lines
    assert lines.index("> The first") < lines.index("> The second")
    assert len([line for line in lines if line.startswith("Approve: ")]) == 2
    assert "Approved" not in message.body.replace("Approve:", "")

    clock.shift(timedelta(minutes=59))
    hold(body="The third")
    assert run() == 0
    clock.shift(timedelta(minutes=1))
    assert run() == 1
    assert "> The third" in mail.outbox[1].body
    assert "> The first" not in mail.outbox[1].body
    assert "3 comments wait in all:" in mail.outbox[1].body
    clock.shift(timedelta(hours=5))
    assert run() == 0


def test_daily_digest_leaves_in_the_morning_of_the_site(run, clock):
    SiteSettings.objects.create(time_zone="Asia/Tokyo")  # nine hours ahead
    moderator("daily")
    hold()
    clock.move_to(datetime(2026, 5, 4, 22, 59, tzinfo=UTC))
    MailChoice.objects.update(digest_at=datetime(2026, 5, 3, 23, tzinfo=UTC))

    assert run() == 0
    clock.move_to(datetime(2026, 5, 4, 23, 0, tzinfo=UTC))
    assert run() == 1
    hold()
    clock.move_to(datetime(2026, 5, 5, 22, 59, tzinfo=UTC))
    assert run() == 0


def test_others_get_no_digest(run, clock):
    make_staff("Moderator")
    moderator("each")
    moderator("never")
    moderator("hourly", is_active=False)
    MailChoice.objects.create(user=make_staff("Author"), held="hourly")
    hold()

    assert run() == 0


def test_long_digest_ends(run, clock):
    moderator("hourly")
    article = make_article()
    for _ in range(MOST + 2):
        make_comment(article=article, status=Status.PENDING)

    run()

    [message] = mail.outbox
    assert message.subject == f"[Byline] {MOST + 2} comments wait for you"
    assert "And 2 more." in message.body.splitlines()


@pytest.mark.django_db(transaction=True)
def test_digest_is_written_once_by_many_workers(at_once):
    moderator("hourly")
    make_comment(status=Status.PENDING)

    assert sum(at_once([send_digests.call] * 6)) == 1
    assert len(mail.outbox) == 1


def test_what_a_dead_worker_left_untold_is_told(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    now = timezone.now()
    for minutes in (14, 16):
        begun = tell_readers.enqueue(1)
        DBTaskResult.objects.filter(pk=begun.id).update(
            status="RUNNING", started_at=now - timedelta(minutes=minutes)
        )

    send_digests.call()

    found = DBTaskResult.objects.filter(task_path=tell_readers.module_path)
    assert sorted(found.values_list("status", flat=True)) == ["READY", "RUNNING"]
