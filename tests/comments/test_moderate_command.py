"""`manage.py moderate`."""

import pytest
from django.core.management import CommandError, call_command

from blog.comments.models import Comment, Thread
from tests.factories import make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db


def test_what_waits_is_listed_and_decided(capsys):
    waiting = make_comment(name="Lena", body="word " * 40, status="pending", reason="Has links")
    shown = make_comment(body="Shown already")
    moderator = make_staff("Moderator")

    call_command("moderate")
    said = capsys.readouterr().out
    assert f"{waiting.pk}  /{waiting.article.slug}/  Lena: word word" in said
    assert "Has links" in said
    assert "Shown already" not in said

    call_command("moderate", "approve", waiting.pk, shown.pk, email=moderator.email)

    waiting.refresh_from_db()
    assert waiting.status == Comment.Status.APPROVED
    assert Thread.objects.get(pk=waiting.article_id).approved_count == 1
    decision = waiting.decisions.get()
    assert (decision.actor, decision.via) == (moderator, "command")
    assert f"{shown.pk} is that already" in capsys.readouterr().out


def test_nobody_else_decides():
    comment = make_comment(status="pending")
    for email, numbers in (
        (None, [comment.pk]),
        (make_user().email, [comment.pk]),
        (make_staff("Author").email, [comment.pk]),
        (make_staff("Moderator").email, [comment.pk, 0]),
        (make_staff("Moderator").email, []),
    ):
        with pytest.raises(CommandError):
            call_command("moderate", "spam", *numbers, email=email)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.PENDING
