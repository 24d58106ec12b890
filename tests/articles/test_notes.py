"""Private notes: about a passage, answered, resolved, told to those who take part, and never public."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles import notes
from blog.articles.models import Article, Byline, Note
from blog.articles.notes import add_note, reopen, resolve, threads_of
from blog.articles.services import save_article
from blog.outbox.models import Mail
from tests.factories import make_article, make_author, make_staff, make_user

pytestmark = pytest.mark.django_db
BODY = "<h2>At low water</h2><p>The harbour <em>empties</em> twice a day.</p><ul><li>Mud</li></ul>"


def url(page: str, article: Article) -> str:
    return reverse(f"admin:articles_article_{page}", args=[article.pk])


def told() -> set[str]:
    people = set(Mail.objects.values_list("to", flat=True))
    Mail.objects.all().delete()
    return people


def test_a_note_finds_its_passage_through_markup_and_space():
    article, author = make_article(body=BODY), make_staff("Editor")
    quotes = {
        "": False,
        "harbour empties  twice": False,
        "low water The\u00a0harbour": False,  # over the end of a block
        "a day. Mud": False,
        "harbour fills": True,
        "<em>": True,
    }
    for quote in quotes:
        add_note(article=article, author=author, text="Why?", quote=quote)

    threads = threads_of(article, article.body)

    assert {thread.note.quote: thread.is_gone for thread in threads} == {
        " ".join(quote.split()): is_gone for quote, is_gone in quotes.items()
    }


def test_threads_have_one_level_and_resolved_ones_come_last(django_assert_num_queries):
    article, editor, author = make_article(), make_staff("Editor"), make_staff("Author")
    first = add_note(article=article, author=editor, text="First")
    second = add_note(article=article, author=editor, text="Second")
    answer = add_note(article=article, author=author, text="An answer", parent=first)
    deeper = add_note(article=article, author=editor, text="A second one", parent=answer)
    resolve(note=first, actor=author)
    resolve(note=answer, actor=author)  # an answer is not resolved by itself

    with django_assert_num_queries(1):
        threads = threads_of(article, "")
        assert [thread.note for thread in threads] == [second, first]
        assert threads[1].answers == [answer, deeper]
        assert str(threads[1].note.resolved_by) == str(author)

    reopen(note=first)
    assert Note.objects.filter(resolved_at__isnull=False).count() == 0
    resolve(note=first, actor=author)
    add_note(article=article, author=editor, text="Not yet", parent=first)
    first.refresh_from_db()
    assert first.resolved_at is None


def test_authors_and_those_of_the_thread_are_told_but_not_who_wrote():
    first, second, editor = make_staff("Author"), make_staff("Contributor"), make_staff("Editor")
    outsider = make_staff("Editor")
    article = make_article(
        title="Low\ntide", created_by=first, authors=[make_author(user=second), make_author()]
    )

    note = add_note(article=article, author=editor, text="Who says so?\nAnd when?", quote="twice")
    mail = Mail.objects.get(to=second.email)
    assert mail.subject == "[Byline] Note on “Low tide”"
    assert "> twice" in mail.body
    assert "> Who says so?\n> And when?" in mail.body
    assert f"{url('change', article)}#note-{note.pk}" in mail.body
    assert told() == {first.email, second.email}
    add_note(article=article, author=second, text="I do.", parent=note)
    assert told() == {first.email, editor.email}
    editor.groups.clear()  # and may read no more of it
    add_note(article=article, author=outsider, text="Really.", parent=note)
    assert told() == {first.email, second.email}
    Byline.objects.all().delete()
    Article.objects.update(trashed_at=timezone.now())
    add_note(article=article, author=outsider, text="Too late.", parent=note)
    assert told() == set()


def test_notes_of_the_panel(client):
    contributor = make_staff("Contributor")
    article = save_article(article=Article(title="T", body=BODY), editor=contributor)
    elsewhere = Note.objects.create(article=make_article(), text="Of another article")
    client.force_login(contributor)
    door = url("notes", article)

    response = client.post(door, {"note-text": "<b>Why?</b>", "note-quote": "twice a day"})
    note = article.notes.get()
    assert response.url == f"{url('change', article)}#note-{note.pk}"
    assert (note.author, note.quote) == (contributor, "twice a day")
    client.post(door, {"answer": note.pk, "note-text": "Because."})
    assert note.replies.get().text == "Because."
    client.post(door, {"resolve": note.pk})
    note.refresh_from_db()
    assert note.resolved_by == contributor
    client.post(door, {"reopen": note.pk})
    page = client.get(url("change", article)).content.decode()
    assert "&lt;b&gt;Why?&lt;/b&gt;" in page
    assert page.count("data-note-passage") == 1

    refused = client.post(door, {"note-text": " ", "note-quote": "kept <i>words</i>"})
    assert refused.status_code == 422
    assert 'value="kept &lt;i&gt;words&lt;/i&gt;"' in refused.content.decode()
    long = client.post(door, {"answer": note.pk, "note-text": "x" * 5001})
    assert (long.status_code, "x" * 5001 in long.content.decode()) == (422, True)
    for name in ("resolve", "reopen", "answer"):
        for key in (elsewhere.pk, "x", "9" * 30, ""):
            assert client.post(door, {name: key, "note-text": "x"}).status_code == 404
    assert Note.objects.count() == 3


def test_readers_never_see_a_note(client):
    article = save_article(
        article=Article(title="T", body=BODY, status="published"), editor=make_staff("Author")
    )
    add_note(article=article, author=make_staff("Editor"), text="A private remark")
    reader = make_user()
    for user in (None, reader):
        if user:
            client.force_login(user)
        for path in (article.get_absolute_url(), "/feed/", f"{article.get_absolute_url()}feed/"):
            assert "A private remark" not in client.get(path).content.decode()


def test_a_script_that_runs_wild_fills_no_disk(monkeypatch):
    monkeypatch.setattr(notes, "MAX_NOTES", 1)
    article, editor = make_article(), make_staff("Editor")
    add_note(article=article, author=editor, text="One")

    with pytest.raises(ValidationError):
        add_note(article=article, author=editor, text="Two")


def test_a_name_with_an_at_is_told_and_marked(client):
    editor = make_staff("Editor", display_name="Ann Bee")
    ann, stranger = make_staff("Editor", display_name="Ann"), make_staff("Author")
    make_author(user=stranger, name="Carl O’Neil <b>")
    for _number in range(2):
        make_staff("Editor", display_name="Two")
    article = make_article(title="Tides")
    writer = make_staff("Editor")
    client.force_login(writer)
    text = "@ann bee, see @Carl O’Neil <b>; not @Two, a@Ann.org or @Annabel"

    html = client.post(url("notes", article), {"note-text": text}, follow=True).content.decode()

    assert told() == {editor.email}
    assert (
        '<b class="mention">@ann bee</b>, see <b class="mention">@Carl O’Neil &lt;b&gt;</b>'
        in html
    )
    assert html.count('class="mention"') == 2
    assert "Carl O’Neil &lt;b&gt; may not open this article" in html
    with CaptureQueriesContext(connection) as queries:
        names = client.get(url("notes_names", article)).json()["names"]
    assert names == ["Ann", "Ann Bee", "Two"]
    assert len(queries) <= 8  # however many they are
    assert ann.email not in told()
    client.force_login(stranger)
    assert client.get(url("notes_names", article)).status_code == 404
