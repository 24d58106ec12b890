"""An article on several pages: their addresses, what each shows, and how they lead to each other."""

import re

import pytest

from blog.articles.draft_links import make_link, token_of
from blog.articles.models import Article, SlugHistory
from blog.articles.services import save_article
from tests.factories import make_article, make_comment, make_image, make_staff

pytestmark = pytest.mark.django_db


def test_draft_has_the_pages_that_its_article_will_have(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    text = '<h2>Part</h2><p>Of one.</p><!--nextpage--><p>Of two. <a href="#part">x</a></p>'
    article = make_article(status="draft", title="Long", lead_image=make_image(alt="A map"))
    article.body = text
    save_article(article=article, editor=None)
    path = f"/draft/{token_of(make_link(article=article, editor=None))}/"

    first, second = (client.get(f"{path}{query}").content.decode() for query in ("", "?page=2"))

    assert ("<p>Of one." in first, "<p>Of two." in first, "A map" in first) == (True, False, True)
    assert ("<p>Of one." in second, "<p>Of two." in second, "A map" in second) == (
        False,
        True,
        False,
    )
    assert f'<a rel="next" href="{path}?page=2">' in first
    assert f'<a rel="prev" href="{path}">' in second
    assert f'<a href="{path}#part">x</a>' in second
    away = client.get(
        f"{path}?page=3"
    )  # the link is a key: it gets into no log of what is not there
    assert (away.url, away["Referrer-Policy"]) == (path, "no-referrer")
    assert "Of one." in client.get(f"{path}?page=x").content.decode()
    client.force_login(make_staff("Editor"))
    form = {"title": "Long", "body": text}
    html = client.post(f"/preview/{article.pk}/", form).content.decode()
    assert html.index("<p>Of one.") < html.index("Page 2 begins here.") < html.index("<p>Of two.")


def test_text_with_breaks_has_a_page_for_each_part(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    parts = [f"<h2>Part {name}</h2><p>Of {name}.</p>" for name in ("one", "two", "three")]
    parts[0] += (
        '<p>Bus<a href="#note-1" id="noteref-1"><sup>1</sup></a> <a href="#gone">x</a>.</p>'
    )
    parts[1] += '<p><a href="#ask">Which?</a></p>'
    parts[2] += '<ol><li id="note-1">Red. <a href="#noteref-1">↩</a></li></ol>'
    article = make_article(slug="long", title="Long", lead_image=make_image(alt="A map"))
    article.body, article.highlights = "<!--nextpage-->".join(parts), "In short"
    save_article(article=article, editor=make_staff())
    SlugHistory.objects.create(article=article, slug="was")
    make_comment(article=article, about="Which?")

    pages = [client.get(path).content.decode() for path in ("/long/", "/long/2/", "/long/3/")]

    for number, html in enumerate(pages, start=1):
        assert re.findall(r"<p.*?>Of (\w+)\.</p>", html) == [("one", "two", "three")[number - 1]]
        assert ('alt="A map"' in html, "In short" in html) == (number == 1, number == 1)
        assert 'class="pages" aria-label="Pages of this article"' in html
        assert ".pages [aria-current]" in html[: html.index("</style>")]
        assert f'<span class="vh">Page </span>{number}</span>' in html
        own = "" if number == 1 else f"{number}/"
        assert f'<link rel="canonical" href="http://testserver/long/{own}">' in html
        assert html.count("nextpage") == 0
    assert '<link rel="prev" href="/long/"><link rel="next" href="/long/3/">' in pages[1]
    assert [re.findall(r'<a href="(/[^"]*|)#part-', html) for html in pages] == [
        ["", "/long/2/", "/long/3/"],
        ["/long/", "", "/long/3/"],
        ["/long/", "/long/2/", ""],
    ]
    assert [
        re.findall(r'href="([^"]*)#(?:note(?:ref)?-1|ask-1|gone)"', html) for html in pages
    ] == [["/long/3/", "", "/long/2/"], [""], ["/long/", "/long/2/"]]
    assert [html.count(", page 2</title>") for html in pages] == [0, 1, 0]
    assert ["data-goes-on" in html for html in pages] == [True, True, False]
    assert pages[2].count('"url":"http://testserver/long/"') == pages[0].count(
        '"url":"http://testserver/long/"'
    )

    forwarded = client.get("/was/2/?a=b")
    assert (forwarded.status_code, forwarded["Location"]) == (301, "/long/2/?a=b")
    first = client.get("/long/1/")
    assert (first.status_code, first["Location"]) == (301, "/long/")
    feed = client.get("/feed/").content.decode()
    assert ("Of one." in feed, "Of three." in feed) == (True, True)
    for path in ("/long/4/", "/long/0/", "/long/02/", f"/long/{'9' * 30}/"):
        assert client.get(path).status_code == 404
    make_article(slug="short")
    Article.objects.filter(pk=article.pk).update(status="draft")
    assert {client.get(path).status_code for path in ("/short/2/", "/long/2/")} == {404}
