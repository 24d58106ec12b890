"""From a comment to its replies by mail and out again, by the links in the mails, without scripts."""

import re
from email.message import EmailMessage

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from blog.comments.models import Comment, Subscription
from blog.comments.services import reply_as
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def link_in(message: EmailMessage, start: str) -> str:
    """Return the path in the line of a mail that begins like that."""
    found = re.search(rf"^{re.escape(start)}(/\S+)$", str(message.body), re.MULTILINE)
    assert found, message.body
    return found[1]


def test_from_a_held_comment_to_its_reply_by_mail_and_out_again(
    no_js_page: Page, new_context, axe
):
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

    comment = Comment.objects.get()
    reply_as(user=moderator, parent=comment, body="Which one?")
    approved, reply = mail.outbox[2:]
    assert [approved.to, reply.to] == [["lena@example.org"]] * 2
    assert "> Which one?" in reply.body

    page.goto(link_in(reply, "Read it on the page, and answer: "))
    expect(page.get_by_text("Which one?")).to_be_visible()
    visit(link_in(reply, "No more of these: "))
    page.get_by_role("button", name="No more mail about this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No more mail about this")
    assert not Subscription.objects.active().exists()
    reply_as(user=moderator, parent=comment, body="Never mind.")
    assert len(mail.outbox) == 4
