"""Pictures as a browser meets them: the file it chooses, and the library at the desk."""

import PIL.Image
import pytest
from playwright.sync_api import Page, expect

from blog.articles.models import Article
from blog.articles.services import save_article
from blog.media.models import Image
from blog.media.renditions import make_renditions
from tests.factories import make_image, make_staff

CHOSEN = "images => images.map((image) => image.currentSrc.split('-').pop())"


@pytest.fixture(autouse=True)
def media_root(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def article() -> Article:
    """Return an article with a lead picture, one in the text, and a gallery, all with renditions."""
    images = [make_image(size=(2000, 1200), color=color) for color in ("teal", "navy", "olive")]
    for image in images:
        make_renditions(image=image)
    figures = [f'<figure><img src="{image.file.url}" alt="A"></figure>' for image in images]
    body = (
        f"<p>Before.</p>{figures[1]}"
        f'<figure class="gallery">{figures[1]}{figures[2]}</figure>'
        '<figure data-embed="link"><a href="https://youtu.be/a1b2c3">A film</a></figure>'
    )
    return save_article(
        article=Article(
            title="Pictures", status=Article.Status.PUBLISHED, lead_image=images[0], body=body
        ),
        editor=None,
    )


def chosen(page: Page) -> list[str]:
    images = page.locator("article img")
    for image in images.all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
    return images.evaluate_all(CHOSEN)


def test_browser_takes_the_lightest_file_that_is_sharp(page, phone, article, axe):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(article.get_absolute_url())
    phone.goto(article.get_absolute_url())

    assert chosen(page) == ["960.avif", "960.avif", "480.avif", "480.avif"]
    assert chosen(phone) == ["960.avif"] * 4
    # A source that is shown is an empty part of each card.
    shown = (
        "[...document.querySelectorAll('source')].filter((each) => each.checkVisibility()).length"
    )
    assert (page.locator("source").count() > 0, page.evaluate(shown)) == (True, 0)
    assert page.locator("img[fetchpriority=high]:not([loading])").count() == 1
    axe(page)


def test_focal_point_is_set_by_a_click_or_by_numbers(page, no_js_page, sign_in):
    user = make_staff("Editor")
    image = make_image(size=(400, 200))
    for desk in (page, no_js_page):
        sign_in(desk, user)
        desk.goto(f"/admin/media/image/{image.pk}/change/")

    page.locator("img[data-focus]").click(position={"x": 300, "y": 20})
    expect(page.get_by_label("Focal point across")).to_have_value("75")
    page.locator("[name=_continue]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    image.refresh_from_db()
    assert (image.focal_x, image.focal_y) == (75, 10)

    no_js_page.get_by_label("Focal point down").fill("90")
    no_js_page.locator("[name=_continue]").first.click()
    expect(no_js_page.locator(".messagelist .success")).to_be_visible()
    image.refresh_from_db()
    assert image.focal_y == 90


def test_another_file_takes_the_place_everywhere(page, sign_in, article, tmp_path, axe):
    lead = article.lead_image
    sign_in(page, make_staff("Editor"))
    page.goto(f"/admin/media/image/{lead.pk}/change/")
    PIL.Image.new("RGB", (700, 300), "crimson").save(tmp_path / "new.png")
    axe(page)
    page.get_by_label("Replace the file").set_input_files(tmp_path / "new.png")
    page.locator("[name=_save]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    page.goto(article.get_absolute_url())

    assert chosen(page)[0] == "700.avif"
    assert Image.objects.get(pk=lead.pk).width == 700
    assert page.goto(lead.file.url).url.endswith(Image.objects.get(pk=lead.pk).file.url)
