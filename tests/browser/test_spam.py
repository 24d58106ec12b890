"""A browser that works before it comments, and one without scripts whose comment waits."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.site.models import SiteSettings
from blog.spam.models import SpentChallenge
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)
LENA = {"name": "Lena Osei", "email": "lena@example.org"}


@pytest.fixture
def article(transactional_db: None) -> Article:
    """Make an article on which Lena needs no moderator, on a site that asks browsers to work."""
    SiteSettings.objects.create(proof_of_work=True, seconds_between_comments=0, following_on=False)
    article = make_article()
    make_comment(article=article, **LENA)
    return article


def comment(page: Page, article: Article, body: str) -> Comment:
    """Fill in the form as fast as a machine, and return what was stored."""
    page.goto(article.get_absolute_url())
    page.get_by_role("textbox", name="Comment").fill(body)
    page.get_by_role("textbox", name="Name").fill(LENA["name"])
    page.get_by_role("textbox", name="Email").fill(LENA["email"])
    page.get_by_role("button", name="Post Comment").click()
    expect(page.locator(".thread").get_by_text(body)).to_be_visible(timeout=30_000)
    return Comment.objects.get(body=body)


def test_browser_works_while_the_reader_writes(
    new_context: Callable[..., BrowserContext], article, axe
):
    page = new_context().new_page()
    page.goto(article.get_absolute_url())
    axe(page)

    stored = comment(page, article, "My grandfather kept that bridge, and his father before him.")

    assert (stored.reason, SpentChallenge.objects.count()) == ("", 1)
    assert stored.seconds_taken is not None
    assert stored.seconds_taken > 0


def test_without_scripts_the_comment_waits(new_context: Callable[..., BrowserContext], article):
    page = new_context(java_script_enabled=False).new_page()

    stored = comment(
        page, article, "My grandmother painted that bridge, in the year of the flood."
    )

    assert (stored.status, stored.reason) == (Comment.Status.PENDING, "No proof of work.")
    assert stored.seconds_taken is None
