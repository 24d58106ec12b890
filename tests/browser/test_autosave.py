"""Nothing typed is lost: crashes, lost networks, ended sign-ins, broken servers and full disks."""

import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, Page, expect

from accounts.roles import AUTHOR, EDITOR
from blog.articles.models import Article, EditingSession, Revision
from blog.articles.services import save_article
from tests.factories import PASSWORD, make_author, make_page, make_user

ADD = "/admin/articles/article/add/"
LIST = "/admin/articles/article/"
AUTOSAVED = re.compile(r"Autosaved at \d\d:\d\d")


def member(role, name):
    user = make_user(is_staff=True, display_name=name)
    user.groups.add(Group.objects.get(name=role))
    make_author(user=user, name=name)
    return user


@pytest.fixture
def author(transactional_db):
    return member(AUTHOR, "Edda Marsh")


def change_url(article: Article) -> str:
    return f"{LIST}{article.pk}/change/"


def line_of(page: Page):
    return page.locator("[data-autosave-line]")


def title_of(page: Page):
    return page.get_by_label("Title:", exact=True)


def text_of(page: Page):
    return page.get_by_role("textbox", name="Text of the article")


def crash(page: Page) -> Page:
    """End the page as a crash does: nothing of it runs any more. Return a new one beside it."""
    context = page.context
    with pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()
    return context.new_page()


def save(page: Page) -> None:
    page.locator("[name=_continue]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_write_crash_recover_save(page, sign_in, author, axe):
    sign_in(page, author)
    page.goto(ADD)
    title_of(page).fill("On hills")
    text_of(page).click()
    page.keyboard.type("They are higher than they look.")
    expect(line_of(page)).to_contain_text(AUTOSAVED)
    assert Article.objects.count() == 0
    assert Revision.objects.get().data["body"] == "<p>They are higher than they look.</p>"
    with page.expect_response("**/article/autosave/"):
        page.get_by_label("Date:", exact=True).first.fill("2030-1")

    page = crash(page)
    page.goto(LIST)
    expect(page.locator(".desk-autosave")).to_contain_text(
        "An article that was never saved: “On hills”"
    )
    page.get_by_role("link", name="Continue").click()
    expect(title_of(page)).to_have_value("On hills")
    expect(text_of(page)).to_have_text("They are higher than they look.")
    expect(page.get_by_label("Date:", exact=True).first).to_have_value("2030-1")
    expect(page.locator(".desk-autosave")).to_contain_text("The form holds what you typed until")
    axe(page, ".desk-autosave")

    page.get_by_label("Date:", exact=True).first.fill("")
    save(page)
    assert Article.objects.get().body == "<p>They are higher than they look.</p>"
    assert not Revision.objects.filter(kind="autosave").exists()
    page.goto(LIST)
    expect(page.locator(".desk-autosave")).to_have_count(0)


def test_without_network_and_signed_out(page, sign_in, author, problems, axe):
    article = save_article(article=Article(title="Hills", body="<p>One.</p>"), editor=author)
    sign_in(page, author)
    context = page.context
    page.goto(change_url(article))

    context.set_offline(True)
    title_of(page).fill("Hills and valleys")
    expect(line_of(page)).to_contain_text("No connection. Your text is kept in this browser.")
    page = crash(page)
    context.set_offline(False)
    page.goto(change_url(article))
    offers = page.locator("[data-offers]")
    expect(offers).to_contain_text("You typed something that was not saved")
    axe(page, ".desk-autosave")
    expect(title_of(page)).to_have_value("Hills")
    offers.get_by_role("link", name="Restore it").click()
    expect(title_of(page)).to_have_value("Hills and valleys")

    Session.objects.all().delete()
    title_of(page).fill("Hills, valleys and rivers")
    expect(line_of(page)).to_contain_text("You are signed out. Your text is kept in this browser.")
    axe(page, ".autosave-line")
    with context.expect_page() as opened:
        line_of(page).get_by_role("link", name="Sign in in another window").click()
    other = opened.value
    other.get_by_label("Email").fill(author.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).to_have_url(re.compile("/admin/$"))
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(line_of(page)).to_contain_text(AUTOSAVED)
    expect(line_of(page)).to_contain_text("The server keeps your text again.")
    assert Revision.objects.get(kind="autosave").data["title"] == "Hills, valleys and rivers"

    save(page)
    article.refresh_from_db()
    assert article.title == "Hills, valleys and rivers"
    problems.clear()  # the browser's words about what did not get through


def test_a_broken_server_a_full_browser_and_somebody_else(
    page, sign_in, author, problems, new_context
):
    article = save_article(article=Article(title="Hills"), editor=author)
    sign_in(page, author)
    page.goto(change_url(article))
    page.route("**/article/autosave/", lambda route: route.fulfill(status=500, body="Down"))
    title_of(page).fill("Hills, kept here")
    expect(line_of(page)).to_contain_text(
        "The server has trouble. Your text is kept in this browser"
    )
    full = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException() } }"
    page.evaluate(full)
    title_of(page).fill("Hills, kept nowhere")
    expect(line_of(page)).to_contain_text("Your text is kept nowhere")
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    problems.clear()

    editor = member(EDITOR, "Maria Silva")
    other = new_context().new_page()
    sign_in(other, editor)
    other.goto(change_url(article))
    with other.expect_response("**/autosave/presence/"):
        pass
    mine = page.context.new_page()
    offers = mine.locator("[data-offers]")
    sign_in(mine, editor)  # on the same machine
    mine.goto(change_url(article))
    mine.wait_for_load_state("networkidle")
    expect(offers).to_have_text("")
    sign_in(mine, author)
    refusal = {"error": "It is too long."}
    mine.route("**/article/autosave/", lambda route: route.fulfill(status=413, json=refusal))
    mine.goto(change_url(article))
    expect(offers).to_contain_text("never reached the server. It is too long.")
    mine.unroute_all()
    mine.goto(change_url(article))
    expect(offers).to_contain_text("You typed something")
    expect(mine.locator("[data-others]")).to_contain_text(
        "Maria Silva has this article open, last seen"
    )
    title_of(other).fill("Mountains")
    save(other)
    title_of(mine).fill("Hills again")
    expect(mine.locator("[data-notice]")).to_contain_text("Maria Silva saved this article at")
    other.goto(LIST)
    mine.goto(LIST)
    assert not EditingSession.objects.filter(saved_at=None, user=editor).exists()
    problems.clear()


def test_page_of_the_site_is_kept_as_an_article_is(page, sign_in, transactional_db):
    stored = make_page(title="About", body="<p>Who we are.</p>", slug="about", path="about")
    sign_in(page, member(EDITOR, "Edda Marsh"))
    form = f"/admin/pages/page/{stored.pk}/change/"
    page.goto(form)
    text_of(page).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" And where.")
    expect(line_of(page)).to_contain_text(AUTOSAVED)

    page = crash(page)
    page.goto(form)
    expect(text_of(page)).to_have_text("Who we are.")
    page.locator("[data-offers]").get_by_role("link", name="Continue").click()
    expect(text_of(page)).to_have_text("Who we are. And where.")
    save(page)
    stored.refresh_from_db()
    assert stored.body == "<p>Who we are. And where.</p>"
    assert list(stored.revisions.values_list("kind", "version")) == [("saved", 2), ("saved", 1)]
