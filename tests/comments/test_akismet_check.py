"""Akismet in the life of a comment: asked by the worker, believed, and missed without harm."""

import uuid
from collections.abc import Iterator

import pytest

from blog.comments import akismet_check
from blog.comments.akismet_check import ask_akismet
from blog.comments.deciding import transition
from blog.comments.models import Comment
from blog.comments.services import post_comment
from blog.comments.writers import Writer
from blog.comments.writing import edit_own
from blog.outbox.models import Mail
from blog.site.models import SiteSettings
from blog.spam import akismet
from tests.akismet import Service
from tests.factories import make_article, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
APPROVED, PENDING, SPAM = Comment.Status.APPROVED, Comment.Status.PENDING, Comment.Status.SPAM


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with Service() as service:
        monkeypatch.setattr(akismet, "ADDRESS", service.address)
        yield service


@pytest.fixture
def site() -> SiteSettings:
    return SiteSettings.objects.update_or_create(
        pk=1, defaults={"akismet_key": "key-1", "seconds_between_comments": 0}
    )[0]


def post(site: SiteSettings, *, is_known: bool = True, **fields: object) -> Comment:
    """Post a comment by somebody whom the rules let through, or by a newcomer, whom they hold."""
    article = make_article(slug="sideways")
    if is_known:
        make_comment(article=article, name="Marta", email="marta@example.org")
    writer = Writer(visitor=uuid.uuid4(), name="Marta", email="marta@example.org", **fields)
    comment = post_comment(article=article, writer=writer, body="I came here.", site=site)
    comment.refresh_from_db()
    return comment


@pytest.mark.parametrize(
    ("is_known", "answer", "status", "reason"),
    [
        (True, "false", APPROVED, ""),
        (True, "true", SPAM, "Akismet takes it for spam."),
        (False, "false", PENDING, "The writer has no approved comment yet."),
        (False, "true", SPAM, "Akismet takes it for spam."),
        (True, "invalid", PENDING, "Waits for Akismet."),
        (False, "invalid", PENDING, "The writer has no approved comment yet."),
    ],
)
def test_verdict_decides_what_the_rules_left_open(service, site, is_known, answer, status, reason):
    service.answer = answer

    comment = post(site, is_known=is_known, user_agent="Lynx")

    assert (comment.status, comment.reason) == (status, reason)
    [(path, fields)] = service.asked
    assert path == "/1.1/comment-check"
    assert fields["comment_content"] == ["I came here."]
    assert fields["user_agent"] == ["Lynx"]
    assert fields["permalink"][0].endswith("/sideways/")


@pytest.mark.parametrize(("answer", "letters"), [("true", 0), ("false", 1), ("invalid", 1)])
def test_moderators_are_told_of_what_stays_held(service, site, answer, letters):
    moderator = make_staff("Moderator")
    service.answer = answer

    post(site, is_known=False)

    assert Mail.objects.filter(to=moderator.email).count() == letters


def test_outage_leaves_the_comment_held(service, site):
    service.server.server_close()

    assert post(site).status == PENDING


def test_people_of_the_desk_and_sites_without_a_key_send_nothing(service, site):
    moderator = make_staff("Moderator")
    post_comment(article=make_article(), writer=Writer(user=moderator), body="Hello", site=site)
    site.akismet_key = ""
    site.save()

    assert post(site).status == APPROVED
    assert service.asked == []


def test_what_somebody_has_decided_stays(service, site):
    service.answer = "true"
    comment = make_comment(status=PENDING)
    transition(comment=comment, to=APPROVED, actor=make_user())

    ask_akismet.call(comment.pk, True)

    comment.refresh_from_db()
    assert comment.status == APPROVED
    assert service.asked == []


@pytest.mark.parametrize("is_taken_for_spam", [True, False])
def test_what_somebody_decides_while_the_service_is_asked_stays(
    monkeypatch, site, is_taken_for_spam
):
    comment = make_comment(status=PENDING)

    def answer(**_question: object) -> bool:
        transition(comment=comment, to=Comment.Status.TRASH, actor=make_user())
        return is_taken_for_spam

    monkeypatch.setattr(akismet_check, "is_spam", answer)

    ask_akismet.call(comment.pk, True)

    comment.refresh_from_db()
    assert comment.status == Comment.Status.TRASH


def test_text_that_its_writer_changed_meanwhile_stays_held(service, site):
    moderator = make_staff("Moderator")
    service.answer = "false"
    comment = make_comment(status=PENDING)
    edit_own(comment=comment, body="Another text, which no rule has seen.", site=site)

    ask_akismet.call(comment.pk, True)

    comment.refresh_from_db()
    assert comment.status == PENDING
    assert Mail.objects.filter(to=moderator.email).count() == 1
