"""Drafts shown to others, previews, and the calendar, in a browser: with scripts and without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from blog.articles.models import Article, Revision
from blog.articles.services import save_article
from blog.media.renditions import make_renditions
from tests.factories import make_article, make_author, make_image, make_staff

DRAFT = Article.Status.DRAFT


@pytest.fixture
def editor(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    user = make_staff("Editor", display_name="Edda")
    make_author(user=user, name="Edda Marsh")
    return user


def make_draft(**fields) -> Article:
    image = make_image(size=(600, 400))
    make_renditions(image=image)
    body = f'<p>Saved words.</p><figure><img src="{image.file.url}" alt="A surface"></figure>'
    article = make_article(status=DRAFT, publish_at=None, lead_image=image, body=body, **fields)
    return save_article(article=article, editor=None)


def loaded_pictures(page: Page) -> list[bool]:
    page.locator("article img").last.scroll_into_view_if_needed()
    expect(page.locator("article img").last).to_have_js_property("complete", True)
    widths = "images => images.map(image => image.complete && image.naturalWidth > 0)"
    return page.locator("article img").evaluate_all(widths)


def test_draft_is_shared_previewed_and_taken_back(page, no_js_page, phone, sign_in, editor, axe):
    article = make_draft(title="The kettle")
    sign_in(page, editor)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.get_by_label("Title:", exact=True).fill("An unsaved kettle")

    # A link is made without leaving the form, so that what was typed stays.
    panel = page.locator("#sharing")
    panel.get_by_label("For whom").fill("Ann of Print")
    panel.get_by_role("button", name="Make a link").click()
    expect(panel.get_by_role("status")).to_have_text("The link is made. Copy it and send it.")
    expect(page.get_by_label("Title:", exact=True)).to_have_value("An unsaved kettle")
    address = panel.get_by_label("Address of the link").input_value()
    axe(page, "#sharing")

    phone.goto(address)
    note = phone.get_by_role("note")
    expect(note).to_contain_text("Draft of “The kettle”, shared with Ann of Print until")
    assert loaded_pictures(phone) == [True, True]
    assert phone.context.cookies() == []
    axe(phone)

    # What stands in the form, as the page it would be.
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview", exact=True).first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("An unsaved kettle")
    assert loaded_pictures(opened.value) == [True, True]
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview by width").first.click()
    frame = opened.value.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("An unsaved kettle")
    for width in (360, 768, 1280):
        opened.value.get_by_label(f"{width} pixels").check()
        expect(frame.locator("body")).to_have_js_property("clientWidth", width)
    axe(opened.value)

    panel.get_by_role("button", name="Revoke").click()
    expect(panel.get_by_role("status")).to_contain_text("revoked")
    assert phone.goto(address).status == 404
    article.refresh_from_db()
    assert (article.title, Revision.objects.exclude(kind="autosave").count()) == ("The kettle", 1)

    # The same without scripts.
    sign_in(no_js_page, editor)
    no_js_page.goto(f"/admin/articles/article/{article.pk}/change/")
    no_js_page.get_by_label("Title:", exact=True).fill("A second kettle")
    with no_js_page.context.expect_page() as opened:
        no_js_page.get_by_role("button", name="Preview", exact=True).first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("A second kettle")
    no_js_page.get_by_role("button", name="Make a link").click()
    expect(no_js_page.get_by_text("The link is made.")).to_be_visible()
    no_js_page.goto(no_js_page.get_by_label("Address of the link").input_value())
    expect(no_js_page.get_by_role("heading", level=1)).to_have_text("The kettle")


def test_calendar_moves_by_mouse_by_keys_and_by_form(
    page, no_js_page, phone, sign_in, editor, axe
):
    # In the month after this one, whatever day it is today.
    first = (timezone.localdate().replace(day=1) + timedelta(days=31)).replace(day=1)
    ten = timezone.now().replace(
        year=first.year, month=first.month, day=10, hour=9, minute=30, second=0, microsecond=0
    )
    article = make_article(title="The bridge", publish_at=ten)
    make_article(title="A plan", status=DRAFT, publish_at=None)
    address = f"/admin/articles/article/calendar/?month={first:%Y-%m}"
    for reader in (page, no_js_page, phone):
        sign_in(reader, editor)
        reader.goto(address)

    def cell(reader: Page, day: int):
        return reader.locator(f'[data-day="{first.replace(day=day)}"]')

    axe(page)
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_text("The bridge").first.drag_to(cell(page, 12))
    expect(page.locator(".messagelist .success")).to_contain_text("“The bridge”:")
    expect(cell(page, 12).get_by_text("The bridge").first).to_be_visible()

    # The others still show it on the tenth: they are told, and nothing is moved behind their backs.
    entry = cell(no_js_page, 10)
    entry.get_by_text("Move").first.click()
    entry.get_by_label("New day").fill(f"{first.replace(day=20)}")
    entry.get_by_role("button", name="Move").click()
    expect(no_js_page.locator(".messagelist .error")).to_contain_text("Somebody changed")
    entry = cell(no_js_page, 12)
    entry.get_by_text("Move").first.click()
    entry.get_by_label("New day").fill(f"{first.replace(day=20)}")
    entry.get_by_role("button", name="Move").click()
    expect(cell(no_js_page, 20).get_by_role("link", name="The bridge")).to_be_visible()

    page.goto(address)
    cell(page, 20).locator("summary").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-calendar-status]")).to_contain_text(" 26 ")
    page.keyboard.press("Enter")
    expect(cell(page, 26).get_by_role("link", name="The bridge")).to_be_visible()
    article.refresh_from_db()
    assert article.publish_at == ten.replace(day=26)

    page.get_by_text("A plan").first.drag_to(cell(page, 3))
    expect(cell(page, 3).get_by_role("link", name="A plan")).to_be_visible()
    cell(page, 5).get_by_role("link", name=re.compile("New draft")).click()
    page.get_by_label("Title").fill("A new plan")
    page.get_by_role("button", name="Make a draft").click()
    expect(cell(page, 5).get_by_role("link", name="A new plan")).to_be_visible()
