"""Pictures in a bucket (STORAGE_URL): the same addresses, the same rules, over a real connection."""

import io

import PIL.Image
import pytest

from blog import environment
from blog.articles.models import Article
from blog.media.renditions import make_renditions
from blog.media.services import delete_image, store_image
from tests.factories import make_article
from tests.s3 import Bucket


def configured(url: str, settings) -> None:
    settings.STORAGES = settings.STORAGES | {"default": environment.storage(url)}


@pytest.fixture
def bucket(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"  # stays empty
    with Bucket() as bucket:
        configured(bucket.url, settings)
        yield bucket
    assert not settings.MEDIA_ROOT.exists()


def store():
    content = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(content, "PNG")
    content.seek(0)
    return store_image(file=content, alt="Teal")


@pytest.mark.django_db
def test_pictures_live_in_the_bucket(client, bucket, settings, django_capture_on_commit_callbacks):
    image = store()
    assert make_renditions(image=image) > 0
    image.refresh_from_db()
    assert f"media/{image.file}" in bucket.files
    article = make_article(lead_image=image, status=Article.Status.DRAFT)
    address = image.file.url
    assert address == f"/media/{image.file}"

    # A draft's picture is not there for strangers, and the bucket is not even asked.
    bucket.asked.clear()
    assert client.get(address).status_code == 404
    assert bucket.asked == []

    Article.objects.filter(pk=article.pk).update(status=Article.Status.PUBLISHED)
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"".join(answer.streaming_content) == bucket.files[f"media/{image.file}"]
    since = {"If-Modified-Since": answer["Last-Modified"]}
    assert client.get(address, headers=since).status_code == 304
    smaller = f"/media/{image.renditions.first().file}"
    assert client.get(smaller).status_code == 200

    # What else is in the bucket, and names that cannot be, are not found.
    bucket.files["backups/all.tar.gz"] = b"secret"
    for path in ("../backups/all.tar.gz", "backups/all.tar.gz", "%00", "x" * 2000, "", "none.jpg"):
        assert client.get(f"/media/{path}").status_code == 404, path

    article.delete()
    with django_capture_on_commit_callbacks(execute=True):
        delete_image(image=image)
    assert [*bucket.files] == ["backups/all.tar.gz"]


@pytest.mark.django_db
def test_a_bucket_that_refuses_or_is_down_is_told_of(client, bucket, settings):
    image = store()
    make_article(lead_image=image)
    client.raise_request_exception = False
    configured(bucket.url.replace("AKEY", "WRONG"), settings)
    assert client.get(image.file.url).status_code == 503

    configured(bucket.url.replace(f":{bucket.server.server_port}", ":9"), settings)
    answer = client.get(image.file.url)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    with pytest.raises(ConnectionError, match="does not answer"):
        store()


@pytest.mark.parametrize(
    "url", ["s3://bucket", "s3://key:secret@host", "https://key:secret@host/bucket", "s3://[x/y"]
)
def test_a_wrong_address_is_refused(url):
    with pytest.raises(ValueError):
        environment.storage(url)


def test_what_is_not_installed_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="--extra s3"):
        environment.storage("s3://key:secret@s3.example.org/blog")
    with pytest.raises(ValueError, match="--extra redis"):
        environment.cache(tmp_path)("redis://localhost")
