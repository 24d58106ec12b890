"""What is typed and drafted is thinned after a month; what was saved, or is in use, stays for ever."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from blog.articles.models import Article, EditingSession, Revision
from blog.articles.retention import Thinned, thin_revisions
from blog.privacy.retention import forget
from tests.factories import make_article, make_comment, make_rating, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def revision(article: Article, at: datetime, **fields: object) -> Revision:
    number = article.revisions.count() + 1
    if fields.get("kind") == "autosave":
        fields |= {"session": f"{number:032}"}
    else:
        fields |= {"version": number}
    row = Revision.objects.create(article=article, data={}, **fields)
    Revision.objects.filter(pk=row.pk).update(created_at=at, updated_at=at)
    return row


def left(*rows: Revision) -> list[bool]:
    there = set(Revision.objects.values_list("pk", flat=True))
    return [row.pk in there for row in rows]


@time_machine.travel(NOW, tick=False)
def test_autosaves_go_after_thirty_days_unless_their_editor_is_open() -> None:
    article, user = make_article(), make_user()
    old, young, of_open = (
        revision(article, NOW - timedelta(days=days), kind="autosave", author=user)
        for days in (31, 29, 31)
    )
    of_new = Revision.objects.create(kind="autosave", session="n" * 32, author=user, data={})
    Revision.objects.filter(pk=of_new.pk).update(updated_at=NOW - timedelta(days=31))
    EditingSession.objects.create(key=of_open.session, user=user, article=article, seen_at=NOW)
    EditingSession.objects.create(
        key=old.session, user=user, article=article, seen_at=NOW, saved_at=NOW
    )

    assert thin_revisions() == Thinned(autosaves=2, drafts=0)
    assert left(old, young, of_open, of_new) == [False, True, True, False]


@time_machine.travel(NOW, tick=False)
def test_old_drafts_are_thinned_to_the_last_of_each_day_of_the_sites_zone() -> None:
    article, other = make_article(), make_article()
    with timezone.override("Asia/Tokyo"):
        day = timezone.make_aware(datetime(2026, 5, 1))  # noqa: DTZ001 (made aware here)
        hours = [
            revision(article, day + timedelta(hours=hour), kind="draft") for hour in (1, 5, 23, 24)
        ]
        of_other = revision(other, day, kind="draft")
        young = [
            revision(article, NOW - timedelta(days=2, hours=hour), kind="draft") for hour in (1, 2)
        ]

        assert thin_revisions(is_dry_run=True) == thin_revisions() == Thinned(0, drafts=2)
        assert left(*hours) == [False, False, True, True]
        assert left(of_other, *young) == [True, True, True]
        assert thin_revisions() == Thinned(0, 0)


@time_machine.travel(NOW, tick=False)
def test_what_was_saved_or_is_in_use_stays() -> None:
    article = make_article()
    old = NOW - timedelta(days=400)
    saved = [revision(article, old), revision(article, old)]
    draft = {"kind": "draft"}
    substantial = revision(article, old, is_substantial=True, **draft)
    waiting, current = revision(article, old, **draft), revision(article, old, **draft)
    read, rated = revision(article, old, **draft), revision(article, old, **draft)
    superseded, last = revision(article, old, **draft), revision(article, old, **draft)
    Article.objects.filter(pk=article.pk).update(draft_revision=waiting, current_revision=current)
    make_comment(article=article, revision=read)
    make_rating(article=article, revision=rated)

    assert thin_revisions() == Thinned(0, drafts=1)
    assert all(left(*saved, substantial, waiting, current, read, rated, last))
    assert left(superseded) == [False]


@time_machine.travel(NOW, tick=False)
def test_command_says_what_it_would_do_and_what_it_did() -> None:
    article = make_article()
    for minute in range(5):
        revision(article, NOW - timedelta(days=40, minutes=minute), kind="draft")
        revision(article, NOW - timedelta(days=40), kind="autosave")

    said = []
    for arguments in (["--dry-run"], [], []):
        out = StringIO()
        call_command("thin_revisions", *arguments, stdout=out)
        said.append(out.getvalue().splitlines())

    assert said == [
        ["autosaves would be deleted: 5", "drafts would be deleted: 4"],
        ["autosaves deleted: 5", "drafts deleted: 4"],
        ["autosaves deleted: 0", "drafts deleted: 0"],
    ]


@time_machine.travel(NOW, tick=False)
def test_the_daily_task_does_it_too() -> None:
    article = make_article()
    revision(article, NOW - timedelta(days=31), kind="autosave")
    trashed = make_article(trashed_at=NOW - timedelta(days=30, minutes=1))
    kept = make_article(trashed_at=NOW - timedelta(days=29))

    forgotten = forget()

    assert (forgotten.revisions, forgotten.articles) == (1, 1)
    assert set(Article.objects.all()) == {article, kept}
    assert trashed not in Article.objects.all()
