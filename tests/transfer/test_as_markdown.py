"""Texts as Markdown that says the same."""

import pytest

from blog.articles.rendering import markdown_to_html, sanitise_body
from blog.transfer.as_markdown import as_markdown
from tests.articles.hostile import ATTACKS

LONG = """
<h2>Second</h2><h3>Third</h3><h4>C #</h4>
<p>A <strong>bold <em>both</em></strong> <s>struck</s> H<sub>2</sub>O<sup>3</sup> <code>a `tick`</code>
<a href="/x" title='T "q" &amp;amp;'>link</a> <a href="https://x.example/a_(b)"><code>linked</code></a><br>next
line, no\u00a0break ’ — “q”</p>
<p>a<strong>b</strong>c, <strong>: odd</strong>ly, <em> spaced </em>x</p>
<ul><li>one</li><li>two<ul><li>deep<ol><li>deeper</li></ol></li></ul></li></ul><ul><li>another list</li></ul>
<ol start="4" type="i"><li>four</li></ol><ol start="7"><li><p>two</p><p>paragraphs</p></li></ol>
<blockquote cite="https://x.example/source"><p>Quoted.</p></blockquote>
<blockquote><p>Twice.</p><blockquote><p>Within</p></blockquote><ul><li>item</li></ul></blockquote>
<pre><code class="language-python">def f():\n\n    return "&lt;b&gt;"\n```</code></pre>
<ul><li><pre><code>in\n\n\ta list</code></pre></li></ul>
<figure><img src="/media/a.png" alt="All [of] *it*"><figcaption>A "caption" &amp;lt;</figcaption></figure>
<figure><img src="/media/a.png" alt=""><figcaption>A <em>caption</em></figcaption></figure>
<figure><img src="/media/a.png" alt="" role="presentation"></figure>
<figure class="gallery"><figure><img src="/media/a.png" alt="One"></figure>
<figure><img src="/media/b.png" alt="Two"></figure></figure>
<figure data-embed="youtube"><a href="https://www.youtube.com/watch?v=abc123">A film</a></figure>
<table><tr><th>A|B</th><th></th></tr><tr><td>1<br>2</td><td><code>x|y</code></td></tr></table>
<table><tr><th>A</th><td>B</td></tr><tr><td colspan="2"><p>x</p><p>y</p></td></tr></table>
<p>A sign<sup><a href="#note-1" id="noteref-1">1</a></sup></p>
<hr class="more"><hr class="nextpage"><hr>
<ol><li id="note-1">The note</li></ol>
"""
PARAGRAPHS = [
    "# head", "- item", "+", "1. one", "12) x", "> quote", "=", "---", "***", "```", "~~~", "~~a~~", "|---|",
    "[1]: /x", "[^1]", "!", "a_b and _c_", "*star*", "<b>", "<!-- x -->", "&amp; &#35;", "\\", "`", "a | b",
]  # fmt: skip


def there_and_back(html: str) -> tuple[str, str]:
    """Return what was written for the text, and the text that was read out of that."""
    moved: dict[str, str] = {}

    def picture_address(src: str) -> str:
        address = f"pictures/{src.rpartition('/')[2]}"
        moved[address] = src
        return address

    written = as_markdown(html, picture_address=picture_address)
    return written, markdown_to_html(written, picture_src=lambda src, _alt: moved.get(src))


def test_everything_an_article_may_hold_comes_back():
    body = sanitise_body(LONG)

    written, back = there_and_back(body)

    assert back == body
    assert "/media/" not in written
    assert "## Second\n\n### Third" in written
    assert "A **bold *both*** ~~struck~~ H<sub>2</sub>O" in written
    assert "- one\n- two\n  - deep\n    1. deeper\n\n<!-- -->\n\n- another list" in written
    assert '![All \\[of\\] \\*it\\*](pictures/a.png "A \\"caption\\" \\&lt;")' in written
    assert "<!--more-->\n\n<!--nextpage-->\n\n---" in written


@pytest.mark.parametrize("words", PARAGRAPHS)
def test_words_that_look_like_markdown_stay_words(words):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    body = sanitise_body(f"<p>{escaped}</p><ul><li>{escaped}</li></ul><p>Text<br>{escaped}</p>")

    assert there_and_back(body)[1] == body


def test_what_was_an_attack_comes_back_as_harmless_as_it_was():
    for attack in ATTACKS:
        body = sanitise_body(sanitise_body(attack))
        assert there_and_back(body)[1] == body, attack


def test_plain_texts_are_written_as_people_write_them():
    text = (
        "Words with *emphasis*, a [link](https://x.example/) and snake_case.\n\n## Head: one\n\n"
        "1. first\n2. second\n\n> quoted\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    )

    assert there_and_back(markdown_to_html(text))[0] == text
