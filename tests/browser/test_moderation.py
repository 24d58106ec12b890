"""The moderators' queue in a browser: at any width, without scripts, with whatever strangers write."""

import pytest
from playwright.sync_api import Page, expect

from blog.comments.deciding import transition
from blog.comments.models import Comment
from tests.factories import make_article, make_comment, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/comments/comment/"
Status = Comment.Status
ATTACK = '"><script>attacked=1</script><img src=x onerror="attacked=1"></textarea></blockquote>'


@pytest.fixture
def waiting(transactional_db: None) -> Comment:
    """Make one comment of each status under an article, and return the one that waits."""
    article = make_article(title="The Bridge Keeper")
    for status in (Status.APPROVED, Status.SPAM, Status.TRASH):
        make_comment(article=article, status=status, website="https://example.org/" + "w" * 150)
    parent = make_comment(article=article, name="Renske")
    return make_comment(
        article=article, parent=parent, name="Lena Osei", status=Status.PENDING, reason="2 links."
    )


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_axe_finds_nothing_and_nothing_sticks_out(new_context, sign_in, axe, waiting, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    sign_in(page, make_staff("Moderator"))

    for address in (
        LIST,
        f"{LIST}?status__exact=spam",
        f"{LIST}{waiting.pk}/change/",
        f"{LIST}empty/spam/",
    ):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_moderator_decides_undoes_and_answers_without_javascript(
    no_js_page: Page, sign_in, waiting
):
    page = no_js_page
    sign_in(page, make_staff("Moderator", display_name="Edda"))
    page.goto(f"{LIST}?status__exact=pending")

    page.get_by_role("button", name="Spam: the comment by Lena Osei").click()
    expect(page.locator(".messagelist")).to_contain_text("by Lena Osei is marked as spam.")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Yes").click()
    page.get_by_role("link", name="Reply or edit: the comment by Lena Osei").click()
    page.get_by_label("Your reply").fill("Thank you, Lena.")
    page.get_by_role("button", name="Save", exact=True).click()

    page.goto(waiting.article.get_absolute_url())
    thread = page.locator("#comments")
    expect(thread).to_contain_text("Lena Osei")
    expect(thread).to_contain_text("Thank you, Lena.")


def test_attacks_stay_text_in_the_admin(page: Page, sign_in, waiting):
    article = make_article(title=ATTACK[:190])
    comment = make_comment(
        article=article,
        parent=make_comment(article=article, name=ATTACK, body=ATTACK, html="<p></p>"),
        name=ATTACK,
        body=ATTACK,
        website="javascript:attacked=1",
        user_agent=ATTACK,
        reason=ATTACK,
        html="<p></p>",
        status=Status.PENDING,
    )
    sign_in(page, make_staff("Moderator"))

    transition(comment=comment, to=Status.TRASH, actor=None, reason=ATTACK)

    for address in (
        LIST,
        f"{LIST}undo/{comment.decisions.first().pk}/",
        f"{LIST}{comment.pk}/change/",
        f"{LIST}{comment.pk}/history/",
        f"{LIST}{comment.pk}/delete/",
    ):
        page.goto(address)
        assert page.locator('[href^="javascript:" i], [onerror], img[src="x"]').count() == 0
        assert page.evaluate("window.attacked") is None, address
