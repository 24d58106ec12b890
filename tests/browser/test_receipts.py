"""A guest's private pages in a browser: change and withdraw a comment, see and erase what the site knows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from blog.comments.deciding import transition
from blog.comments.models import Comment
from blog.outbox.models import Mail
from blog.ratings.models import Rating
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)


def leave_comment(page: Page) -> None:
    page.get_by_role("textbox", name="Comment").fill("My grandfather kept that brigde.")
    page.get_by_role("textbox", name="Name").fill("Lena Osei")
    page.get_by_role("textbox", name="Email").fill("lena@example.org")
    page.get_by_role("button", name="Post Comment").click()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_guest_changes_withdraws_and_erases(
    new_context: Callable[..., BrowserContext], axe, has_scripts
):
    article = make_article(title="The Bridge Keeper", slug="the-bridge-keeper")
    colours = "light" if has_scripts else "dark"
    page = new_context(java_script_enabled=has_scripts, color_scheme=colours).new_page()
    look = axe if has_scripts else lambda page: None  # axe is a script
    page.goto(article.get_absolute_url())
    leave_comment(page)

    page.get_by_role("link", name="Change, withdraw or follow it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your comment")
    expect(page.get_by_text("Waits for a moderator")).to_be_visible()
    look(page)
    page.get_by_role("textbox", name="Comment").fill("My grandfather kept that bridge.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("status")).to_have_text("Your change is saved.")
    page.get_by_role("button", name="Mail me this link").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    mail = Mail.objects.get(to="lena@example.org")

    transition(comment=Comment.objects.get(), to=Comment.Status.APPROVED, actor=None)
    stranger = new_context(java_script_enabled=has_scripts).new_page()
    stranger.goto(article.get_absolute_url())
    expect(stranger.get_by_text("My grandfather kept that bridge.")).to_be_visible()
    expect(stranger.get_by_text("edited")).to_be_visible()

    elsewhere = new_context(java_script_enabled=has_scripts).new_page()
    elsewhere.goto(next(word for word in mail.body.split() if "/receipt/" in word))
    elsewhere.get_by_role("button", name="Withdraw it").click()
    look(elsewhere)
    elsewhere.get_by_role("button", name="Yes, withdraw it").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("It is withdrawn")
    look(elsewhere)
    stranger.reload()
    expect(stranger.get_by_text("My grandfather kept that bridge.")).to_have_count(0)

    page.goto(article.get_absolute_url())
    leave_comment(page)
    page.goto(article.get_absolute_url())
    page.locator("#rating").get_by_label("4 stars").check(force=True)
    page.get_by_role("button", name="Rate", exact=True).click()
    page.get_by_role("link", name="The private page of your rating").click()
    expect(page.get_by_text("4 stars", exact=True)).to_be_visible()
    look(page)
    page.get_by_role("link", name="What this site knows about me").click()
    look(page)
    page.get_by_role("button", name="Show what this browser left").click()
    expect(page.get_by_text("My grandfather kept that brigde.")).to_be_visible()
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all of it").click()
    assert download.value.suggested_filename.endswith("-knows.json")
    page.get_by_role("radio", name="Remove the texts, too.").check()
    page.get_by_role("button", name="Go on").click()
    look(page)
    page.get_by_role("button", name="Yes, erase it").click()
    expect(page.get_by_role("status")).to_have_text("Done: it is erased.")
    assert not Comment.objects.exists()
    assert list(Rating.objects.values_list("stars", "network_hash")) == [(4, "")]


def test_privacy_page_is_readable(page: Page, axe):
    make_comment()
    page.goto("/privacy/")
    axe(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Privacy")
