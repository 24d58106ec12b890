"""Smaller files of a picture: which, how, and what happens when the making is cut short."""

import io
from pathlib import Path

import PIL.Image
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from blog.articles.models import Article
from blog.articles.services import save_article
from blog.media import renditions
from blog.media.models import Image, OldAddress, Rendition
from blog.media.renditions import ReplacedError, make_renditions
from blog.media.services import clean_picture, delete_image, replace_picture, store_image
from blog.media.tasks import render_picture
from tests.factories import make_image

SAMPLES = Path(__file__).parents[3] / "shared/data/images"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"{SAMPLES} is absent")
NAMES = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def clean(size=(50, 40), color="olive", mode="RGB"):
    file = io.BytesIO()
    PIL.Image.new(mode, size, color).save(file, "PNG")
    file.seek(0)
    return clean_picture(file)


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((2560, 20), [480, 960, 1440, 1920]),
        ((1200, 20), [480, 960, 1200]),
        ((480, 20), [480]),
        ((64, 20), [64]),
    ],
)
def test_renditions_are_never_larger_than_the_picture(size, widths):
    image = make_image(size=size)

    assert make_renditions(image=image) == 3 * len(widths)

    image.refresh_from_db()
    assert image.widths == {"avif": widths, "webp": widths, "jpg": widths}
    assert image.rendered_at is not None


def test_row_tells_the_truth_about_its_file():
    image = make_image(size=(1000, 500))
    make_renditions(image=image)

    for rendition in Rendition.objects.all():
        with PIL.Image.open(rendition.file.path) as picture:
            assert picture.size == (rendition.width, rendition.height)
            assert picture.format == NAMES[rendition.format]
        assert rendition.bytes == rendition.file.size
        ending = f"-{rendition.width}.{rendition.format}"
        assert rendition.file.name == image.file.name.removesuffix(".jpg") + ending


def test_transparent_picture_keeps_that_in_every_format():
    image = store_image(file=io.BytesIO(clean((600, 300), (200, 10, 10, 90), "RGBA").content))

    make_renditions(image=image)

    assert image.widths == {"avif": [480, 600], "webp": [480, 600], "png": [480, 600]}
    for rendition in Rendition.objects.filter(width=480):
        with PIL.Image.open(rendition.file.path) as picture:
            assert abs(picture.convert("RGBA").getpixel((9, 9))[3] - 90) <= 3


@needs_samples
def test_moving_picture_is_shown_as_it_is():
    image = store_image(file=io.BytesIO((SAMPLES / "iss634.gif").read_bytes()))

    assert make_renditions(image=image) == 0
    assert not Image.objects.without_renditions().exists()
    assert image.files.src == image.files.small == image.file.url


def test_second_run_makes_nothing():
    image = make_image(size=(500, 10))
    make_renditions(image=image)
    made_at = image.rendered_at

    assert make_renditions(image=Image.objects.get()) == 0
    assert Image.objects.get().rendered_at == made_at


def test_run_that_was_killed_goes_on_where_it_stopped(monkeypatch, media_root):
    image = make_image(size=(1000, 10))
    encode = renditions._encoded

    def killed(picture, kind):
        if picture.width == 480:
            raise KeyboardInterrupt
        return encode(picture, kind)

    with monkeypatch.context() as patch:
        patch.setattr(renditions, "_encoded", killed)
        with pytest.raises(KeyboardInterrupt):
            make_renditions(image=image)
    # A file without a row, as a kill between the two leaves it.
    (media_root / f"{image.file.name.removesuffix('.jpg')}-480.webp").write_bytes(b"half")
    assert Image.objects.get().files.srcset == ""

    assert make_renditions(image=Image.objects.get()) == 3
    assert Image.objects.get().widths["webp"] == [480, 960, 1000]
    assert all(len(name) < 50 for name in files_below(media_root))
    with PIL.Image.open(Rendition.objects.get(width=480, format="webp").file.path) as picture:
        assert picture.width == 480


def test_two_workers_at_once_make_each_file_once(at_once, media_root):
    image = make_image(size=(960, 10))
    both = [lambda: make_renditions(image=Image.objects.get(pk=image.pk)) for _ in range(2)]

    at_once(both)

    assert Rendition.objects.count() == 6
    assert len(files_below(media_root)) == 7


def test_picture_replaced_meanwhile_is_left_alone():
    stale = make_image()
    replace_picture(image=stale, picture=clean())

    stale.file.storage.save(stale.file.name, ContentFile(clean().content))  # read just before
    with pytest.raises(ReplacedError):
        make_renditions(image=stale)
    assert not Rendition.objects.exists()


def test_task_bears_a_picture_that_is_gone():
    assert render_picture.call(10**6) == 0


def test_upload_queues_the_task(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        image = store_image(file=io.BytesIO(clean().content))

    assert Image.objects.get(pk=image.pk).widths["avif"] == [50]


def test_command_makes_what_is_missing_and_says_what_it_cannot(capsys):
    make_image(size=(70, 50))
    make_renditions(image=make_image())
    lost = make_image()
    Path(lost.file.path).unlink()

    with pytest.raises(CommandError, match="1 picture has no readable file"):
        call_command("make_renditions")

    out, err = capsys.readouterr()
    assert out == "3 files made.\n"
    assert err.startswith(f"{lost.file.name}: ")


def test_command_looks_for_lost_files_when_told(capsys):
    make_renditions(image=make_image())
    Path(Rendition.objects.filter(format="avif").get().file.path).unlink()

    call_command("make_renditions")
    call_command("make_renditions", "--all")

    assert capsys.readouterr().out == "0 files made.\n1 file made.\n"


def test_addresses_come_from_the_row_alone(django_assert_num_queries):
    make_renditions(image=make_image(size=(1500, 10)))
    image = Image.objects.get()
    Path(image.file.path).unlink()
    stem = image.file.url.removesuffix(".jpg")

    with django_assert_num_queries(0):
        files = image.files

    assert files.src == f"{stem}-960.jpg"
    assert files.small == f"{stem}-480.webp"
    assert [kind for kind, _srcset in files.sources] == ["image/avif", "image/webp"]
    assert files.srcset == (
        f"{stem}-480.jpg 480w, {stem}-960.jpg 960w, {stem}-1440.jpg 1440w, {stem}-1500.jpg 1500w"
    )


@pytest.mark.parametrize(
    ("focal", "classes"),
    [((50, 50), ""), ((0, 100), "fx0 fy100"), ((60, 70), "fy75"), ((20, 40), "fx25")],
)
def test_focal_point_becomes_classes(focal, classes):
    assert Image(focal_x=focal[0], focal_y=focal[1]).focus == classes


def article_with(*images: Image, **fields) -> Article:
    body = "".join(f'<figure><img src="{image.file.url}" alt="A"></figure>' for image in images)
    return save_article(article=Article(title="T", body=body, **fields), editor=None)


def test_text_gets_the_new_files_without_a_revision(django_capture_on_commit_callbacks):
    image = make_image(size=(600, 300))
    article = article_with(image)
    assert "srcset" not in article.body_html

    with django_capture_on_commit_callbacks(execute=True):
        make_renditions(image=image)

    article.refresh_from_db()
    stem = image.file.url.removesuffix(".jpg")
    assert article.body_html.startswith(
        f'<figure><picture><source type="image/avif" srcset="{stem}-480.avif 480w, {stem}-600.avif 600w"'
    )
    assert f'src="{stem}-600.jpg"' in article.body_html
    assert 'width="600" height="300" loading="lazy"' in article.body_html
    assert article.revisions.count() == 1


def test_saving_and_rendering_at_once_leaves_no_text_behind(at_once):
    image = make_image(size=(600, 300))
    article = article_with()
    article.body = f'<img src="{image.file.url}" alt="A">'

    at_once(
        [
            lambda: save_article(article=article, editor=None),
            lambda: make_renditions(image=Image.objects.get()),
        ]
    )

    assert "srcset" in Article.objects.get().body_html


def test_replacing_keeps_the_words_and_changes_every_file(
    django_capture_on_commit_callbacks, media_root
):
    image = make_image(alt="A bridge", caption="C", focal_x=10)
    make_renditions(image=image)
    article, old = article_with(image), files_below(media_root)

    with django_capture_on_commit_callbacks(execute=True):
        replace_picture(image=image, picture=clean((90, 30)))

    changed = Image.objects.get()
    assert (changed.alt, changed.caption, changed.focal_x) == ("A bridge", "C", 10)
    assert (changed.width, changed.height) == (90, 30)
    assert changed.file.name != image.file.name
    assert not old & files_below(media_root)
    assert changed.widths["webp"] == [90]
    article.refresh_from_db()
    assert image.file.url in article.body
    assert f'{changed.file.url.rpartition(".")[0]}-90.jpg"' in article.body_html
    assert 'width="90" height="30"' in article.body_html


def test_picture_replaced_twice_is_still_found_by_its_first_name():
    image = make_image()
    first = image.file.url
    for color in ("olive", "navy"):
        image = replace_picture(image=image, picture=clean(color=color))

    article = save_article(
        article=Article(title="T", body=f'<img src="{first}" alt="A">'), editor=None
    )

    assert OldAddress.objects.count() == 2
    assert image.file.url in article.body_html
    assert list(article.pictures.all()) == [image]


def test_picture_copied_from_a_page_is_known_by_its_rendition():
    image = make_image(size=(600, 300))
    make_renditions(image=image)

    article = save_article(
        article=Article(title="T", body=f'<img src="{image.files.src}" alt="A">'), editor=None
    )

    assert list(article.pictures.all()) == [image]
    assert article.body_html.count("<source") == 2


def test_deleting_takes_the_renditions_along(django_capture_on_commit_callbacks, media_root):
    image = make_image()
    make_renditions(image=image)

    with django_capture_on_commit_callbacks(execute=True):
        delete_image(image=image)

    assert files_below(media_root) == set()
    assert not Rendition.objects.exists()
