"""What the site forgets by itself: each thing at its time, and nothing before."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import NetworkKey
from blog.comments.models import Ban, Comment, Like
from blog.comments.queries import thread_drift
from blog.outbox.models import Mail
from blog.privacy.retention import forget
from blog.ratings.models import Burst, Rating
from blog.site.models import SiteSettings
from blog.spam.models import SpentChallenge
from tests.factories import make_article, make_comment, make_rating

pytestmark = pytest.mark.django_db
Status = Comment.Status
HASH = "feed" * 8


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def age(row, days):
    type(row).objects.filter(pk=row.pk).update(created_at=days_ago(days))
    return row


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (31, False)])
def test_browsers_and_networks_are_forgotten_after_thirty_days(days, is_kept):
    comment = age(make_comment(user_agent="Firefox", network_hash=HASH), days)
    rating = age(make_rating(network_hash=HASH), days)
    like = age(
        Like.objects.create(comment=comment, visitor=rating.visitor, network_hash=HASH), days
    )
    burst = age(Burst.objects.create(article=rating.article, network_hash=HASH, reason="x"), days)

    forget()

    for row in (comment, rating, like, burst):
        row.refresh_from_db()
        assert bool(row.network_hash) is is_kept
    assert bool(comment.user_agent) is is_kept


def test_days_are_those_of_the_settings():
    SiteSettings.objects.update_or_create(pk=1, defaults={"agent_days": 2, "spam_days": 3})
    young, old = make_comment(user_agent="Firefox"), make_comment(user_agent="Firefox")
    age(old, 2.5)
    spam = age(make_comment(status=Status.SPAM), 3.5)

    forget()

    agents = dict(Comment.objects.values_list("pk", "user_agent"))
    assert agents == {young.pk: "Firefox", old.pk: ""}
    assert spam.pk not in agents


@pytest.mark.parametrize(
    ("status", "days", "is_kept"),
    [
        (Status.SPAM, 14, True),
        (Status.SPAM, 16, False),
        (Status.TRASH, 29, True),
        (Status.TRASH, 31, False),
        (Status.PENDING, 400, True),
        (Status.APPROVED, 400, True),
    ],
)
def test_spam_and_trash_are_deleted_at_their_time(status, days, is_kept):
    comment = age(make_comment(status=status), days)

    forget()

    assert Comment.objects.filter(pk=comment.pk).exists() is is_kept
    assert thread_drift() == []


def test_days_count_from_the_decision():
    comment = age(make_comment(status=Status.TRASH), 400)
    comment.decisions.create(from_status=Status.APPROVED, to_status=Status.TRASH)

    forget()

    assert Comment.objects.filter(pk=comment.pk).exists()


def test_place_of_answered_spam_stays_empty():
    spam = age(make_comment(status=Status.SPAM, body="Watches."), 16)
    make_comment(article=spam.article, parent=spam, root=spam)

    forget()

    spam.refresh_from_db()
    assert (spam.status, spam.body) == (Status.REMOVED, "")


def test_expired_challenges_go():
    SpentChallenge.objects.create(digest="old", expires_at=days_ago(1))
    SpentChallenge.objects.create(digest="new", expires_at=days_ago(-1))

    forget()

    assert SpentChallenge.objects.get().digest == "new"


def test_sent_mail_loses_its_text_and_keeps_its_key():
    sent = age(Mail.objects.create(key="a", to="a@b.org", body="Hi.", sent_at=days_ago(31)), 31)
    fresh = Mail.objects.create(key="b", to="a@b.org", body="Hi.", sent_at=timezone.now())
    waiting = age(Mail.objects.create(key="c", to="a@b.org", body="Hi."), 31)

    forget()

    for mail, text in ((sent, ""), (fresh, "Hi."), (waiting, "Hi.")):
        mail.refresh_from_db()
        assert (mail.body, bool(mail.to)) == (text, bool(text))


def test_keys_of_days_that_are_over_are_destroyed():
    today = timezone.now().date()
    for days in range(3):
        NetworkKey.objects.create(day=today - timedelta(days=days), key="00" * 32)

    forget()

    assert NetworkKey.objects.get().day == today


def test_block_of_a_network_alone_ends_and_of_a_person_stays():
    network = age(Ban.objects.create(network_hash=HASH), 31)
    person = age(Ban.objects.create(network_hash=HASH, email="a@b.org"), 31)

    forget()

    assert not Ban.objects.filter(pk=network.pk).exists()
    person.refresh_from_db()
    assert (person.email, person.network_hash) == ("a@b.org", "")


def test_second_run_finds_nothing_more():
    age(make_comment(user_agent="Firefox", network_hash=HASH), 31)
    age(make_comment(status=Status.SPAM), 31)
    forget()

    assert set(vars(forget()).values()) == {0}


def test_command_says_what_it_forgot():
    age(make_comment(article=make_article(), user_agent="Firefox"), 31)
    out = StringIO()

    call_command("forget", stdout=out)

    assert "browsers and networks: 1\n" in out.getvalue()
    assert Rating.objects.count() == 0


def test_thousands_are_forgotten_in_batches(monkeypatch):
    monkeypatch.setattr("blog.privacy.retention.BATCH", 3)
    article = make_article()
    for _number in range(7):
        age(make_comment(article=article, network_hash=HASH), 31)

    assert forget().browsers_and_networks == 7
