"""Suggestions under the search field, by keys alone; without scripts it is a plain form."""

from playwright.sync_api import expect

from tests.factories import make_article, make_image


def test_titles_are_suggested_as_one_types(page, axe, transactional_db):
    make_article(title="Trams of Zürich", slug="trams", lead_image=make_image())
    make_article(title="Travel by night", slug="night")
    page.goto("/")
    field = page.get_by_role("search", name="Site").get_by_label("Search")
    field.focus()
    field.press_sequentially("tr")

    options = page.get_by_role("option")
    expect(options).to_have_text(
        ["Travel by night", "Trams of Zürich", "All results for “tr”"], use_inner_text=True
    )
    expect(field).to_have_attribute("aria-expanded", "true")
    axe(page)
    field.press("Escape")
    expect(options.first).to_be_hidden()
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Trams of Zürich")
    field.press("Enter")
    page.wait_for_url("**/trams/")

    field.fill("trav")
    field.press("Enter")
    page.wait_for_url("**/search/?q=trav")
    expect(page.get_by_role("link", name="Travel by night")).to_be_visible()
    axe(page)
