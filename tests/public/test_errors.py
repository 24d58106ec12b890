"""Pages for what went wrong: in the site's look, with a way on."""

import logging
import re
from datetime import timedelta
from io import StringIO
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from blog import environment
from blog.articles.models import Article
from blog.public.views import errors
from tests.factories import make_article, make_category


@pytest.mark.django_db
def test_unknown_address_offers_a_search_and_what_is_close(client):
    for title in ("Machine learning jobs", "Why machines say no", "Bread"):
        make_article(title=title, slug=title.lower().replace(" ", "-"))

    response = client.get("/2023/machine-learnig-jobs/")

    assert response.status_code == 404
    assert 'value="machine learnig jobs"' in response.content.decode()
    assert [article.title for article in response.context["near"]] == [
        "Machine learning jobs",
        "Why machines say no",
    ]


@pytest.mark.django_db
def test_unknown_address_does_not_betray_hidden_articles(client):
    now = timezone.now()
    for fields in (
        {"status": Article.Status.DRAFT},
        {"publish_at": now + timedelta(days=1)},
        {"expire_at": now - timedelta(seconds=1)},
        {"trashed_at": now},
    ):
        make_article(title="Secret", **fields)

    html = client.get("/nothing/article-0/").content.decode()

    assert "Secret" not in html


@pytest.mark.django_db
def test_unknown_address_costs_six_queries_at_most(client, django_assert_max_num_queries):
    make_category()
    for _ in range(5):
        make_article()

    with django_assert_max_num_queries(6):  # one asks for a redirect, one for a page
        response = client.get("/nothing/article/")

    assert len(response.context["near"]) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/a/%00/",
        "/category/a%00b/",
        "/a/%FF%FE/",
        "/a/" + "x" * 5000 + "/",
        "/a/<script>x</script>/",
        "/a/'--/",
        "/a/%25_/",
    ],
)
def test_hostile_address_is_just_not_found(client, path):
    make_article()

    response = client.get(path)

    assert response.status_code == 404
    assert "<script>x" not in response.content.decode()


@pytest.mark.django_db
def test_missing_file_is_not_searched_for(client, django_assert_max_num_queries):
    make_article()

    with django_assert_max_num_queries(2):
        assert client.get("/wp-content/article.php").status_code == 404


@pytest.mark.django_db
def test_refusal_gives_its_reason(rf):
    request = rf.get("/")
    from blog.site.models import SiteSettings

    request.site = SiteSettings()

    response = errors.permission_denied(request, PermissionDenied("Only on <Sundays>."))

    assert response.status_code == 403
    assert "Only on &lt;Sundays&gt;." in response.content.decode()


@pytest.mark.django_db
def test_form_without_token_is_refused_in_the_sites_look():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})

    assert response.status_code == 403
    assert "The form was not sent." in response.content.decode()


def test_wrong_host_is_refused_without_a_query(client):
    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "We did not understand that." in response.content.decode()


def test_server_error_needs_no_database():
    # Without the database mark every query of a test fails.
    response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Something broke on our side." in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "line"),
    [
        (SuspiciousOperation("Odd\nERROR all: is lost"), r"400 /: Odd\nERROR all: is lost"),
        (BadRequest("A NUL in the query."), "400 /: A NUL in the query."),
        (PermissionDenied(), "403 /: PermissionDenied"),
        (RuntimeError("Broken"), None),
    ],
)
def test_log_has_one_line_of_a_bad_request_and_all_of_an_error(
    client, monkeypatch, mailoutbox, error, line
):
    """As the settings configure it: what is asserted is what a terminal shows."""
    monkeypatch.setattr(settings, "ADMINS", ["owner@example.org"])
    monkeypatch.setattr(logging.getHandlerByName("console"), "stream", said := StringIO())
    monkeypatch.setattr("blog.public.views.home.keys_of_page", Mock(side_effect=error))
    client.raise_request_exception = False

    client.get("/")

    shown = said.getvalue()
    if line is None:
        assert " ERROR django.request: " in shown
        assert "RuntimeError: Broken" in shown
    else:
        assert shown.count("\n") == 1
        assert re.search(r" WARNING django\.(security|request)[.\w]*: (.*)\n", shown)[2] == line
    assert len(mailoutbox) == (line is None)


@pytest.mark.django_db
def test_error_in_a_view_shows_the_page(client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("blog.public.views.home.keys_of_page", broken)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == 500
    assert "Something broke on our side." in response.content.decode()
    assert response.cookies == {}


def refuse(execute, sql, params, many, context):
    raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.django_db
def test_without_a_database_a_comment_gets_503_and_its_text_back(client):
    address = f"{make_article().get_absolute_url()}comments/"
    client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        response = client.post(address, {"body": "Two <b>hours</b> of thought."})

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "Two &lt;b&gt;hours&lt;/b&gt; of thought." in response.content.decode()


@pytest.mark.django_db
def test_without_a_database_a_page_gets_503(client):
    client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        response = client.get("/")

    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")


@pytest.mark.django_db
def test_without_redis_nobody_signs_in_and_everybody_reads(client, settings, tmp_path):
    nobody_listens = "redis://127.0.0.1:9/0"
    settings.CACHES = {"default": environment.cache(tmp_path)(nobody_listens)}
    client.raise_request_exception = False
    typed = {"login": "ana@example.org", "password": "wrong"}

    assert client.post("/accounts/login/", typed).status_code == 503
    assert client.get("/").status_code == 200
