"""The first words of a text, also where nobody writes spaces between words."""

import pytest
from django.urls import reverse

from blog.articles.models import Snippet
from blog.articles.words import shortened
from tests.factories import make_article, make_author, make_page


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One  two\nthree", "One two three"),
        ("One two three four", "One two three …"),
        ("\u6f6e" * 6, "\u6f6e" * 6),
        ("\u6f6e" * 7, "\u6f6e" * 6 + " …"),
        ("A \u6f6e\u6c50\u3002\u53d1\u7535\u7ad9", "A \u6f6e\u6c50\u3002\u53d1\u7535 …"),
        ("\u0e1f" * 16, "\u0e1f" * 15 + " …"),
        ("", ""),
    ],
)
def test_text_is_cut_after_so_many_words(text, first):
    assert shortened(text, 3) == first


@pytest.mark.django_db
def test_lists_show_the_beginning_of_what_has_no_spaces(client, admin_client):
    make_page(slug="authors", kind="authors")
    make_article(authors=[make_author(bio="\u6f6e" * 300)])
    Snippet.objects.create(name="Tides", body=f"<p>Q&amp;A {'\u6f6e' * 300}</p>")

    authors = client.get("/authors/").content.decode()
    snippets = admin_client.get(reverse("admin:articles_snippet_changelist")).content.decode()

    assert f">{'\u6f6e' * 80} …<" in authors
    assert f">Q&amp;A {'\u6f6e' * 22} …<" in snippets
