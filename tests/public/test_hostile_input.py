"""Whatever is typed anywhere: a clear error or harmless text, never a 500, never a lost text."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from crispy_forms.utils import render_crispy_form
from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature
from django.http import QueryDict

from blog.comments.forms import CommentForm
from blog.comments.models import Comment
from blog.comments.receipts import comment_from, published_from
from blog.public.receipts import rating_from
from blog.ratings.forms import RatingForm
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
    """Each string alone goes through the form and the service in tests/comments/test_forms.py."""
    make_comment(article=article, **PLAIN)
    groups = ["\n".join(strings[start : start + 10]) for start in range(0, len(strings), 10)]
    for text in map(encodable, [*groups, *strings[-6:]]):
        response = client.post(f"{article.get_absolute_url()}comments/", PLAIN | {"body": text})
        assert response.status_code in {303, 422}, repr(text)

    page = client.get(article.get_absolute_url()).content.decode()
    assert Comment.objects.count() > len(groups) / 2
    assert "<script>alert" not in page
    assert "onerror=" not in page.replace("onerror=&", "").partition("<main")[0]


def test_any_text_in_every_field_is_answered(client, article, strings):
    """A refused form renders the whole page, so every field of one request holds a string of its own."""
    names = ("body", "name", "email", "website", "parent", "remember", "topic")
    for number, text in enumerate(map(encodable, strings)):
        fields = dict.fromkeys(names, text)
        form = make_form(article, fields)
        vote = RatingForm(QueryDict(urlencode({"stars": text, "withdraw": ""})))
        assert vote.is_valid() or vote.first_error(), repr(text)
        if form.is_valid() or number % 4:  # drawing a form costs
            continue
        assert "<script>" not in render_crispy_form(form), repr(text)
        if number % 32 == 0:  # a whole page costs more
            response = client.post(f"{article.get_absolute_url()}comments/", fields)
            assert response.status_code == 422, repr(text)
            rating = client.post(f"{article.get_absolute_url()}rating/", {"stars": text})
            assert rating.status_code == 422, repr(text)


def make_form(article, fields):
    data = QueryDict(urlencode(fields))
    return CommentForm(data, site=SiteSettings(), article=article, user=AnonymousUser())


def test_any_query_is_answered(client, article, strings):
    for number, text in enumerate(map(encodable, strings)):
        assert comment_from(text, article) is published_from(text, article) is None
        with pytest.raises(BadSignature):
            rating_from(text, article)
        if number % 16 == 0:  # a receipt hides a rating: not both in one question
            for query in ({"receipt": text, "replytocom": text}, {"rating": text}):
                response = client.get(article.get_absolute_url(), query)
                assert response.status_code == 200, repr(text)


def test_refused_text_comes_back_as_it_was_typed(client, article):
    typed = 'One & <two> "three"\n\n  four'

    html = client.post(
        f"{article.get_absolute_url()}comments/", {"body": typed, "name": "", "email": ""}
    ).content.decode()

    assert "One &amp; &lt;two&gt; &quot;three&quot;\n\n  four</textarea>" in html


def test_five_thousand_fields_are_refused(client, article):
    fields = {f"field{number}": "x" for number in range(5000)}

    assert client.post(f"{article.get_absolute_url()}comments/", fields).status_code == 400
