"""A film of another site: nothing of it before the click, then in its place, then in the corner."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


def test_film_plays_on_click_and_goes_on_in_the_corner(page: Page, problems: list[str]):
    def answer(route: Route) -> None:
        route.fulfill(body="<!doctype html><p>The film", content_type="text/html")

    page.route("**://www.youtube-nocookie.com/**", answer)
    words = "<p>Words.</p>" * 200
    article = make_article(
        post_format="video", lead_embed="https://youtu.be/dQw4w9WgXcQ", body_html=words
    )
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(article.get_absolute_url())
    link = page.get_by_role("link", name="Watch on YouTube")
    expect(link).to_have_attribute("href", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    assert problems == []
    height = page.evaluate("document.documentElement.scrollHeight")

    link.press("Enter")
    expect(page.frame_locator(".player iframe").locator("p")).to_have_text("The film")
    expect(page.locator(".player iframe")).to_have_attribute("referrerpolicy", "strict-origin")
    film = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"
    assert problems == [f"asked another host: {film}"]
    problems.clear()
    page.get_by_text("Words.").nth(150).scroll_into_view_if_needed()
    close = page.get_by_role("button", name="Close the small player")
    expect(close).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight") == height  # nothing moved
    close.click()
    expect(close).to_be_hidden()
