"""A rule tried on past decisions, and how moderators agreed with those in force."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.comments.deciding import transition
from blog.comments.models import Comment, Rule
from blog.comments.rehearsal import LAST, SHOWN, Agreement, agreement_of, rehearse
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_rule,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
Status, Kind, Action = Comment.Status, Rule.Kind, Rule.Action
LINK = "See https://example.com and https://example.org"


@pytest.fixture(autouse=True)
def no_other_rules():
    Rule.objects.all().delete()


def rule(kind: str, action: str = Action.HOLD, /, **fields) -> Rule:
    return Rule(**{"name": "A rule", "kind": kind, "action": action, "position": 50} | fields)


def written(days: float, **fields) -> Comment:
    """Make a comment that came so many days ago."""
    comment = make_comment(**fields)
    comment.created_at = timezone.now() - timedelta(days=days)
    comment.save(update_fields=["created_at"])
    return comment


def test_rehearsal_says_how_many_it_would_have_held_and_how_many_were_approved():
    article = make_article()
    make_comment(article=article)
    make_comment(article=article, body=LINK, status=Status.SPAM)
    approved = make_comment(article=article, body=LINK)
    make_comment(article=article, body=LINK, status=Status.PENDING)

    result = rehearse(rule(Kind.LINKS, threshold=2))

    assert (
        result.sentence == "Of your last 4 comments it would have held 3, of which you approved 1."
    )
    assert result.shown[0] == approved
    assert Rule.objects.count() == 0


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        (Action.SPAM, "it would have marked 2 as spam, of which you approved 1."),
        (Action.REFUSE, "it would have put 2 into the trash, of which you approved 1."),
        (Action.DELETE, "it would have deleted 2, of which you approved 1."),
        (Action.APPROVE, "it would have approved 2, of which you binned 1."),
    ],
)
def test_each_action_has_its_sentence(action, sentence):
    make_comment()
    make_comment(status=Status.TRASH)

    result = rehearse(rule(Kind.EVERY, action))

    assert result.sentence == f"Of your last 2 comments {sentence}"


def test_nothing_to_try_and_nothing_found_are_said():
    asked = rule(Kind.WORDS, entries="casino")
    assert rehearse(asked).sentence == "There are no comments of readers yet to try this rule on."
    make_comment()

    result = rehearse(asked)

    assert result.sentence == "Of your last 1 comment it would have decided about none."


def test_rule_before_it_decides_first():
    make_rule(kind=Kind.LINKS, threshold=2, position=40)
    make_comment(body=LINK)
    make_comment()

    early = rehearse(rule(Kind.EVERY, position=30))
    late = rehearse(rule(Kind.EVERY, position=50))

    assert (len(early.decided), early.forestalled) == (2, 0)
    assert (len(late.decided), late.forestalled) == (1, 1)


def test_changed_rule_is_tried_instead_of_its_saved_self():
    saved = make_rule(kind=Kind.EVERY, is_active=True)
    make_comment()
    saved.kind, saved.threshold = Kind.LINKS, 5

    assert len(rehearse(saved).decided) == 0


def test_authors_and_moderators_are_left_out():
    user = make_user()
    make_comment(article=make_article(authors=[make_author(user=user)]), user=user)
    make_comment(user=make_staff("Moderator"))
    make_comment(user=user)
    make_comment(status=Status.REMOVED)

    assert rehearse(rule(Kind.EVERY)).looked_at == 1


def test_writer_is_as_new_as_at_the_time():
    article = make_article()
    first = written(9, article=article, name="Marta", email="marta@example.org")
    written(5, article=article, name="MARTA", email="marta@example.org")
    other = written(4, article=article, name="Mallory", email="marta@example.org")
    user = make_user()
    first_of_user = written(3, article=article, user=user)
    written(2, article=article, user=user)

    result = rehearse(rule(Kind.NEWCOMER))

    assert set(result.decided) == {first, other, first_of_user}


def test_article_is_as_old_as_at_the_time():
    article = make_article(publish_at=timezone.now() - timedelta(days=100))
    late = written(10, article=article)
    written(80, article=article)

    assert rehearse(rule(Kind.OLD_ARTICLE, threshold=30)).decided == [late]


def test_network_is_counted_as_of_the_time():
    article = make_article()
    for days in (9, 3.2, 3.1):
        written(days, article=article, network_hash="n")
    third = written(3, article=article, network_hash="n")
    written(3, article=article)

    result = rehearse(rule(Kind.NETWORK, threshold=3))

    assert result.decided == [third]
    assert result.unknown == 1


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (rule(Kind.SCORE, threshold=0.9), {"score": 0.95}),
        (rule(Kind.PACE, threshold=3), {"seconds_taken": 1.5}),
    ],
)
def test_what_is_not_known_is_said(asked, known):
    found = make_comment(**known)
    make_comment()

    result = rehearse(asked)

    assert (result.decided, result.unknown) == ([found], 1)


def test_trap_stays_before_every_rule():
    make_comment(signals=[["trap"]], status=Status.SPAM)

    assert rehearse(rule(Kind.EVERY)).decided == []


def test_spam_of_a_writer_counts_from_when_it_came():
    article, site = make_article(), "https://pills.example/"
    for days in (3, 1):
        written(days, article=article, email="a@example.org")
    written(2, article=article, email="a@example.org", status=Status.SPAM, website=site)
    later = written(0.5, article=article, website=site)

    found = rehearse(rule(Kind.SPAMMER)).decided

    assert [comment.email for comment in found] == [later.email, "a@example.org"]


def test_rehearsal_takes_the_same_few_queries_for_many_comments():
    make_rule(kind=Kind.NETWORK, threshold=5)
    make_rule(kind=Kind.NEWCOMER)
    article, asked, counts = make_article(), rule(Kind.PATTERN, entries=r"\bpills?\b"), []
    for many in (1, LAST + 200):
        Comment.objects.bulk_create(
            Comment(
                article=article,
                name=f"N{n}",
                email=f"n{n % 300}@example.org",
                network_hash=f"{n % 40}",
                body="Cheap pills." if n % 2 else "Hello.",
                status=Status.APPROVED,
            )
            for n in range(many)
        )
        with CaptureQueriesContext(connection) as captured:
            result = rehearse(asked)
        counts.append(len(captured))

    assert result.looked_at == LAST
    assert len(result.shown) <= SHOWN
    assert counts[0] == counts[1] <= 7


def test_agreement_is_what_moderators_decided_after_the_rule(django_assert_num_queries):
    user = make_user()
    hold, spam, approve, idle = (
        make_rule(kind=Kind.EVERY, action=action)
        for action in (Action.HOLD, Action.SPAM, Action.APPROVE, Action.HOLD)
    )
    article = make_article()

    def decided(by: Rule, before: str, *later: str) -> None:
        comment = make_comment(article=article, status=before, rule=by)
        comment.decisions.create(to_status=before)
        for to in later:
            transition(comment=comment, to=to, actor=user)

    decided(hold, Status.PENDING)
    decided(hold, Status.PENDING, Status.SPAM)
    decided(hold, Status.PENDING, Status.TRASH)
    decided(hold, Status.PENDING, Status.APPROVED)
    decided(spam, Status.SPAM, Status.APPROVED, Status.SPAM)
    decided(approve, Status.APPROVED)
    decided(approve, Status.APPROVED, Status.SPAM)

    with django_assert_num_queries(1):
        found = agreement_of([hold, spam, approve, idle])

    assert found == {
        hold.pk: Agreement(decided=4, judged=3, agreed=2),
        spam.pk: Agreement(decided=1, judged=1, agreed=1),
        approve.pk: Agreement(decided=2, judged=1, agreed=0),
    }
    assert (round(found[hold.pk].share), found[approve.pk].share) == (67, 0)
