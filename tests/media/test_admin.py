"""The picture library of the staff desk."""

import io

import PIL.Image
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from blog.media.models import Image
from tests.factories import make_image, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/media/image/"
ADD = f"{LIST}add/"


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photographer():
    """Return a member of staff who may add and change pictures, and delete them."""
    user = make_user(is_staff=True)
    names = ["add_image", "change_image", "delete_image", "view_image"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def upload(name: str = "a.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    if content is None:
        file = io.BytesIO()
        PIL.Image.new("RGB", (40, 30), "olive").save(file, "JPEG")
        content = file.getvalue()
    return SimpleUploadedFile(name, content)


def change_url(image: Image) -> str:
    return reverse("admin:media_image_change", args=[image.pk])


def test_uploading_goes_through_the_service(client, photographer):
    client.force_login(photographer)

    response = client.post(
        ADD, {"upload": upload("evil.php"), "alt": "Olive", "caption": "", "credit": "Us"}
    )

    image = Image.objects.get()
    assert (response.status_code, response.url) == (302, LIST)
    assert (image.alt, image.credit, image.uploaded_by) == ("Olive", "Us", photographer)
    assert image.file.name.endswith(".jpg")
    assert image.source_digest


def test_unreadable_file_is_refused_with_a_sentence_and_keeps_the_words(client, photographer):
    client.force_login(photographer)

    response = client.post(ADD, {"upload": upload(content=b"<svg/>"), "alt": "My words"})

    form = response.context["adminform"].form
    assert form.errors == {
        "upload": [
            "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file."
        ]
    }
    assert b"My words" in response.content
    assert Image.objects.count() == 0


def test_changing_takes_words_but_no_other_file(client, photographer):
    image = make_image(uploaded_by=photographer)
    before = image.file.name
    client.force_login(photographer)

    client.post(
        change_url(image),
        {"alt": "New", "caption": "", "credit": "", "file": upload(), "upload": upload()},
    )

    image.refresh_from_db()
    assert (image.alt, image.file.name) == ("New", before)


@pytest.mark.parametrize("action", ["change", "delete"])
def test_pictures_of_others_can_be_looked_at_only(client, photographer, action):
    image = make_image(uploaded_by=make_user())
    client.force_login(photographer)

    response = client.post(
        reverse(f"admin:media_image_{action}", args=[image.pk]), {"alt": "Mine", "post": "yes"}
    )

    assert response.status_code == 403
    assert Image.objects.get().alt == image.alt


def test_editors_change_the_words_of_every_picture(client, photographer):
    photographer.user_permissions.add(Permission.objects.get(codename="edit_any_image"))
    image = make_image(uploaded_by=make_user())
    client.force_login(photographer)

    client.post(change_url(image), {"alt": "Better", "caption": "", "credit": ""})

    image.refresh_from_db()
    assert image.alt == "Better"


def test_deleting_takes_the_file_along(client, photographer, django_capture_on_commit_callbacks):
    image = make_image(uploaded_by=photographer)
    client.force_login(photographer)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:media_image_delete", args=[image.pk]), {"post": "yes"})

    assert Image.objects.count() == 0
    assert not image.file.storage.exists(image.file.name)


@pytest.mark.parametrize("view", ["list", "change", "delete", "history"])
def test_hostile_words_are_escaped(client, view):
    attack = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    image = make_image(alt=attack, caption=attack, credit=attack)
    client.force_login(make_user(is_staff=True, is_superuser=True))

    url = LIST if view == "list" else reverse(f"admin:media_image_{view}", args=[image.pk])
    html = client.get(url).content.decode()

    assert "onerror=alert(1)&gt;" in html
    assert "<img src=x" not in html
    assert "<script>alert" not in html


def test_list_needs_the_same_number_of_queries_for_many(client, django_assert_max_num_queries):
    for _ in range(12):
        make_image(uploaded_by=make_user())
    client.force_login(make_user(is_staff=True, is_superuser=True))

    with django_assert_max_num_queries(8):
        response = client.get(LIST)

    assert response.content.count(b'class="thumbnail"') == 12
