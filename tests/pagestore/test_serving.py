"""What the store keeps, what it sends, and what it leaves to Django."""

import gzip
from datetime import timedelta
from unittest.mock import Mock

import brotli
import pytest
from django.http import HttpResponse
from django.utils import timezone

from blog.articles.models import Article
from blog.pagestore import packing
from blog.pagestore.pages import Page
from blog.pagestore.version import version
from blog.public.shown import keep_page
from tests.factories import make_article, make_tag, make_user
from tests.pagestore.conftest import Server


def test_a_page_is_rendered_once(server):
    article = make_article(title="Bridges")
    first, second = (server.ask(article.get_absolute_url()) for _ in range(2))

    assert (first.status, first.body) == (200, second.body)
    assert server.renderings(article.get_absolute_url()) == 1


def test_a_cdn_is_told_what_a_page_shows(server):
    article = make_article(tags=[make_tag()])

    for _rendered_then_kept in range(2):
        keys = server.ask(article.get_absolute_url()).headers["surrogate-key"].split()
        assert {"site", f"article:{article.pk}", f"tag:{article.tags.get().pk}"} <= set(keys)


def test_a_page_of_very_many_things_has_one_key_for_them():
    response = HttpResponse()
    keep_page(response, [f"article:{number}" for number in range(1_000)])

    assert response["Surrogate-Key"] == "site many"


def test_another_worker_takes_it_from_the_shared_folder(server, other_server):
    address = make_article().get_absolute_url()
    page = server.ask(address)

    assert other_server.ask(address).body == page.body
    assert other_server.renderings(address) == 0


def test_a_new_version_of_the_site_takes_no_page_of_the_old_one(server, folder):
    address = make_article().get_absolute_url()
    server.ask(address)
    updated = Server(folder, version="2")

    assert [updated.ask(address).status, Server(folder, version="2").ask(address).status] == [
        200
    ] * 2
    assert updated.renderings(address) == 1


def test_whatever_makes_a_page_is_part_of_the_version(settings, tmp_path):
    settings.BASE_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    files = [tmp_path / "templates" / "base.html", tmp_path / "static" / "staticfiles.json"]
    for file in files:
        file.parent.mkdir()
        file.write_text("one")
    seen = {version(), version()}
    for file in files:
        file.write_text("two")
        seen.add(version())
    settings.SITE_URL = "https://moved.example"
    seen.add(version())

    assert len(seen) == 4


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("gzip;q=0", None, bytes),
        ("", None, bytes),
        ("*;;,=br\x7f", None, bytes),
        ("brgzip", None, bytes),
    ],
)
def test_each_client_gets_what_it_takes(server, accepted, encoding, unpack):
    address = make_article(title="Bridges").get_absolute_url()
    plain = server.ask(address)
    packed = server.ask(address, HTTP_ACCEPT_ENCODING=accepted)

    assert packed.headers.get("content-encoding") == encoding
    assert unpack(packed.body) == plain.body
    assert int(packed.headers["content-length"]) == len(packed.body)
    assert packed.headers["vary"] == "Accept-Encoding"


def test_a_few_words_are_sent_as_they_are(server):
    """Packed they would be longer: no client may be told that they are."""
    for encoding in ("br", "gzip"):
        answer = server.ask("/wp-login.php", HTTP_ACCEPT_ENCODING=encoding)
        assert (answer.text, answer.headers.get("content-encoding")) == ("Not here.\n", None)


def test_a_page_is_written_while_somebody_has_it_packed():
    class Body(bytes):
        def __len__(self) -> int:
            page.bodies["gzip"] = b"packed"
            return super().__len__()

    page = Page.of(
        status="200 OK",
        headers=[],
        body=b"Words of bridges. " * 50,
        tags=(),
        position=0,
        rendered_at=0,
        expires_at=0,
        made_by="",
    )
    page.bodies["identity"] = Body(page.bodies["identity"])

    assert Page.from_bytes(page.to_bytes()).bodies == {"identity": b"Words of bridges. " * 50}


def test_what_is_asked_for_later_is_packed_once_for_all_workers(server, other_server, monkeypatch):
    """Beside the requests, as small as brotli can; the page stays the same, so its ETag does."""
    address = make_article(body="<p>Words of bridges.</p>" * 50).get_absolute_url()
    asked = {"HTTP_ACCEPT_ENCODING": "br"}
    first = server.ask(address, **asked)
    other_server.ask(address)
    assert server.ask(address, **asked).body == first.body
    assert server.store.packing.thread is None  # it may change in a moment
    [(key, old)] = server.store.memory.pages.items()
    monkeypatch.setattr(packing, "UNCHANGED", 0)
    compress = Mock(wraps=brotli.compress)
    monkeypatch.setattr(packing.brotli, "compress", compress)
    for worker in (server, other_server):
        worker.ask(address)
        worker.store.packing.thread.join()
        better = worker.ask(address, **asked)

        assert len(better.body) < len(first.body)
        assert brotli.decompress(better.body) == brotli.decompress(first.body)
        assert int(better.headers["content-length"]) == len(better.body)
        assert better.headers["etag"] == first.headers["etag"]
        memory = worker.store.memory
        assert memory.bytes == sum(page.size for page in memory.pages.values())
    assert compress.call_count == 1

    server.store.drop(key)
    server.store.memory.replace(key, old, old)  # it was packed too slowly
    assert server.store.memory.get(key) is None


def test_who_has_it_gets_304(server):
    address = make_article().get_absolute_url()
    etag = server.ask(address).headers["etag"]
    answer = server.ask(address, HTTP_IF_NONE_MATCH=f'"old", {etag}')

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == etag


def test_head_has_the_headers_and_no_body(server):
    address = make_article().get_absolute_url()
    page, head = server.ask(address), server.ask(address, "HEAD")

    assert (head.status, head.body) == (200, b"")
    assert head.headers == page.headers


def test_range_gets_the_whole_page(server):
    address = make_article().get_absolute_url()

    assert server.ask(address, HTTP_RANGE="bytes=0-3").status == 200


@pytest.mark.parametrize("query", ["utm_source=letter&utm_medium=mail", "fbclid=x", "gclid"])
def test_tracking_is_not_another_page(server, query):
    address = make_article().get_absolute_url()
    server.ask(address)

    assert server.ask(f"{address}?{query}").status == 200
    assert server.renderings(address) == 1


def test_unknown_queries_fill_nothing(server):
    address = make_article().get_absolute_url()
    server.ask(address)
    for number in range(5):
        server.ask(f"{address}?x={number}")

    assert server.renderings(address) == 6
    assert len(server.store.memory.pages) == 1


def test_a_session_goes_to_django(server):
    address = make_article().get_absolute_url()
    server.ask(address)
    server.ask(address, HTTP_COOKIE="sessionid=abc")

    assert server.renderings(address) == 2


def test_a_guests_cookie_does_not(server):
    address = make_article().get_absolute_url()
    server.ask(address)
    server.ask(address, HTTP_COOKIE="visitor=abc; theme=dark")

    assert server.renderings(address) == 1


def test_nothing_of_a_foreign_host_is_kept(server):
    address = make_article().get_absolute_url()

    assert server.ask(address, HTTP_HOST="evil.example").status == 400
    assert len(server.store.memory.pages) == 0
    assert "evil.example" not in server.ask(address).text


def test_nothing_of_a_staff_page_is_kept(server):
    make_user(is_staff=True)
    for path in ("/admin/", "/accounts/login/", "/healthz"):
        server.ask(path)

    assert len(server.store.memory.pages) == 0


def test_a_draft_is_never_kept(server):
    address = make_article(status=Article.Status.DRAFT).get_absolute_url()

    assert server.ask(address).status == 404
    assert len(server.store.memory.pages) == 0


def test_missing_pages_are_kept_apart_and_bounded(server):
    article = make_article()
    server.ask(article.get_absolute_url())
    missing = server.store.missing
    assert missing.most_bytes == 2 * 1024 * 1024
    missing.most_bytes = 80_000  # a few pages
    for number in range(30):
        assert server.ask(f"/no-such-page-{number}/").status == 404
        assert missing.bytes <= missing.most_bytes

    assert 1 < len(missing.pages) < 30
    assert len(server.store.memory.pages) == 1
    server.renderings("")
    server.ask("/no-such-page-29/")
    assert server.renderings("/no-such-page-29/") == 0
    server.ask("/no-such-page-0/")
    assert server.renderings("/no-such-page-0/") == 1


def test_a_scheduled_article_is_there_to_the_second(server, time_machine):
    now = timezone.now().replace(microsecond=0)
    time_machine.move_to(now, tick=False)
    make_article(title="Now", slug="now", publish_at=now - timedelta(days=1))
    make_article(title="Soon", slug="soon", publish_at=now + timedelta(minutes=5))
    assert "Soon" not in server.ask("/").text

    time_machine.move_to(now + timedelta(minutes=5, seconds=1), tick=False)
    assert "Soon" in server.ask("/").text
    assert server.ask("/soon/").status == 200


def test_an_expired_article_is_gone_to_the_second(server, time_machine):
    now = timezone.now().replace(microsecond=0)
    time_machine.move_to(now, tick=False)
    make_article(
        slug="brief", publish_at=now - timedelta(days=1), expire_at=now + timedelta(minutes=5)
    )
    assert server.ask("/brief/").status == 200

    time_machine.move_to(now + timedelta(minutes=5, seconds=1), tick=False)
    assert server.ask("/brief/").status == 404
