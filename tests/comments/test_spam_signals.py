"""What the filter is shown of a comment, and what it learns from whose decisions."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from blog.comments.batches import undo
from blog.comments.deciding import status_before, transition
from blog.comments.models import Comment
from blog.comments.services import edit_comment
from blog.comments.spam_signals import find_limits, sample_of
from blog.comments.writing import edit_own
from blog.site.models import SiteSettings
from blog.spam.counts import COMMENTS
from blog.spam.learning import ENOUGH, learn
from blog.spam.models import Token
from blog.spam.sample import HOLD_FROM, Sample
from blog.spam.scoring import START_LIMITS, limits_of, score
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db

APPROVED, PENDING, SPAM, TRASH = (
    Comment.Status.APPROVED,
    Comment.Status.PENDING,
    Comment.Status.SPAM,
    Comment.Status.TRASH,
)


def learnt() -> tuple[int, int]:
    """Return how many comments count as spam and as honest."""
    return Token.objects.filter(token=COMMENTS).values_list("spam", "ham").first() or (0, 0)


@pytest.mark.parametrize(
    ("start", "decisions", "expected"),
    [
        (PENDING, [APPROVED], (0, 1)),
        (PENDING, [SPAM], (1, 0)),
        (PENDING, [TRASH], (0, 0)),
        (PENDING, [APPROVED, SPAM], (1, 0)),  # the first is unlearnt
        (PENDING, [SPAM, APPROVED], (0, 1)),
        (PENDING, [SPAM, PENDING], (0, 0)),
        (PENDING, [SPAM, TRASH, SPAM], (1, 0)),
        (APPROVED, [SPAM], (1, 0)),  # a rule had approved it: nothing to unlearn
        (SPAM, [APPROVED], (0, 1)),
        (SPAM, [PENDING, SPAM, PENDING], (0, 0)),
    ],
)
def test_people_teach_and_reverse(start, decisions, expected):
    comment, moderator = make_comment(status=start), make_user()

    for to in decisions:
        transition(comment=comment, to=to, actor=moderator)

    assert learnt() == expected


def test_rules_and_writers_teach_nothing():
    comment = make_comment(status=PENDING)

    transition(comment=comment, to=SPAM, actor=None)
    transition(comment=comment, to=APPROVED, actor=None)
    transition(comment=comment, to=TRASH, actor=make_user(), via="writer")

    assert learnt() == (0, 0)


def test_undo_unlearns_and_restore_learns_what_it_was():
    comment, moderator = make_comment(status=PENDING), make_user()
    transition(comment=comment, to=SPAM, actor=moderator)

    undo(decisions=[comment.decisions.first()], actor=moderator)
    assert learnt() == (0, 0)

    transition(comment=comment, to=APPROVED, actor=moderator)
    transition(comment=comment, to=TRASH, actor=moderator)
    assert learnt() == (0, 0)
    transition(comment=comment, to=status_before(comment), actor=moderator)
    assert learnt() == (0, 1)


def test_machine_between_two_people_changes_no_lesson():
    comment, moderator = make_comment(status=PENDING), make_user()
    transition(comment=comment, to=APPROVED, actor=moderator)

    transition(comment=comment, to=PENDING, actor=None)  # readers have reported it
    assert learnt() == (0, 1)
    transition(comment=comment, to=SPAM, actor=moderator)

    assert learnt() == (1, 0)


def test_text_that_changes_is_learnt_anew():
    comment, moderator = make_comment(status=PENDING, body="Old zorblax words"), make_user()
    transition(comment=comment, to=APPROVED, actor=moderator)

    edit_comment(
        comment=comment, actor=moderator, body="New words", name="Ann", email="", website=""
    )

    assert learnt() == (0, 1)
    assert Token.objects.get(token="w:zorblax").ham == 0
    assert Token.objects.get(token="w:new").ham == 1
    transition(comment=comment, to=TRASH, actor=moderator)
    assert not Token.objects.exclude(ham=0, spam=0).exists()


def test_sample_counts_copies_and_spam_of_the_network():
    body = "The same text of more than a few words"
    for status in (APPROVED, SPAM, SPAM, TRASH):
        make_comment(body=body, status=status, network_hash="n")
    old = make_comment(body=body, status=SPAM, network_hash="n")
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    make_comment(status=SPAM, network_hash="other")

    sample = sample_of(body=body, network_hash="n")

    assert (sample.copies, sample.network_spam) == (3, 2)


def test_short_texts_are_no_copies():
    make_comment(body="Thank you!")

    assert sample_of(body="Thank you!").copies == 0


def test_links_to_this_site_are_no_links(settings):
    settings.SITE_URL = "https://blog.example.org"
    body = "See https://blog.example.org/older-article/#comment-3"

    assert not [signal for signal in score(sample_of(body=body)).signals if signal[0] == "links"]


@pytest.mark.parametrize("words", [5, 5_000])
def test_sample_and_score_are_two_queries(words, django_assert_num_queries):
    with django_assert_num_queries(2):
        score(sample_of(body="a word and another " * words, network_hash="n"))


def test_limits_are_found_among_what_people_decided():
    article, moderator = make_article(), make_user()
    for number in range(ENOUGH):
        for body, status in (
            (f"Buy zorblax {number} pills, zorblax for sale", SPAM),
            (f"In June number {number} we read in the garden", APPROVED),
        ):
            comment = make_comment(article=article, body=body, status=PENDING)
            transition(comment=comment, to=status, actor=moderator)

    find_limits.call()

    found = {token.token: (token.spam, token.ham) for token in Token.objects.all()}
    assert limits_of(found) != START_LIMITS
    assert score(Sample(body="zorblax for sale")).value > HOLD_FROM


def test_limits_of_a_young_site_stay_those_of_the_start():
    learn(Sample(body="one"), is_spam=True)

    find_limits.call()

    assert (
        limits_of({token.token: (token.spam, token.ham) for token in Token.objects.all()})
        == START_LIMITS
    )


def test_text_that_its_writer_changes_is_no_lesson_until_somebody_decides_again():
    comment = make_comment(status=PENDING, body="Honest words about a garden")
    moderator = make_user()
    transition(comment=comment, to=APPROVED, actor=moderator)

    edit_own(comment=comment, body="Zorblax offers", site=SiteSettings())
    assert learnt() == (0, 0)
    assert not Token.objects.exclude(ham=0, spam=0).exists()
    transition(comment=comment, to=SPAM, actor=moderator)

    assert learnt() == (1, 0)
    assert not Token.objects.filter(Q(ham__lt=0) | Q(spam__lt=0)).exists()
