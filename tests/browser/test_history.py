"""The history of an article in a browser: compared, walked through by key, restored without scripts."""

from playwright.sync_api import expect

from blog.articles import services
from blog.articles.models import Article
from tests.factories import make_article, make_author, make_staff


def test_versions_are_compared_and_restored(
    page, no_js_page, phone, sign_in, axe, transactional_db
):
    editor = make_staff("Editor", display_name="Edda")
    make_author(user=editor, name="Edda Marsh")
    article = make_article(version=0, title="Saws", body="<p>A quick fox.</p><p>Stays.</p>")
    for body in (article.body, "<p>A slow fox.</p><p>Stays.</p><p>Is new.</p>"):
        article = Article.objects.get(pk=article.pk)
        article.body = body
        services.save_article(article=article, editor=editor)
    sign_in(page, editor)

    page.goto(f"/admin/articles/article/{article.pk}/history/")
    axe(page, "#content")
    page.get_by_role("button", name="Compare the two chosen").first.click()
    axe(page, "#content")
    for key, change in (("n", "quick"), ("n", "Is new."), ("n", "quick"), ("p", "Is new.")):
        page.keyboard.press(key)
        expect(page.locator(":focus")).to_contain_text(change)
    page.get_by_role("link", name="Side by side").click()
    before, after = page.get_by_label("Before"), page.get_by_label("After")
    expect(before.locator("ins")).to_have_count(2)
    assert [before.locator("ins:visible").count(), after.locator("del:visible").count()] == [0, 0]

    # A phone, in the dark, and a browser without scripts: the same, one below the other.
    sign_in(phone, editor)
    phone.emulate_media(color_scheme="dark")
    phone.goto(page.url)
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    axe(phone, "#content")

    # A word without an end neither widens the page nor pushes the state out of sight.
    Article.objects.update(title="Donaudampfschifffahrts" * 4)
    phone.reload()
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    phone.goto("/admin/articles/article/")
    state = phone.locator("td.field-state_name").bounding_box()
    assert state["x"] + state["width"] <= 360

    sign_in(no_js_page, editor)
    no_js_page.goto(f"/admin/articles/article/{article.pk}/history/")
    no_js_page.get_by_label("Compare from version 1").check()
    no_js_page.get_by_role("button", name="Compare the two chosen").last.click()
    expect(no_js_page.locator("del")).to_have_text(["Removed", "removed: quick"])
    no_js_page.get_by_role("button", name="Restore").click()

    expect(no_js_page.get_by_text("Version 1 is a draft now.")).to_be_visible()
    article.refresh_from_db()
    assert (article.version, article.body.count("slow")) == (3, 1)
    page.goto(article.get_absolute_url())
    expect(page.get_by_text("A slow fox.")).to_be_visible()
