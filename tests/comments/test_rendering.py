"""What a stranger types becomes a small vocabulary of HTML, and nothing else."""

import csv
import json
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from blog.comments.rendering import LINK_REL, clean_text, count_links, render_comment

HOSTILE = Path(__file__).resolve().parents[3] / "shared/data/hostile"
ALLOWED = {
    "p": set(),
    "br": set(),
    "a": {"href", "rel"},
    "code": set(),
    "pre": set(),
    "blockquote": set(),
    "em": set(),
    "strong": set(),
}


class Auditor(HTMLParser):
    """Collect what a browser would see that should not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED:
            self.problems.append(f"<{tag}>")
            return
        for name, value in attrs:
            if name not in ALLOWED[tag]:
                self.problems.append(f"{tag}[{name}]")
            if name == "href" and not value.startswith(("http://", "https://")):
                self.problems.append(f"href={value}")
            if name == "rel" and value != LINK_REL:
                self.problems.append(f"rel={value}")

    def handle_comment(self, data):
        self.problems.append("comment")


def problems_of(html: str) -> list[str]:
    auditor = Auditor()
    auditor.feed(html)
    auditor.close()
    return auditor.problems


def hostile_strings() -> list[str]:
    if not HOSTILE.is_dir():
        pytest.skip("The hostile strings of ../shared/data are not here.")
    strings = json.loads((HOSTILE / "naughty-strings.json").read_text())
    for name in ("html5sec-vectors.txt", "rsnake-xss.txt"):
        text = (HOSTILE / name).read_text(errors="replace")
        strings += [text, *text.splitlines()]
    strings += [
        path.read_text(errors="replace") for path in sorted((HOSTILE / "bleach-pairs").iterdir())
    ]
    return strings


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\nTwo.\n\nThree.", "<p>One.<br>Two.</p><p>Three.</p>"),
        ("*so* **much** `code`", "<p><em>so</em> <strong>much</strong> <code>code</code></p>"),
        ("> said\n> twice\n\nYes.", "<blockquote><p>said<br>twice</p></blockquote><p>Yes.</p>"),
        ("> a\n>> b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("```\n<b>&\n```", "<pre><code>&lt;b&gt;&amp;</code></pre>"),
        (
            "See https://example.org/a_(b).",
            f'<p>See <a href="https://example.org/a_(b)" rel="{LINK_REL}">https://example.org/a_(b)</a>.</p>',
        ),
        (
            "[this](https://example.org/?a=1&b=2)",
            f'<p><a href="https://example.org/?a=1&amp;b=2" rel="{LINK_REL}">this</a></p>',
        ),
        ("[this](javascript:alert(1))", "<p>[this](javascript:alert(1))</p>"),
        ("2 * 3 * 4 and snake_case_name", "<p>2 * 3 * 4 and snake_case_name</p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("a\u202eb\x00c", "<p>abc</p>"),
        ("```\n```\nAfter.", "<pre><code></code></pre><p>After.</p>"),
        ("```\n  a\n\nb", "<pre><code>  a\n\nb</code></pre>"),
        ("**a *b* c** and *d_ e*", "<p><strong>a <em>b</em> c</strong> and <em>d_ e</em></p>"),
        ("*a_ b", "<p>*a_ b</p>"),
        ("", ""),
    ],
)
def test_vocabulary(text, html):
    assert render_comment(text) == html


def link(address: str, text: str = "") -> str:
    return f'<a href="{address}" rel="{LINK_REL}">{text or address}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("“https://example.org”", f"“{link('https://example.org')}”"),
        ("[https://example.org].", f"[{link('https://example.org')}]."),
        ("(https://example.org/a_(b))", f"({link('https://example.org/a_(b)')})"),
        ("[b](https://example.org/a_(b))", link("https://example.org/a_(b)", "b")),
        ("*https://example.org/a_b*", f"<em>{link('https://example.org/a_b')}</em>"),
        ("HTTP://EXAMPLE.ORG", link("HTTP://EXAMPLE.ORG")),
        ("https://... and http://", "https://... and http://"),
        ("[ ](https://example.org)", link("https://example.org")),
        # The text of a link is not the address of somebody else.
        ("[https://bank.example](https://evil.example)", link("https://evil.example")),
        ("[bank.example](https://evil.example)", link("https://evil.example")),
        ("[www.a.example/x](https://a.example/x)", link("https://a.example/x", "www.a.example/x")),
        # Nor is an address what it only looks like.
        ("https://\u0430pple.com/\u044f", link("https://xn--pple-43d.com/\u044f")),
        ("[a](https://\u0440\u0443.com:80/)", link("https://xn--p1ag.com:80/", "a")),
        ("https://\u0430pple.com:99999/", "https://\u0430pple.com:99999/"),
        ("[a](https://\u0430pple.com:x)", "[a](https://\u0430pple.com:x)"),
        ("https://\uff41pple.com", link("https://apple.com")),
        ("https://m\u00fcnchen.example", link("https://m\u00fcnchen.example")),
        ("https://\u043f.\u0440\u0444/", link("https://\u043f.\u0440\u0444/")),
        (
            "https://bank.example@evil.example/ [b](https://a@b.c)",
            "https://bank.example@evil.example/ [b](https://a@b.c)",
        ),
        ("https://a..\u00fc/ x", "https://a..\u00fc/ x"),
    ],
)
def test_address_ends_where_a_reader_would_end_it(text, html):
    assert render_comment(text) == f"<p>{html}</p>"


@pytest.mark.parametrize("form", ["{}", "[here]({})"])
def test_long_address_is_whole_or_no_link(form):
    whole = "https://example.org/" + "a" * 900
    too_long = "https://example.org/" + "a" * 2_000

    assert f'href="{whole}"' in render_comment(form.format(whole))
    assert render_comment(form.format(too_long)) == f"<p>{form.format(too_long)}</p>"


def test_hostile_text_is_only_ever_text():
    found = {
        text: problems
        for text in hostile_strings()
        if (problems := problems_of(render_comment(text)))
    }

    assert found == {}


def test_words_of_real_comments_survive():
    path = HOSTILE.parent / "spam/comments-1.csv"
    if not path.is_file():
        pytest.skip("The real comments of ../shared/data are not here.")
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            assert problems_of(render_comment(row["text"])) == []


@pytest.mark.parametrize(
    "seed",
    [
        "*",
        "**",
        "`",
        "[",
        "](",
        "> ",
        ">",
        "```\n",
        "_a",
        "*a ",
        "https://",
        "[a](https://b",
        "&",
        "<",
        "\n",
        "** a",
        "**a *b",
        "```](",
        "https://a" + "])" * 900 + " ",
        "[x](https://a(b",
    ],
)
def test_longest_comment_of_anything_is_rendered_at_once(seed):
    """A tenth of a second is usual; a pattern that is not bounded would take minutes."""
    text = (seed * 65_525)[:65_525]

    before = time.process_time()
    html = render_comment(text)

    assert time.process_time() - before < 2
    assert problems_of(html) == []


def test_invisible_characters_are_dropped_and_lines_are_lines():
    assert clean_text("a\r\nb\rc\u2066d\ud800e") == "a\nb\ncde"


def test_links_are_counted_in_every_form():
    assert count_links("http://a [b](https://c) HTTPS://d ftp://e") == 3
