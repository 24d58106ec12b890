"""A newcomer makes the site theirs in one go, without a file; a reader sees it all."""

import re

import pytest
from playwright.sync_api import Page, expect

from blog.days import day_words
from tests.factories import make_article, make_category, make_comment, make_image, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def submit(page: Page, button: str = "Save") -> None:
    page.get_by_role("button", name=button, exact=True).last.click()
    assert page.locator(".errorlist").all_inner_texts() == []
    expect(page.locator(".messagelist .success, .arrange-list").first).to_be_visible()


def choose(page: Page, field: str, words: str) -> None:
    """Choose in one of the boxes that search as one types."""
    box = page.locator(f".field-{field} .select2-selection")
    box.click()
    # The list as it was opened goes when the one for these words arrives.
    with page.expect_response(lambda answer: "term=" + words.split(maxsplit=1)[0] in answer.url):
        page.locator(".select2-search__field").fill(words)
    option = page.locator(".select2-results__option").first
    expect(option).to_contain_text(words)
    option.click()
    expect(box).to_contain_text(words)


def name_and_colour(page: Page) -> None:
    page.goto("/admin/site/sitesettings/1/change/")
    page.locator("#id_title").fill("The Tidal Post")
    page.locator("#id_tagline").fill("News from the mill")
    choose(page, "logo", "A blue mill")
    page.locator("#id_accent").fill("#9fd8ff")
    page.locator("#id_paper").fill("#fdf8ee")
    page.get_by_role("button", name="Save", exact=True).last.click()
    # A colour that nobody can read is refused, with the nearest that can be.
    expect(page.locator(".field-accent .errorlist")).to_contain_text("The nearest colour")
    page.locator("#id_accent").fill("#0b5394")
    page.get_by_label("Days as “3 days ago”").check()
    submit(page)


def add_page(page: Page, title: str, text: str, **choices: str) -> None:
    page.goto("/admin/pages/page/add/")
    page.locator("#id_title").fill(title)
    page.locator(".ProseMirror").first.click()
    page.keyboard.type(text)
    expect(page.locator('[data-name="horizontalRule"]')).to_have_count(1)
    expect(page.locator('[data-name="nextPage"]')).to_have_count(0)  # a page of the site has one
    for field, label in choices.items():
        page.locator(f"#id_{field}").select_option(label=label)
    submit(page, "Save and publish")


def add_item(desk: Page, **fields: str) -> None:
    desk.goto("/admin/frame/menuitem/add/?menu=header")
    kind = "page" if "page" in fields else "category"
    desk.locator("#id_kind").select_option(kind)
    choose(desk, kind, fields[kind])
    if "parent" in fields:
        desk.locator("#id_parent").select_option(label=fields["parent"])
    submit(desk)


def drag_to_the_side(page: Page, title: str) -> None:
    row = page.locator(".arrange-row", has=page.get_by_role("link", name=title, exact=True))
    handle = row.locator("[data-handle]")
    handle.hover()
    page.mouse.down()
    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + 20, steps=3)
    page.mouse.up()


def add_section(page: Page, kind: str, heading: str) -> None:
    page.goto(f"/admin/frame/section/add/?area=home&kind={kind}")
    page.locator("#id_heading").fill(heading)
    submit(page)


def test_newcomer_makes_the_site_theirs_and_a_reader_sees_it(
    page: Page, new_context, sign_in, axe_in_both_looks, transactional_db
):
    owner = make_user(is_staff=True, is_superuser=True, email="owner@example.org")
    make_image(size=(400, 120), color="navy", alt="A blue mill")
    cities = make_category(name="Cities", slug="cities")
    article = make_article(title="The number 9", categories=[cities], primary_category=cities)
    make_comment(article=article, body="I was on it.")
    sign_in(page, owner)

    name_and_colour(page)
    add_page(page, "About", "Twice a day the sea turns our wheel.")
    add_page(page, "The team", "Three of us.", parent="About")
    add_page(page, "Contact", "Write to us.", kind="Text with a contact form")
    page.goto("/admin/pages/page/")
    expect(page.locator(".arrange-list .arrange-list")).to_contain_text("/about/the-team/")
    axe_in_both_looks(page)
    drag_to_the_side(page, "Contact")
    expect(page.locator(".messagelist")).to_contain_text("“Contact” is at /about/contact/ now.")
    add_item(page, category="Cities")
    add_item(page, page="About")
    add_item(page, page="The team", parent="About")
    add_item(page, page="Contact")
    add_section(page, "latest", "New from the mill")
    add_section(page, "recent_comments", "You said")

    reader = new_context(viewport={"width": 1280, "height": 900}).new_page()
    reader.goto("/")
    expect(reader).to_have_title("The Tidal Post: News from the mill")
    expect(reader.locator(".mast-name img")).to_be_visible()
    paper = "getComputedStyle(document.body).backgroundColor"
    assert reader.evaluate(paper) == "rgb(253, 248, 238)"
    expect(reader.get_by_role("heading", name="New from the mill")).to_be_visible()
    expect(reader.get_by_text("I was on it.")).to_be_visible()
    time = reader.locator(".card time")
    expect(time).to_have_text(re.compile(r"^\d minutes? ago$"))
    expect(time).to_have_attribute("title", day_words(article.publish_at))
    menu = reader.get_by_role("navigation", name="Main").first
    menu.get_by_label("More under About").click()
    menu.get_by_role("link", name="The team").click()
    crumbs = reader.get_by_role("navigation", name="Breadcrumb").get_by_role("listitem")
    expect(crumbs).to_have_text(["Home", "About", "The team"])
    reader.get_by_role("navigation", name="Main").first.get_by_role("link", name="Contact").click()
    reader.get_by_role("textbox", name="Name").fill("Lena Osei")
    reader.get_by_role("textbox", name="Email").fill("lena@example.org")
    reader.get_by_role("textbox", name="Message").fill("When does the wheel turn?")
    axe_in_both_looks(reader)
    reader.get_by_role("button", name="Send").click()
    expect(reader.get_by_role("status")).to_contain_text("Your message has arrived.")

    page.goto("/admin/pages/message/")
    page.get_by_role("link", name="When does the wheel turn?").click()
    expect(page.locator(".message-text")).to_have_text("When does the wheel turn?")
