"""What becomes of the text of an article."""

from pathlib import Path

import pytest

from blog.articles.models import Article
from blog.articles.rendering import (
    PAGE_BREAK,
    markdown_to_html,
    render_body,
    sanitise_body,
    text_pages,
)
from tests.factories import make_image

REFERENCE = Path(__file__).parents[3] / "shared/data/reference/machine-learning-jobs.md"


def rendered(html: str) -> str:
    return render_body(html).html.rstrip("\n")


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("", ""),
        ("plain words", "<p>plain words</p>"),
        ("<p>one</p>\n\n<p>two</p>", "<p>one</p>\n<p>two</p>"),
        ("<div>one</div><div>two</div>", "<p>one</p>\n<p>two</p>"),
        ("<h1>a</h1><h2>b</h2><h5>c</h5>", "<h2>a</h2>\n<h2>b</h2>\n<h4>c</h4>"),
        ("<h2> </h2><p>&nbsp;</p><p><br></p><h3><b> </b></h3>", ""),
        ("<b>a</b> <i>b</i> <del>c</del>", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("<em><strong>a</strong></em>", "<p><strong><em>a</em></strong></p>"),
        ("H<sub>2</sub>O<sup>3</sup>", "<p>H<sub>2</sub>O<sup>3</sup></p>"),
        ("<p>a<br>b<br></p>", "<p>a<br>b</p>"),
        ("<u>a</u> <span style='x'>b</span>", "<p>a b</p>"),
        (
            '<a href="/x" title="T" target="_blank" rel="x">a</a>',
            '<p><a href="/x" title="T">a</a></p>',
        ),
        (
            '<sup><a href="#note-1" id="noteref-1">1</a></sup><ol><li id="note-1">n</li>'
            '<li id="x">o</li></ol>',
            '<p><a href="#note-1" id="noteref-1"><sup>1</sup></a></p>\n'
            '<ol><li id="note-1">n</li><li>o</li></ol>',
        ),
        ('<p id="note-1"><a href="/x" id="note-1">a</a></p>', '<p><a href="/x">a</a></p>'),
        ('<a href="mailto:a@b.example">a</a>', '<p><a href="mailto:a@b.example">a</a></p>'),
        ('<a href="/x"><code>a</code></a>', '<p><a href="/x"><code>a</code></a></p>'),
        ('<a href="ftp://x">a</a>', "<p>a</p>"),
        ("<ul><li><p>a</p></li><li>b<ul><li>c</li></ul></li></ul>",
         "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ('<ol start="4" type="i"><li>a</li></ol>', '<ol start="4" type="i"><li>a</li></ol>'),
        ('<ol start="1" type="1"><li>a</li></ol>', "<ol><li>a</li></ol>"),
        ("<li>a</li>", "<p>a</p>"),
        (
            '<blockquote cite="https://x.example/"><p>a</p><p>b</p></blockquote>',
            '<blockquote cite="https://x.example/"><p>a</p><p>b</p></blockquote>',
        ),
        (
            "<table><thead><tr><th scope=col>A</th></tr></thead><tbody><tr><td colspan=2><p>1</p></td></tr>",
            '<table><tbody><tr><th>A</th></tr><tr><td colspan="2">1</td></tr></tbody></table>',
        ),
        ("<table><caption>C</caption><tr><td></td></tr></table>",
         "<p>C</p>\n<table><tbody><tr><td></td></tr></tbody></table>"),
        (
            '<pre class="language-python">a\n  b</pre>',
            '<pre><code class="language-python">a\n  b</code></pre>',
        ),
        ("<pre><code>\n&lt;b&gt;<br>c\n</code></pre>", "<pre><code>&lt;b&gt;\nc</code></pre>"),
        (
            '<figure><img src="/a.jpg" alt="A" width="9"><figcaption>C <em>d</em></figcaption></figure>',
            '<figure><img src="/a.jpg" alt="A"><figcaption>C <em>d</em></figcaption></figure>',
        ),
        (
            '<p>a <img src="/a.jpg"> b</p>',
            '<p>a</p>\n<figure><img src="/a.jpg" alt=""></figure>\n<p>b</p>',
        ),
        (
            '<img src="https://other.example/a.png" alt="Cat">',
            '<p><a href="https://other.example/a.png">Cat</a></p>',
        ),
        ('<img src="data:image/png;base64,AAAA" alt="Cat">', "<p>Cat</p>"),
        (
            '<iframe src="https://video.example/1" title="Film"></iframe>',
            '<p><a href="https://video.example/1">Film</a></p>',
        ),
        ("<hr>", "<hr>"),
        ("a\u00a0b’—“c”", "<p>a&nbsp;b’—“c”</p>"),
    ],
)  # fmt: skip
def test_text_is_kept_in_one_form(html, body):
    assert sanitise_body(html) == body
    assert sanitise_body(body) == body


def test_headings_get_ids_of_their_own():
    html = (
        "<h2>Comments</h2><h2>Über uns</h2><h3>Über uns</h3><h2>日本</h2><h2>日本語</h2><h2>Я</h2>"
    )

    body = render_body(html)

    assert [entry["id"] for entry in body.toc] == [
        "comments-2",
        "uber-uns",
        "uber-uns-2",
        "section",
        "section-2",
        "ya",
    ]
    assert body.toc[2] == {"id": "uber-uns-2", "text": "Über uns", "level": 3}
    assert '<h3 id="uber-uns-2">Über uns</h3>' in body.html


@pytest.mark.parametrize(
    "title", ["comment 12", "Respond title", "rating", "author-3", "top", "Note 1"]
)
def test_heading_never_takes_the_id_of_another_part_of_the_page(title):
    assert render_body(f"<h2>{title}</h2>").toc[0]["id"].endswith("-2")


@pytest.mark.django_db
def test_own_pictures_get_their_size_in_one_query(django_assert_num_queries, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first, second = make_image(size=(60, 40)), make_image(size=(30, 90))
    html = "".join(f'<img src="{image.file.url}" alt="A">' for image in (first, second, first))

    with django_assert_num_queries(1):
        page = rendered(html)

    assert page.split("\n")[1] == (
        f'<figure><img src="{second.file.url}" alt="A" width="30" height="90" loading="lazy"'
        ' decoding="async"></figure>'
    )
    assert page.count('width="60" height="40"') == 2


@pytest.mark.django_db
def test_text_without_pictures_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        render_body("<p>Words.</p>")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Words</p><p>More</p>", '<p class="opening">Words</p>\n<p>More</p>'),
        ("<p><em>Élan</em></p>", '<p class="opening"><em>Élan</em></p>'),
        ("<p>“Quoted”</p>", "<p>“Quoted”</p>"),
        ("<p>3 things</p>", "<p>3 things</p>"),
        ("<h2>T</h2><p>Words</p>", '<h2 id="t">T</h2>\n<p>Words</p>'),
        (
            '<h2>T</h2><p><a href="https://x.example/">x</a> <a href="/y">y</a></p>',
            '<h2 id="t">T</h2>\n<p><a href="https://x.example/" rel="noopener">x</a> <a href="/y">y</a></p>',
        ),
        (
            '<figure><img src="/a.jpg" alt="A"><figcaption>C</figcaption></figure>',
            '<figure><img src="/a.jpg" alt="A" loading="lazy" decoding="async">'
            "<figcaption><span>C</span></figcaption></figure>",
        ),
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><th>1</th><td>2</td></tr></table>",
            '<div class="wide" tabindex="0"><table><thead><tr><th scope="col">A</th><th scope="col">B</th>'
            '</tr></thead><tbody><tr><th scope="row">1</th><td>2</td></tr></tbody></table></div>',
        ),
        (
            "<table><tr><td>1</td></tr></table>",
            '<div class="wide" tabindex="0"><table><tbody><tr><td>1</td></tr></tbody></table></div>',
        ),
        (
            '<pre><code class="language-python">x = "&lt;b&gt;"</code></pre>',
            '<pre tabindex="0"><code class="language-python"><span class="n">x</span>'
            ' <span class="o">=</span> '
            '<span class="s2">"&lt;b&gt;"</span></code></pre>',
        ),
        (
            '<pre><code class="language-no-such">x</code></pre>',
            '<pre tabindex="0"><code class="language-no-such">x</code></pre>',
        ),
        ("<pre><code>x</code></pre>", '<pre tabindex="0"><code>x</code></pre>'),
        ("<h2></h2><p> </p><p>&nbsp;</p>", ""),
    ],
)
def test_text_is_prepared_for_the_page(html, expected):
    assert rendered(html) == expected


def words(count: int) -> str:
    return " ".join(["word"] * count)


def folded(html: str) -> str | None:
    """Return the beginning of what is behind Show More."""
    body = render_body(html)
    return None if body.fold_at is None else body.html[body.fold_at :][:12]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>{words(500)}</p>", None),
        (f"<p>{words(100)}</p><p>{words(100)}</p><p>{words(100)}</p>", None),
        (f"<p>{words(160)}</p><p>{words(100)}</p><p>rest {words(100)}</p>", "<p>word word"),
        (f"<p>{words(90)}</p><p>{words(90)}</p><h2>T</h2><p>{words(300)}</p>", '<h2 id="t">T'),
        (f"<p>{words(160)}</p><p>{words(90)}</p><h2>T</h2><p>{words(300)}</p>", '<h2 id="t">T'),
        (f"<p>{words(160)}</p><p>{words(500)}</p><h2>T</h2><p>{words(300)}</p>", "<p>word word"),
        (f"<p>{words(160)}</p><ul><li>{words(200)}</li></ul>", None),
        (
            f"<p>{words(160)}</p><ul><li>{words(200)}</li></ul><p>a {words(300)}</p>",
            "<p>a word wo",
        ),
        (f"<h2>T</h2><ul><li>{words(300)}</li></ul><h3>U</h3><p>{words(300)}</p>", '<h3 id="u">U'),
        ("", None),
    ],
)
def test_fold_comes_after_a_section_or_a_paragraph(html, expected):
    assert folded(html) == expected


def test_words_are_those_a_reader_sees():
    html = (
        "<h2>One two</h2><p>three&nbsp;four <em>fi</em>ve <a href='/not'>six</a></p>"
        "<ul><li>sev<em>en</em>,</li><li>eight</li></ul><table><tr><td>nine</td><td>ten</td></tr></table>"
        "<figure><img src='/x.jpg' alt='not this'><figcaption>eleven</figcaption></figure>"
    )

    assert render_body(html).word_count == 11


def test_first_words_are_those_of_the_running_text():
    body = render_body(f"<h2>Title</h2><p>It  begins.</p><ul><li>x</li></ul><p>{words(60)}</p>")

    assert body.first_words == f"It begins. {words(38)} …"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("\u6f6e" * 600, "\u6f6e"),
        ("Gezeitenkraftwerk " * 60, "werk"),
        (f"See {'x' * 9000} it", "x"),
    ],
)
def test_first_words_fit_their_column_in_any_language(text, last):
    """PostgreSQL refused to save an article in Chinese, which has no spaces, or in long German words."""
    page = render_body(f"<p>{text}</p>")
    above = render_body(f"<p>{text}</p><hr class='more'><p>More</p>")

    for first in (page.first_words, above.first_words):
        assert 80 < len(first) <= Article._meta.get_field("first_words").max_length
        assert text.startswith(first.removesuffix(" …"))
        assert first.endswith(f"{last} …")


def test_markdown_has_tables_and_captions():
    text = '# A\n\n![Alt *text*](/a.png "The title")\n\n|x|y|\n|-|-|\n|1|2|\n\n~~no~~\n\n```python\nx\n```\n'

    assert markdown_to_html(text).split("\n") == [
        "<h2>A</h2>",
        '<figure><img src="/a.png" alt="Alt text"><figcaption>The title</figcaption></figure>',
        "<table><tbody><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
        "<p><s>no</s></p>",
        '<pre><code class="language-python">x</code></pre>',
    ]


@pytest.mark.django_db
@pytest.mark.skipif(not REFERENCE.is_file(), reason=f"{REFERENCE} is absent")
def test_reference_post_comes_out_as_its_page():
    text = REFERENCE.read_text().split("---\n", 2)[2]

    body = render_body(markdown_to_html(text, picture_src=lambda src, alt: f"/media/{src}"))

    assert round(body.word_count / 250) == 3
    assert [entry["text"] for entry in body.toc] == [
        "Understanding Machine Learning",
        "Types of Machine Learning Jobs",
        "Skills and Qualifications",
        "Job Market and Trends",
        "How to Prepare for a Career in Machine Learning",
        "Challenges and Future Outlook",
    ]
    assert body.html.count("<li>") == 8 + 8 + 5
    assert body.html[body.fold_at :].startswith('<h2 id="types-of-machine-learning-jobs">')
    assert '<h2 id="job-market-and-trends">Job Market and Trends</h2>' in body.html
    assert "<figcaption><span>Job Market and Trends</span></figcaption>" in body.html
    assert body.html.count("<figcaption><span>Machine Learning Jobs</span></figcaption>") == 2
    assert "there’s an increasing demand" in body.html
    assert "The benefits—both intellectual" in body.html


@pytest.mark.parametrize("mark", ["<!--nextpage-->", '<hr class="nextpage">'])
def test_break_of_the_author_divides_the_text_into_pages(mark):
    body = sanitise_body(f"{mark}<p>One.</p><hr class='x'>{mark}<h2>B</h2>{mark}{mark}")

    assert body.count(PAGE_BREAK) == 4
    assert sanitise_body(body) == body
    html = render_body(body).html
    assert text_pages(html) == ["<p>One.</p>\n<hr>\n", '<h2 id="b">B</h2>\n']
    assert text_pages("") == [""]
    quote = f"<blockquote><p>One.</p>{mark}<p>Two.</p></blockquote>"
    assert len(text_pages(render_body(quote).html)) == 1  # else both halves lack a tag


@pytest.mark.parametrize("mark", ["<!--more-->", "<!-- more Read on -->", '<hr class="more">'])
def test_mark_of_the_author_ends_what_lists_show_and_folds_there(mark):
    body = sanitise_body(
        f"<p>One <b>two</b>.</p>{mark}<p>Three.</p><hr class='x'>{mark}<p>Four.</p>"
    )

    assert body.count('<hr class="more">') == 2
    assert sanitise_body(body) == body
    page = render_body(body)
    assert page.first_words == "One two."
    assert page.html[: page.fold_at].strip() == '<p class="opening">One <strong>two</strong>.</p>'
    assert page.html.count("<hr") == 1
    assert len(render_body(f"<p>{'word ' * 400}</p>{mark}").first_words) <= 482
    assert render_body(f"{mark}<p>All.</p>").first_words == "All."
