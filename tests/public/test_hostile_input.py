"""Whatever is typed anywhere: a clear error or harmless text, never a 500, never a lost text."""

import json
from itertools import batched
from pathlib import Path

import pytest

from blog.comments.models import Comment
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db
HOSTILE = Path(__file__).resolve().parents[3] / "shared/data/hostile"
PLAIN = {"name": "Marta Quill", "email": "marta@example.org"}


@pytest.fixture
def strings() -> list[str]:
    if not HOSTILE.is_dir():
        pytest.skip("The hostile strings of ../shared/data are not here.")
    strings = json.loads((HOSTILE / "naughty-strings.json").read_text())
    return [
        *strings,
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202e" * 50,
        "é" * 300,
        "\U0001f469\u200d\U0001f4bb" * 90,
    ]


@pytest.fixture
def article(db):
    SiteSettings.objects.update_or_create(
        pk=1,
        defaults={
            "seconds_between_comments": 0,
            "comments_per_network_and_minute": 0,
            "threads_per_page": 2_000,  # all that was stored, on one page
        },
    )
    return make_article()


def encodable(text: str) -> str:
    """Return what a client can send: half a character cannot be UTF-8."""
    return text.encode("utf-8", "replace").decode()


def test_any_text_is_a_comment_or_an_error(client, article, strings):
    """Each string alone meets the form in tests/comments/test_forms.py; here they meet the whole page."""
    make_comment(article=article, **PLAIN)
    bodies = ["\n\n".join(group) for group in batched(map(encodable, strings), 12, strict=False)]
    bodies += ["", " ", "\x00", encodable("\ud800"), "\u202e" * 50]
    for body in bodies:
        response = client.post(f"{article.get_absolute_url()}comments/", PLAIN | {"body": body})
        assert response.status_code in {303, 422}, repr(body)

    page = client.get(article.get_absolute_url()).content.decode()
    assert Comment.objects.count() > len(bodies) / 2
    assert "<script>alert" not in page
    assert "onerror=" not in page.replace("onerror=&", "").partition("<main")[0]


def test_any_text_in_every_field_is_answered(client, article, strings):
    """A refused form renders the whole page, so every field of one request holds a string of its own."""
    names = ("body", "name", "email", "website", "parent", "remember", "topic")
    for texts in batched(map(encodable, strings[::2]), len(names), strict=False):
        fields = dict(zip(names, texts, strict=False))
        response = client.post(f"{article.get_absolute_url()}comments/", fields)
        assert response.status_code in {303, 422}, repr(texts)
        vote = {"stars": texts[0], "withdraw": ""}
        rating = client.post(f"{article.get_absolute_url()}rating/", vote)
        assert rating.status_code in {303, 422}, repr(texts)


def test_any_query_is_answered(client, article, strings):
    names = ("receipt", "rating", "replytocom")
    for shift in range(len(names)):
        for texts in batched(map(encodable, strings[shift::8]), len(names), strict=False):
            response = client.get(
                article.get_absolute_url(), dict(zip(names, texts, strict=False))
            )
            assert response.status_code == 200, repr(texts)


def test_refused_text_comes_back_as_it_was_typed(client, article):
    typed = 'One & <two> "three"\n\n  four'

    html = client.post(
        f"{article.get_absolute_url()}comments/", {"body": typed, "name": "", "email": ""}
    ).content.decode()

    assert "One &amp; &lt;two&gt; &quot;three&quot;\n\n  four</textarea>" in html


def test_five_thousand_fields_are_refused(client, article):
    fields = {f"field{number}": "x" for number in range(5000)}

    assert client.post(f"{article.get_absolute_url()}comments/", fields).status_code == 400
