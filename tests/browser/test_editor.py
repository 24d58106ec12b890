"""Writing in the editor: what was written comes back as it was, with nothing of it lost."""

import base64
import io
from pathlib import Path

import PIL.Image
import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from accounts.roles import AUTHOR
from blog.articles.models import Article, Snippet
from blog.articles.rendering import sanitise_body
from blog.articles.services import save_article
from blog.media.models import Image
from tests.factories import make_author, make_image, make_user

ADD = "/admin/articles/article/add/"
EVERYTHING = """
<h2>Second</h2><h3>Third</h3><h4>Fourth</h4>
<p>A <strong>bold <em>both</em></strong> <s>struck</s> H<sub>2</sub>O<sup>3</sup> <code>code</code>
<a href="/x" title="T">link</a> <a href="https://x.example/"><code>linked code</code></a><br>next line
no\u00a0break ’ — “q”</p>
<ul><li>one</li><li>two<ul><li>deep<ol><li>deeper</li></ol></li></ul></li></ul>
<ol start="4" type="i"><li>four</li><li><p>two</p><p>paragraphs</p></li></ol>
<blockquote cite="https://x.example/source"><p>Quoted.</p><p>Twice.</p></blockquote>
<pre><code class="language-python">def f():\n\n    return "&lt;b&gt;"</code></pre>
<pre><code>plain</code></pre>
<figure><img src="{src}" alt="All of it"><figcaption>A <em>caption</em> with
<a href="/y">a link</a></figcaption></figure>
<figure><img src="{src}" alt=""></figure>
<figure class="gallery"><figure><img src="{src}" alt="One"><figcaption>First</figcaption></figure>
<figure><img src="{src}" alt="Two"></figure><figcaption>Both <em>at once</em></figcaption></figure>
<figure class="gallery"><figure><img src="{src}" alt="1"></figure>
<figure><img src="{src}" alt="2"></figure></figure>
<figure data-embed="youtube"><a href="https://www.youtube.com/watch?v=abc123">A film</a></figure>
<table><tr><th>A</th><th>B</th></tr><tr><th>1</th><td>2</td></tr>
<tr><td colspan="2"><p>x</p><p>y</p></td></tr></table>
<hr>
<p>The end.</p>
"""


@pytest.fixture
def author(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=AUTHOR))
    make_author(user=user, name="Edda Marsh")
    return user


@pytest.fixture
def desk(page: Page, sign_in, author) -> Page:
    """Return a page of the signed-in author."""
    sign_in(page, author)
    return page


def picture_file(folder: Path) -> Path:
    path = folder / "olive.png"
    PIL.Image.new("RGB", (60, 40), "olive").save(path)
    return path


def save(page: Page) -> Article:
    page.locator("[name=_continue]").first.click()
    expect(page.locator(".messagelist .success, .messagelist .error")).to_be_visible()
    return Article.objects.get()


def editor_of(page: Page):
    return page.get_by_role("textbox", name="Text of the article")


def fill_words(page: Page, alt: str, caption: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Alternative text").fill(alt)
    dialog.get_by_label("Caption").fill(caption)
    dialog.get_by_role("button", name="Insert").click()
    expect(page.locator(".editor-note")).to_have_text("The picture is in the text.")


def test_writing_with_the_buttons(desk, tmp_path, axe):
    desk.goto(ADD)
    desk.get_by_label("Title:", exact=True).fill("Written in a browser")
    writing = editor_of(desk)
    writing.click()
    desk.get_by_role("button", name="heading 2").click()
    desk.keyboard.type("First head")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="unordered list").click()
    desk.keyboard.type("one")
    desk.keyboard.press("Enter")
    desk.keyboard.type("two")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name="Insert a picture").click()
    chooser.value.set_files(picture_file(tmp_path))
    fill_words(desk, "An olive surface", "Olive")
    axe(desk, ".writing")

    article = save(desk)

    image = Image.objects.get()
    assert article.body == (
        "<h2>First head</h2>\n<ul><li>one</li><li>two</li></ul>\n"
        f'<figure><img src="{image.file.url}" alt="An olive surface"><figcaption>Olive</figcaption></figure>'
    )
    assert (image.alt, image.caption) == ("An olive surface", "Olive")
    assert 'width="60" height="40"' in article.body_html


def test_everything_articles_may_hold_survives_the_editor(desk, author):
    body = sanitise_body(EVERYTHING.replace("{src}", make_image().file.url))
    article = save_article(article=Article(title="All", body=body), editor=author)
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    assert save(desk).version == 1  # opened and saved: nothing has changed

    # A key pressed and taken back: the editor has written its own HTML into the form.
    editor_of(desk).click(position={"x": 30, "y": 30})  # the middle may be a picture
    desk.keyboard.press("Control+End")
    desk.keyboard.type("!")
    desk.keyboard.press("Backspace")
    desk.get_by_label("Title:", exact=True).focus()
    sent = desk.locator("#id_body").input_value()
    again = save(desk)

    assert sent != body
    assert again.body == body


def test_snippet_gallery_and_card_are_made_with_the_buttons(desk, tmp_path, axe):
    Snippet.objects.create(name="Here", body="<h2>Where</h2><p>We are <strong>here</strong>.</p>")
    desk.goto(ADD)
    desk.get_by_label("Title:", exact=True).fill("Pictures")
    editor_of(desk).click()
    desk.get_by_role("button", name="Insert a snippet").click()
    desk.get_by_role("dialog").get_by_role("button", name="Insert").click()
    expect(editor_of(desk).locator("strong")).to_have_text("here")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Insert a card with a link").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Address of the page").fill("https://youtu.be/abc123")
    dialog.get_by_label("Words of the card").fill("A film")
    dialog.get_by_role("button", name="Insert").click()
    expect(editor_of(desk).locator("figure[data-embed]")).to_have_text("A film")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name="Insert a gallery").click()
    chooser.value.set_files([picture_file(tmp_path), picture_file(tmp_path)])
    for words in ("One", "Two"):
        dialog = desk.get_by_role("dialog")
        expect(dialog.get_by_label("Alternative text")).to_have_value("")
        dialog.get_by_label("Alternative text").fill(words)
        dialog.get_by_role("button", name="Insert").click()
    expect(editor_of(desk).locator(".gallery img")).to_have_count(2)
    axe(desk, ".writing")

    snippet, text, first, second = save(desk).body.split("\n")

    assert (snippet, text) == ("<h2>Where</h2>", "<p>We are <strong>here</strong>.</p>")
    assert (
        first
        == '<figure data-embed="youtube"><a href="https://youtu.be/abc123">A film</a></figure>'
    )
    addresses = [image.file.url for image in Image.objects.order_by("pk")]
    assert second == (
        f'<figure class="gallery"><figure><img src="{addresses[0]}" alt="One"></figure>'
        f'<figure><img src="{addresses[1]}" alt="Two"></figure></figure>'
    )


def test_pictures_are_pasted_and_dropped(desk, problems):
    desk.goto(ADD)
    desk.get_by_label("Title:", exact=True).fill("Pictures")
    editor_of(desk).click()

    # Words with a picture of themselves beside them: the words are meant.
    paste(desk, png(), html="<h1>Head</h1><p onclick='x' style='color: red'>Words <b>bold</b></p>")
    assert problems == []  # nothing of it was tried
    paste(desk, base64.b64encode(b"<svg/>").decode())
    desk.get_by_role("dialog").get_by_role("button", name="Insert").click()
    expect(desk.locator(".editor-note.error")).to_have_text(
        "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file."
    )
    assert not Image.objects.exists()
    paste(desk, png())
    fill_words(desk, "Pasted surface", "")
    paste(desk, png(), event="drop")
    fill_words(desk, "Dropped surface", "A caption")

    body = save(desk).body

    pasted, dropped = [image.file.url for image in Image.objects.order_by("pk")]
    assert body == (
        f'<figure><img src="{dropped}" alt="Dropped surface"><figcaption>A caption</figcaption></figure>\n'
        "<h2>Head</h2>\n<p>Words <strong>bold</strong></p>\n"
        f'<figure><img src="{pasted}" alt="Pasted surface"></figure>'
    )


def test_words_of_a_picture_and_language_of_code_are_changed(desk, author):
    figure = f'<figure><img src="{make_image().file.url}" alt="{{}}"><figcaption>Cap</figcaption></figure>'
    body = f"{figure.format('Old')}\n<pre><code>x = 1</code></pre>"
    article = save_article(article=Article(title="T", body=body), editor=author)
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    editor_of(desk).locator("figcaption").click()
    desk.get_by_role("button", name="Insert a picture").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_label("Alternative text")).to_have_value("Old")
    dialog.get_by_label("Alternative text").fill("New")
    dialog.get_by_role("button", name="Update").click()
    editor_of(desk).locator("pre").click()
    desk.get_by_role("button", name="Language of the code").click()
    dialog.get_by_role("textbox").fill("Python")
    dialog.get_by_role("button", name="Update").click()

    code = '<pre><code class="language-python">x = 1</code></pre>'
    assert save(desk).body == f"{figure.format('New')}\n{code}"


def test_text_survives_a_refused_form(desk):
    desk.goto(ADD)
    editor_of(desk).click()
    desk.keyboard.type("Precious words.")
    desk.locator("[name=_save]").first.click()

    expect(desk.locator(".errornote").first).to_be_visible()
    expect(editor_of(desk)).to_have_text("Precious words.")


def test_form_works_without_scripts(no_js_page, sign_in, author):
    sign_in(no_js_page, author)
    no_js_page.goto(ADD)
    no_js_page.get_by_label("Title:", exact=True).fill("By hand")
    no_js_page.locator("#id_body").fill("<h2>Head</h2><p>Words</p>")
    no_js_page.locator("[name=_save]").first.click()
    no_js_page.wait_for_url("**/admin/articles/article/")

    assert Article.objects.get().body == "<h2>Head</h2>\n<p>Words</p>"


def test_pages_of_the_desk_are_accessible(desk, author, axe):
    image = make_image(uploaded_by=author)
    article = save_article(article=Article(title="T", lead_image=image), editor=author)
    for url in (
        "/admin/articles/article/",
        ADD,
        f"/admin/articles/article/{article.pk}/change/",
        "/admin/media/image/",
        "/admin/media/image/add/",
        "/admin/articles/tag/",
    ):
        desk.goto(url)
        axe(desk)


def png() -> str:
    file = io.BytesIO()
    PIL.Image.new("RGB", (30, 20), "teal").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def paste(page: Page, content: str, html: str = "", event: str = "paste") -> None:
    """Put a file, and perhaps HTML, before the editor as a clipboard or a mouse would."""
    page.evaluate(
        """([content, html, type]) => {
            const target = document.querySelector(".ProseMirror")
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
            const transfer = new DataTransfer()
            transfer.items.add(new File([bytes], "a.png", { type: "image/png" }))
            if (html) transfer.setData("text/html", html)
            const { left, top } = target.getBoundingClientRect()
            const options = { bubbles: true, cancelable: true, clientX: left + 30, clientY: top + 30 }
            target.dispatchEvent(type === "paste"
                ? new ClipboardEvent(type, { ...options, clipboardData: transfer })
                : new DragEvent(type, { ...options, dataTransfer: transfer }))
        }""",
        [content, html, event],
    )
