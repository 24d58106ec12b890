"""Assignments: who writes what until when, the desk's own fields, mails, the calendar, the lists."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from blog.articles.assigning import move_due, remind_of_due
from blog.articles.models import Article, Assignment, DeskField
from blog.articles.permissions import may_edit
from blog.outbox.models import Mail
from tests.factories import make_article, make_author, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"
DRAFT = Article.Status.DRAFT


def subjects():
    return list(Mail.objects.order_by("pk").values_list("to", "subject"))


@time_machine.travel("2026-11-02 10:00", tick=False)
def test_editor_assigns_and_the_writer_writes(client, django_capture_on_commit_callbacks):
    editor, ann, bert = make_staff("Editor"), make_staff("Contributor"), make_staff("Author")
    author = make_author(name="Ann", user=ann)
    article = make_article(status=DRAFT, title="On kettles", created_by=editor, authors=[])
    photographer = DeskField.objects.create(name="Photographer")
    words = DeskField.objects.create(name="Length", kind=DeskField.Kind.NUMBER)
    legal = DeskField.objects.create(name="Seen by a lawyer", kind=DeskField.Kind.TICK)
    page = f"{LIST}{article.pk}/assignment/"

    def send(**data):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(page, {f"assignment-{name}": each for name, each in data.items()})

    client.force_login(ann)
    assert client.get(page).status_code == 404  # not hers yet
    client.force_login(editor)
    assert "Nobody was asked" in client.get(f"{LIST}{article.pk}/change/").content.decode()
    asked = {
        "writer": ann.pk, "names_writer": "on", "due_on": "2026-11-05", "brief": "Warm & short.",
        f"own_{photographer.pk}": "Cleo", f"own_{words.pk}": "900", f"own_{legal.pk}": "on",
    }  # fmt: skip
    assert send(**asked).status_code == 302
    row = Assignment.objects.get()
    assert (row.writer, str(row.due_on), row.brief) == (ann, "2026-11-05", "Warm & short.")
    assert row.values == {str(photographer.pk): "Cleo", str(words.pk): 900, str(legal.pk): True}
    assert [byline.author for byline in article.bylines.all()] == [author]
    assert [to for to, subject in subjects() if "For you: “On kettles”" in subject] == [ann.email]
    assert "5 November 2026\n\n> Warm & short." in Mail.objects.get().body
    send(**asked)  # nothing new
    assert len(subjects()) == 1

    for wrong in ({"due_on": "soon"}, {f"own_{words.pk}": "many"}, {"writer": "9"}):
        assert send(**asked | wrong).status_code == 422

    row.refresh_from_db()
    row.values |= {"999": "of a field that the form does not show"}
    row.save(update_fields=["values"])
    assert send(**asked | {f"own_{words.pk}": "0", f"own_{legal.pk}": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.values[str(words.pk)], str(legal.pk) in row.values) == (0, False)
    assert "999" in row.values
    send(**asked)

    client.force_login(ann)
    html = client.get(f"{LIST}{article.pk}/change/").content.decode()
    for shown in (
        "Thursday, 5 November 2026",
        "Warm &amp; short.",
        "<dd>Cleo</dd>",
        "<dd>900</dd>",
    ):
        assert shown in html
    assert client.post(page, {}).status_code == 403  # who writes does not assign
    assert "first draft due 5 November" in client.get("/admin/").content.decode()
    assert client.get(LIST, {"assigned": "mine"}).context["cl"].result_count == 1
    assert client.get(LIST, {"assigned": "overdue"}).context["cl"].result_count == 0
    article = Article.objects.get()
    assert (may_edit(ann, article), may_edit(bert, article)) == (True, False)


@time_machine.travel("2026-11-04 10:00", tick=False)
def test_due_draft_stands_in_the_calendar_and_is_asked_for_once(client):
    editor, ann = make_staff("Editor"), make_staff("Author")
    article = make_article(status=DRAFT, title="Teas", publish_at=None)
    row = Assignment.objects.create(article=article, writer=ann, due_on=timezone.localdate())

    def move(day, at="2026-11-04T00:00:00+00:00"):
        data = {"article": article.pk, "kind": "due", "version": 1, "at": at, "day": day}
        return client.post(f"{LIST}calendar/move/", data)

    client.force_login(ann)
    html = client.get(f"{LIST}calendar/?kind=due").content.decode()
    assert (f'id="due-{article.pk}"' in html, "New day" in html) == (True, False)
    own, other = make_author(user=ann), make_author()
    for author, is_shown in ((own, True), (other, False)):
        html = client.get(f"{LIST}calendar/?author={author.pk}").content.decode()
        assert (f'id="due-{article.pk}"' in html) == is_shown
    assert move("2026-11-05").status_code == 403
    feed = client.get(client.get(f"{LIST}calendar/").context["feed_url"]).content.decode()
    assert "DTSTART;VALUE=DATE:20261104\r\nSUMMARY:First draft due: Teas" in feed

    client.force_login(editor)
    for refused in (move("2026-11-01"), move("2026-11-05", at="")):
        assert refused.status_code == 422
    assert move("2026-11-05").status_code == 302
    row.refresh_from_db()
    assert str(row.due_on) == "2026-11-05"

    def meanwhile(**changes):
        """Have somebody else change the assignment just before the article is locked."""

        def wrapper(execute, sql, *rest):
            if changes and 'FROM "articles_article"' in sql:
                fields = changes.copy()
                changes.clear()
                Assignment.objects.update(**fields)
            return execute(sql, *rest)

        return connection.execute_wrapper(wrapper)

    here = {"article": article, "actor": editor, "seen": row.due_on}
    with meanwhile(brief="Short."):
        move_due(day=timezone.localdate(), **here)
    row.refresh_from_db()
    assert (row.brief, row.due_on) == ("Short.", timezone.localdate())
    with meanwhile(due_on="2026-11-30"), pytest.raises(ValidationError, match="meanwhile"):
        move_due(day=timezone.localdate(), **here | {"seen": row.due_on})
    Assignment.objects.update(due_on="2026-11-05")

    Mail.objects.all().delete()
    assert (remind_of_due.func(), remind_of_due.func()) == (1, 1)
    assert [subject.partition("] ")[2] for _to, subject in subjects()] == ["Soon due: “Teas”"]
    Article.objects.update(stage=Article.Stage.IN_REVIEW)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert remind_of_due.func() == 0
