"""A discussion in a browser: permalinks, likes, reports, order and what is new, with scripts and without."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from blog.comments.models import Comment, Like, Report
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)


def make_discussion() -> list[Comment]:
    """Make seven threads, five on a page, the last of them with a reply."""
    SiteSettings.objects.update_or_create(pk=1, defaults={"threads_per_page": 5})
    article = make_article(title="The Bridge Keeper", slug="the-bridge-keeper")
    threads = [make_comment(article=article, name=f"Reader {n}") for n in range(7)]
    return [*threads, make_comment(article=article, parent=threads[-1], name="Lena")]


def likes() -> int:
    return Comment.objects.get(name="Lena").like_count


def in_view(page: Page, comment: Comment) -> None:
    expect(page.locator(f"#comment-{comment.pk}:target")).to_be_in_viewport()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_reader_follows_a_permalink_likes_and_reports(
    new_context: Callable[..., BrowserContext], axe, has_scripts
):
    *threads, reply = make_discussion()
    colours = "light" if has_scripts else "dark"
    page = new_context(java_script_enabled=has_scripts, color_scheme=colours).new_page()
    look = axe if has_scripts else lambda page: None  # axe is a script

    page.goto(reply.get_absolute_url())
    assert page.url.endswith(f"/comments/after/{threads[4].pk}/#comment-{reply.pk}")
    in_view(page, reply)
    look(page)

    lena = page.locator(f"#comment-{reply.pk}")
    lena.get_by_role("button", name="Like").click()
    expect(lena.get_by_role("button", name="Like")).to_have_text("Like1")
    assert (likes(), Like.objects.count()) == (1, 1)
    if has_scripts:
        expect(lena.get_by_role("button", name="Like", pressed=True)).to_be_visible()
        page.reload()
        expect(lena.get_by_role("button", name="Like", pressed=True)).to_be_visible()
        lena.get_by_role("button", name="Like").click()
    else:
        lena.get_by_role("button", name="Like").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You like this comment")
        page.get_by_role("button", name="Take it back").click()
        in_view(page, reply)
    expect(lena.get_by_role("button", name="Like")).to_have_text("Like")
    assert likes() == 0

    lena.get_by_role("link", name="Report").click()
    look(page)
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_text("Please choose what is wrong.", exact=True)).to_be_visible()
    look(page)
    page.get_by_label("It insults or threatens somebody").check()
    page.get_by_role("textbox", name="In your words").fill("The second line.")
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    look(page)
    assert [(report.comment, report.text) for report in Report.objects.all()] == [
        (reply, "The second line.")
    ]

    page.get_by_role("link", name="Back to the comments").click()
    page.get_by_role("link", name="The newest").click()
    expect(page.locator(".thread > li").first).to_contain_text("Reader 6")
    if has_scripts:  # the order stays chosen, and a link to a comment leads there all the same
        page.goto(reply.article.get_absolute_url())
        expect(page.locator(".thread > li").first).to_contain_text("Reader 6")
        page.goto(reply.get_absolute_url())
        in_view(page, reply)


def test_address_on_the_wrong_page_leads_to_the_right_one(page: Page):
    *_threads, reply = make_discussion()

    page.goto(f"{reply.article.get_absolute_url()}#comment-{reply.pk}")

    in_view(page, reply)


def test_what_is_new_since_the_last_visit_is_marked_and_branches_close(page: Page):
    article = make_article()
    first = make_comment(article=article, name="Marta")
    page.goto(article.get_absolute_url())
    expect(page.get_by_text("New", exact=True)).to_have_count(0)

    answer = make_comment(article=article, parent=first, visitor=uuid.uuid4())
    page.reload()
    expect(page.locator(f"#comment-{answer.pk}").get_by_text("New", exact=True)).to_be_visible()
    page.get_by_text("Replies", exact=True).click()
    expect(page.locator(f"#comment-{answer.pk}")).to_be_hidden()

    page.reload()
    expect(page.get_by_text("New", exact=True)).to_have_count(0)
