"""A comment from typing to the ban of its writer, by the links in the mails, without scripts."""

import re
from email.message import EmailMessage

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from blog.comments.models import Comment, Subscription
from blog.comments.services import reply_as
from blog.site.models import SiteSettings
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def link_in(message: EmailMessage, start: str) -> str:
    """Return the path in the line of a mail that begins like that."""
    found = re.search(rf"^{re.escape(start)}(/\S+)$", str(message.body), re.MULTILINE)
    assert found, message.body
    return found[1]


def test_comment_is_held_mailed_approved_followed_edited_replied_notified_reported_and_banned(
    no_js_page: Page, new_context, sign_in, axe
):
    SiteSettings.objects.create(seconds_between_comments=0, reports_to_hold=1)
    page, other = (
        no_js_page,
        new_context().new_page(),
    )  # axe needs scripts; to look changes nothing

    def visit(path: str) -> None:
        other.goto(path)
        axe(other)
        page.goto(path)

    moderator = make_staff("Moderator", display_name="Edda")
    article = make_article(title="The Bridge Keeper")

    page.goto(article.get_absolute_url())
    page.get_by_role("textbox", name="Comment").fill("My grandfather kept that bridge.")
    page.get_by_role("textbox", name="Name").fill("Lena Osei")
    page.get_by_role("textbox", name="Email").fill("lena@example.org")
    page.get_by_label("Mail me").select_option("replies to me")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    own_page = page.get_by_role("link", name="Change, withdraw or follow it")
    receipt = str(own_page.get_attribute("href"))

    held, question = sorted(mail.outbox, key=lambda message: message.to != [moderator.email])
    visit(link_in(question, ""))
    page.get_by_role("button", name="Yes, mail me").click()
    expect(page.get_by_role("status")).to_have_text("Done. New comments will come by mail.")
    visit(page.url)

    visit(link_in(held, "Approve: "))
    expect(page.get_by_text("My grandfather kept that bridge.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The comment is approved")
    visit(link_in(held, "Spam: "))
    expect(page.get_by_text("You have decided already: “Approved”")).to_be_visible()

    visit(receipt)
    page.get_by_role("textbox", name="Comment").fill("My grandfather kept this bridge.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("status")).to_have_text("Your change is saved.")
    expect(page.get_by_text("Waits for a moderator")).to_be_visible()
    page.goto(link_in(mail.outbox[3], "Approve: "))
    expect(page.get_by_text("My grandfather kept this bridge.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()

    comment = Comment.objects.get()
    reply_as(user=moderator, parent=comment, body="Which one?")
    approved, held_again, reply = mail.outbox[2:]
    assert [approved.to, reply.to] == [["lena@example.org"]] * 2
    assert held_again.to == [moderator.email]
    assert "> Which one?" in reply.body

    page.goto(link_in(reply, "Read it on the page, and answer: "))
    expect(page.get_by_text("Which one?")).to_be_visible()
    visit(link_in(reply, "No more of these: "))
    page.get_by_role("button", name="No more mail about this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No more mail about this")
    assert not Subscription.objects.active().exists()
    reply_as(user=moderator, parent=comment, body="Never mind.")
    assert len(mail.outbox) == 5

    reader = new_context(java_script_enabled=False).new_page()
    reader.goto(comment.get_absolute_url())
    reader.get_by_role("link", name="Report").first.click()
    reader.get_by_label("It insults or threatens somebody").check()
    reader.get_by_role("button", name="Report").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Thank you")
    comment.refresh_from_db()
    assert (comment.status, comment.reason) == ("pending", "Reported by 1 reader.")

    desk = new_context(java_script_enabled=False).new_page()
    sign_in(desk, moderator)
    desk.goto("/admin/comments/comment/")
    expect(desk.get_by_text("Reported by 1 reader.")).to_be_visible()
    desk.get_by_role("link", name="Ban Lena Osei").click()
    desk.get_by_label("All their comments").check()
    desk.get_by_role("button", name="Ban", exact=True).click()
    expect(desk.locator(".messagelist")).to_be_visible()

    page.goto(article.get_absolute_url())
    page.get_by_role("textbox", name="Comment").fill("And another thing.")
    page.get_by_role("textbox", name="Name").fill("Lena Osei")
    page.get_by_role("textbox", name="Email").fill("lena@example.org")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Comments are closed for you until")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("And another thing.")
    assert not Comment.objects.filter(email="lena@example.org", status="approved").exists()
