"""Ratings in a browser: the question after a low vote, how it is counted, and the moderators' desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from blog.articles.models import Article, Revision
from blog.ratings.models import Rating
from tests.factories import (
    make_article,
    make_burst,
    make_comment,
    make_rating,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rated(transactional_db: None) -> Article:
    """Make an article with votes of every kind: before and since an update, set aside, with a word."""
    article = make_article(
        title="The Bridge Keeper",
        slug="the-bridge-keeper",
        publish_at=timezone.now() - timedelta(days=60),
    )
    make_comment(article=article)
    revisions = [
        Revision.objects.create(
            article=article, version=version, data={}, is_substantial=version == 2
        )
        for version in (1, 2)
    ]
    for number, stars in enumerate([5, 4, 4, 3, 5, 5, 4, 2, 5, 4, 5, 3]):
        rating = make_rating(
            article=article,
            stars=stars,
            revision=revisions[number % 2],
            network_hash=f"{number}a" * 10,
            **({"user": make_user(display_name="Marta Quill")} if number == 4 else {}),
        )
        moment = timezone.now() - timedelta(days=number * 2, hours=5)
        Rating.objects.filter(pk=rating.pk).update(created_at=moment)
    make_burst(article=article, votes=5)
    make_rating(
        article=article,
        stars=1,
        feedback="Say earlier who keeps the bridge.\nThe map is too small.",
        feedback_at=timezone.now(),
        revision=revisions[1],
    )
    make_rating(article=make_article(title="The Tide Mill"), stars=5)
    return article


def test_reader_is_asked_after_two_stars_and_answers_by_keyboard(page: Page, rated, problems):
    page.goto(rated.get_absolute_url())
    box = page.locator("#rating")

    box.get_by_role("radio").first.focus()
    expect(
        box.locator("em").first
    ).to_be_visible()  # the word for one star, before anything is chosen
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(box.get_by_text("Slightly useful", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(box).to_contain_text("You rated 2.")
    expect(box).to_contain_text("– Slightly useful")
    expect(box.get_by_role("status")).to_be_focused()

    box.get_by_role("button", name="Send to the authors").click()
    expect(box).to_contain_text("Please write something first.")
    box.get_by_label("How could this be better?").fill("Shorter, please.")
    box.get_by_role("button", name="Send to the authors").click()
    expect(box).to_contain_text("Thank you.")
    assert Rating.objects.filter(feedback="Shorter, please.", stars=2).count() == 1

    assert problems == []
    Article.objects.update(status=Article.Status.DRAFT)
    box.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Your rating did not arrive.")
    problems.clear()  # the browser's word for the styles of the page that came instead


def test_reader_is_asked_without_scripts_and_reads_how_it_is_counted(no_js_page: Page, rated):
    page = no_js_page
    page.goto(rated.get_absolute_url())

    page.locator("#rating").get_by_label("1 star").check(force=True)
    page.get_by_role("button", name="Rate").click()
    page.get_by_label("How could this be better?").fill("Shorter, please.")
    page.get_by_role("button", name="Send to the authors").click()
    expect(page.locator("#rating")).to_contain_text("Thank you.")

    page.get_by_role("link", name="How is this counted?").click()
    expect(page.get_by_role("table")).to_contain_text("5 stars")
    expect(page.get_by_text("5 ratings are set aside")).to_be_visible()
    page.get_by_role("link", name="top rated").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Top rated")


def test_axe_finds_nothing_and_nothing_sticks_out(
    page, sign_in, axe_in_both_looks, new_context, rated
):
    sign_in(page, make_staff("Editor"))
    for width, scheme in ((360, "dark"), (1280, "light")):
        reader = new_context(
            java_script_enabled=False,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
        ).new_page()
        reader.goto(rated.get_absolute_url())
        reader.locator("#rating").get_by_label("2 stars").check(force=True)
        reader.get_by_role("button", name="Rate").click()
        expect(reader.get_by_label("How could this be better?")).to_be_visible()
        assert reader.evaluate("document.documentElement.scrollWidth") <= width

    told = Rating.objects.exclude(feedback="").get()
    for address in (
        f"{rated.get_absolute_url()}rating/",
        "/top-rated/",
        "/admin/ratings/rating/",
        "/admin/ratings/burst/",
        f"/admin/ratings/burst/{rated.bursts.get().pk}/change/",
        "/admin/ratings/feedback/",
        f"/admin/ratings/feedback/{told.pk}/change/",
    ):
        page.goto(address)
        axe_in_both_looks(page)
