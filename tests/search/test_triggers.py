"""The index follows every write, also those that no model sees."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from blog.articles.models import Article, Tag
from blog.comments.models import Comment
from blog.pages.models import Page
from blog.search.checking import differences
from blog.search.models import Document
from blog.search.queries import search
from tests.factories import make_article, make_comment, make_page, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stays_complete():
    yield
    assert differences() == {"missing or old": 0, "too many or old": 0, "words": 0}


def raw(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_bulk_update_and_raw_sql_are_followed():
    article = make_article(title="Before", body="<p>old</p>")
    Article.objects.filter(pk=article.pk).update(title="After")
    raw("UPDATE articles_article SET body_html = %s WHERE id = %s", "<p>new</p>", article.pk)

    assert [len(search(word)) for word in ("before", "old", "after", "new")] == [0, 0, 1, 1]


def test_tags_are_followed():
    tag = make_tag(name="Copper")
    article = make_article(tags=[tag])
    assert len(search("copper")) == 1

    Tag.objects.update(name="Silver")
    assert [len(search("copper")), len(search("silver"))] == [0, 1]

    article.tags.clear()
    assert search("silver") == []


def test_comments_are_followed():
    comment = make_comment(body="copper")
    make_comment(body="copper", status=Comment.Status.PENDING)
    assert len(search("copper")) == 1

    Comment.objects.update(status=Comment.Status.APPROVED)
    assert len(search("copper type:comment")) == 2

    Comment.objects.filter(pk=comment.pk).update(status=Comment.Status.SPAM)
    Comment.objects.exclude(pk=comment.pk).update(html="<p>silver</p>")
    assert [len(search("copper")), len(search("silver"))] == [0, 1]


def test_pages_are_followed():
    page = make_page(title="Copper")
    make_page(title="Copper", status=Page.Status.DRAFT)
    make_page(title="Copper", trashed_at=timezone.now())
    assert [row.page_id for row in search("copper")] == [page.pk]

    Page.objects.filter(pk=page.pk).update(title="Silver", body_html="<p>gold</p>")
    assert [len(search(word)) for word in ("copper", "silver", "gold")] == [0, 1, 1]

    Page.objects.filter(pk=page.pk).update(status=Page.Status.DRAFT)
    assert search("gold") == []
    Page.objects.exclude(pk=page.pk).update(status=Page.Status.PUBLISHED)
    assert len(search("copper")) == 1
    raw("DELETE FROM pages_page")
    assert not Document.objects.exists()


def test_what_is_deleted_is_gone():
    comment = make_comment(body="copper")
    article = comment.article
    raw("DELETE FROM comments_thread")
    raw("DELETE FROM comments_comment")
    assert search("copper") == []

    raw("DELETE FROM articles_byline")
    raw("DELETE FROM articles_article WHERE id = %s", article.pk)
    assert not Document.objects.exists()


def test_a_visit_or_a_rating_writes_nothing_to_the_index():
    article = make_article(title="Same")
    before = Document.objects.values_list("pk", flat=True).get()
    article.save()  # every column, none of them changed

    assert Document.objects.values_list("pk", flat=True).get() == before


def test_a_huge_text_can_be_saved():
    make_article(title="Huge", body=f"<p>{' '.join(f'w{n}ö' for n in range(150_000))}</p>")

    assert len(search("w77ö huge")) == 1


def test_check_finds_what_is_missing_and_mends_it(capsys):
    make_article(title="Copper")
    Document.objects.all().delete()

    with pytest.raises(CommandError, match="missing or old: 1, too many or old: 0, words: 0"):
        call_command("search_check")
    call_command("search_check", "--fix")

    assert capsys.readouterr().out == "The search index is complete.\n"
    assert len(search("copper")) == 1
