"""Series at the desk and in their order."""

import pytest
from django.urls import reverse

from blog.articles.models import Series, SeriesSlugHistory
from blog.articles.series import put_in_series, save_series
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def tides():
    series = save_series(series=Series(title="The tide"))
    for title in ("One", "Two", "Three"):
        put_in_series(article=make_article(title=title), series=series)
    return series


def order(series) -> list[tuple[int, str]]:
    return list(series.parts.values_list("position", "article__title"))


def test_article_gets_its_place_and_the_others_make_room(tides):
    other = save_series(series=Series(title="Others"))
    article = make_article(title="New")

    put_in_series(article=article, series=tides, number=2)
    assert order(tides) == [(1, "One"), (2, "New"), (3, "Two"), (4, "Three")]
    put_in_series(article=article, series=tides, number=99)
    assert order(tides) == [(1, "One"), (2, "Two"), (3, "Three"), (4, "New")]
    put_in_series(article=article, series=other)
    assert (len(order(tides)), order(other)) == (3, [(1, "New")])
    put_in_series(article=article, series=None)
    assert order(other) == []


def test_editor_arranges_the_parts(client, tides):
    client.force_login(make_staff("Editor"))
    one, two, three = tides.parts.all()

    def move(part, **sent):
        return client.post(reverse("admin:articles_seriespart_move", args=[part.pk]), sent)

    page = reverse("admin:articles_series_change", args=[tides.pk])
    assert move(three, to="up")["Location"] == f"{page}#parts"
    move(one, before=str(two.pk))
    assert [title for _, title in order(tides)] == ["Three", "One", "Two"]
    for sent in ({"to": "down"}, {"to": "sideways"}, {"before": "x" * 30}):
        move(two, **sent)
    assert [title for _, title in order(tides)] == ["Three", "One", "Two"]
    move(one, out="1")
    html = client.get(page).content.decode()
    assert html.index("<bdi>Three") < html.index("<bdi>Two")
    assert "<bdi>One" not in html
    client.force_login(make_staff("Author"))
    assert move(two, to="up").status_code == 403


def test_author_puts_an_own_article_into_a_series(client, tides):
    author = make_staff("Author")
    client.force_login(author)
    own, foreign = make_article(created_by=author), make_article()
    address = reverse("admin:articles_article_series", args=[own.pk])

    client.post(address, {"series-series": tides.pk, "series-number": 1})
    assert order(tides)[0] == (1, own.title)
    page = client.get(reverse("admin:articles_article_change", args=[own.pk])).content.decode()
    assert "This is part 1 of" in page
    for wrong in ({"series-series": "x"}, {"series-series": tides.pk, "series-number": "0"}):
        assert client.post(address, wrong).status_code == 422
    client.post(address, {"series-series": ""})
    assert order(tides)[0] == (1, "One")
    forbidden = reverse("admin:articles_article_series", args=[foreign.pk])
    assert client.post(forbidden, {"series-series": tides.pk}).status_code == 404


def test_old_address_is_kept(tides):
    tides.slug = "ebb"
    save_series(series=tides)
    assert list(SeriesSlugHistory.objects.values_list("slug", flat=True)) == ["the-tide"]
    assert save_series(series=Series(title="The tide")).slug == "the-tide-2"
