"""The whole story in a browser: an author writes, a reader rates and comments, a moderator approves."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from tests.factories import make_article, make_author, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def make_staff(role: str, **fields: object) -> User:
    user = make_user(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """Make an author with a byline and a moderator, who can do nothing else."""
    author = make_staff("Author", display_name="Bruce Wayne")
    make_author(name="Bruce Wayne", slug="bruce-wayne", user=author)
    return {"author": author, "moderator": make_staff("Moderator")}


def write_article(page: Page, picture: str) -> None:
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Title", exact=False).first.fill("The Bridge Keeper")
    editor = page.locator(".ProseMirror").first
    editor.click()
    page.keyboard.type("Twice a day she lets the boats through.")
    page.locator("input[name=lead_upload]").set_input_files(picture)
    page.locator("input[name=lead_alt]").fill("A swing bridge at dusk")
    page.get_by_role("button", name="Save and publish").last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def leave_comment(page: Page) -> None:
    page.get_by_role("textbox", name="Comment").fill("My grandfather kept that bridge.")
    page.get_by_role("textbox", name="Name").fill("Lena Osei")
    page.get_by_role("textbox", name="Email").fill("lena@example.org")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()


def approve_comment(page: Page) -> None:
    page.goto("/admin/comments/comment/")
    page.get_by_role("button", name="Approve the comment by Lena Osei").click()
    expect(page.get_by_role("status")).to_contain_text("Lena Osei is approved.")


def test_article_is_written_read_rated_commented_and_the_comment_approved(
    new_context: Callable[..., BrowserContext], people, sign_in, axe, tmp_path
):
    picture = tmp_path / "bridge.jpg"
    Image.new("RGB", (1600, 900), "steelblue").save(picture)

    desk = new_context().new_page()
    sign_in(desk, people["author"])
    write_article(desk, str(picture))

    reader = new_context().new_page()
    reader.goto("/the-bridge-keeper/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("The Bridge Keeper")
    expect(reader.get_by_alt_text("A swing bridge at dusk")).to_be_visible()
    axe(reader)

    rating = reader.locator("#rating")
    expect(rating).to_contain_text("Be the first one !")
    rating.get_by_label("3 stars").check(force=True)
    rating.get_by_role("button", name="Rate").click()
    expect(rating).to_contain_text("You rated 3.")
    rating.get_by_label("5 stars").check(force=True)
    rating.get_by_role("button", name="Change").click()
    expect(rating).to_contain_text("You rated 5. Average 5.0 from 1 rating.")
    reader.reload()
    expect(rating).to_contain_text("Your Rating: 5")

    leave_comment(reader)
    axe(reader)

    bench = new_context().new_page()
    sign_in(bench, people["moderator"])
    bench.goto("/admin/")
    expect(bench.locator("#content-main")).to_contain_text("Comments")
    expect(bench.locator("#content-main")).not_to_contain_text("Articles")
    approve_comment(bench)

    stranger = new_context().new_page()
    stranger.goto("/the-bridge-keeper/")
    expect(stranger.get_by_text("My grandfather kept that bridge.")).to_be_visible()


def test_reader_needs_no_scripts(no_js_page: Page, new_context, people, sign_in):
    article = make_article(title="The Bridge Keeper", slug="the-bridge-keeper")
    page = no_js_page
    page.goto(article.get_absolute_url())

    page.locator("#rating").get_by_label("3 stars").check(force=True)
    page.get_by_role("button", name="Rate").click()
    expect(page.locator("#rating")).to_contain_text("You rated 3.")
    page.locator("#rating").get_by_label("5 stars").check(force=True)
    page.get_by_role("button", name="Change").click()
    expect(page.locator("#rating")).to_contain_text("You rated 5. Average 5.0 from 1 rating.")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#rating")).to_contain_text("Your rating is withdrawn.")

    page.goto(article.get_absolute_url())
    leave_comment(page)
    bench = new_context().new_page()
    sign_in(bench, people["moderator"])
    approve_comment(bench)

    page.goto(article.get_absolute_url())
    page.get_by_role("group", name="Lena Osei").get_by_role("link", name="Reply").click()
    expect(page.get_by_role("heading", name="Leave a Reply to Lena Osei")).to_be_visible()
    assert page.url.endswith("#respond")
