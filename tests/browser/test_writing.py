"""Writing with comfort: what is pasted is understood, and everything is done from the keyboard."""

from django.core.files.storage import default_storage
from playwright.sync_api import Page, Route, expect

from blog.articles.models import Article
from blog.articles.rendering import sanitise_body
from blog.articles.services import save_article
from blog.media.models import Image
from tests.browser import pastes
from tests.browser.test_editor import ADD, EVERYTHING, author, desk, editor_of, save  # noqa: F401 - fixtures
from tests.factories import make_article, make_image

UPLOADED = "The pictures are in the text. Check the alternative text of each."
PASTE = """data => {
    const transfer = new DataTransfer()
    for (const [kind, text] of Object.entries(data)) transfer.setData(kind, text)
    const options = { bubbles: true, cancelable: true, clipboardData: transfer }
    document.querySelector(".ProseMirror").dispatchEvent(new ClipboardEvent("paste", options))
}"""
EMPTY = """() => {
    const textarea = document.querySelector("#id_body")
    textarea.value = ""
    textarea.dispatchEvent(new Event("change"))
    document.querySelector(".ProseMirror").focus()
}"""
FORM = "() => new FormData(document.querySelector('#article_form')).get('body')"
# The editor takes the focus back in the next frame, and puts its selection over what a key did meanwhile.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MOVED = """hasToBeEmpty => {
    const { editor } = document.querySelector(".tiptap")
    const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = getSelection()
    const { empty, anchor, head } = editor.state.selection
    return isCollapsed === hasToBeEmpty && empty === hasToBeEmpty
        && editor.view.posAtDOM(anchorNode, anchorOffset) === anchor
        && editor.view.posAtDOM(focusNode, focusOffset) === head
}"""


def paste(page: Page, **data: str) -> None:
    kinds = {"html": "text/html", "text": "text/plain", "rtf": "text/rtf"}
    page.evaluate(PASTE, {kinds[kind]: text for kind, text in data.items()})


def move(page: Page, key: str) -> None:
    """Press a key that moves the cursor, and wait until browser and editor agree on where it is."""
    page.evaluate(SETTLED)
    page.keyboard.press(key)
    page.wait_for_function(MOVED, arg="Shift" not in key)
    page.evaluate(SETTLED)


def body_of(page: Page) -> str:
    """Return what would be stored if the form were sent now."""
    return sanitise_body(page.evaluate(FORM))


def newest_address() -> str:
    return default_storage.url(Image.objects.latest("pk").file.name)


def test_pastes_are_understood(desk, site):  # noqa: F811 - the fixture
    desk.goto(ADD)
    note = desk.locator(".editor-note")

    desk.evaluate(EMPTY)
    paste(desk, html=pastes.WORD, text="A report", rtf=pastes.WORD_RTF)
    expect(note).to_have_text(UPLOADED)
    assert body_of(desk) == pastes.WORD_BODY.replace("{src}", newest_address())
    with default_storage.open(Image.objects.get().file.name) as file:
        assert file.read(4) == b"\x89PNG"

    # The next footnote gets the next number and joins the list at the end.
    move(desk, "Control+Home")
    desk.keyboard.press("Enter")
    move(desk, "Control+Home")
    paste(desk, html=pastes.LIBREOFFICE)
    body = body_of(desk)
    start = pastes.LIBREOFFICE_BODY.partition("\n<h2>Notes")[0].replace("{n}", "2")
    end = '↩</a></li><li id="note-2">A note. <a href="#noteref-2">↩</a></li></ol>'
    assert (body.startswith(start), body.endswith(end), body.count("<h2>Notes")) == (True, True, 1)

    for html, expected in [
        (pastes.WORD_ONLINE, pastes.WORD_ONLINE_BODY),
        (pastes.PAGES, pastes.PAGES_BODY),
        (pastes.GOOGLE_DOCS, pastes.GOOGLE_DOCS_BODY),
    ]:
        desk.evaluate(EMPTY)
        paste(desk, html=html)
        assert body_of(desk) == expected
    expect(note).to_contain_text("Pictures of other sites became links")

    ours = make_image().file.url
    desk.evaluate(EMPTY)
    page = pastes.PAGE.replace("{own}", f"{site}{ours}").replace(
        "{data}", pastes.data_address("navy")
    )
    paste(desk, html=page)
    expect(note).to_have_text(UPLOADED)
    expected = pastes.PAGE_BODY.replace("{own}", ours).replace("{src}", newest_address())
    assert body_of(desk) == expected


def test_plain_text_and_addresses_are_pasted(desk, problems):  # noqa: F811 - the fixture
    desk.goto(ADD)
    note = desk.locator(".editor-note")
    writing = editor_of(desk)

    writing.click()
    paste(desk, text=pastes.MARKDOWN)
    expect(note).to_have_text("The Markdown was understood. Undo brings the plain text back.")
    assert body_of(desk) == pastes.MARKDOWN_BODY
    desk.keyboard.press("Control+z")
    expect(writing.locator("p").first).to_have_text("# A title")

    desk.evaluate(EMPTY)
    paste(desk, text=pastes.PLAIN)
    lines = pastes.PLAIN.split("\n")
    assert body_of(desk) == f"<p>{lines[0]}</p>\n<p>{lines[1]}</p>"

    # Without the server, Markdown stays what it is.
    desk.evaluate(EMPTY)
    desk.context.set_offline(True)
    paste(desk, text="## Alone")
    expect(note).to_have_class("editor-note error")
    desk.context.set_offline(False)
    assert body_of(desk) == "<p>## Alone</p>"

    desk.evaluate(EMPTY)
    paste(desk, text="https://youtu.be/abc")
    link = '<a href="https://youtu.be/abc">{}</a>'
    assert (
        body_of(desk)
        == f'<figure data-embed="youtube">{link.format("https://youtu.be/abc")}</figure>'
    )
    desk.keyboard.press("Control+z")
    assert body_of(desk) == f"<p>{link.format('https://youtu.be/abc')}</p>"

    desk.evaluate(EMPTY)
    desk.keyboard.type("Over these")
    move(desk, "Control+Shift+ArrowLeft")
    paste(desk, text="https://youtu.be/abc")
    assert body_of(desk) == f"<p>Over {link.format('these')}</p>"


def test_saving_waits_for_pasted_pictures(desk):  # noqa: F811 - the fixture
    desk.goto(ADD)
    desk.get_by_label("Title:", exact=True).fill("Waits")
    held: list[Route] = []
    desk.route("**/upload-picture/", lambda route: held.append(route))  # noqa: PLW0108 - it marks what it is given
    editor_of(desk).click()
    # Safari gives the pictures of a paste such addresses.
    blob = desk.evaluate(
        """data => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
            return URL.createObjectURL(new Blob([bytes], { type: "image/png" }))
        }""",
        pastes.data_address().partition(",")[2],
    )
    paste(desk, html=f'<p>Before</p><p><img src="{blob}" alt="Teal"></p><p>After</p>')
    expect(desk.locator(".picture-arriving")).to_be_visible()

    desk.locator("[name=_continue]").first.click()
    expect(desk.locator(".editor-note")).to_have_text(
        "Saving waits until the pictures are uploaded …"
    )
    held[0].continue_()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    picture = f'<figure><img src="{newest_address()}" alt="Teal"></figure>'
    assert Article.objects.get().body == f"<p>Before</p>\n{picture}\n<p>After</p>"


def test_typing_and_linking_from_the_keyboard(desk, author, axe):  # noqa: F811 - the fixtures
    make_article(title="Harbour lights", slug="lights")
    make_article(
        title="The harbour, unfinished", slug="unfinished", status="draft", created_by=author
    )
    make_article(title="The harbour of another", status="draft")
    desk.goto(ADD)
    desk.evaluate(
        "() => document.querySelector('#article_form').addEventListener('input', (event) => {"
        " if (event.target.id === 'id_body') window.told = event.target.value })"
    )
    editor_of(desk).click()
    keys = desk.keyboard
    for text in [
        "## Two",
        "\n### Three",
        "\n> Said",
        "\n\n\n- item",
        "\n\n\n3. third",
        "\n\n\n```py\nx = 1",
    ]:
        keys.type(text)
    keys.type("\n\n\n---**bold** *em* `code` [l](https://a.example/)")

    expected = (
        "<h2>Two</h2>\n<h3>Three</h3>\n<blockquote><p>Said</p></blockquote>\n<ul><li>item</li></ul>\n"
        '<ol start="3"><li>third</li></ol>\n<pre><code class="language-py">x = 1</code></pre>\n<hr>\n'
        '<p><strong>bold</strong> <em>em</em> <code>code</code> <a href="https://a.example/">l</a></p>'
    )
    desk.wait_for_function(
        """() => window.told?.includes('href="https://a.example/"')"""
    )  # after a pause, without a blur
    assert sanitise_body(desk.evaluate("window.told")) == body_of(desk) == expected

    desk.evaluate(EMPTY)
    keys.type("See ")
    keys.press("Control+k")
    dialog = desk.get_by_role("dialog", name="Link")
    field = dialog.get_by_role("combobox", name="Address or article")
    expect(field).to_be_focused()
    for address in [
        "javascript:alert(1)",
        " java\tscript:alert(1)",
        "data:text/html,x",
        "ftp://x.example/",
        "vbscript:x",
    ]:
        field.fill(address)
        keys.press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text("This cannot be linked.")
    field.fill("harbour")
    expect(dialog.get_by_role("option")).to_have_text(
        ["The harbour, unfinishedDraft", "Harbour lights"]
    )
    axe(desk, ".writing")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(dialog.get_by_role("option", selected=True)).to_have_text("Harbour lights")
    keys.press("Enter")
    keys.press("Enter")
    expect(editor_of(desk)).to_be_focused()
    assert body_of(desk) == '<p>See <a href="/lights/">Harbour lights</a></p>'

    # In the link: the same dialog changes it, and takes it away.
    in_link = desk.get_by_role("toolbar").get_by_role("button", name="Link", pressed=True)
    move(desk, "ArrowLeft")
    expect(in_link).to_be_visible()
    keys.press("Control+k")
    expect(field).to_have_value("/lights/")
    field.fill("example.org")
    dialog.get_by_label("Words of the link").fill("elsewhere")
    keys.press("Enter")
    expect(editor_of(desk)).to_be_focused()
    assert body_of(desk) == '<p>See <a href="https://example.org">elsewhere</a></p>'
    move(desk, "ArrowLeft")
    expect(in_link).to_be_visible()
    keys.press("Control+k")
    dialog.get_by_role("button", name="Remove link").click()
    assert body_of(desk) == "<p>See elsewhere</p>"

    question = desk.get_by_role("button", name="Question to readers")
    question.click()  # the words are selected still
    assert body_of(desk) == '<p>See <a href="#ask">elsewhere</a></p>'
    expect(question).to_have_attribute("aria-pressed", "true")
    question.click()
    assert body_of(desk) == "<p>See elsewhere</p>"
    move(desk, "End")
    question.click()
    expect(desk.locator(".editor-note")).to_have_text("Select the words of your question first.")


def test_finding_counting_and_the_full_screen(desk, author, axe):  # noqa: F811 - the fixtures
    body = sanitise_body(EVERYTHING.replace("{src}", make_image().file.url) + "<p>word</p>" * 60)
    body += "<p>\u6f6e\u6c50\u53d1 \u2013 \u0e44\u0e1f\u0e1f\u0e49\u0e32 in 5 \u30ab\U00020000</p>"
    article = save_article(article=Article(title="All", body=body), editor=author)
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(desk.locator(".editor-count")).to_have_text(
        f"Words: {article.word_count} · less than a minute to read"
    )
    writing = editor_of(desk)
    keys = desk.keyboard
    writing.locator("p").last.click()
    move(desk, "End")
    keys.type("\nOne one One")

    keys.press("Control+f")
    panel = desk.get_by_role("search", name="Find and replace")
    panel.get_by_label("Find").fill("One")
    expect(panel.get_by_role("status")).to_have_text("1 of 4")
    panel.get_by_label("Match case").check()
    expect(panel.get_by_role("status")).to_have_text("1 of 2")
    panel.get_by_label("Find").press("Enter")
    expect(panel.get_by_role("status")).to_have_text("2 of 2")
    expect(desk.locator(".editor-head")).to_be_in_viewport(
        ratio=1
    )  # it stays while the text scrolls
    axe(desk, ".writing")
    panel.get_by_label("Match case").uncheck()
    before = body_of(desk)
    panel.get_by_label("Replace by").fill("1")
    panel.get_by_role("button", name="Replace all").click()
    expect(panel.get_by_role("status")).to_have_text("Replaced: 4")
    assert body_of(desk).endswith("<p>1 1 1</p>")
    keys.press("Escape")
    expect(panel).to_be_hidden()
    expect(writing).to_be_focused()
    keys.press("Control+z")
    assert body_of(desk) == before

    room = desk.locator(".writing")
    keys.press("Control+Shift+Enter")
    expect(room).to_have_class("writing full-screen")
    keys.press("Alt+F10")
    expect(desk.get_by_role("button", name="Heading 2")).to_be_focused()
    keys.press("End")
    keys.press("ArrowLeft")
    keys.press("Enter")
    dialog = desk.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("row", name="Find and replace")).to_have_text(
        "Find and replaceCtrl+F"
    )
    axe(desk, ".writing")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(room).to_have_class("writing full-screen")
    keys.press("Escape")
    expect(room).to_have_class("writing")
    expect(writing).to_be_focused()
    expect(writing).to_have_attribute("lang", "en")
    expect(writing).to_have_attribute("spellcheck", "true")
