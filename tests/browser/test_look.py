"""Lists and error pages in a browser: nothing sticks out, nothing moves, nothing is out of reach."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_tag,
)

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = [
    "/",
    "/page/2/",
    "/category/science/",
    "/tag/tide/",
    "/author/ada/",
    "/search/?q=tide",
    "/search/?q=nothing",
    "/2024/nothing-like-the-tide/",
]


@pytest.fixture
def content():
    """Fill the blog with what strains a layout: long words, many authors, cards with nothing on them."""
    SiteSettings.objects.update_or_create(pk=1, defaults={"articles_per_page": 7})
    science = make_category(slug="science", name="Science", description="How we know.")
    make_category(slug="sea", name="The Sea and What Is in It", parent=science)
    common = {
        "tags": [make_tag(slug="tide", name="Tide")],
        "categories": [science],
        "primary_category": science,
        "lead_image": make_image(size=(1200, 800)),
        "excerpt": "For three centuries the sea has ground this village’s flour.",
    }
    ada = make_author(slug="ada", name="Ada", bio="Counts.\n\nWrites.", photo=make_image())
    for number in range(6):
        article = make_article(
            title=f"The tide, part {number}",
            authors=[ada],
            publish_at=timezone.now() - timedelta(days=number),
            **common,
        )
        make_rating(article=article)
        make_comment(article=article)
    make_article(
        slug="donau",
        title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        authors=[make_author(name="Wolfeschlegelsteinhausenbergerdorff" * 2), ada],
    )
    for _ in range(3):
        make_article(authors=[])


def test_nothing_moves_nor_sticks_out_and_axe_finds_nothing(
    page: Page, content, axe_in_both_looks
):
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.moved += entry.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    for address in ADDRESSES:
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(address)
        page.evaluate("document.fonts.ready")
        page.mouse.wheel(0, 20_000)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.moved") < 0.02, address
        for width in (320, 360, 480, 600, 768, 960, 1024, 1200, 1280, 1600):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
        axe_in_both_looks(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/donau/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_axe_finds_nothing_on_a_new_blog(page: Page, axe):
    page.goto("/")
    axe(page)


def paper(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


LIGHT, DARK = "rgb(252, 252, 251)", "rgb(20, 22, 26)"


def test_colours_can_be_chosen_without_javascript(no_js_page: Page, content):
    no_js_page.goto("/")
    assert paper(no_js_page) == LIGHT

    no_js_page.get_by_role("radio", name="Dark").check()

    assert paper(no_js_page) == DARK


def test_chosen_colours_stay(page: Page, content):
    page.goto("/")
    page.get_by_role("radio", name="Dark").check()

    page.goto("/tag/tide/")

    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert paper(page) == DARK
    page.get_by_role("radio", name="As the device").check()
    page.reload()
    assert paper(page) == LIGHT


def test_menu_and_search_work_on_a_phone_without_javascript(new_context, content):
    page = new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}
    ).new_page()
    page.goto("/")

    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("searchbox", name="Search").fill("tide")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("“tide”")
    expect(page.locator(".entry")).to_have_count(6)


def test_skip_link_comes_first_and_leads_to_the_text(page: Page, content):
    page.goto("/")

    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the text")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_page_from_right_to_left_does_not_stick_out(page: Page, content):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/")

    page.evaluate("document.documentElement.dir = 'rtl'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
