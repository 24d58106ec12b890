"""How many words a text has, and its first ones: also where nobody writes spaces between words."""

import pytest
from django.urls import reverse

from blog.articles.models import Snippet
from blog.articles.models.revision import count_words
from blog.articles.rendering import render_body
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


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("\u6f6e\u6c50\u53d1\u7535" * 125, 250),  # Medium's 500 characters a minute
        ("\u6f6e\u3001\u6c50\u3002", 1),
        ("Die \u6f6e\u6c50 \u2013 in 5 \u53d1\u7535", 5),
        ("\u30ab\u30bf\u30ab\u30ca\u3068\u304b\u306a", 4),
        ("\u0e44\u0e1f\u0e1f\u0e49\u0e32" * 40, 40),  # Thai
        ("\uc870\ub825 \ubc1c\uc804\uc18c", 2),  # Korean, with spaces
        ("\u0432\u043e\u0434\u0430 \u0645\u0627\u0621", 2),
    ],
)
def test_words_are_counted_by_characters_where_no_spaces_are_written(text, count):
    assert render_body(f"<p>{text}</p>").word_count == count
    assert count_words({"body": f"<p>{text}</p>"}) == count


def test_long_text_without_spaces_is_folded_and_begins_in_few_words():
    html = f"<p>{'\u6f6e' * 400}</p>" * 3

    page = render_body(html)

    assert page.fold_at == page.html.index("</p>") + len("</p>\n")
    assert page.first_words == f"{'\u6f6e' * 80} …"


@pytest.mark.django_db
def test_lists_show_the_beginning_of_what_has_no_spaces(client, admin_client):
    make_page(slug="authors", kind="authors")
    make_article(authors=[make_author(bio="\u6f6e" * 300)])
    Snippet.objects.create(name="Tides", body=f"<p>Q&amp;A {'\u6f6e' * 300}</p>")

    authors = client.get("/authors/").content.decode()
    snippets = admin_client.get(reverse("admin:articles_snippet_changelist")).content.decode()

    assert f">{'\u6f6e' * 80} …<" in authors
    assert f">Q&amp;A {'\u6f6e' * 22} …<" in snippets
