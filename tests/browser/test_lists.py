"""The lists of the desk in a browser: one article changed in a dialog, many at once, tags merged."""

from playwright.sync_api import expect

from blog.articles.models import Article, Tag
from tests.factories import make_article, make_staff, make_tag


def test_list_changes_one_and_many_and_merges_tags(page, sign_in, axe, problems, transactional_db):
    sign_in(page, make_staff("Editor"))
    article = make_article(title="On quays", slug="on-quays", tags=[make_tag(name="JS")])
    make_article(title="On hills", tags=[make_tag(name="JavaScript")])

    page.goto("/admin/articles/article/")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Authors", exact=True).press("Space")
    expect(page.locator(".column-author_names")).to_be_hidden()
    page.reload()
    page.get_by_text("Columns", exact=True).click()
    expect(page.get_by_label("Authors", exact=True)).not_to_be_checked()
    expect(page.locator(".field-author_names").first).to_be_hidden()
    expect(page.locator(".field-state_name").first).to_be_visible()
    sticky = page.locator("#changelist-filter summary", has_text="Sticky")
    sticky.click()
    axe(page, "#content")
    page.keyboard.press("Escape")
    expect(sticky).to_be_focused()
    sticky.click()
    page.get_by_role("list", name="By sticky").get_by_role("link", name="No").click()
    expect(sticky).to_have_text("Sticky: No")
    page.set_viewport_size({"width": 360, "height": 740})
    expect(sticky).to_be_visible()  # open, for a filter is in force
    page.get_by_role("link", name="Clear all filters").click()
    expect(sticky).to_be_hidden()
    page.locator(".filters > summary").click()
    expect(sticky).to_be_visible()
    axe(page, "#content")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.reload()
    expect(sticky).to_be_visible()
    page.get_by_role("link", name="Quick edit of “On quays”").click()
    dialog = page.get_by_role("dialog", name="Quick edit of “On quays”")
    expect(dialog.get_by_label("Day of publication")).to_be_visible()
    axe(page, "dialog")
    dialog.get_by_label("Address:").fill("admin")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("This address belongs to the site itself.")
    dialog.get_by_label("Address:").fill("quays")
    dialog.get_by_label("Tags:").fill("JS, Water")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("“On quays” is saved.")
    article.refresh_from_db()
    assert (article.slug, article.tags.count()) == ("quays", 2)
    problems.clear()  # the browser's word for a refused form

    page.get_by_label("Select all objects on this page for an action").check()
    page.get_by_label("Action:").select_option("change_many")
    page.get_by_role("button", name="Run").click()
    axe(page, "#content")
    page.get_by_label("Comments:").select_option("closed")
    page.get_by_role("button", name="Change them").click()
    expect(page.locator(".messagelist")).to_contain_text("2 articles changed.")
    assert set(Article.objects.values_list("comment_policy", flat=True)) == {"closed"}

    page.goto("/admin/articles/tag/?q=j")
    page.get_by_label("Select all objects on this page for an action").check()
    page.get_by_label("Action:").select_option("merge")
    page.get_by_role("button", name="Run").click()
    axe(page, "#content")
    page.get_by_label("JavaScript").check()
    page.get_by_role("button", name="Merge").click()
    assert not Tag.objects.filter(name="JS").exists()
    page.get_by_role("link", name="Undo", exact=True).click()
    axe(page, "#content")
    page.get_by_role("button", name="Undo the merge of “JS”").click()
    expect(page.locator(".messagelist")).to_contain_text("“JS” is a tag of its own again.")
    assert [tag.name for tag in article.tags.all()] == ["JS", "Water"]
