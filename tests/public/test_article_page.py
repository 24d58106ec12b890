"""The page of one article: its blocks, its states, what strangers never see."""

import base64
import hashlib
import random
import re
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.template.base import Variable
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.articles.models import Article, SlugHistory
from blog.comments.models import Comment
from blog.public.templatetags.byline import KeepNode
from blog.site.models import SiteSettings
from blog.site.static_storage import condensed
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
VOCABULARY = """
    the a of and to in that it is was for on with as by at from this which have had not but they people city
    river bridge machine letter paper morning evening winter garden school library engine question answer
    reason number measure history memory silence language teacher reader writer worker neighbour market
    station street window kitchen table method pattern system model signal small large early late quiet
""".split()

# Each would show if the one condition it breaks were forgotten.
INVISIBLE = {
    "draft": {"status": Article.Status.DRAFT},
    "scheduled": {"publish_at": timezone.now() + timedelta(days=1)},
    "expired": {
        "publish_at": timezone.now() - timedelta(days=2),
        "expire_at": timezone.now() - timedelta(days=1),
    },
    "trashed": {"trashed_at": timezone.now()},
}


def html_of(client: Client, article: Article, query: str = "") -> str:
    response = client.get(f"{article.get_absolute_url()}{query}")
    assert response.status_code == 200
    return response.content.decode()


def full_article() -> Article:
    category = make_category(name="Artificial Intelligence")
    article = make_article(
        title="The subject",
        subtitle="A second line",
        authors=[make_author(name="Bruce Wayne", bio="Studies computers.")],
        categories=[category],
        tags=[make_tag(name="careers")],
        primary_category=category,
        lead_image=make_image(alt="A network", caption="Nodes", credit="Byline"),
        body="<p>First words.</p><p>Last words.</p>",
        fold_at=len("<p>First words.</p>"),
        word_count=757,
    )
    make_article(
        title="A neighbour",
        categories=[category],
        publish_at=timezone.now() - timedelta(days=2),
    )
    make_comment(article=article, name="Marta Quill")
    return article


def test_page_shows_every_block_in_the_order_of_the_reference(client):
    html = html_of(client, full_article())

    blocks = [
        'class="rubric"',
        "<h1>The subject</h1>",
        "A second line",
        "Bruce Wayne",
        "1 comment",
        "3 minutes read",
        'alt="A network"',
        "Picture: Byline",
        "First words.",
        "Show More",
        "Last words.",
        "careers",
        "Rate Us!",
        "Share Your Thoughts On “The subject”",
        "Be the first one !",
        "Share</h2>",
        "Studies computers.",
        "A neighbour",
        "Related Articles",
        "1 Comment",
        "Marta Quill",
        "Leave a Reply",
        "Your email address will not be published.",
        "Required fields are marked",
        "Post Comment",
        "Back to top",
    ]
    places = []
    for block in blocks:
        places.append(html.find(block, places[-1] if places else 0))
    assert [block for block, place in zip(blocks, places, strict=True) if place < 0] == []


@pytest.mark.parametrize("state", INVISIBLE)
def test_strangers_get_404_for_what_is_not_published(client, state):
    article = make_article(**INVISIBLE[state])

    assert client.get(article.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("state", INVISIBLE)
def test_editors_preview_what_is_not_published_and_nobody_keeps_it(client, state):
    editor = make_user(is_staff=True)
    editor.groups.add(*editor.groups.model.objects.filter(name="Editor"))
    client.force_login(editor)
    article = make_article(title="Unfinished", **INVISIBLE[state])

    response = client.get(article.get_absolute_url())

    assert "Unfinished" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_page_for_strangers_is_the_same_for_all(client):
    """No cookie, no token, and nothing it varies on but the encoding (DESIGN, rule 2)."""
    response = client.get(full_article().get_absolute_url(), headers={"Accept-Encoding": "gzip"})

    assert response.cookies == {}
    assert response["Vary"] == "Accept-Encoding"
    assert (
        "csrfmiddlewaretoken"
        not in Client().get(full_article().get_absolute_url()).content.decode()
    )


def test_page_takes_the_same_few_queries_however_many_comments(client):
    article = full_article()
    queries = {}
    for count in (1, 50, 500):
        present = Comment.objects.filter(article=article).count()
        Comment.objects.bulk_create(
            Comment(
                article=article,
                name="Reader",
                body="Yes.",
                html="<p>Yes.</p>",
                status=Comment.Status.APPROVED,
            )
            for _ in range(count - present)
        )
        with CaptureQueriesContext(connection) as captured:
            assert html_of(client, article).count('id="comment-') == min(count, 50)
        queries[count] = len(captured)

    assert queries[1] == queries[50] == queries[500]
    assert queries[500] <= 12


def test_old_address_forwards_to_the_present_one(client):
    article = make_article(slug="new-address")
    SlugHistory.objects.create(article=article, slug="old-address")

    response = client.get("/old-address/")

    assert (response.status_code, response["Location"]) == (301, "/new-address/")


@pytest.mark.parametrize("state", INVISIBLE)
def test_old_address_does_not_tell_of_an_unpublished_article(client, state):
    article = make_article(**INVISIBLE[state])
    SlugHistory.objects.create(article=article, slug="old-address")

    assert client.get("/old-address/").status_code == 404


def test_parts_that_are_kept_show_nothing_that_their_key_does_not_name(client, monkeypatch):
    article = full_article()
    make_comment(article=article)
    said = {"article", "authors", "categories", "tags", "site"}
    # Always the same; counted again inside; what the other values follow from.
    harmless = {"True", "False", "None", "rating_choices", "forloop"}
    harmless |= {"summary", "graph", "comment_form", "reply_to", "comment_preview"}
    missed: set[tuple[str, str]] = set()
    inside: list[tuple[str, set[str], set[str]]] = []
    render, resolve = KeepNode.render, Variable.resolve

    def rendered(node, context):
        named = {str(value.var).partition(".")[0] for value in node.values}
        named |= (
            said if "said" in named or any("_said" in str(v.token) for v in node.values) else set()
        )
        inside.append((str(node.origin), named, set(context.flatten())))
        try:
            return render(node, context)
        finally:
            inside.pop()

    def resolved(variable, context):
        for part, named, outer in inside[-1:]:
            name = (variable.lookups or [""])[0]
            if name in outer - named - harmless:
                missed.add((part.rpartition("templates/")[2], name))
        return resolve(variable, context)

    monkeypatch.setattr(KeepNode, "render", rendered)
    monkeypatch.setattr(Variable, "resolve", resolved)
    html_of(client, article)
    client.get("/")

    assert missed == set()


def test_a_first_view_keeps_its_budgets(client):
    """As it is sent, in brotli: scripts and styles condensed; the first styles stand in the page."""
    words = random.Random(7).choices(VOCABULARY, k=4_000)

    def said(count: int) -> str:
        return f"{' '.join(words.pop() for _ in range(count))}."

    body = "".join(f"<h2>{said(4)}</h2>" + 2 * f"<p>{said(75)}</p>" for _ in range(6))
    article = full_article()
    Article.objects.filter(pk=article.pk).update(body=body, body_html=body, fold_at=0)
    Comment.objects.bulk_create(
        Comment(article=article, name=said(2), html=f"<p>{said(24)}</p>", status="approved")
        for _ in range(49)
    )
    html = html_of(client, article)
    [inlined] = re.findall(r"(?s)<style>(.*?)</style>", html)

    assert html.count('role="article"') == 50
    assert len(brotli.compress(html.replace(inlined, "").encode(), quality=6)) <= 12_000
    for pattern, kind, most, first in (
        (r'<script[^>]+src="/static/([^"]+)"', ".js", 4_000, b""),
        (r'<link rel="stylesheet" href="/static/([^"]+)"', ".css", 7_000, inlined.encode()),
    ):
        names = set(re.findall(pattern, html))
        files = {name: condensed(Path(finders.find(name)).read_bytes(), kind) for name in names}
        sizes = [len(brotli.compress(content)) for content in [first, *files.values()]]
        assert len(sizes) >= 3
        assert sum(sizes) <= most, (names, sizes)


def test_the_first_screen_needs_no_stylesheet_and_the_policy_allows_no_other(client):
    article = full_article()
    SiteSettings.objects.update_or_create(pk=1, defaults={"accent": "#005a9c"})
    section = article.primary_category.get_absolute_url()
    for path in (article.get_absolute_url(), "/", section, "/search/"):
        response = client.get(path)
        head, _, below = response.text.partition('<main id="main">')
        [styles] = re.findall(r"(?s)<style>(.*?)</style>", response.text)
        digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
        policy = response["Content-Security-Policy"]

        assert f"style-src 'self' 'sha256-{digest}';" in policy, path
        assert styles in head
        assert "--accent:light-dark(#005a9c" in styles  # the site's own colours
        assert 'rel="stylesheet"' not in head
        assert 'href="/static/css/site.css"' in below
        assert not re.search(r"\sstyle=|\son[a-z]+=", response.text)
        assert client.get(path).content == Client(headers={"user-agent": "x"}).get(path).content
