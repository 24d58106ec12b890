"""Words are masked and long comments folded, and neither breaks the HTML."""

import nh3
import pytest

from blog.comments.rendering import render_comment
from blog.comments.tone import folded, masked, masked_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Darn, DARN! darned</p>", "<p>D***, D***! darned</p>"),
        (
            '<p><a href="https://x.org/darn">darn</a></p>',
            '<p><a href="https://x.org/darn">d***</a></p>',
        ),
        ("<p>R&amp;D &amp; amp</p>", "<p>R** &amp; a**</p>"),
        ("<p>holy  cow</p>", "<p>h********</p>"),
        ("<p>Käse.* darn*</p>", "<p>K***** d****</p>"),
        (
            "<p>holy <em>cow &amp;</em> holy<br>cow</p>",
            "<p>h****<em>*** &amp;</em> h***<br>***</p>",
        ),
    ],
)
def test_words_are_masked_whole_and_only_in_the_text(html, expected):
    assert masked(html, "darn\n\nr&d\namp\nholy cow\nkäse.*") == expected
    assert masked(html, " \n") == html


def test_plain_text_is_masked_as_it_is():
    text = "R&D <darn> &amp; 'holy\ncow' & \"darned\""
    assert masked_text(text, "darn\nr&d\namp\nholy cow") == (
        "R** <d***> &a**; 'h*******' & \"darned\""
    )
    assert masked_text(text, "") == text


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200,
        "\n\n".join(["word " * 20] * 10),
        "\n".join(["*some* **words** `here`"] * 40),
        "> " + "quoted " * 60 + "\n\n" + "word " * 90,
        "```\n" + "code\n" * 60 + "```\n" + "word " * 90,
        "https://example.org/" + "a" * 150 + " " + "word " * 90,
    ],
)
def test_long_comment_is_folded_between_blocks_or_words(text):
    html = render_comment(text)

    begin, rest = folded(html, 200)

    assert rest
    assert (
        nh3.clean(begin, link_rel="nofollow ugc noopener") == begin
    )  # whole tags, closed in order
    assert nh3.clean(rest, link_rel="nofollow ugc noopener") == rest
    letters = "".join(nh3.clean(html, tags=set()).split())
    assert "".join(nh3.clean(begin + rest, tags=set()).split()) == letters
    assert len(nh3.clean(begin, tags=set())) < 500


@pytest.mark.parametrize(
    "text", ["word " * 40, "word " * 48, "x" * 5000, "> " + "word " * 300, ""]
)
def test_what_is_short_or_has_no_place_to_cut_is_whole(text):
    html = render_comment(text)

    assert folded(html, 200) == (html, "")
