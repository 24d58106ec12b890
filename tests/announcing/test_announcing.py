"""Services are told of what is new, once, and again only where they did not listen."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from blog.announcing import telling
from blog.announcing.models import Standing, Told
from blog.announcing.tasks import announce
from blog.announcing.telling import Unavailable, indexnow_key, tell_hub
from blog.articles.models import Article, Series, SeriesPart
from blog.owner import health
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_category, make_tag

pytestmark = pytest.mark.django_db
HOST = "https://blog.example.org"


class Service:
    """A server that answers with one status and remembers what it was sent."""

    def __init__(self):
        self.status, self.location, self.sent = 202, "", []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.sent.append(body)
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def service(monkeypatch, settings):
    settings.SITE_URL = HOST
    service = Service()
    monkeypatch.setattr(telling, "INDEXNOW", service.address)
    monkeypatch.setattr(telling, "MAY_ASK_INSIDE", True)
    thread = threading.Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    service.server.shutdown()
    service.server.server_close()
    thread.join()


def switch(**fields):
    SiteSettings.objects.update_or_create(pk=1, defaults=fields)


def urls(service):
    return [json.loads(body)["urlList"] for body in service.sent]


def test_nobody_is_told_by_default(service):
    make_article()

    assert announce.call() == 0
    assert service.sent == []


def test_search_engines_are_told_of_new_changed_and_gone_articles(service):
    switch(indexnow_on=True)
    now = timezone.now()
    article = make_article(slug="late")
    make_article(slug="old", publish_at=now - timedelta(days=9))
    make_article(is_noindex=True)
    make_article(canonical_url="https://elsewhere.example/a")
    make_article(status=Article.Status.DRAFT)
    make_article(publish_at=now + timedelta(hours=1))
    make_article(access=Article.Access.PRIVATE)
    make_article(access=Article.Access.PASSWORD, password_hash="x")

    for _ in range(2):
        announce.call()
    message = json.loads(service.sent[0])
    assert message == {
        "host": "blog.example.org",
        "key": indexnow_key(),
        "keyLocation": f"{HOST}/{indexnow_key()}.txt",
        "urlList": [f"{HOST}/late/"],
    }

    Article.objects.filter(pk=article.pk).update(updated_at=timezone.now())
    announce.call()
    Article.objects.filter(pk=article.pk).update(slug="later")
    announce.call()
    Article.objects.filter(pk=article.pk).update(trashed_at=now)
    for _ in range(2):
        announce.call()

    assert urls(service) == [
        [f"{HOST}/late/"],
        [f"{HOST}/late/"],
        [f"{HOST}/later/", f"{HOST}/late/"],
        [f"{HOST}/later/"],
    ]


def test_a_service_that_does_not_listen_is_asked_again_later(service):
    switch(indexnow_on=True)
    make_article(slug="late")
    service.status = 429

    for _ in range(3):
        announce.call()
    standing = Standing.objects.get()
    assert (len(service.sent), standing.failures, Told.objects.count()) == (1, 1, 0)
    assert "429" in standing.error
    (finding,) = [each for each in health.look() if each.name == "Announcements"]
    assert finding.state == health.State.WARNING
    assert "IndexNow: HTTP Error 429" in finding.says

    service.status = 200
    Standing.objects.update(next_try_at=timezone.now())
    announce.call()

    standing = Standing.objects.get()
    assert urls(service) == [[f"{HOST}/late/"]] * 2
    assert (standing.failures, standing.error, standing.next_try_at) == (0, "", None)


def test_hub_is_told_of_every_feed_an_article_stands_in(service):
    switch(websub_hub=service.address)
    article = make_article(
        authors=[make_author(slug="ada")],
        categories=[make_category(slug="sea", parent=make_category(slug="science"))],
        tags=[make_tag(slug="tide")],
    )
    series = Series.objects.create(title="Tides", slug="tides")
    SeriesPart.objects.create(series=series, article=article, position=1)

    for _ in range(2):
        announce.call()

    (body,) = service.sent
    fields = parse_qs(body)
    assert fields["hub.mode"] == ["publish"]
    assert fields["hub.url"] == [
        f"{HOST}/{place}feed/{form}"
        for place in (
            "",
            "category/science/",
            "category/science/sea/",
            "tag/tide/",
            "series/tides/",
            "author/ada/",
        )
        for form in ("", "atom/", "json/")
    ]


def test_hub_leads_nowhere_else_and_is_not_in_our_network(service, monkeypatch):
    service.status, service.location = 302, "http://127.0.0.1:1/"
    with pytest.raises(Unavailable, match="302"):
        tell_hub(service.address, [])
    monkeypatch.setattr(telling, "MAY_ASK_INSIDE", False)
    for hub in (
        service.address,
        "http://[::1]/",
        "http://169.254.169.254/",
        "ftp://a.example/",
        "x",
    ):
        with pytest.raises(Unavailable):
            tell_hub(hub, [])

    assert len(service.sent) == 1


def test_key_is_shown_while_it_is_in_use(client, service):
    assert client.get(f"/{indexnow_key()}.txt").status_code == 404
    switch(indexnow_on=True)

    response = client.get(f"/{indexnow_key()}.txt")

    assert response.content.decode() == indexnow_key()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get(f"/{'0' * 32}.txt").status_code == 404


def test_a_site_without_an_address_of_its_own_tells_nobody(service, settings):
    switch(indexnow_on=True)
    make_article()
    for url in ("", "http://localhost:8000", "http://127.0.0.1:8000"):
        settings.SITE_URL = url
        announce.call()

    assert service.sent == []
