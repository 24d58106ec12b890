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


def test_axe_finds_nothing_and_nothing_sticks_out(page, sign_in, axe, waiting):
    sign_in(page, make_staff("Moderator"))

    def look() -> None:
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
            if width != 768:
                axe(page)

    for address in (
        LIST,
        f"{LIST}?tab=all&q=lena",
        f"{LIST}{waiting.pk}/change/",
        f"{LIST}empty/spam/",
    ):
        page.goto(address)
        look()
    # A ban that says nothing comes back; the one that is made refuses its reader in words.
    page.goto(f"/admin/comments/ban/add/?comment={waiting.pk}")
    for box in page.locator("input[name=known]:checked").all():
        box.uncheck()
    page.get_by_role("button", name="Ban").click()
    expect(page.get_by_text("Say by what the writer is to be known.")).to_be_visible()
    look()
    page.get_by_label("The email").check()
    page.get_by_role("button", name="Ban").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.context.clear_cookies()
    page.goto(waiting.article.get_absolute_url())
    page.get_by_role("textbox", name="Comment").fill("Hello again.")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Please tell us what to call you.", exact=True)).to_be_visible()
    expect(page.locator("#respond").get_by_role("alert")).to_be_focused()
    look()
    page.get_by_role("textbox", name="Name").fill("Lena Osei")
    page.get_by_role("textbox", name="Email").fill(waiting.email)
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Comments are closed for you until")).to_be_visible()
    look()


def test_moderator_decides_undoes_and_answers_without_javascript(
    no_js_page: Page, sign_in, waiting
):
    page = no_js_page
    sign_in(page, make_staff("Moderator", display_name="Edda"))
    page.goto(LIST)

    page.get_by_role("button", name="Spam: the comment by Lena Osei").click()
    expect(page.get_by_role("status")).to_contain_text("by Lena Osei is marked as spam.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Undone: 1 comment")
    page.get_by_label("Select the comment by Lena Osei").check()
    page.locator("#queue-bulk").get_by_role("button", name="Trash").click()
    expect(page.get_by_role("status")).to_contain_text("is moved to the trash.")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Approve and reply").click()
    page.get_by_label("Your reply to Lena Osei").fill("Thank you, Lena.")
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_role("status")).to_contain_text("Your reply is published.")

    page.goto(waiting.article.get_absolute_url())
    thread = page.locator("#comments")
    expect(thread).to_contain_text("Lena Osei")
    expect(thread).to_contain_text("Thank you, Lena.")


def statuses(comments):
    return [Comment.objects.get(pk=comment.pk).status for comment in comments]


def test_queue_is_worked_by_keyboard_alone(page: Page, sign_in, axe):
    article = make_article()
    comments = [
        make_comment(article=article, name=f"Reader {n}", status=Status.PENDING) for n in range(22)
    ]
    sign_in(page, make_staff("Moderator", display_name="Edda"))
    page.goto(LIST)
    status, keys = page.get_by_role("status"), page.keyboard
    current = page.locator("[data-current]")

    keys.press("a")
    expect(status).to_contain_text("The comment by Reader 0 is approved.")
    expect(current).to_contain_text("Reader 1")  # the next one at once
    expect(page.locator(".queue-item:not(.queue-left)")).to_have_count(20)  # one more came
    expect(page.locator("#queue-tabs")).to_contain_text("Pending 21")
    keys.press("s")
    expect(status).to_contain_text("Reader 1 is marked as spam.")
    keys.press("j")
    keys.press("k")
    keys.press("d")
    expect(status).to_contain_text("Reader 2 is moved to the trash.")
    assert statuses(comments[:4]) == ["approved", "spam", "trash", "pending"]

    keys.press("z")
    expect(current).to_contain_text("Reader 2")
    keys.press("z")
    expect(current).to_contain_text("Reader 1")
    expect(status).to_contain_text("Undone: 1 comment is what it was.")
    assert statuses(comments[:3]) == ["approved", "pending", "pending"]

    keys.press("x")
    keys.press("j")
    keys.press("x")
    keys.press("Shift+S")
    expect(status).to_contain_text("2 comments marked as spam.")
    keys.press("z")
    expect(status).to_contain_text("Undone: 2 comments are what they were.")

    keys.press("r")
    keys.type("Thanks, a zebra and a jar.")  # letters, not commands
    keys.press("Control+Enter")
    expect(status).to_contain_text("Your reply is published.")
    assert Comment.objects.get(body="Thanks, a zebra and a jar.").status == Status.APPROVED

    keys.press("q")
    page.keyboard.press("Control+End")
    keys.type(" Quickly.")
    keys.press("Control+Enter")
    expect(current.locator(".queue-text")).to_contain_text("Quickly.")

    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    axe(page)
    page.get_by_label("Keys work in this browser").uncheck()
    keys.press("Escape")
    count = Comment.objects.filter(status=Status.SPAM).count()
    keys.press("s")
    page.reload()
    keys.press("s")
    page.reload()
    assert Comment.objects.filter(status=Status.SPAM).count() == count


def test_queue_is_worked_by_thumb(phone: Page, sign_in, waiting):
    sign_in(phone, make_staff("Moderator"))
    phone.goto(LIST)

    button = phone.get_by_role("button", name="Spam: the comment by Lena Osei")
    assert button.bounding_box()["height"] >= 44
    button.tap()
    expect(phone.get_by_role("status")).to_contain_text("Lena Osei is marked as spam.")
    phone.get_by_role("status").get_by_role("button", name="Undo").tap()
    phone.get_by_role("button", name="Approve the comment by Lena Osei").tap()
    expect(phone.get_by_role("status")).to_contain_text("Lena Osei is approved.")
    assert statuses([waiting]) == [Status.APPROVED]
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_two_moderators_see_each_other(new_context, sign_in, waiting):
    other = make_comment(article=waiting.article, name="Oskar", status=Status.PENDING)
    pages = []
    for name in ("Ana", "Ben"):
        page = new_context().new_page()
        sign_in(page, make_staff("Moderator", display_name=name))
        page.goto(LIST)
        pages.append(page)
    ana, ben = pages

    ana.get_by_role("button", name="Approve the comment by Lena Osei").click()
    expect(ana.get_by_role("status")).to_contain_text("Lena Osei is approved.")
    # What he looks at is old: he changes nothing, and reads who was quicker.
    ben.get_by_role("button", name="Spam: the comment by Lena Osei").click()
    expect(ben.get_by_role("status")).to_contain_text("Somebody was quicker")
    expect(ben.locator(f"#comment-{waiting.pk}")).to_contain_text("Approved Lena Osei")
    expect(ben.locator(f"#comment-{waiting.pk}")).to_contain_text("by Ana")
    assert statuses([waiting]) == [Status.APPROVED]

    # What she decides while he writes an answer comes to him, and takes nothing from it.
    ben.keyboard.press("r")
    ben.get_by_label("Your reply to Oskar").fill("Dear Oskar,")
    ana.get_by_role("button", name="Trash: the comment by Oskar").click()
    expect(ana.get_by_role("status")).to_contain_text("Oskar is moved to the trash.")
    ben.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # else every ten seconds
    expect(ben.locator(f"#comment-{other.pk}")).to_contain_text("by Ana")
    expect(ben.locator("#queue-tabs")).to_contain_text("Pending 0")
    expect(ben.get_by_label("Your reply to Oskar")).to_have_value("Dear Oskar,")


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

    page.goto(LIST)
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.get_by_role("status")).to_contain_text(ATTACK)
    transition(comment=comment, to=Status.TRASH, actor=None, reason=ATTACK)

    for address in (
        f"{LIST}?tab=all",
        f"{LIST}undo/{comment.decisions.first().pk}/",
        f"{LIST}{comment.pk}/change/",
        f"{LIST}{comment.pk}/history/",
        f"{LIST}{comment.pk}/delete/",
    ):
        page.goto(address)
        assert page.locator('[href^="javascript:" i], [onerror], img[src="x"]').count() == 0
        assert page.evaluate("window.attacked") is None, address
