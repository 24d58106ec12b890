"""WordPress's texts and comments in our form."""

from blog.articles.rendering import sanitise_body
from blog.transfer.wordpress.comments import text_of
from blog.transfer.wordpress.text import Surroundings, convert

AROUND = Surroundings(
    address_of=lambda link: link,
    pictures=lambda numbers: [(f"/{number}.png", "", "") for number in numbers],
    attached=lambda: [7, 8],
    picture_at=lambda address: (address, ""),
)
TEXTS = {
    "One\ntwo\n\nThree": "<p>One<br>two</p>|<p>Three</p>",
    "A\n<ul>\n\t<li>x\n\ny</li>\n</ul>\nB": "<p>A</p>|<ul><li><p>x</p><p>y</p></li></ul>|<p>B</p>",
    "<table>\n<tr>\n<td>a</td>\n\n<td>b</td>\n</tr>\n</table>": (
        "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    ),
    "<pre>a\n\nb</pre>": "<pre><code>a\n\nb</code></pre>",
    "<b>a\n\nb</b>": "<p><strong>a</strong></p>|<p><strong>b</strong></p>",
    "A<!--more-->B\n\n<!--nextpage-->C": (
        '<p>A</p>|<hr class="more">|<p>B</p>|<hr class="nextpage">|<p>C</p>'
    ),
    "https://youtu.be/dQw4w9WgXcQ": (
        '<figure data-embed="youtube"><a href="https://youtu.be/dQw4w9WgXcQ">https://youtu.be/dQw4w9WgXcQ</a></figure>'
    ),
    "[embed width=3]https://youtu.be/dQw4w9WgXcQ[/embed]": (
        '<figure data-embed="youtube"><a href="https://youtu.be/dQw4w9WgXcQ">https://youtu.be/dQw4w9WgXcQ</a></figure>'
    ),
    "https://a.example/x": '<p><a href="https://a.example/x">https://a.example/x</a></p>',
    "[gallery exclude=9]": (
        '<figure class="gallery"><figure><img src="/7.png" alt=""></figure>'
        '<figure><img src="/8.png" alt=""></figure></figure>'
    ),
    "[[gallery]] [sic] [foo_bar a=1]": "<p>[gallery] [sic] [foo_bar a=1]</p>",
    "[audio https://a.example/b%20c.mp3]": '<p><a href="https://a.example/b%20c.mp3">b c.mp3</a></p>',
    "<script>x</script><p onclick=x>a</p><iframe src='javascript:x'></iframe>": "<p>a</p>",
    "<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:latest-posts /-->": "<p>a b</p>",
    '<!-- wp:gallery -->\n<ul class="wp-block-gallery"><li><figure><img src="/1.png">'
    '<figcaption>one</figcaption></figure></li><li><figure><img src="/2.png"></figure></li></ul>': (
        '<figure class="gallery"><figure><img src="/1.png" alt=""><figcaption>one</figcaption></figure>'
        '<figure><img src="/2.png" alt=""></figure></figure>'
    ),
    '<!-- wp:video --><figure><video src="https://a.example/f.mp4"></video></figure>': (
        '<p><a href="https://a.example/f.mp4">f.mp4</a></p>'
    ),
    '<!-- wp:file --><div class="wp-block-file"><a href="/p.pdf">Paper</a>'
    '<a href="/p.pdf" class="wp-block-file__button" download>Download</a></div>': (
        '<p><a href="/p.pdf">Paper</a></p>'
    ),
    "A [ratings] b\n\n[taq_review]\n\n[kkstarratings] [ratemypost id=3]": "<p>A b</p>",
    '<!-- wp:verse --><pre class="wp-block-verse">a <em>b</em>\nc</pre>': "<p>a b<br>c</p>",
}  # fmt: skip


def test_texts_come_in_our_form():
    found = {
        text: sanitise_body(convert(text, AROUND).html).replace("\n<", "|<") for text in TEXTS
    }

    assert found == TEXTS
    assert convert("[foo_bar a=1] [sic]", AROUND).unknown == {"foo_bar": 1}
    assert convert("<!-- wp:latest-posts /-->", AROUND).dynamic == {"latest-posts": 1}
    assert convert('[contact-form-7 id="1"]', AROUND).has_form


def test_comments_are_written_as_one_types_them_here():
    assert {html: text_of(html) for html in COMMENTS} == COMMENTS


COMMENTS = {
    "a &amp; b\n\n\n\nc": "a & b\n\nc",
    "<em>a</em><br>b": "*a*\nb",
    "x<blockquote>a\nb</blockquote>y": "x\n\n> a\n> b\n\ny",
    "<pre>if a < b:\n  c</pre>": "```\nif a < b:\n  c\n```",
    '<a href="https://a.example/">https://b.example/</a>': "https://a.example/",
    '<a href="javascript:x">w</a><script>y</script>': "w",
    "1 < 2": "1 < 2",
}
