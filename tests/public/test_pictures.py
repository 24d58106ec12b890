"""Who may open a stored picture, and what pages show of it."""

import io
from datetime import timedelta

import PIL.Image
import pytest
import time_machine
from django.utils import timezone

from blog.articles.models import Article
from blog.articles.services import save_article
from blog.media.renditions import make_renditions
from blog.media.services import clean_picture, replace_picture
from tests.factories import make_article, make_author, make_image, make_staff, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)
HIDDEN = {
    "draft": {"status": Article.Status.DRAFT},
    "scheduled": {"publish_at": NOW + DAY},
    "expired": {"publish_at": NOW - 2 * DAY, "expire_at": NOW - DAY},
    "trashed": {"trashed_at": NOW},
}


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def status_of(response) -> int:
    if response.streaming:
        response.getvalue()  # read to its end, the file is closed
    return response.status_code


def in_text(image, **fields):
    article = make_article(**fields)
    article.pictures.add(image)
    return article


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("place", ["lead", "text", "rendition", "nowhere"])
def test_picture_that_no_public_page_shows_is_not_there(client, state, place):
    image = make_image()
    make_renditions(image=image)
    if place == "text":
        in_text(image, **HIDDEN[state])
    elif place != "nowhere":
        make_article(lead_image=image, **HIDDEN[state])

    response = client.get(image.files.small if place == "rendition" else image.file.url)

    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
    assert response.cookies == {}


@pytest.mark.parametrize("place", ["lead", "text", "author", "both"])
def test_picture_opens_with_the_first_page_that_shows_it(client, place):
    image = make_image()
    make_renditions(image=image)
    if place == "author":
        make_author(photo=image)
    elif place == "lead":
        make_article(lead_image=image)
    else:
        in_text(image)
    if place == "both":
        make_article(lead_image=image, status=Article.Status.DRAFT)

    for address in (image.file.url, image.files.small, image.files.src):
        response = client.get(address)
        assert (status_of(response), "Vary" in response) == (200, False)


def test_scheduled_picture_opens_and_closes_to_the_second_without_a_job(client):
    image = make_image()
    make_article(lead_image=image, publish_at=NOW + DAY, expire_at=NOW + 2 * DAY)
    second = timedelta(seconds=1)
    seen = []

    for at in (DAY - second, DAY, 2 * DAY - second, 2 * DAY):
        with time_machine.travel(NOW + at, tick=False):
            seen.append(status_of(client.get(image.file.url)))

    assert seen == [404, 200, 200, 404]


@pytest.mark.parametrize(
    ("role", "status"), [("Author", 200), ("Editor", 200), ("Moderator", 404), (None, 404)]
)
def test_those_who_write_see_the_whole_library(client, role, status):
    image = make_image()
    client.force_login(make_staff(role) if role else make_user())

    response = client.get(image.file.url)

    assert status_of(response) == status
    assert response["Cache-Control"] == ("private, no-store" if status == 200 else "no-store")


def test_asking_costs_one_query(client, django_assert_num_queries):
    image = make_image()
    make_renditions(image=image)
    in_text(image)
    status_of(client.get(image.file.url))

    for address in (image.file.url, image.files.small):
        with django_assert_num_queries(1):
            assert status_of(client.get(address)) == 200


def test_file_without_a_row_is_not_there(client, media_root):
    folder = media_root / "pictures/2026/11"
    folder.mkdir(parents=True)
    (folder / "lost.jpg").write_bytes(b"x")

    assert client.get("/media/pictures/2026/11/lost.jpg").status_code == 404


def clean(size):
    file = io.BytesIO()
    PIL.Image.new("RGB", size).save(file, "PNG")
    file.seek(0)
    return clean_picture(file)


def test_old_address_leads_to_the_replacement(client, django_capture_on_commit_callbacks):
    image = make_image(size=(500, 300))
    make_renditions(image=image)
    make_article(lead_image=image)
    old = image.files
    with django_capture_on_commit_callbacks(execute=True):
        image = replace_picture(image=image, picture=clean((700, 10)))
    image.refresh_from_db()

    answers = [client.get(address) for address in (old.src, old.small)]
    answers.append(client.get(f"{old.src.rpartition('-')[0]}.jpg"))

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert [answer["Cache-Control"] for answer in answers] == ["no-cache"] * 3
    assert answers[1].url == image.files.small
    assert answers[2].url == image.file.url


def test_old_address_of_a_hidden_picture_tells_nothing(client):
    image = make_image()
    old = image.file.url
    replace_picture(image=image, picture=clean((9, 9)))

    assert client.get(old).status_code == 404
    client.force_login(make_staff("Author"))
    assert client.get(old)["Cache-Control"] == "private, no-store"


def test_pages_offer_the_renditions(client):
    lead, other = make_image(size=(1000, 600), alt="Lead"), make_image(size=(1000, 600))
    for image in (lead, other):
        make_renditions(image=image)
    article = save_article(
        article=Article(
            title="T",
            status=Article.Status.PUBLISHED,
            lead_image=lead,
            body=f'<figure><img src="{other.file.url}" alt="Other"></figure>',
        ),
        editor=None,
    )
    make_article(title="Related", lead_image=other)

    html = client.get(article.get_absolute_url()).content.decode()

    stem = lead.file.url.removesuffix(".jpg")
    assert (
        f'<img src="{stem}-960.jpg" srcset="{stem}-480.jpg 480w, {stem}-960.jpg 960w, {stem}-1000.jpg 1000w"'
        ' sizes="(min-width: 75rem) 56rem, (min-width: 60rem) calc(92vw - 13rem), 92vw" alt="Lead"'
        ' width="1000" height="600" fetchpriority="high"></picture>'
    ) in html
    assert html.count('<source type="image/avif"') == 3
    assert html.count('loading="lazy"') == 2


def test_pages_show_the_safe_copy_until_there_are_renditions(client):
    article = make_article(lead_image=make_image(size=(1000, 600)))

    html = client.get(article.get_absolute_url()).content.decode()

    assert f'<img src="{article.lead_image.file.url}" alt="A plain surface" width="1000"' in html
    assert "srcset" not in html


def test_lists_keep_the_focal_point_in_view(client):
    make_article(lead_image=make_image(focal_x=90, focal_y=10))
    make_article(lead_image=make_image(focal_x=90, focal_y=10))

    assert client.get("/").content.decode().count('class="fx100 fy0"') == 2


def test_pages_need_no_file(client, media_root):
    image = make_image(size=(600, 400))
    make_renditions(image=image)
    article = make_article(lead_image=image, authors=[make_author(photo=image)])
    for file in media_root.rglob("*.*"):
        file.unlink()

    for address in ("/", article.get_absolute_url(), "/feed/"):
        assert client.get(address).status_code == 200


def test_feed_names_one_file_of_each_picture(client):
    image = make_image(size=(600, 400))
    make_renditions(image=image)
    save_article(
        article=Article(
            title="T",
            status=Article.Status.PUBLISHED,
            body=f'<figure><img src="{image.file.url}" alt="A"></figure>',
        ),
        editor=None,
    )

    (item,) = client.get("/feed/json/").json()["items"]

    assert item["content_html"] == (
        f'<figure><picture><img src="http://testserver{image.files.src}" alt="A" width="600"'
        ' height="400" loading="lazy" decoding="async"></picture></figure>\n'
    )
