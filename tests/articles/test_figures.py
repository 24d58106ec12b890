"""Galleries and cards: what becomes of whatever comes in, and what a page shows of them."""

import pytest

from blog.articles.embeds import kind_of, page_of
from blog.articles.rendering import render_body, sanitise_body

ONE = '<figure><img src="/1.jpg" alt="1"></figure>'
TWO = '<figure><img src="/2.jpg" alt="2"><figcaption>Two</figcaption></figure>'


def card(kind: str, address: str, words: str = "W") -> str:
    return f'<figure data-embed="{kind}"><a href="{address}">{words}</a></figure>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            f'<figure class="gallery">{ONE}{TWO}</figure>',
            f'<figure class="gallery">{ONE}{TWO}</figure>',
        ),
        (
            f'<figure class="wp-block gallery x">{ONE}{TWO}<figcaption>Both</figcaption></figure>',
            f'<figure class="gallery">{ONE}{TWO}<figcaption>Both</figcaption></figure>',
        ),
        ('<figure class="gallery"><img src="/1.jpg" alt="1"></figure>', ONE),
        (
            f'<figure class="gallery">{TWO}<figcaption>All</figcaption></figure>',
            f"{TWO}\n<p>All</p>",
        ),
        (
            f'<figure class="gallery"><p>Words</p>{ONE}{TWO}</figure>',
            f'<p>Words</p>\n<figure class="gallery">{ONE}{TWO}</figure>',
        ),
        (
            f'<figure class="gallery">{ONE}<figure class="gallery">{ONE}{TWO}</figure></figure>',
            f'<figure class="gallery">{ONE}{TWO}</figure>\n{ONE}',
        ),
        (f'<figure class="fancy">{ONE}{TWO}</figure>', f"{ONE}\n{TWO}"),
        ('<figure class="gallery"></figure>', ""),
        (
            f'<figure class="gallery" onclick="x" id="top">{ONE}{TWO}</figure>',
            f'<figure class="gallery">{ONE}{TWO}</figure>',
        ),
    ],
)
def test_gallery_is_a_figure_of_pictures(html, expected):
    assert sanitise_body(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (card("link", "https://youtu.be/a1b2c3"), card("youtube", "https://youtu.be/a1b2c3")),
        (card("evil", "https://blog.example/x"), card("link", "https://blog.example/x")),
        (
            card("youtube", "https://evil.example/youtube.com"),
            card("link", "https://evil.example/youtube.com"),
        ),
        (
            '<figure data-embed="vimeo"><a href="https://vimeo.com/1"></a></figure>',
            card("vimeo", "https://vimeo.com/1", "https://vimeo.com/1"),
        ),
        (
            f"{card('vimeo', 'https://vimeo.com/1')[:-9]}<figcaption>Why</figcaption></figure>",
            f"{card('vimeo', 'https://vimeo.com/1')}\n<p>Why</p>",
        ),
        ('<figure data-embed="x"><a href="javascript:alert(1)">W</a></figure>', "<p>W</p>"),
        (
            '<figure data-embed="x"><a href="/local/">W</a></figure>',
            '<p><a href="/local/">W</a></p>',
        ),
        ('<figure data-embed="x"><script>alert(1)</script></figure>', ""),
        (
            '<iframe src="https://www.youtube-nocookie.com/embed/a1b2c3?start=5" title="A film"></iframe>',
            card("youtube", "https://www.youtube.com/watch?v=a1b2c3", "A film"),
        ),
        (
            '<iframe src="https://video.example/1" title="Film"></iframe>',
            '<p><a href="https://video.example/1">Film</a></p>',
        ),
    ],
)
def test_card_is_a_link_of_a_kind_that_we_find_out(html, expected):
    body = sanitise_body(html)

    assert body == expected
    assert sanitise_body(body) == body


@pytest.mark.parametrize(
    ("address", "kind", "page"),
    [
        (
            "https://www.youtube.com/shorts/abcdef1",
            "youtube",
            "https://www.youtube.com/watch?v=abcdef1",
        ),
        ("https://player.vimeo.com/video/12?h=1", "vimeo", "https://vimeo.com/12"),
        (
            "https://mastodon.example/@ada/1234567/embed",
            "mastodon",
            "https://mastodon.example/@ada/1234567",
        ),
        ("https://mastodon.example/@ada/", "link", "https://mastodon.example/@ada/"),
        ("https://gist.github.com/ada/1", "gist", "https://gist.github.com/ada/1"),
        (
            "https://www.openstreetmap.org/export/embed.html?bbox=-9.2,38.6,-9.0,38.8&layer=mapnik",
            "openstreetmap",
            "https://www.openstreetmap.org/?mlat=38.70000&mlon=-9.10000",
        ),
        (
            "https://www.openstreetmap.org/export/embed.html?bbox=nowhere",
            "openstreetmap",
            "https://www.openstreetmap.org/",
        ),
        ("https://notyoutube.com/watch?v=1", "link", "https://notyoutube.com/watch?v=1"),
        ("http://[broken", "", "http://[broken"),
        ("ftp://youtube.com/", "", "ftp://youtube.com/"),
    ],
)
def test_addresses_of_players_become_those_of_pages(address, kind, page):
    assert (kind_of(address), page_of(address) if kind else page) == (kind, page)


def test_card_on_the_page_says_where_it_leads_and_loads_nothing():
    html = render_body(card("mastodon", "https://social.example/@ada/1234567", "Ada says")).html

    assert html == (
        '<figure data-embed="mastodon"><a href="https://social.example/@ada/1234567" rel="noopener">Ada says'
        "</a><span>Mastodon, social.example</span></figure>\n"
    )


def test_card_copied_from_a_page_comes_back_as_it_was():
    body = card("youtube", "https://youtu.be/a1b2c3", "A film")

    assert sanitise_body(render_body(body).html) == body


@pytest.mark.parametrize(
    "srcset",
    [
        "//evil.example/a.jpg 1w",
        "https://evil.example/a.jpg 1w",
        "/a.jpg 1w, //evil.example/b 2w",
        "/a 1x",
        "/\\evil 1w",
    ],
)
def test_no_picture_of_another_host_comes_in_by_a_srcset(srcset):
    html = (
        f'<picture><source srcset="{srcset}"><img src="/a.jpg" srcset="{srcset}" alt=""></picture>'
    )

    assert sanitise_body(html) == '<figure><img src="/a.jpg" alt=""></figure>'
    assert "evil" not in render_body(html).html
