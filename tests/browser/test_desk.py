"""One article from its first word to its restored version; at no step a reader sees what is not published."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import Error, Page, expect

from accounts.models import User
from accounts.roles import CONTRIBUTOR, EDITOR
from blog.articles.models import Article
from tests.factories import make_author, make_image, make_user

DESK = "/admin/articles/article/"


def member(role: str, name: str) -> User:
    user = make_user(is_staff=True, display_name=name)
    user.groups.add(Group.objects.get(name=role))
    make_author(user=user, name=name)
    return user


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Text of the article").click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(text)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).last.click()


def what_readers_see(article: Article) -> str | None:
    """Return the words of the page for a stranger; None while there is none."""
    response = Client().get(f"/{article.slug}/")
    return response.content.decode() if response.status_code == 200 else None


def test_from_the_first_word_to_a_restored_version(page, new_context, sign_in, transactional_db):
    contributor, editor = member(CONTRIBUTOR, "Cora Quill"), member(EDITOR, "Edda Marsh")

    # Write, crash, recover
    sign_in(page, contributor)
    page.goto(f"{DESK}add/")
    expect(page.get_by_label("Title:", exact=True)).to_be_focused()
    page.keyboard.type("On quays")
    write(page, "They hold the water back.")
    expect(page.locator("[data-autosave-line]")).to_contain_text(re.compile("Autosaved at"))
    context = page.context
    with pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()
    page = context.new_page()
    page.goto(DESK)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("textbox", name="Text of the article")).to_have_text(
        "They hold the water back."
    )

    # Review, approval
    press(page, "Save and send to review")
    article = Article.objects.get()
    assert (article.stage, what_readers_see(article)) == (Article.Stage.IN_REVIEW, None)
    desk = new_context().new_page()
    sign_in(desk, editor)
    desk.goto(f"{DESK}{article.pk}/change/")
    press(desk, "Approve")
    expect(desk.get_by_text("“On quays” is approved.")).to_be_visible()

    # Publishing asks the checklist first
    Article.objects.update(lead_image=make_image(alt=""))
    desk.goto(f"{DESK}{article.pk}/change/")
    press(desk, "Save and publish")
    expect(desk.get_by_role("heading", name="Not published and not saved yet")).to_be_visible()
    assert what_readers_see(article) is None
    desk.get_by_label("Alternative text:").fill("A quay at dawn")
    press(desk, "Save and publish")
    expect(desk.locator(".messagelist")).to_contain_text("changed successfully")
    assert "They hold the water back." in what_readers_see(article)

    # A change to what is live, planned and then published
    desk.goto(f"{DESK}{article.pk}/change/")
    write(desk, " Until they do not.")
    press(desk, "Save draft of the changes")
    expect(desk.get_by_text("Readers see nothing of it")).to_be_visible()
    assert "Until they do not" not in what_readers_see(article)
    desk.goto(f"{DESK}{article.pk}/change/")
    desk.locator("#id_changes_at_0").fill("2090-01-01")
    desk.locator("#id_changes_at_1").fill("10:00:00")
    press(desk, "Schedule the changes")
    expect(desk.get_by_text("go live by themselves")).to_be_visible()
    assert "Until they do not" not in what_readers_see(article)
    desk.goto(f"{DESK}{article.pk}/change/")
    desk.get_by_role("link", name="What changed", exact=True).click()
    expect(desk.locator("ins").last).to_contain_text("Until they do not")
    desk.go_back()
    press(desk, "Publish the changes")
    expect(desk.locator(".messagelist")).to_be_visible()
    assert "Until they do not" in what_readers_see(article)

    # An old version comes back as a draft, which readers do not see
    desk.goto(f"{DESK}{article.pk}/history/")
    desk.get_by_label("Compare from version 1").check()
    press(desk, "Compare the two chosen")
    desk.get_by_role("button", name="Restore", exact=True).first.click()
    expect(desk.get_by_text("is a draft now")).to_be_visible()
    article.refresh_from_db()
    assert "Until they do not" not in article.draft_revision.data["body"]
    assert "Until they do not" in what_readers_see(article)
