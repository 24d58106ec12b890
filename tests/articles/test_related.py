"""Related articles: the author's picks, then what shares most; prepared at the desk, looked up by readers."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.articles.models import Article, RelatedArticle, RelatedPick
from blog.articles.queries import related_to
from blog.articles.related import choose_related, refresh_related
from blog.articles.services import publish, save_article, unpublish
from tests.factories import make_article, make_author, make_category, make_staff, make_tag

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def titles(articles):
    return [article.title for article in articles]


def named(keys):
    by_key = dict(Article.objects.values_list("pk", "title"))
    return [by_key[key] for key in keys]


def test_order_of_what_is_shared():
    rare, common = make_tag(), make_tag()
    art, zoo = make_category(), make_category()
    for number in range(4):  # so that one tag tells less
        make_article(title=f"Any {number}", tags=[common], publish_at=NOW - timedelta(days=9))
    common_terms = {"categories": [zoo], "primary_category": zoo}
    article = make_article(
        title="Bridges of iron", tags=[rare, common], categories=[art], primary_category=art
    )
    make_article(title="Wholly else", **common_terms)
    make_article(title="Iron bridges again", publish_at=NOW - timedelta(days=99), **common_terms)
    make_article(title="In the category", categories=[art], primary_category=art)
    make_article(title="Of the rare tag", tags=[rare])
    make_article(title="Of both tags", tags=[rare, common], publish_at=NOW - timedelta(days=50))
    picked = make_article(title="Picked", status=Article.Status.DRAFT)
    RelatedPick.objects.create(article=article, other=picked)

    chosen = named(choose_related(article))

    assert chosen == [
        "Picked",
        "Of both tags",
        "Of the rare tag",
        "Iron bridges again",
        *(f"Any {number}" for number in (3, 2, 1, 0)),
        "In the category",
        "Wholly else",
    ]


def test_readers_see_what_is_out_in_one_query(django_assert_num_queries):
    article = make_article()
    others = [make_article(title=f"Part {number}") for number in range(6)]
    for position, other in enumerate(others):
        RelatedArticle.objects.create(article=article, other=other, position=position)
    hide = {
        0: {"status": Article.Status.DRAFT},
        1: {"trashed_at": NOW},
        2: {"publish_at": NOW + timedelta(days=1)},
    }
    for number, fields in hide.items():
        Article.objects.filter(pk=others[number].pk).update(**fields)

    with django_assert_num_queries(1):
        assert titles(related_to(article)) == ["Part 3", "Part 4", "Part 5"]


def test_never_empty_while_there_is_something_to_show(django_assert_num_queries):
    category = make_category()
    article = make_article(categories=[category])
    assert related_to(article) == []
    for number in range(3):
        make_article(title=f"Newer {number}", publish_at=NOW - timedelta(hours=number))
    make_article(title="Same", categories=[category], publish_at=NOW - timedelta(days=9))

    with django_assert_num_queries(2):
        assert titles(related_to(article)) == ["Same", "Newer 0", "Newer 1"]


def test_publishing_prepares_an_article_and_its_neighbours(django_capture_on_commit_callbacks):
    tag, editor = make_tag(), make_staff("Editor")
    first = make_article(title="First", tags=[tag])
    make_article(title="Other")
    with django_capture_on_commit_callbacks(execute=True):
        second = save_article(
            article=Article(title="Second", body="<p>Text</p>"), editor=editor, tags=[tag]
        )
    assert not RelatedArticle.objects.exists()  # a draft

    with django_capture_on_commit_callbacks(execute=True):
        publish(article=second, editor=editor)
    assert [titles(related_to(each)) for each in (first, second)] == [
        ["Second", "Other"],
        ["First", "Other"],
    ]

    with django_capture_on_commit_callbacks(execute=True):
        unpublish(article=second, editor=editor)
    assert titles(related_to(first)) == ["Other"]
    assert refresh_related(first) == 2
    assert refresh_related(first) == 0  # what is right already is not written again


def test_page_changes_with_the_list(client):
    from blog.pagestore.models import Change

    article, other = make_article(), make_article(title="Hidden", status=Article.Status.DRAFT)
    make_article(title="Shown")
    assert f"related:{article.pk}" in client.get(article.get_absolute_url()).shows
    last = Change.objects.order_by("pk").last().pk

    RelatedArticle.objects.create(article=article, other=other, position=0)
    Article.objects.filter(pk=other.pk).update(status=Article.Status.PUBLISHED, publish_at=NOW)

    tags = list(Change.objects.filter(pk__gt=last).values_list("tag", flat=True))
    assert tags.count(f"related:{article.pk}") == 2  # a new row, and a row that can be seen now
    assert "Hidden</a>" in client.get(article.get_absolute_url()).content.decode()


def test_command_prepares_everything(capsys):
    tag = make_tag()
    for number in range(3):
        make_article(title=f"Part {number}", tags=[tag])
    make_article(status=Article.Status.DRAFT)

    call_command("prepare_related")
    call_command("prepare_related")

    assert capsys.readouterr().out.splitlines() == [
        "articles: 3, lists changed: 3",
        "articles: 3, lists changed: 0",
    ]


def test_author_picks_at_the_desk(client, django_capture_on_commit_callbacks):
    author = make_staff("Author")
    article = make_article(title="Mine", authors=[make_author(user=author)])
    others = [make_article(title=f"Rivers {number}") for number in range(7)]
    secret = make_article(title="Rivers, secret", status=Article.Status.DRAFT)
    address = f"/admin/articles/article/{article.pk}/related/"
    client.force_login(author)

    def picks():
        return named(RelatedPick.objects.filter(article=article).values_list("other", flat=True))

    def send(action, other):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, {action: getattr(other, "pk", other)})

    html = client.get(f"{address}?q=river+3").content.decode()
    assert re.findall(r'name="add" value="(\d+)"', html) == [str(others[3].pk)]
    assert "secret" not in client.get(f"{address}?q=rivers").content.decode()
    for other in (others[0], others[1], others[1], others[2]):
        assert send("add", other).status_code == 302
    send("up", others[2])
    send("down", others[0])
    send("remove", others[1])
    assert picks() == ["Rivers 2", "Rivers 0"]
    assert titles(related_to(article))[:2] == ["Rivers 2", "Rivers 0"]
    for other in others:
        send("add", other)
    assert len(picks()) == 6
    assert "that is the most" in client.get(address).content.decode()

    RelatedPick.objects.create(article=article, other=secret, position=9)  # by an editor
    html = client.get(address).content.decode()
    assert ("secret" in html, html.count("An article that you may not see")) == (False, 4)
    RelatedPick.objects.filter(other=secret).delete()

    for action, key in (("add", secret), ("add", "x"), ("add", "9" * 30), ("else", 1)):
        assert send(action, key).status_code == 404
    client.force_login(make_staff("Author"))
    assert client.get(address).status_code == 404
    assert client.post(address, {"remove": others[0].pk}).status_code == 404
    assert len(picks()) == 6
