"""The pictures of a WordPress blog: out of its uploads, or from its own host."""

import io
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import PIL.Image
import pytest

from blog.articles.models import Article
from blog.articles.services import save_article
from blog.media.models import Image
from blog.transfer.wordpress import pictures
from tests.transfer.wordpress import BLOG, export, item, move, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def uploads(tmp_path):
    folder = tmp_path / "uploads"
    (folder / "2020/05").mkdir(parents=True)
    for name, color in (("red", "red"), ("blue", "blue"), ("loose", "green")):
        PIL.Image.new("RGB", (60, 40), color).save(folder / f"2020/05/{name}.png")
    PIL.Image.new("RGB", (60, 40), "black").save(tmp_path / "secret.png")
    (folder / "2020/05/broken.png").write_bytes(b"no picture")
    return folder


TEXT = f"""[caption id="attachment_11" width="300"]<a href="{BLOG}/wp-content/uploads/2020/05/red.png"><img
 src="{BLOG}/wp-content/uploads/2020/05/red-30x20.png" /></a> Red words[/caption]

<img src="/wp-content/uploads/2020/05/loose-30x20.png" alt="Loose">

[gallery ids="12,11"]

<img src="https://elsewhere.example/x.png" alt="Not ours">"""


def test_pictures_come_with_the_first_run_or_with_a_later_one(tmp_path, uploads):
    file = export(
        tmp_path,
        item(1, TEXT, meta={"_thumbnail_id": "12"}),
        item(2, TEXT),
        picture(11, "2020/05/red.png"),
        picture(12, "2020/05/blue.png"),
        picture(13, "2020/05/broken.png"),
        picture(14, "2020/05/none.png"),
        picture(15, "../../secret.png"),
        picture(16, "2020/05/paper.pdf"),
    )

    report = move(file)

    one = Article.objects.get(slug="post-1")
    assert "<img" not in one.body
    assert f'<a href="{BLOG}/wp-content/uploads/2020/05/red-30x20.png">Alt 11</a>' in one.body
    assert "Pictures: 6 missing" in report
    assert "Files that are no pictures (pdf); links to them lead to the old site: 1" in report
    assert "Pictures on other hosts; links to them stand in the texts: 1" in report
    edited = Article.objects.get(slug="post-2")
    edited.title = "Edited here"
    save_article(article=edited, editor=None)

    rehearsed = move(file, "--uploads", str(uploads), "--dry-run")
    assert Image.objects.count() == 0
    report = move(file, "--uploads", str(uploads))

    counted = "Pictures: 3 new, 1 failed, 2 missing"
    assert counted in rehearsed
    assert counted in report
    assert "Articles: 1 completed with pictures, 1 there already" in report
    assert "“Edited here” was edited here: its missing pictures were not added." in report
    one.refresh_from_db()
    images = {image.alt: image for image in Image.objects.all()}
    assert images.keys() == {"Alt 11", "Alt 12", ""}
    red, blue, loose = images["Alt 11"], images["Alt 12"], images[""]
    assert (one.lead_image, red.caption) == (blue, "Caption 11")
    assert not one.was_updated
    figure = '<figure><img src="{0}" alt="{1}"><figcaption>{2}</figcaption></figure>'.format
    assert one.body.split("\n") == [
        figure(red.file.url, "Alt 11", "Red words"),
        f'<figure><img src="{loose.file.url}" alt="Loose"></figure>',
        '<figure class="gallery">'
        + figure(blue.file.url, "Alt 12", "Caption 12")
        + figure(red.file.url, "Alt 11", "Caption 11")
        + "</figure>",
        '<p><a href="https://elsewhere.example/x.png">Not ours</a></p>',
    ]
    assert "Pictures: 3 there already" in move(file)


class Host(BaseHTTPRequestHandler):
    """The old blog: a picture, one that has moved within it and one that has moved away."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        away = {"moved.png": "/new/red.png", "away.png": "http://inner.example/red.png"}
        if target := away.get(self.path.rpartition("/")[2]):
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()
            return
        content = io.BytesIO()
        PIL.Image.new("RGB", (60, 40), "red").save(content, "PNG")
        self.send_response(200 if self.path.endswith("red.png") else 404)
        self.end_headers()
        self.wfile.write(content.getvalue())

    def log_message(self, *args):
        pass


def test_pictures_are_fetched_from_the_blogs_own_host_alone(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    Thread(target=server.serve_forever, daemon=True).start()
    own = f"http://127.0.0.1:{server.server_port}"
    names = ("red.png", "moved.png", "away.png", "gone.png")
    urls = [
        *(f"{own}/wp-content/uploads/{name}" for name in names),
        "http://169.254.169.254/x.png",
    ]
    urls.append("file:///etc/x.png")
    file = export(
        tmp_path,
        *(picture(number, "", wp__attachment_url=url) for number, url in enumerate(urls, 11)),
    )
    file.write_text(file.read_text().replace(f"url>{BLOG}<", f"url>{own}<"))

    refused = move(file, "--download")
    asked_inside = [*Host.asked]
    monkeypatch.setattr(pictures, "MAY_FETCH_INSIDE", True)
    report = move(file, "--download")
    server.shutdown()
    server.server_close()

    assert asked_inside == []
    assert "Its address names a port" in refused
    assert "Pictures: 2 new, 3 failed, 1 missing" in report
    assert "It is on inner.example, not the blog’s own host" in report
    assert "It is on 169.254.169.254" in report
    assert [path.rpartition("/")[2] for path in Host.asked] == [
        "red.png", "moved.png", "red.png", "away.png", "gone.png",
    ]  # fmt: skip


def test_a_private_network_is_not_asked(tmp_path):
    file = export(tmp_path, picture(11, "", wp__attachment_url="http://127.0.0.1/red.png"))
    file.write_text(file.read_text().replace(f"url>{BLOG}<", "url>http://127.0.0.1<"))

    assert "127.0.0.1 is in a private network, which is not asked." in move(file, "--download")


def test_a_silent_host_is_given_up(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # and nobody is there once it is closed
    own = f"http://127.0.0.1:{port}"
    urls = [f"{own}/wp-content/uploads/{number}.png" for number in range(11, 19)]
    file = export(
        tmp_path,
        *(picture(number, "", wp__attachment_url=url) for number, url in enumerate(urls, 11)),
    )
    file.write_text(file.read_text().replace(f"url>{BLOG}<", f"url>{own}<"))
    monkeypatch.setattr(pictures, "MAY_FETCH_INSIDE", True)

    report = move(file, "--download")

    assert "Pictures: 8 failed" in report
    assert report.count("The host did not send it") == pictures.MOST_SILENCES
    assert report.count("127.0.0.1 has not answered before: it was not asked again.") == 3
