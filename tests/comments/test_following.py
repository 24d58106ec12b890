"""Nobody is subscribed by somebody else, nobody is flooded, and ending is ending."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from blog.comments import following, following_links
from blog.comments.deciding import transition
from blog.comments.deleting import delete_comment
from blog.comments.following_links import BadLink
from blog.comments.models import Comment, Subscription
from blog.outbox.models import Mail
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status
ANA = "ana@example.org"


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def call(function, *args, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return function(*args, **options)

    return call


def comment_of(email=ANA, **fields):
    return make_comment(**{"email": email, "visitor": uuid.uuid4()} | fields)


def token_in(message):
    [line] = [line for line in message.body.splitlines() if "/following/" in line]
    return line.rstrip("/").rpartition("/")[2]


def active():
    return Subscription.objects.active()


@pytest.mark.parametrize("kind", ["replies", "all"])
def test_guest_is_asked_first(run, kind):
    comment = comment_of()

    run(following.follow, comment=comment, kind=kind)

    assert active().count() == 0
    [message] = mail.outbox
    assert message.to == [ANA]
    assert comment.body not in message.body
    assert comment.name not in message.body + message.subject
    following.confirm(token_in(message))
    [subscription] = active()
    assert (subscription.kind, subscription.email) == (kind, ANA)
    assert subscription.comment == (comment if kind == "replies" else None)


def test_signed_in_reader_is_not_asked(run):
    user = make_user()

    run(following.follow, comment=make_comment(user=user, email="", name=""), kind="all")

    assert active().get().email == user.email
    assert mail.outbox == []


def test_browser_that_confirmed_an_address_is_not_asked_again(run):
    visitor = uuid.uuid4()
    run(following.follow, comment=comment_of(visitor=visitor), kind="all")
    following.confirm(token_in(mail.outbox[0]))

    run(following.follow, comment=comment_of(visitor=visitor), kind="all")

    assert active().count() == 2
    assert len(mail.outbox) == 1


def test_another_browser_cannot_use_an_address_that_somebody_else_confirmed(run):
    run(following.follow, comment=comment_of(), kind="all")
    following.confirm(token_in(mail.outbox[0]))

    run(following.follow, comment=comment_of(), kind="all")

    assert active().count() == 1


def test_who_asked_first_for_an_address_of_somebody_else_gains_nothing_by_its_confirmation(run):
    article = make_article(publish_at=timezone.now() - timedelta(days=1))
    attacker, owner = uuid.uuid4(), uuid.uuid4()
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        run(following.follow, comment=comment_of(article=article, visitor=attacker), kind="all")
    run(following.follow, comment=comment_of(article=article, visitor=owner), kind="all")
    following.confirm(token_in(mail.outbox[1]))

    run(following.follow, comment=comment_of(visitor=attacker), kind="all")

    assert active().count() == 1


def test_what_one_browser_asked_within_the_hour_is_confirmed_together(run):
    visitor = uuid.uuid4()
    for _ in range(3):
        run(following.follow, comment=comment_of(visitor=visitor), kind="all")
    run(following.follow, comment=comment_of(), kind="all")

    [message] = mail.outbox
    following.confirm(token_in(message))

    assert active().count() == 3


def test_address_gets_one_question_an_hour_whoever_asks(run):
    start = datetime(2026, 5, 4, 12, 50, tzinfo=UTC)
    with time_machine.travel(start) as clock:
        for _ in range(8):
            run(following.follow, comment=comment_of(), kind="all")
            clock.shift(timedelta(minutes=5))  # past the full hour, too
        assert len(mail.outbox) == 1

        clock.shift(timedelta(minutes=21))
        run(following.follow, comment=comment_of(), kind="all")
        assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_questions_at_once_are_one(at_once):
    comments = [comment_of() for _ in range(6)]

    at_once(
        [
            lambda comment=comment: following.follow(comment=comment, kind="all")
            for comment in comments
        ]
    )

    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_wish_at_once_is_one_subscription(at_once):
    comment = comment_of()

    at_once([lambda: following.follow(comment=comment, kind="replies")] * 6)

    assert Subscription.objects.count() == 1


@pytest.mark.parametrize("status", [Status.SPAM, Status.TRASH])
def test_binned_comment_asks_nobody(run, status):
    run(following.follow, comment=comment_of(status=status), kind="all")

    assert (Subscription.objects.count(), mail.outbox) == (0, [])


def test_no_address_and_no_following_ask_nobody(run):
    run(following.follow, comment=comment_of(email=""), kind="all")
    SiteSettings.objects.create(following_on=False)
    run(following.follow, comment=comment_of(), kind="all")

    assert (Subscription.objects.count(), mail.outbox) == (0, [])


@pytest.mark.parametrize("email", ["%@%", "_na@example.org", "ANA@example.org"])
def test_signs_of_a_pattern_are_letters(run, email):
    run(following.follow, comment=comment_of(), kind="all")
    following.confirm(token_in(mail.outbox[0]))
    mail.outbox.clear()
    Mail.objects.all().delete()

    run(following.ask_for_manage_link, email)

    assert [message.to for message in mail.outbox] == [[ANA]] * (email.lower() == ANA)


def test_ended_subscription_starts_again_only_by_its_address(run):
    article = make_article()
    run(following.follow, comment=comment_of(article=article), kind="all")
    token = token_in(mail.outbox[0])
    following.confirm(token)
    following.end(active().get())

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        run(following.follow, comment=comment_of(article=article), kind="all")
        assert active().count() == 0
        following.confirm(token_in(mail.outbox[1]))

    assert active().count() == 1


def links():
    subscription = Subscription.objects.create(article=make_article(), email=ANA, kind="all")
    addresses = following_links.addresses_for(subscription)
    confirm = following_links.confirm_url(subscription, str(uuid.uuid4()))
    return {
        name: (read, address.rstrip("/").rpartition("/")[2])
        for name, read, address in (
            ("confirm", following_links.read_confirmation, confirm),
            ("end", following_links.read_end, addresses["end_url"]),
            ("manage", following_links.read_manage, addresses["manage_url"]),
        )
    }


@pytest.mark.parametrize("kind", ["confirm", "end", "manage"])
def test_altered_and_swapped_links_are_refused(kind):
    made = links()
    read, token = made[kind]
    others = [other for name, (_read, other) in made.items() if name != kind]
    read(token)

    for wrong in [*others, "", "x", token[:-1], f"A{token}", token.replace(":", "."), "a:b:c"]:
        with pytest.raises(BadLink, match="not complete"):
            read(wrong)


@pytest.mark.parametrize(
    ("kind", "lasts"), [("confirm", 7), ("manage", 90), ("end", None)], ids=str
)
def test_links_expire_but_not_the_one_that_ends(kind, lasts):
    read, token = links()[kind]

    with time_machine.travel(timezone.now() + timedelta(days=lasts or 5000, seconds=5)):
        if lasts:
            with pytest.raises(BadLink, match="too old"):
                read(token)
        else:
            assert read(token).email == ANA


def test_link_to_what_was_forgotten_says_so():
    read, token = links()["end"]
    following.forget(ANA)

    with pytest.raises(BadLink, match="You do not follow this any more"):
        read(token)


def test_change_to_all_and_back():
    comment = comment_of()
    subscription = Subscription.objects.create(
        article=comment.article, comment=comment, email=ANA, kind="replies",
        confirmed_at=timezone.now(),
    )  # fmt: skip

    assert following.change(subscription, kind="all") is True
    assert list(active().values_list("kind", "comment")) == [("all", None)]
    assert following.change(active().get(), kind="replies") is True
    assert list(active().values_list("kind", "comment")) == [("replies", comment.pk)]


def test_replies_need_a_comment():
    subscription = Subscription.objects.create(
        article=comment_of(email="ben@example.org").article, email=ANA, kind="all",
        confirmed_at=timezone.now(),
    )  # fmt: skip

    assert following.change(subscription, kind="replies") is False
    assert active().get() == subscription


def test_mail_that_waits_is_taken_back_with_the_subscription():
    article = make_article()
    subscription = Subscription.objects.create(
        article=article, email=ANA, kind="all", confirmed_at=timezone.now()
    )
    transition(comment=make_comment(article=article, status="pending"), to="approved", actor=None)
    assert Mail.objects.waiting().count() == 1

    following.end(subscription)

    assert Mail.objects.waiting().count() == 0


def test_forgetting_an_address_leaves_others():
    article = make_article()
    for email in (ANA, "ben@example.org"):
        Subscription.objects.create(
            article=article, email=email, kind="all", confirmed_at=timezone.now()
        )
    transition(comment=make_comment(article=article, status="pending"), to="approved", actor=None)

    assert following.forget("Ana@Example.org ") == 1

    assert active().get().email == "ben@example.org"
    assert list(Mail.objects.waiting().values_list("to", flat=True)) == ["ben@example.org"]
    assert not Mail.objects.filter(to=ANA).exists()


def test_deleted_comment_takes_its_subscriptions_along():
    comment = comment_of()
    make_comment(article=comment.article, parent=comment)
    Subscription.objects.create(
        article=comment.article, comment=comment, email=ANA, kind="replies"
    )

    delete_comment(comment=comment, actor=None)

    assert Subscription.objects.count() == 0


def test_stale_rows_are_deleted():
    article, now = make_article(), timezone.now()
    for number, fields in enumerate(
        [
            {},
            {"confirmed_at": now},
            {"confirmed_at": now, "ended_at": now},
            {"created_at": now - timedelta(days=8)},
            {"confirmed_at": now, "created_at": now - timedelta(days=400)},
            {"confirmed_at": now, "ended_at": now - timedelta(days=31)},
        ]
    ):
        row = Subscription.objects.create(
            article=article, kind="all", email=f"reader{number}@example.org"
        )
        Subscription.objects.filter(pk=row.pk).update(**fields)

    following.forget_stale()

    kept = Subscription.objects.order_by("email").values_list("email", flat=True)
    assert [email[6] for email in kept] == ["0", "1", "2", "4"]


def test_nobody_is_asked_about_an_article_that_is_not_public(run):
    comment = comment_of(article=make_article(status="draft", publish_at=None))

    run(following.follow, comment=comment, kind="all")

    assert mail.outbox == []


def test_link_used_again_does_not_restart_what_was_ended_since(run):
    comment = comment_of()
    run(following.follow, comment=comment, kind="all")
    run(following.follow, comment=comment, kind="replies")
    token = token_in(mail.outbox[0])
    following.confirm(token)
    following.confirm(token)  # pressed twice
    assert active().count() == 2

    following.end_all(ANA)

    with pytest.raises(BadLink, match="ended this since"):
        following.confirm(token)
    assert active().count() == 0
