"""Two people at one article: the second to save sees both versions and decides, without scripts too."""

from playwright.sync_api import expect

from blog.articles.models import Article
from blog.articles.services import save_article
from tests.factories import make_author, make_staff


def test_two_people_save_one_article(no_js_page, phone, sign_in, axe, transactional_db):
    body = "<p>The mill stands.</p><p>It turns slowly.</p><p>The end.</p>"
    author = make_author(name="Edda")
    article = save_article(article=Article(title="Mill", body=body), editor=None, authors=[author])
    ada, bo = make_staff("Editor", display_name="Ada"), make_staff("Editor", display_name="Bo")
    for browser in (no_js_page, phone):
        sign_in(browser, bo)
        browser.goto(f"/admin/articles/article/{article.pk}/change/")
    article.title, article.body = "The old mill", body.replace("slowly", "in the wind")
    save_article(article=article, editor=ada)

    # Without scripts: a passage that both changed, one that only Bo changed, and Ada's title.
    mine = body.replace("slowly", "fast").replace("The end.", "The very end.")
    no_js_page.locator("[name=body]").fill(mine)
    no_js_page.locator("[name=_continue]").first.click()
    expect(no_js_page.get_by_role("alert")).to_contain_text("Ada saved this article on")
    no_js_page.get_by_role("button", name="Save the merge").click()
    expect(no_js_page.get_by_role("alert")).to_be_visible()  # the browser asks for the passage
    passage = no_js_page.get_by_role("group", name="Both changed this passage")
    passage.get_by_label("Mine", exact=True).check()
    no_js_page.get_by_role("button", name="Save the merge").click()
    expect(no_js_page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert (article.title, article.body.replace("\n", "")) == ("The old mill", mine)

    # A phone in the dark, whose form is behind both: look at what was saved, find mine again.
    phone.emulate_media(color_scheme="dark")
    phone.get_by_label("Title:", exact=True).fill("On the way")
    phone.locator("[name=_continue]:visible").first.click()
    expect(phone.get_by_role("alert")).to_contain_text("in another window")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    axe(phone, "#content")
    phone.get_by_role("link", name="Keep mine as an autosave").click()
    expect(phone.get_by_label("Title:", exact=True)).to_have_value("The old mill")
    expect(phone.get_by_text("You typed something that was not saved").first).to_be_visible()
