"""What may come in as a picture, and what is left of it."""

import io
import zlib
from pathlib import Path

import PIL.Image
import pytest
from django.core.exceptions import ValidationError
from PIL import ImageCms
from PIL.ExifTags import IFD, Base

from blog.media import services
from blog.media.models import Image
from blog.media.services import FileTooLargeError, delete_image, store_image
from tests.factories import make_article, make_author, make_image, make_user

SAMPLES = Path(__file__).parents[3] / "shared/data/images"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"{SAMPLES} is absent")
pytestmark = pytest.mark.django_db

NOT_READABLE = "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file."
DAMAGED = "The file is damaged. Open the picture in a program, save it anew and upload that."
TOO_MANY_PIXELS = "The picture has more than 50 million pixels. Scale it down and upload it again."


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def file_of(picture: PIL.Image.Image, picture_format: str = "PNG", **options) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, picture_format, **options)
    file.seek(0)
    return file


def photo(size: tuple[int, int] = (120, 80)) -> PIL.Image.Image:
    """Return a picture with more colours than a drawing has."""
    red = PIL.Image.linear_gradient("L").resize(size)
    green = red.transpose(PIL.Image.Transpose.ROTATE_180)
    blue = PIL.Image.effect_noise(size, 90)
    return PIL.Image.merge("RGB", (red, green, blue))


def opened(image: Image) -> PIL.Image.Image:
    picture = PIL.Image.open(io.BytesIO(stored_bytes(image)))
    picture.load()
    return picture


def stored_bytes(image: Image) -> bytes:
    with image.file.open() as file:
        return file.read()


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        store_image(file=io.BytesIO(content))
    assert Image.objects.count() == 0
    return caught.value.message


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("hopper.jpg", ("JPEG", "RGB", (128, 128))),
        ("hopper.png", ("JPEG", "RGB", (128, 128))),
        ("hopper.webp", ("JPEG", "RGB", (128, 128))),
        ("hopper.avif", ("JPEG", "RGB", (128, 128))),
        ("hopper.gif", ("PNG", "RGB", (128, 128))),
        ("single_frame.png", ("PNG", "RGB", (128, 64))),
        ("pil_sample_cmyk.jpg", ("JPEG", "RGB", (100, 100))),
        ("hopper_orientation_3.webp", ("JPEG", "RGB", (128, 128))),
        ("iss634.gif", ("WEBP", "RGBA", (245, 245))),
    ],
)
@needs_samples
def test_sample_is_stored_in_a_format_every_browser_shows(sample, expected):
    image = store_image(file=io.BytesIO((SAMPLES / sample).read_bytes()))

    picture = opened(image)
    assert (picture.format, picture.mode, picture.size) == expected
    assert (image.width, image.height) == expected[2]


@needs_samples
def test_animation_keeps_its_frames():
    image = store_image(file=io.BytesIO((SAMPLES / "iss634.gif").read_bytes()))

    assert opened(image).n_frames == 42


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [("16bit.cropped.tif", NOT_READABLE), ("truncated_jpeg.jpg", DAMAGED)],
)
@needs_samples
def test_broken_or_foreign_sample_is_refused(sample, sentence):
    assert refusal((SAMPLES / sample).read_bytes()) == sentence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 4096,
        b"just words",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg>&e;</svg>',
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"BM" + b"\x00" * 60,
        b"\x7fELF" + b"\x00" * 60,
    ],
)
def test_other_files_are_refused(content):
    assert refusal(content) == NOT_READABLE


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_truncated_file_is_refused(picture_format, share):
    content = file_of(photo(), picture_format).getvalue()

    sentence = refusal(content[: int(len(content) * share)])

    assert sentence in {DAMAGED, NOT_READABLE}


def test_large_file_is_refused_without_being_read_whole():
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size: int = -1) -> bytes:
            self.asked = size
            return b"\xff" * size

    file = Endless()
    with pytest.raises(FileTooLargeError) as caught:
        store_image(file=file)

    assert file.asked == services.MAX_BYTES + 1
    assert caught.value.message == (
        "The file is larger than 20 MB. Save the picture smaller and upload it again."
    )


@pytest.mark.parametrize("edge", [7_100, 9_000, 30_000])
def test_pixel_flood_is_refused_before_decoding(edge):
    # The header alone says how many pixels there are; the rest of the file is not even there.
    content = file_of(PIL.Image.new("1", (8, 8))).getvalue()
    header = content[:16] + edge.to_bytes(4, "big") * 2 + content[24:29]
    forged = header + zlib.crc32(header[12:29]).to_bytes(4, "big") + content[33:]

    assert refusal(forged) == TOO_MANY_PIXELS


def test_flood_of_frames_is_refused(monkeypatch):
    monkeypatch.setattr(services, "MAX_PIXELS", 25_000)
    frames = [PIL.Image.new("RGB", (100, 100), color) for color in ("red", "green", "blue")]
    content = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:]).getvalue()

    assert "Scale it down" in refusal(content)


@needs_samples
def test_position_and_camera_are_dropped():
    content = (SAMPLES / "exif_gps.jpg").read_bytes()
    assert PIL.Image.open(io.BytesIO(content)).getexif().get_ifd(IFD.GPSInfo)

    image = store_image(file=io.BytesIO(content))

    assert dict(opened(image).getexif()) == {}


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_is_dropped(picture_format):
    exif = PIL.Image.Exif()
    exif[Base.Make] = "secret camera"
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    content = file_of(photo(), picture_format, exif=exif, xmp=b"<x:secret/>").getvalue()
    assert b"secret" in content

    image = store_image(file=io.BytesIO(content))

    assert b"secret" not in stored_bytes(image)


@pytest.mark.parametrize("start", [b"GIF89a", b"\xff\xd8\xff"])
def test_script_dressed_as_picture_is_refused(start):
    assert refusal(start + b"/*<?php system($_GET['c']); ?>*/=1;alert(1)") in {
        DAMAGED,
        NOT_READABLE,
    }


@pytest.mark.parametrize("picture_format", ["GIF", "PNG", "JPEG", "WEBP"])
def test_what_hides_behind_a_picture_is_dropped(picture_format):
    content = (
        file_of(photo(), picture_format).getvalue() + b"<?php system('id') ?><script>PK\x03\x04"
    )

    image = store_image(file=io.BytesIO(content))

    stored = stored_bytes(image)
    assert b"php" not in stored
    assert b"<script" not in stored


@needs_samples
def test_picture_is_turned_upright():
    image = store_image(file=io.BytesIO((SAMPLES / "hopper_orientation_6.jpg").read_bytes()))

    upright = opened(image).convert("L").resize((2, 2))
    expected = PIL.Image.open(SAMPLES / "hopper.jpg").convert("L").resize((2, 2))
    difference = zip(upright.tobytes(), expected.tobytes(), strict=True)
    assert max(abs(one - other) for one, other in difference) < 12


def test_orientation_swaps_width_and_height():
    exif = PIL.Image.Exif()
    exif[Base.Orientation] = 6

    image = store_image(file=file_of(photo((120, 80)), "JPEG", exif=exif))

    assert (image.width, image.height) == (80, 120)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((2560, 10), (2560, 10)), ((5000, 2500), (2560, 1280)), ((30, 4000), (19, 2560))],
)
def test_large_picture_is_scaled_down(size, expected):
    image = store_image(file=file_of(PIL.Image.new("RGB", size, "navy"), "JPEG"))

    assert (image.width, image.height) == expected


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 200, (200, 200, 200)),
        ("LA", (200, 255), (200, 200, 200)),
        ("P", 0, (0, 0, 0)),
        ("RGB", (200, 100, 50), (200, 100, 50)),
        ("RGBA", (200, 100, 50, 255), (200, 100, 50)),
        ("RGBA", (200, 100, 50, 128), (200, 100, 50, 128)),
        ("I;16", 51_400, (200, 200, 200)),
    ],
)
def test_every_kind_of_pixel_becomes_plain_colour(mode, color, expected):
    image = store_image(file=file_of(PIL.Image.new(mode, (20, 20), color)))

    picture = opened(image)
    assert picture.format == "PNG"
    assert picture.getpixel((10, 10)) == expected


def test_photo_with_transparency_keeps_it():
    picture = photo()
    picture.putalpha(PIL.Image.linear_gradient("L").resize(picture.size))

    stored = opened(store_image(file=file_of(picture)))

    assert (stored.format, stored.mode) == ("WEBP", "RGBA")


def test_colour_profile_is_applied_and_dropped():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = file_of(photo(), "JPEG", icc_profile=lab)

    stored = opened(store_image(file=content))

    assert "icc_profile" not in stored.info


@pytest.mark.parametrize("profile", [b"", b"nonsense", b"\x00" * 200])
def test_unusable_colour_profile_is_ignored(profile):
    stored = opened(store_image(file=file_of(photo(), "JPEG", icc_profile=profile)))

    assert stored.size == (120, 80)


def test_name_is_ours_and_cannot_be_guessed():
    file = file_of(photo(), "JPEG")
    file.name = "../../evil.php"

    first, second = store_image(file=file), store_image(file=file_of(photo(), "JPEG"))

    folder, year, month, name = first.file.name.split("/")
    assert (folder, len(year), len(month)) == ("pictures", 4, 2)
    assert len(name) == len("0123456789abcdef" * 2 + ".jpg")
    assert first.file.name != second.file.name


def test_words_and_uploader_are_kept():
    user = make_user()

    image = store_image(
        file=file_of(photo()), alt=" A gradient ", caption="Noise", credit="Us", uploaded_by=user
    )

    image.refresh_from_db()
    assert (image.alt, image.caption, image.credit) == ("A gradient", "Noise", "Us")
    assert image.uploaded_by == user


def test_overlong_words_are_refused():
    with pytest.raises(ValidationError) as caught:
        store_image(file=file_of(photo()), alt="x" * 301)

    assert list(caught.value.message_dict) == ["alt"]
    assert Image.objects.count() == 0


def test_deleting_takes_the_file_along(django_capture_on_commit_callbacks):
    image = store_image(file=file_of(photo()))
    name, storage = image.file.name, image.file.storage

    with django_capture_on_commit_callbacks(execute=True):
        delete_image(image=image)

    assert Image.objects.count() == 0
    assert not storage.exists(name)


def test_picture_in_use_is_not_deleted():
    lead, shown, face = make_image(alt="Lead"), make_image(alt="In text"), make_image(alt="Face")
    article = make_article(title="On bridges", lead_image=lead)
    article.pictures.add(shown)
    make_author(name="Ada", photo=face)

    sentences = {}
    for image in (lead, shown, face):
        with pytest.raises(ValidationError) as caught:
            delete_image(image=image)
        sentences[image.alt] = caught.value.message

    assert sentences == {
        "Lead": "“Lead” is in use: On bridges. Take it out there first.",
        "In text": "“In text” is in use: On bridges. Take it out there first.",
        "Face": "“Face” is in use: Ada. Take it out there first.",
    }
    assert Image.objects.count() == 3


@pytest.mark.parametrize("depth", [8, 16])
def test_deep_colours_become_eight_bits(depth):
    picture = PIL.Image.new("I;16" if depth == 16 else "RGB", (20, 20))

    assert opened(store_image(file=file_of(picture))).mode == "RGB"


def test_text_named_jpg_is_refused_with_a_sentence():
    file = io.BytesIO(b"Dear diary, this is not a picture.")
    file.name = "holiday.jpg"

    with pytest.raises(ValidationError) as caught:
        store_image(file=file)

    assert caught.value.message == NOT_READABLE
