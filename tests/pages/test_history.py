"""Pages are autosaved as articles are, and every version of one is kept."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from blog.pages.history import drop_old_autosaves
from blog.pages.models import OpenPage, Page, PageRevision
from blog.pages.presence import forget_open
from tests.factories import make_page, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/pages/page/"
SESSION = "ab" * 16
Kind = PageRevision.Kind


@pytest.fixture
def editor(client):
    user = make_staff("Editor")
    client.force_login(user)
    return user


def fields(page=None, **others):
    sent = {"title": "About", "body": "<p>Who we are.</p>", "kind": "text", "status": "draft"}
    sent |= {"slug": "about", "parent": "", "seo_description": ""}
    return sent | {"opened_version": page.version if page else ""} | others


def autosave(client, page, sequence=1, session=SESSION, **others):
    name = f"page-{page.pk}" if page else "page-new"
    signs = {"editing_session": session, "autosave_article": name, "autosave_sequence": sequence}
    return client.post(f"{LIST}autosave/", fields(page, **signs, **others))


def test_what_was_typed_into_a_page_is_offered_until_it_is_saved(client, editor):
    page = make_page(title="About", slug="about", path="about", body="<p>Old.</p>")
    form = f"{LIST}{page.pk}/change/"

    answer = autosave(client, page, body="<p>New <script>x</script>words.</p>", title="").json()
    late = autosave(client, page, sequence=0 + 1, body="<p>Older.</p>").json()
    other = autosave(client, page, session="cd" * 16, sequence=3, body="<p>Elsewhere.</p>")

    assert (answer["outcome"], late["outcome"], other.status_code) == ("stored", "older", 200)
    row = PageRevision.objects.get(session=SESSION)
    assert (row.kind, row.data["body"], row.data["title"]) == ("autosave", "<p>New words.</p>", "")
    assert client.get("/about/").content.decode().count("New words") == 0
    html = client.get(form).content.decode()
    assert html.count("You typed something that was not saved") == 2
    opened = client.get(f"{form}?autosave={row.pk}").content.decode()
    assert "&lt;p&gt;New words.&lt;/p&gt;" in opened
    assert f'name="autosave_recovered" value="{row.pk}"' in opened

    kept = {"editing_session": "ef" * 16, "autosave_recovered": row.pk, "body": row.data["body"]}
    assert client.post(form, fields(page, **kept)).status_code == 302
    page.refresh_from_db()
    assert page.body == "<p>New words.</p>"
    assert not PageRevision.objects.filter(pk=row.pk).exists()
    assert autosave(client, page, session="ef" * 16).json()["outcome"] == "over"
    rest = PageRevision.objects.get(kind=Kind.AUTOSAVE)
    assert client.post(f"{LIST}autosave/{rest.pk}/discard/", {"json": "1"}).json() == {}
    assert not PageRevision.objects.filter(kind=Kind.AUTOSAVE).exists()


def test_who_else_has_the_page_open_is_told(client, editor):
    page, other = make_page(slug="about", path="about"), make_staff("Editor", display_name="Bert")
    form = f"{LIST}{page.pk}/change/"

    def beat(user, session=SESSION, at=f"page-{page.pk}", **more):
        client.force_login(user)
        signs = {"editing_session": session, "autosave_article": at, "opened_version": 1}
        return client.post(f"{LIST}autosave/presence/", signs | more).json().get("others")

    with time_machine.travel("2026-11-02 10:00", tick=False):
        assert beat(editor, at="page-new") == beat(editor) == []
        assert [one["name"] for one in beat(other, session="cd" * 16)] == [str(editor)]
        assert beat(other) != []  # under the session of somebody else nobody else is seen
        assert OpenPage.objects.get(key=SESSION).user == editor
    with time_machine.travel("2026-11-02 10:00:20", tick=False):
        client.force_login(editor)
        html = client.get(form).content.decode()
        assert "Bert has this page open, last seen 20 seconds ago." in html
        assert client.post(form, fields(page, editing_session=SESSION)).status_code == 302
        assert not OpenPage.objects.filter(key=SESSION).exists()  # saved
        assert beat(other, session="cd" * 16, leave="1") is None
        assert "has this page open" not in client.get(form).content.decode()
        beat(editor)
    with time_machine.travel("2026-11-03 11:00", tick=False):
        assert beat(other) == []
        assert forget_open() == 1


def test_page_that_was_never_saved_is_kept_for_its_writer_alone(client, editor):
    assert autosave(client, None, title="Team").json()["outcome"] == "stored"
    row = PageRevision.objects.get()

    assert "A page that was never saved: “Team”" in client.get(f"{LIST}add/").content.decode()
    see = {"editing_session": SESSION, "autosave_article": "page-new"}
    assert client.post(f"{LIST}autosave/presence/", see).json() == {"notice": "", "others": []}
    for refused in (
        autosave(client, Page(pk=999)),
        client.post(f"{LIST}autosave/", {"editing_session": "x"}),
        autosave(client, None, session="cd" * 16, body="x" * 500_001),
    ):
        assert refused.status_code in {400, 403, 413}
        assert refused.json()["error"]

    client.force_login(make_staff("Editor"))
    html = client.get(f"{LIST}add/?autosave={row.pk}").content.decode()
    assert "Team" not in html
    assert autosave(client, None, title="Mine").status_code == 403  # the session of another
    client.force_login(make_staff("Author"))
    assert autosave(client, None, session="ee" * 16).status_code == 403
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert drop_old_autosaves() == 1


def test_every_version_is_kept_compared_and_brought_back(client, editor):
    page = make_page(title="About", slug="about", path="about", body="<p>One.</p>", version=4)
    form, history = f"{LIST}{page.pk}/change/", f"{LIST}{page.pk}/history/"
    assert "the next save begins the history" in client.get(history).content.decode()

    client.post(form, fields(page, body="<p>One and two.</p>"))
    page.refresh_from_db()
    client.post(form, fields(page, body="<p>One and two.</p>"))  # the same again

    rows = page.revisions.order_by("version")
    assert list(rows.values_list("version", "author")) == [(4, None), (5, editor.pk)]
    html = client.get(history).content.decode()
    assert re.findall(r'<th scope="row">(\d+)</th>', html) == ["5", "4"]
    changed = client.get(f"{LIST}{page.pk}/compare/5/").content.decode()
    assert re.search(r"<ins>.*and two", changed)
    assert "It is the oldest" in client.get(f"{LIST}{page.pk}/compare/4/").content.decode()
    assert client.get(f"{LIST}{page.pk}/compare/{9**20}/").status_code == 404
    old = client.get(f"{form}?version=4").content.decode()
    assert "&lt;p&gt;One.&lt;/p&gt;" in old
    assert "The form holds version 4." in old
    assert "&quot;marks&quot;: false" in old  # of the editor: a page has no use for them
    page.refresh_from_db()
    assert page.body == "<p>One and two.</p>"

    above = make_page(title="Company", slug="company", path="company")
    moved = {"body": page.body, "parent": above.pk}
    client.post(form, fields(page, **moved))
    page.refresh_from_db()
    client.post(form, fields(page, **moved))  # the same again
    newest = page.revisions.first()
    assert (page.revisions.count(), newest.data["parent"]["name"]) == (3, "Company")
    opened = client.get(f"{form}?version={newest.version}").content.decode()
    assert f'<option value="{above.pk}" selected>' in opened
    for data in (newest.data, newest.data | {"parent": above.pk}):  # as earlier versions have it
        PageRevision.objects.filter(pk=newest.pk).update(data=data)
        changed = client.get(f"{LIST}{page.pk}/compare/{newest.version}/").content.decode()
        assert re.search(r"added: </span>Company</ins>", changed)

    client.force_login(make_staff("Author"))
    assert {client.get(path).status_code for path in (history, f"{LIST}{page.pk}/compare/5/")} == {
        403
    }
