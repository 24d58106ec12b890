"""Erasing what one person left: nothing of them stays, and nothing of anybody else is touched."""

import uuid

import pytest
from django.apps import apps
from django.db import models

from blog.comments.models import Comment, Like, Report, Subscription
from blog.comments.queries import thread_drift
from blog.outbox.models import Mail
from blog.privacy import erasing
from blog.privacy.erasing import Erased, erase
from blog.privacy.people import Person
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import drift
from tests.factories import make_article, make_comment, make_rating, make_user
from tests.privacy.test_inventory import VISITOR, leave_one_of_everything

pytestmark = pytest.mark.django_db
LENA = Person(email="lena@example.org")
TRACES = [
    "lena",
    str(VISITOR),
    VISITOR.hex,
    "feed" * 8,
    "Firefox 140",
    "Shorter",
    "about me",
    "My first",
]


def traces():
    """Return which words that lead to the person still stand anywhere in our tables, blocks aside."""
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith(("blog.", "accounts.")) or model.__name__ == "Ban":
            continue
        fields = [
            f.attname for f in model._meta.concrete_fields if not isinstance(f, models.FileField)
        ]
        for row in model._base_manager.values_list(*fields):
            text = " ".join(map(str, row)).lower()
            found |= {(model._meta.label, mark) for mark in TRACES if mark.lower() in text}
    return found


@pytest.mark.parametrize("person", [LENA, Person(email="lena@example.org", visitor=VISITOR)])
@pytest.mark.parametrize("removes_comments", [True, False])
@pytest.mark.parametrize("removes_votes", [True, False])
def test_nothing_leads_to_the_person_afterwards(person, removes_comments, removes_votes):
    leave_one_of_everything()
    assert traces()

    done = erase(person=person, removes_comments=removes_comments, removes_votes=removes_votes)

    assert done == Erased(comments=1, votes=1, likes=1, reports=1, subscriptions=1, messages=1)
    assert traces() == set()
    assert thread_drift() == drift() == []


def test_erasing_twice_is_erasing_once():
    leave_one_of_everything()
    erase(person=LENA, removes_comments=False, removes_votes=False)

    again = erase(person=LENA, removes_comments=True, removes_votes=True)

    assert again == Erased(comments=0, votes=0, likes=0, reports=0, subscriptions=0, messages=0)


def test_anonymised_comment_keeps_its_text_its_place_and_its_replies():
    comment = make_comment(email="lena@example.org", name="Lena", body="What I said.")
    answer = make_comment(article=comment.article, parent=comment, root=comment)

    erase(person=LENA, removes_comments=False, removes_votes=False)

    comment.refresh_from_db()
    assert (comment.name, comment.body, comment.status) == (
        "Anonymous",
        "What I said.",
        Comment.Status.APPROVED,
    )
    assert Comment.objects.get(pk=answer.pk).parent == comment


def test_removed_comment_leaves_an_empty_place_where_somebody_answered():
    comment = make_comment(email="lena@example.org", body="What I said.")
    alone = make_comment(article=comment.article, email="lena@example.org")
    make_comment(article=comment.article, parent=comment, root=comment)

    erase(person=LENA, removes_comments=True, removes_votes=False)

    comment.refresh_from_db()
    assert (comment.status, comment.body) == (Comment.Status.REMOVED, "")
    assert not Comment.objects.filter(pk=alone.pk).exists()
    assert thread_drift() == []


def test_kept_votes_still_count_and_removed_ones_do_not():
    article = make_article()
    make_comment(article=article, email="lena@example.org", visitor=VISITOR)
    make_rating(article=article, stars=2, visitor=VISITOR)
    make_rating(article=article, stars=5)

    erase(person=LENA, removes_comments=False, removes_votes=False)
    assert (RatingSummary.objects.get().count, RatingSummary.objects.get().total) == (2, 7)
    assert not Rating.objects.filter(visitor=VISITOR).exists()

    make_rating(article=article, stars=1, visitor=VISITOR)
    erase(person=Person(visitor=VISITOR), removes_comments=False, removes_votes=True)
    assert (RatingSummary.objects.get().count, RatingSummary.objects.get().total) == (2, 7)
    assert drift() == []


@pytest.mark.parametrize(("removes", "likes"), [(True, 0), (False, 1)])
def test_count_of_likes_follows(removes, likes):
    leave_one_of_everything()

    erase(person=LENA, removes_comments=False, removes_votes=removes)

    assert Comment.objects.order_by("-like_count").first().like_count == likes
    assert Like.objects.count() == likes


def test_report_keeps_its_reason_alone():
    leave_one_of_everything()

    erase(person=LENA, removes_comments=False, removes_votes=True)

    report = Report.objects.get()
    assert (report.reason, report.text, report.user, report.network_hash) == (
        "other",
        "",
        None,
        "",
    )
    assert report.visitor != VISITOR


def test_mails_that_quote_the_comment_are_emptied_and_written_to_nobody_again():
    comment = make_comment(email="lena@example.org", name="Lena")
    keys = [f"held:{comment.pk}:1:1", f"comment:{comment.article_id}:{comment.pk}:abc"]
    for key in keys:
        Mail.objects.create(key=key, to="moderator@example.org", body="Lena wrote.")
    other = Mail.objects.create(key=f"held:{comment.pk}1:1:1", to="m@example.org", body="Oskar.")

    erase(person=LENA, removes_comments=False, removes_votes=False)

    assert set(Mail.objects.filter(to="").values_list("key", flat=True)) == set(keys)
    assert not Mail.objects.filter(to="").waiting().exists()
    other.refresh_from_db()
    assert other.body == "Oskar."


def test_account_can_be_erased_from_what_it_left():
    user = make_user(email="lena@example.org")
    comment = make_comment(user=user, email=user.email)
    make_rating(user=user)

    erase(person=Person(email=user.email, user=user), removes_comments=False, removes_votes=False)

    comment.refresh_from_db()
    user.refresh_from_db()
    assert (comment.user, comment.email, Rating.objects.get().user) == (None, "", None)
    assert user.is_active


def test_others_keep_everything():
    leave_one_of_everything()
    other = leave_one_of_everything("oskar@example.org", uuid.UUID(int=7))

    erase(person=LENA, removes_comments=True, removes_votes=True)

    other.refresh_from_db()
    assert (other.email, other.website) == ("oskar@example.org", "https://lena.example")
    assert Rating.objects.filter(visitor=other.visitor).count() == 1
    assert Subscription.objects.get().email == "oskar@example.org"


@pytest.mark.parametrize("removes", [True, False])
def test_many_go_in_batches(monkeypatch, removes, django_assert_max_num_queries):
    monkeypatch.setattr(erasing, "BATCH", 4)
    article = make_article()
    for _number in range(9):
        make_comment(article=article, email="lena@example.org", visitor=uuid.uuid4())
    for visitor in Comment.objects.values_list("visitor", flat=True):
        make_rating(article=article, visitor=visitor)

    done = erase(person=LENA, removes_comments=removes, removes_votes=removes)

    assert (done.comments, done.votes) == (9, 9)
    assert Comment.objects.filter(email="lena@example.org").count() == 0
    assert thread_drift() == drift() == []
