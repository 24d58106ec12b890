"""What leads an article, what its cards say of it, and the one frame that a page may hold."""

import re

import pytest

from blog.articles.embeds import player_of
from blog.articles.models import Article
from blog.articles.rendering import PAGE_BREAK
from tests.articles.desk import ADD, form_data
from tests.factories import make_article, make_category, make_image, make_staff

pytestmark = pytest.mark.django_db
GALLERY = (
    '<figure class="gallery"><figure><a href="/x/">one</a></figure>'
    "<figure>two</figure><figcaption>Both</figcaption></figure>"
)


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_players_are_known_by_their_addresses():
    for address, kind, frame in (
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "video", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "video", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "video", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://vimeo.com/76979871/abc123", "video", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1&h=abc123"),
        ("https://player.vimeo.com/video/76979871", "video", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1"),
        ("https://soundcloud.com/a/b%22", "audio", "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb%252522&auto_play=true"),
        ("https://open.spotify.com/intl-de/episode/4rOo", "audio", "https://open.spotify.com/embed/episode/4rOo"),
    ):  # fmt: skip
        player = player_of(address)
        assert player is not None, address
        assert (player.kind, player.frame) == (kind, frame)
    for address in (
        "https://youtube.com.evil.org/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=<script>",
        "https://vimeo.com/about", "https://open.spotify.com/", "https://soundcloud.com/", "", "x",
        "https://youtu.be/../../x", "javascript://youtu.be/dQw4w9WgXcQ", "https://[",
    ):  # fmt: skip
        assert player_of(address) is None, address


def test_each_format_leads_with_what_it_says(client):
    image = make_image(caption="The caption")
    article = make_article(lead_image=image, body_html=f"<p>Words.</p>{GALLERY}<p>More.</p>")

    def page(**fields):
        Article.objects.filter(pk=article.pk).update(**fields)
        response = client.get(article.get_absolute_url())
        html = response.content.decode()
        return html, html.index("<h1>"), response["Content-Security-Policy"]

    html, title, policy = page()
    assert ("data-player" in html, "player.css" in html, "frame-src" in policy) == (False,) * 3
    assert html.index('class="gallery"') > html.index("Words.")
    html, title, _policy = page(post_format="image")
    assert '<figure class="lead-full">' in html[:title]
    html, title, policy = page(post_format="video", lead_embed="https://youtu.be/dQw4w9WgXcQ")
    assert "frame-src https://www.youtube-nocookie.com;" in f"{policy};"
    assert 'data-player="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"' in html
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in html
    assert ("<iframe" in html, "The caption" in html, "player.js" in html) == (False, False, True)
    other = client.get(make_article().get_absolute_url())
    assert "frame-src" not in other["Content-Security-Policy"]
    html, _title, policy = page(post_format="audio")  # its address is a film's: the picture leads
    assert ("data-player" in html, "The caption" in html, "frame-src" in policy) == (
        False,
        True,
        False,
    )
    html, title, _policy = page(post_format="gallery", lead_placement="above")
    assert html[:title].count(GALLERY) == html.count(GALLERY) == 1
    assert "<p>Words.</p><p>More.</p>" in html
    Article.objects.update(fold_at=len("<p>Words.</p>"))
    assert page()[0].count(GALLERY) == 1
    # It leads the first page wherever it stands, and is not shown a second time there.
    Article.objects.update(body_html=f"<p>Words.</p>{PAGE_BREAK}<p>Two.</p>{GALLERY}<p>End.</p>")
    assert page()[0].count(GALLERY) == 1
    second = client.get(f"{article.get_absolute_url()}2/").content.decode()
    assert ("<p>Two.</p><p>End.</p>" in second, GALLERY in second) == (True, False)


def test_cards_say_what_it_is_by_their_own_title(client):
    category = make_category(name="Films")
    make_article(
        title="A long title for the page", list_title="Short & well", is_trending=True,
        post_format="video", primary_category=category,
    )  # fmt: skip
    last = make_article(title="The other one")
    html = client.get("/").content.decode()
    assert "Short &amp; well" in html
    assert "A long title" not in html
    assert re.search(r"Trending · Video\s*</p>", html)
    Article.objects.exclude(pk=last.pk).update(lead_embed="https://youtu.be/dQw4w9WgXcQ")
    feed = client.get("/feed/json/").json()["items"]
    link = '<p><a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">Watch on YouTube</a></p>'
    assert [item["content_html"].startswith(link) for item in feed] == [False, True]
    html = client.get(last.get_absolute_url()).content.decode()
    assert ("Short &amp; well" in html, "A long title" in html) == (True, False)
    related = html.split('id="related-title"')[1]
    assert re.search(r'<p class="rubric">\s*Trending · Video\s*</p>', related)
    article = Article.objects.exclude(pk=last.pk).get()
    html = client.get(article.get_absolute_url()).content.decode()
    assert re.search(r'<p class="rubric">Trending</p>\s*<h1>A long title for the page</h1>', html)


def test_the_form_asks_for_an_address_that_plays(client):
    client.force_login(make_staff("Editor"))
    for fields, sentence in (
        ({"post_format": "video", "lead_embed": ""}, "Enter the address of a film on YouTube"),
        ({"post_format": "audio", "lead_embed": "https://youtu.be/dQw4w9WgXcQ"}, "SoundCloud or"),
        ({"post_format": "opera"}, "not one of the available choices"),
        ({"post_format": "video", "lead_embed": "https://["}, "Enter a valid URL"),
    ):
        html = client.post(ADD, form_data(**fields)).content.decode()
        assert sentence in html, fields
    right = {
        "post_format": "video",
        "lead_embed": "https://vimeo.com/76979871",
        "is_trending": "on",
    }
    assert client.post(ADD, form_data(**right)).status_code == 302
    article = Article.objects.get()
    assert (article.post_format, article.is_trending) == ("video", True)
    assert article.current_revision.data["lead_embed"] == "https://vimeo.com/76979871"
