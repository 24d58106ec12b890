"""Redirects at the desk: no circle, no chain, nothing where a page is."""

from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import SlugHistory
from blog.redirects.models import MissingAddress, Redirect
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
ADD = reverse("admin:redirects_redirect_add")
LIST = reverse("admin:redirects_redirect_changelist")
MISSING = reverse("admin:redirects_missingaddress_changelist")
MANY = reverse("admin:redirects_redirect_many")


@pytest.fixture
def desk(client):
    client.force_login(make_staff("Editor"))
    return client


def stored() -> dict[str, str]:
    return dict(Redirect.objects.values_list("path", "target"))


def test_what_would_not_work_is_refused_with_a_reason(desk):
    article = make_article(slug="here")
    SlugHistory.objects.create(article=article, slug="was-here")
    Redirect.objects.create(path="/known/", target="/here/")
    Redirect.objects.create(path="/gone/", target="")

    for path, target, reason in (
        ("/here/", "/", "A page has this address"),
        ("/feed/", "/here/", "A page has this address"),
        ("/was-here/", "/", "leads to /here/ already, by itself"),
        ("/known", "/here/", "There is a redirect for /known/ already."),
        ("/admin/x/", "/here/", "Byline itself needs this address."),
        ("/", "/here/", "Write a path of this site"),
        ("/a/", "/a", "This leads in a circle"),
        ("/here2/", "/nowhere/", "No page has the address /nowhere/"),
        ("/a/", "/gone/", "is marked as gone for good"),
        ("/a/", "//evil.example/", "starts with one slash"),
        ("/a/", "/\\evil.example/", "starts with one slash"),
        ("/a/", "javascript:alert(1)", "starts with one slash"),
        ("/a/", "javascript://x/%0aalert(1)", "Enter a valid URL."),
        ("/a/", "https://", "Enter a valid URL."),
        ("/a\0b/", "/here/", "Null characters are not allowed."),
        ("/" + "x" * 501, "/here/", "at most 500 characters"),
    ):
        html = desk.post(ADD, {"path": path, "target": target}).content.decode()
        assert reason in html, (path, target)
    assert stored() == {"/known/": "/here/", "/gone/": ""}


def test_redirects_are_one_step_long_whichever_was_first(desk):
    make_article(slug="end")
    Redirect.objects.create(path="/b/", target="/end/")
    MissingAddress.objects.create(path="/a/", hits=3, last_at=timezone.now())

    desk.post(ADD, {"path": "https://old.example/a/", "target": "/b/"})
    assert stored() == {"/b/": "/end/", "/a/": "/end/"}
    assert not MissingAddress.objects.exists()

    Redirect.objects.create(path="/first/", target="/second/")
    html = desk.post(ADD, {"path": "/second/", "target": "/end/"}, follow=True).content.decode()
    assert stored()["/first/"] == "/end/"
    assert "1 redirect that led to /second/ follows it." in html

    pk = Redirect.objects.get(path="/b/").pk
    change = reverse("admin:redirects_redirect_change", args=[pk])
    assert "circle" in desk.post(change, {"path": "/b/", "target": "/b/"}).content.decode()
    desk.post(change, {"path": "/b/", "target": ""})
    assert stored()["/b/"] == ""


def test_many_at_once_come_and_go_as_a_table(desk):
    make_article(slug="end")
    Redirect.objects.create(path="/a/", target="", hits=4)

    answer = desk.post(MANY, {"text": "path,target\n/a/,/end/\n/b/,\n/end/,/x/\n\n/c/,/no-page/"})

    assert stored() == {"/a/": "/end/", "/b/": ""}
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == "/end/,/x/\n/c/,/no-page/"
    assert [line.number for line in answer.context["refused"]] == [4, 6]
    table = desk.get(reverse("admin:redirects_redirect_csv")).content.decode()
    assert table.splitlines() == ["path,target,hits", "/a/,/end/,4", "/b/,,0"]
    assert desk.post(MANY, {"text": table}).status_code == 302
    with patch("blog.owner.admin.MOST_SECONDS", -1):
        answer = desk.post(MANY, {"text": "/d/,\n/e/,/end/"})
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == "/d/,\n/e/,/end/"
    assert "2 lines wait below." in answer.content.decode()
    for hostile in ("\0", "x\n" * 3000, '"' + "x" * 200_000, ""):
        assert desk.post(MANY, {"text": hostile}).status_code == 422
    assert "1 redirect stored." not in desk.get(LIST).content.decode()


def test_what_is_asked_for_in_vain_becomes_a_redirect_or_is_hidden(desk, client):
    now = timezone.now()
    often = MissingAddress.objects.create(path="/old/page/", hits=9, last_at=now)
    MissingAddress.objects.create(path="/<b>/", hits=1, last_at=now)

    html = desk.get(MISSING).content.decode()
    assert html.index("/old/page/") < html.index("/&lt;b&gt;/")
    assert f'href="{ADD}?path=%2Fold%2Fpage%2F"' in html
    assert 'value="/old/page/"' in desk.get(f"{ADD}?path=/old/page/").content.decode()

    interest = reverse("admin:redirects_missingaddress_interest")
    desk.post(interest, {"address": often.pk})
    assert "<b>/old/page/</b>" not in desk.get(MISSING).content.decode()
    assert "<b>/old/page/</b>" in desk.get(f"{MISSING}?interest=no").content.decode()
    desk.post(interest, {"address": often.pk})
    desk.post(interest, {"address": "x"})
    assert not MissingAddress.objects.filter(is_hidden=True).exists()

    client.force_login(make_staff("Moderator"))
    for path in (MISSING, LIST, MANY, ADD):
        assert client.get(path).status_code == 403, path
    assert client.post(interest, {"address": often.pk}).status_code == 403
