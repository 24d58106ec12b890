"""Writers change a comment for a while, and take it back at any time; moderators see what it said."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.comments import following
from blog.comments.models import (
    REMOVED_BY_WRITER,
    Comment,
    Decision,
    Rule,
    Subscription,
    Thread,
)
from blog.comments.queries import thread_drift
from blog.comments.writing import CannotEdit, edit_own, withdraw_own
from blog.outbox.models import Mail
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status
SITE = SiteSettings()


@pytest.fixture(autouse=True)
def rules():
    """Leave one rule: links hold a comment."""
    Rule.objects.all().delete()
    return Rule.objects.create(
        name="Links", kind=Rule.Kind.LINKS, action=Rule.Action.HOLD, threshold=1, position=1
    )


def test_edit_changes_the_text_and_keeps_the_old_one_for_moderators():
    comment = make_comment(body="Teh bridge.", name="Lena", email="lena@example.org")

    edit_own(comment=comment, body="The bridge.", site=SITE)

    comment.refresh_from_db()
    assert (comment.body, comment.html) == ("The bridge.", "<p>The bridge.</p>")
    assert (comment.status, comment.edited_at is not None) == (Status.APPROVED, True)
    decision = comment.decisions.get()
    assert (decision.via, decision.from_status, decision.to_status, decision.actor) == (
        "writer",
        Status.APPROVED,
        Status.APPROVED,
        None,
    )
    assert decision.earlier == {
        "body": "Teh bridge.",
        "name": "Lena",
        "email": "lena@example.org",
        "website": "",
    }


def test_edit_of_an_approved_comment_is_checked_again():
    moderator = make_staff("Moderator")
    comment = make_comment(body="Fine.")

    edit_own(comment=comment, body="See https://example.org/now", site=SITE)

    comment.refresh_from_db()
    thread = Thread.objects.get(article=comment.article)
    assert comment.status == Status.PENDING
    assert (thread.approved_count, thread.pending_count) == (0, 1)
    assert [d.to_status for d in comment.decisions.order_by("pk")] == ["approved", "pending"]
    assert moderator.is_active


def test_moderators_are_told_of_an_edit_that_waits(django_capture_on_commit_callbacks):
    moderator = make_staff("Moderator")
    comment = make_comment()

    with django_capture_on_commit_callbacks(execute=True):
        edit_own(comment=comment, body="See https://example.org/now", site=SITE)

    assert list(Mail.objects.values_list("to", flat=True)) == [moderator.email]


def test_first_comment_does_not_make_its_own_edit_known():
    Rule.objects.all().delete()
    Rule.objects.create(name="New", kind=Rule.Kind.NEWCOMER, action=Rule.Action.HOLD, position=1)
    comment = make_comment()

    edit_own(comment=comment, body="Buy my watches.", site=SITE)

    comment.refresh_from_db()
    assert comment.status == Status.PENDING


def test_edit_by_the_author_of_the_article_needs_no_check():
    user = make_user()
    article = make_article(authors=[make_author(user=user)])
    comment = make_comment(article=article, user=user)

    edit_own(comment=comment, body="See https://example.org/now", site=SITE)

    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


@pytest.mark.parametrize("status", [Status.PENDING, Status.SPAM])
def test_what_waits_can_be_edited_and_goes_on_waiting(status):
    comment = make_comment(status=status)

    edit_own(comment=comment, body="Better.", site=SITE)

    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("Better.", status)


def test_same_text_twice_is_one_edit():
    comment = make_comment(body="One.")

    for _time in range(2):
        edit_own(comment=comment, body="Two.", site=SITE)

    assert Decision.objects.count() == 1


def refused(comment, site=SITE):
    with pytest.raises(CannotEdit):
        edit_own(comment=comment, body="Too late.", site=site)
    comment.refresh_from_db()
    return comment.body != "Too late." and not comment.decisions.filter(via="writer").exists()


@pytest.mark.parametrize(("minutes", "is_late"), [(14, False), (15, True), (16, True)])
def test_edit_ends_after_the_time_of_the_settings(minutes, is_late):
    comment = make_comment()
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))
    comment.refresh_from_db()

    if is_late:
        assert refused(comment)
    else:
        assert edit_own(comment=comment, body="In time.", site=SITE).body == "In time."


def test_edits_end_after_many(monkeypatch):
    monkeypatch.setattr("blog.comments.writing.MOST_EDITS", 2)
    comment = make_comment()
    for number in range(2):
        edit_own(comment=comment, body=f"Version {number}", site=SITE)

    with pytest.raises(CannotEdit):
        edit_own(comment=comment, body="Version 3", site=SITE)
    assert Comment.objects.get().body == "Version 1"


def test_no_minutes_mean_no_edit():
    assert refused(make_comment(), SiteSettings(comment_edit_minutes=0))


@pytest.mark.parametrize(
    ("status", "ends"),
    [(Status.APPROVED, True), (Status.PENDING, True), (Status.SPAM, False), (Status.TRASH, False)],
)
def test_edit_ends_with_a_reply(status, ends):
    comment = make_comment()
    make_comment(article=comment.article, parent=comment, root=comment, status=status)

    if ends:
        assert refused(comment)
    else:
        edit_own(comment=comment, body="Nobody saw that reply.", site=SITE)


@pytest.mark.parametrize("status", [Status.REMOVED])
def test_what_is_gone_cannot_be_edited(status):
    assert refused(make_comment(status=status))


def test_deleted_meanwhile_cannot_be_edited():
    comment = make_comment()
    Comment.objects.all().delete()

    with pytest.raises(CannotEdit):
        edit_own(comment=comment, body="Too late.", site=SITE)


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PENDING, Status.SPAM, Status.TRASH])
def test_withdrawn_comment_without_replies_is_gone(status):
    comment = make_comment(status=status)

    assert withdraw_own(comment=comment)

    assert Comment.objects.count() == Decision.objects.count() == 0
    assert thread_drift() == []
    assert not withdraw_own(comment=comment)


def test_withdrawn_comment_with_replies_leaves_an_empty_place():
    comment = make_comment(name="Lena", website="https://lena.example", signals=["words"])
    edit_own(comment=comment, body="Another text.", site=SITE)
    answer = make_comment(article=comment.article, parent=comment, root=comment)

    assert withdraw_own(comment=comment)

    comment.refresh_from_db()
    answer.refresh_from_db()
    assert (comment.status, comment.reason, comment.is_withdrawn) == (
        Status.REMOVED,
        REMOVED_BY_WRITER,
        True,
    )
    assert (comment.name, comment.email, comment.body, comment.html) == ("", "", "", "")
    assert (comment.website, comment.visitor, comment.signals) == ("", None, [])
    assert answer.status == Status.APPROVED
    last = comment.decisions.first()
    assert (last.via, last.to_status) == ("writer", Status.REMOVED)
    assert not comment.decisions.filter(earlier__isnull=False).exists()
    assert thread_drift() == []
    assert not withdraw_own(comment=comment)


def test_edit_and_reply_at_once_never_change_what_was_answered(at_once):
    comment = make_comment(body="As it was.")
    other = make_user()

    def reply():
        from blog.comments.services import reply_as

        return reply_as(user=other, parent=comment, body="I agree.").pk

    def edit():
        try:
            edit_own(comment=Comment.objects.get(pk=comment.pk), body="Changed.", site=SITE)
        except CannotEdit:
            return False
        return True

    changed, reply_pk = at_once([edit, reply])

    edited = Decision.objects.filter(comment=comment, via="writer").first()
    answered = Decision.objects.get(comment=reply_pk)
    assert changed == (edited is not None)
    if edited:
        assert edited.pk < answered.pk


def test_withdrawn_comment_asks_nobody_any_more(django_capture_on_commit_callbacks):
    article, visitor = make_article(), uuid.uuid4()
    fields = {"article": article, "email": "ana@example.org", "status": Status.PENDING}
    comment, other = (make_comment(visitor=visitor, **fields) for _comment in range(2))
    with django_capture_on_commit_callbacks():
        following.follow(comment=comment, kind="all")
    theirs = Subscription.objects.create(
        article=make_article(), email="ana@example.org", kind="all", visitor=uuid.uuid4()
    )

    withdraw_own(comment=comment)
    assert Subscription.objects.count() == 2  # the other comment may have asked for it, too
    withdraw_own(comment=other)

    assert list(Subscription.objects.all()) == [theirs]


def test_withdrawing_leaves_what_its_address_has_confirmed():
    comment = make_comment(visitor=uuid.uuid4(), email="ana@example.org")
    Subscription.objects.create(
        article=comment.article,
        email="ana@example.org",
        kind="all",
        visitor=comment.visitor,
        confirmed_at=timezone.now(),
    )

    withdraw_own(comment=comment)

    assert Subscription.objects.active().count() == 1
