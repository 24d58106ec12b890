"""The picture library of the staff desk."""

import io

import PIL.Image
import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from blog.media import admin, queries
from blog.media.editing import turn_picture
from blog.media.models import Image
from blog.media.services import store_image
from tests.factories import make_article, make_author, make_image, make_staff, make_user

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


def words(**fields) -> dict:
    return {
        "alt": "",
        "caption": "",
        "credit": "",
        "folder": "",
        "focal_x": 50,
        "focal_y": 50,
    } | fields


def test_changing_takes_words_and_no_file_by_its_field(client, photographer):
    image = make_image(uploaded_by=photographer)
    before = image.file.name
    client.force_login(photographer)

    client.post(change_url(image), words(alt="New", folder=" a // b ", focal_x=10, file=upload()))

    image.refresh_from_db()
    assert (image.alt, image.folder, image.focal_x) == ("New", "a/b", 10)
    assert image.file.name == before


def test_another_file_takes_the_place_of_the_old_one(client, photographer):
    image = make_image(uploaded_by=photographer)
    before = image.file.name
    client.force_login(photographer)

    client.post(change_url(image), words(alt="New", upload=upload()))

    image.refresh_from_db()
    assert (image.alt, image.width, image.file.name == before) == ("New", 40, False)


def test_picture_turns_with_its_focal_point_and_back(client, photographer):
    image = make_image(size=(64, 48), uploaded_by=photographer, source_digest="as it came")
    before = image.file.name
    client.force_login(photographer)

    client.post(change_url(image), words(alt="New", focal_x=10, focal_y=30, _turn="left"))

    image.refresh_from_db()
    assert (image.width, image.height) == (48, 64)
    assert (image.alt, image.focal_x, image.focal_y) == ("New", 30, 90)
    assert (image.source_digest, image.rendered_at) == ("as it came", None)
    assert [old.stem for old in image.old_addresses.all()] == [before.removesuffix(".jpg")]
    client.post(change_url(image), words(focal_x=30, focal_y=90, _turn="right"))
    image.refresh_from_db()
    assert (image.width, image.focal_x, image.focal_y) == (64, 10, 30)


def test_top_of_a_picture_lies_at_the_left_after_a_turn_to_the_left():
    drawing = PIL.Image.new("RGB", (60, 40), "white")
    drawing.paste("red", (0, 0, 60, 10))
    file = io.BytesIO()
    drawing.save(file, "PNG")
    file.seek(0)

    image = turn_picture(image=store_image(file=file), is_left=True)

    with image.file.open() as stored, PIL.Image.open(stored) as turned:
        assert turned.getpixel((2, 30)) == (255, 0, 0)


def test_moving_or_lost_picture_is_not_turned(client, photographer, monkeypatch):
    frames = [PIL.Image.new("RGB", (20, 10), color) for color in ("red", "green")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    file.seek(0)
    moving = store_image(file=file, uploaded_by=photographer)
    lost = make_image(uploaded_by=photographer)
    lost.file.storage.delete(lost.file.name)
    client.force_login(photographer)

    for image, sentence in [
        (moving, "A moving picture cannot be turned, cropped or scaled here."),
        (lost, "The file of this picture is gone or damaged."),
    ]:
        response = client.post(change_url(image), words(alt="Kept", _turn="right"), follow=True)
        assert sentence in response.content.decode()
        assert Image.objects.values_list("alt", "file").get(pk=image.pk) == (
            "Kept",
            image.file.name,
        )

    def is_down(*args):
        raise ConnectionError("The bucket of STORAGE_URL does not answer")

    monkeypatch.setattr(FileSystemStorage, "_open", is_down)
    response = client.post(change_url(lost), words(alt="New", _turn="right"), follow=True)
    assert "The storage of the pictures does not answer." in response.content.decode()
    assert Image.objects.get(pk=lost.pk).alt == "New"


def test_picture_is_cropped_and_scaled_and_the_original_comes_back(
    client, photographer, django_capture_on_commit_callbacks
):
    image = make_image(size=(200, 100), uploaded_by=photographer, focal_x=75, focal_y=10)
    first, stored = image.file.name, image.file.storage

    def content_of(name):
        with stored.open(name) as file:
            return file.read()

    content = content_of(first)
    client.force_login(photographer)

    def send(button, **numbers):
        numbers = {"seen_file": Image.objects.get().file.name} | numbers
        with django_capture_on_commit_callbacks(execute=True):
            page = client.post(
                change_url(image),
                words(focal_x=75, focal_y=10, **{button: "1"} | numbers),
                follow=True,
            )
        image.refresh_from_db()
        return page.content.decode()

    part = {"crop_left": 100, "crop_top": 50, "crop_width": 80, "crop_height": 40}
    for numbers, sentence in (
        ({"crop_left": 121}, "the picture has 200 × 100 pixels"),
        ({"crop_top": "61.0"}, "the picture has 200 × 100 pixels"),
        ({"crop_left": -1}, "greater than or equal to 0"),
        ({"crop_width": 0}, "at least 16 pixels"),
        ({"crop_height": ""}, "four numbers"),
        (
            {"crop_left": 0, "crop_top": 0, "crop_width": 200, "crop_height": 100},
            "the whole picture",
        ),
        ({"crop_width": 10**30}, "the picture has 200 × 100 pixels"),
        ({"seen_file": "pictures/other.jpg"}, "changed in the meantime"),
    ):
        assert sentence in send("_crop", **part | numbers), numbers
    for width, sentence in (
        (200, "only be made smaller"),
        (0, "at least 16"),
        ("", "at least 16"),
    ):
        assert sentence in send("_scale", scale_width=width)
    assert "This is the original" in send("_original")
    assert (image.file.name, image.original.name) == (first, "")
    assert stored.listdir("pictures/originals")[1] == []

    assert "The picture is cropped." in send("_crop", **part)
    assert (image.width, image.height, image.focal_x, image.focal_y) == (80, 40, 62, 0)
    kept = image.original.name
    assert (content_of(kept), stored.exists(first)) == (content, False)
    assert client.get(f"/media/{kept}").status_code == 404  # for nobody, whoever writes here
    assert "The picture is scaled." in send("_scale", scale_width="20.0")
    assert (image.width, image.height, image.original.name) == (20, 10, kept)
    send("_turn")
    assert image.original.name == kept
    assert "Back to the original" in client.get(change_url(image)).content.decode()
    assert "The original is back." in send("_original")
    assert (image.width, image.height, image.focal_x, image.focal_y) == (200, 100, 75, 10)
    assert (content_of(image.file.name), image.original.name) == (content, "")
    assert stored.exists(kept) is False
    assert client.get(f"/media/{first}").url == image.file.url  # each old address leads on
    send("_crop", **part)
    kept = image.original.name
    send("_save", upload=upload())
    assert (image.original.name, stored.exists(kept)) == ("", False)  # another picture
    send("_crop", crop_left=0, crop_top=0, crop_width=20, crop_height=20)
    kept = image.original.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{LIST}{image.pk}/delete/", {"post": "yes"})
    assert stored.exists(kept) is False


def test_unreadable_replacement_is_refused_and_keeps_the_words(client, photographer):
    image = make_image(uploaded_by=photographer)
    client.force_login(photographer)

    response = client.post(change_url(image), words(alt="Mine", upload=upload(content=b"no")))

    assert b"This is not a picture we can read." in response.content
    assert b'value="Mine"' in response.content
    assert Image.objects.get().file.name == image.file.name


@pytest.mark.parametrize(("x", "y"), [("101", "50"), ("50", "-1"), ("", "50"), ("a", "50")])
def test_focal_point_outside_the_picture_is_refused(client, photographer, x, y):
    image = make_image(uploaded_by=photographer)
    client.force_login(photographer)

    response = client.post(change_url(image), words(focal_x=x, focal_y=y))

    assert response.context["errors"]
    assert Image.objects.get().focal_x == 50


@pytest.mark.parametrize("action", ["change", "delete"])
def test_pictures_of_others_can_be_looked_at_only(client, photographer, action):
    image = make_image(uploaded_by=make_user())
    client.force_login(photographer)

    response = client.post(
        reverse(f"admin:media_image_{action}", args=[image.pk]), words(alt="Mine", post="yes")
    )

    assert response.status_code == 403
    assert Image.objects.get().alt == image.alt


def test_editors_change_the_words_of_every_picture(client, photographer):
    photographer.user_permissions.add(Permission.objects.get(codename="edit_any_image"))
    image = make_image(uploaded_by=make_user())
    client.force_login(photographer)

    client.post(change_url(image), words(alt="Better"))

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

    with django_assert_max_num_queries(12):
        response = client.get(LIST)

    assert response.content.count(b'class="thumbnail"') == 12


def test_list_names_what_lacks_words_and_where_pictures_are_used(client):
    described, bare = make_image(alt="A bridge"), make_image(alt="")
    make_article(lead_image=bare).pictures.add(bare)
    make_author(photo=bare)
    client.force_login(make_staff("Editor"))

    html = client.get(LIST).content.decode()

    assert html.count("No alternative text") == 1
    assert html.count(">2 places<") == 1
    assert html.count(">Nowhere<") == 1
    assert described.alt in html


def test_list_counts_the_places_of_a_picture_no_further_than_to_many(client, monkeypatch):
    monkeypatch.setattr(admin, "MANY", 2)
    monkeypatch.setattr(queries, "MANY", 2)
    everywhere, twice = make_image(), make_image()
    for _ in range(3):
        make_article(lead_image=everywhere)
    for _ in range(2):
        make_article(lead_image=twice)
    client.force_login(make_staff("Editor"))

    html = client.get(LIST).content.decode()

    assert html.count(">More than 2 places<") == 1
    assert html.count(">2 places<") == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?described=no", {"bare"}),
        ("?described=yes", {"used", "filed"}),
        ("?used=yes", {"used", "bare"}),
        ("?used=no", {"filed"}),
        ("?folder=Travel%2FLisbon", {"filed"}),
        ("?folder=Travel", {"filed"}),
        ("?folder=Trav", set()),
        ("?folder=%2F", {"used", "bare"}),
        ("?q=lisbon", {"filed"}),
        ("?q=tram", {"filed"}),
    ],
)
def test_library_is_searched_and_filtered(client, query, expected):
    images = {
        "used": make_image(alt="Used"),
        "bare": make_image(alt=""),
        "filed": make_image(alt="A tram", folder="Travel/Lisbon"),
    }
    make_article(lead_image=images["used"]).pictures.add(images["bare"])
    client.force_login(make_staff("Editor"))

    found = client.get(LIST + query).context["cl"].result_list

    assert {name for name, image in images.items() if image in found} == expected


def test_pictures_move_to_a_folder(client, photographer):
    own, other = make_image(uploaded_by=photographer), make_image()
    client.force_login(photographer)

    response = client.post(
        LIST,
        {
            "action": "move_to_folder",
            "to_folder": "Travel / Lisbon",
            "_selected_action": [own.pk, other.pk],
        },
        follow=True,
    )

    assert b"1 picture moved." in response.content
    assert {image.pk: image.folder for image in Image.objects.all()} == {
        own.pk: "Travel/Lisbon",
        other.pk: "",
    }


def test_pictures_in_use_survive_deleting_many(client):
    used, free = make_image(alt="Used one"), make_image(alt="Free")
    make_article(title="On bridges", lead_image=used)
    client.force_login(make_staff("Editor"))
    data = {"action": "delete_selected", "_selected_action": [used.pk, free.pk]}

    question = client.post(LIST, data)
    client.post(LIST, data | {"post": "yes"})

    assert "“Used one” is shown here: On bridges" in question.content.decode()
    assert set(Image.objects.all()) == {used, free}


def test_picture_in_use_survives_its_own_page(client):
    used = make_image()
    make_author(name="Ada", photo=used)
    client.force_login(make_staff("Editor"))

    client.post(reverse("admin:media_image_delete", args=[used.pk]), {"post": "yes"})

    assert Image.objects.count() == 1


def test_places_of_a_picture_are_links_for_who_may_open_them(client):
    image = make_image()
    user = make_staff("Author")
    make_article(title="Mine", lead_image=image, created_by=user)
    make_article(title="A secret of others", lead_image=image, status="draft")
    client.force_login(user)

    html = client.get(change_url(image)).content.decode()

    assert ">Mine</a>" in html
    assert "A secret of others" not in html
    assert "1 place that you may not open" in html
