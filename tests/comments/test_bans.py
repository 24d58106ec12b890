"""Banned people cannot comment and are told no more than that; what a ban hides comes back with its end."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from blog.comments.bans import ban, ban_of, comments_of, lift, plain_email
from blog.comments.counts import lock_thread, move_counts
from blog.comments.deciding import transition
from blog.comments.models import Ban, Comment
from blog.comments.queries import thread_drift
from blog.comments.services import Banned, post_comment
from blog.comments.voices import BannedReader, Reader, like_comment, report_comment
from blog.comments.writers import Writer
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_staff, make_user

Status, Hides = Comment.Status, Ban.Hides
OPEN = SiteSettings(seconds_between_comments=0, comments_per_network_and_minute=0)
VISITOR, NETWORK = uuid.uuid4(), "n" * 32


def post(article, /, **fields):
    guest = {"visitor": uuid.uuid4(), "name": "Marta", "email": "marta@example.org"}
    return post_comment(
        article=article, writer=Writer(**guest | fields), body=f"Hello {uuid.uuid4()}.", site=OPEN
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("banned", "writer"),
    [
        ({"email": "marta@example.org"}, {}),
        ({"email": "Marta+News@Example.org"}, {}),
        ({"email": "marta@example.org"}, {"email": "marta+again@example.org"}),
        ({"visitor": VISITOR}, {"visitor": VISITOR, "email": "other@example.org"}),
        ({"network_hash": NETWORK}, {"network_hash": NETWORK, "email": "other@example.org"}),
    ],
)
def test_banned_guest_cannot_comment_and_the_next_one_can(banned, writer):
    article = make_article()
    ban(actor=make_user(), **banned)

    with pytest.raises(Banned, match=r"^Comments are closed for you\.$"):
        post(article, **writer)
    post(article, email="lena@example.org", network_hash="m" * 32)

    assert Comment.objects.get().email == "lena@example.org"


@pytest.mark.django_db
def test_banned_account_cannot_comment():
    user = make_user()
    ban(actor=make_user(), user=user)

    with pytest.raises(Banned):
        post(make_article(), user=user, visitor=None, email=user.email)


@pytest.mark.django_db
def test_end_of_a_ban_is_named_and_kept():
    article = make_article(publish_at=datetime(2027, 1, 1, tzinfo=UTC))
    until = datetime(2027, 3, 3, 12, tzinfo=UTC)
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        ban(actor=make_user(), email="marta@example.org", until=until)

        with pytest.raises(Banned, match=r"^Comments are closed for you until 3 March 2027\.$"):
            post(article)
    with time_machine.travel(until + timedelta(seconds=1), tick=False):
        assert post(article).pk


@pytest.mark.django_db
def test_of_several_bans_the_longest_is_told():
    actor, soon = make_user(), timezone.now() + timedelta(days=1)
    ban(actor=actor, email="marta@example.org", until=soon)
    for_good = ban(actor=actor, visitor=VISITOR)
    ban(actor=actor, network_hash=NETWORK, until=soon + timedelta(days=1))

    found = ban_of(Writer(email="marta@example.org", visitor=VISITOR, network_hash=NETWORK))

    assert found == for_good


@pytest.mark.django_db
def test_looking_for_a_ban_takes_one_query_and_finds_none_of_nobody(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert ban_of(Writer(email="a@example.org", visitor=VISITOR, network_hash="n")) is None
    ban(actor=make_user(), visitor=VISITOR)  # its email and network are empty
    assert ban_of(Writer()) is None


@pytest.mark.django_db
def test_moderators_and_the_authors_of_an_article_are_never_shut_out():
    moderator, user = make_staff("Moderator"), make_user()
    article = make_article(authors=[make_author(user=user)])
    ban(actor=make_user(), network_hash=NETWORK)

    for person in (moderator, user):
        comment = post(article, user=person, visitor=None, network_hash=NETWORK)
        assert comment.status == Status.APPROVED


@pytest.mark.django_db
def test_likes_and_reports_of_banned_people_are_refused_and_of_moderators_taken():
    user, comment = make_user(), make_comment()
    ban(actor=make_user(), email=user.email, network_hash=NETWORK)
    words = {"reason": "spam", "text": "", "site": OPEN}

    for reader in (Reader(user=user), Reader(visitor=VISITOR, network_hash=NETWORK)):
        with pytest.raises(BannedReader, match=r"^Comments are closed for you\.$"):
            like_comment(comment=comment, reader=reader)
        with pytest.raises(BannedReader):
            report_comment(comment=comment, reader=reader, **words)
    moderator = Reader(user=make_staff("Moderator"), network_hash=NETWORK)

    assert like_comment(comment=comment, reader=moderator)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hides", "left"),
    [
        (Hides.NOTHING, {Status.PENDING: 1, Status.APPROVED: 1, Status.SPAM: 1}),
        (Hides.WAITING, {Status.TRASH: 1, Status.APPROVED: 1, Status.SPAM: 1}),
        (Hides.EVERYTHING, {Status.TRASH: 2, Status.SPAM: 1}),
    ],
)
def test_ban_hides_what_is_asked_and_the_log_says_why(hides, left):
    actor = make_user()
    for status in (Status.PENDING, Status.APPROVED, Status.SPAM):
        make_comment(status=status, email="marta@example.org")
    other = make_comment(email="lena@example.org")

    made = ban(actor=actor, email="marta@example.org", hides=hides)

    found = list(comments_of(made).values_list("status", flat=True))
    assert {status: found.count(status) for status in set(found)} == left
    for comment in comments_of(made).filter(status=Status.TRASH):
        decision = comment.decisions.get()
        assert (decision.actor, decision.via, decision.batch) == (actor, "ban", made.batch)
        assert decision.reason == "The writer was banned."
    other.refresh_from_db()
    assert other.status == Status.APPROVED
    assert thread_drift() == []


@pytest.mark.django_db
def test_ban_of_a_network_hides_nothing_of_a_moderator():
    moderator = make_staff("Moderator")
    comment = make_comment(user=moderator, network_hash=NETWORK)

    ban(actor=make_user(), network_hash=NETWORK, hides=Hides.EVERYTHING)

    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


@pytest.mark.django_db
def test_lifting_brings_back_what_the_ban_hid_and_nothing_else():
    actor = make_user()
    waiting = make_comment(status=Status.PENDING, visitor=VISITOR)
    live = make_comment(visitor=VISITOR)
    binned_before = make_comment(status=Status.TRASH, visitor=VISITOR)
    decided_since = make_comment(visitor=VISITOR)
    made = ban(actor=actor, visitor=VISITOR, hides=Hides.EVERYTHING)
    transition(comment=decided_since, to=Status.SPAM, actor=actor)
    transition(comment=decided_since, to=Status.TRASH, actor=actor)

    assert lift(ban=made, actor=actor) == 2
    assert lift(ban=made, actor=actor) is None

    statuses = dict(Comment.objects.values_list("pk", "status"))
    assert statuses == {
        waiting.pk: Status.PENDING,
        live.pk: Status.APPROVED,
        binned_before.pk: Status.TRASH,
        decided_since.pk: Status.TRASH,
    }
    assert thread_drift() == []
    assert post(live.article, visitor=VISITOR).pk


@pytest.mark.django_db(transaction=True)
def test_comment_on_its_way_is_refused_or_hidden_but_never_left(at_once):
    articles, actor = [make_article() for _article in range(3)], make_user()

    def comment(article):
        try:
            return post(article, visitor=VISITOR)
        except Banned:
            return None

    for _round in range(5):
        Ban.objects.all().delete()
        Comment.objects.all().delete()
        posts = [lambda article=article: comment(article) for article in articles * 2]
        close = [lambda: ban(actor=actor, visitor=VISITOR, hides=Hides.EVERYTHING)]

        at_once([*posts[:3], *close, *posts[3:]])

        statuses = set(Comment.objects.values_list("status", flat=True))
        assert statuses <= {Status.TRASH}


@pytest.mark.django_db(transaction=True)
def test_ban_waits_for_a_comment_that_was_checked_before_it(at_once):
    article, actor = make_article(), make_user()

    def be_slow():
        """Do as post_comment does, and find the ban made after one was looked for."""
        with transaction.atomic():
            lock_thread(article.pk)
            assert ban_of(Writer(visitor=VISITOR)) is None
            checked.set()
            if connection.vendor == "postgresql":  # SQLite lets nobody else write meanwhile
                deadline = time.monotonic() + 10
                while not Ban.objects.exists() and time.monotonic() < deadline:
                    pass
            Comment.objects.create(article=article, visitor=VISITOR, body="Hello.")
            move_counts(article.pk, None, Status.PENDING)

    def close():
        checked.wait(timeout=10)
        ban(actor=actor, visitor=VISITOR, hides=Hides.WAITING)

    checked = threading.Event()

    at_once([be_slow, close])

    assert Comment.objects.get().status == Status.TRASH


@pytest.mark.django_db(transaction=True)
def test_ban_lifted_twice_at_once_is_lifted_once(at_once):
    actor = make_user()
    make_comment(visitor=VISITOR)
    made = ban(actor=actor, visitor=VISITOR, hides=Hides.EVERYTHING)

    results = at_once([lambda: lift(ban=Ban.objects.get(pk=made.pk), actor=actor)] * 2)

    assert sorted(results, key=str) == [1, None]
    assert thread_drift() == []


@pytest.mark.django_db
def test_ban_of_nobody_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        Ban.objects.create(reason="Nobody.")


@pytest.mark.parametrize(
    ("email", "plain"),
    [
        (" Marta+News@Example.ORG ", "marta@example.org"),
        ("+odd@example.org", "+odd@example.org"),
        ("a.b@example.org", "a.b@example.org"),
    ],
)
def test_addresses_are_compared_without_case_and_tag(email, plain):
    assert plain_email(email) == plain


@pytest.mark.django_db(transaction=True)
def test_lifting_brings_back_nothing_that_is_decided_at_the_same_moment(at_once):
    actor = make_user()
    comments = [make_comment(visitor=VISITOR) for _ in range(8)]
    made = ban(actor=actor, visitor=VISITOR, hides=Hides.EVERYTHING)

    def decide():
        return {
            comment.pk: transition(comment=comment, to=Status.SPAM, actor=actor, seen=Status.TRASH)
            for comment in reversed(comments)
        }

    decided, _lifted = at_once([decide, lambda: lift(ban=made, actor=actor)])

    assert dict(Comment.objects.values_list("pk", "status")) == {
        pk: Status.SPAM if is_spam else Status.APPROVED for pk, is_spam in decided.items()
    }
    assert thread_drift() == []
