"""From a contributor's draft to the published article: notes, review, and a check that is published over."""

import pytest
from playwright.sync_api import Page, expect

from blog.articles.models import Article, Note, StageChange
from blog.articles.services import save_article
from tests.factories import make_author, make_category, make_staff

BODY = "<p>The harbour empties twice a day.</p>\n" + "\n".join(
    f'<figure><img src="/static/img/icon.svg?{number}" alt=""></figure>' for number in (1, 2)
)


@pytest.fixture
def people(transactional_db):
    people = {
        role: make_staff(role, display_name=f"{role} One") for role in ("Contributor", "Editor")
    }
    make_author(user=people["Contributor"], name="Connie")
    return people


@pytest.fixture
def article(people) -> Article:
    return save_article(
        article=Article(title="Low tide", body=BODY, excerpt="Mud."),
        editor=people["Contributor"],
        categories=[make_category()],
    )


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_from_draft_to_published(page, new_context, sign_in, people, article, axe):
    address = f"/admin/articles/article/{article.pk}/change/"
    sign_in(page, people["Contributor"])
    page.goto(address)

    # A note about what is selected
    text = page.get_by_role("textbox", name="Text of the article")
    text.get_by_text("harbour").click(click_count=3)
    expect(page.get_by_label("About this passage")).to_have_value(
        "The harbour empties twice a day."
    )
    page.get_by_label("About this passage").fill("harbour  empties")
    page.get_by_label("Note:", exact=True).fill("Is that so?")
    button(page, "Add the note").click()
    expect(text.locator(".noted")).to_have_text("harbour empties")
    button(page, "Show in the text").click()
    expect(text).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "harbour empties"

    # One picture is mere decoration
    page.locator(".ProseMirror img").first.click()
    button(page, "Insert a picture").click()
    page.get_by_role("dialog").get_by_label("Left empty").select_option("mere decoration")
    page.get_by_role("dialog").get_by_role("button", name="Update").click()
    page.locator("[name=_review]").first.click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    article.refresh_from_db()
    assert (article.stage, article.body.count('role="presentation"')) == ("in_review", 1)

    # An editor asks for changes, answers the note, approves, and publishes over the other picture
    desk = new_context().new_page()
    sign_in(desk, people["Editor"])
    desk.goto(address)
    axe(desk, "#review, #notes, #checklist, .desk-standing")
    desk.locator("#notes summary").click()
    desk.get_by_label("Answer", exact=True).fill("It is.")
    button(desk, "Send").click()
    expect(desk.locator(".desk-answer")).to_contain_text("It is.")
    button(desk, "Resolve").click()
    expect(desk.locator("#notes")).to_contain_text("Resolved by Editor One")
    button(desk, "Request changes").click()
    expect(desk.locator(".errorlist")).to_have_text("Say what is to be changed.")
    desk.get_by_label("What to say").fill("Another title, please.")
    button(desk, "Request changes").click()
    expect(desk.locator(".desk-standing")).to_contain_text("Another title, please.")
    page.goto(address)
    page.get_by_label("Title:", exact=True).fill("What the tide leaves")
    page.locator("[name=_review]").first.click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    desk.reload()
    button(desk, "Approve").click()
    expect(desk.locator("#review .stage")).to_have_text("Approved")
    desk.locator("[name=_publish]").first.click()
    expect(desk.locator(".desk-blocked")).to_contain_text("A picture has no alternative text.")
    axe(desk, ".desk-blocked")
    desk.get_by_label("Publish nevertheless").fill("The words come tomorrow.")
    desk.locator("[name=_publish]").first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    article.refresh_from_db()
    assert (article.is_live, article.title) == (True, "What the tide leaves")
    assert StageChange.objects.latest("pk").overridden == ["alt-text"]
    assert Note.objects.count() == 2
