"""Snippets: written at the desk, put into a text by the editor."""

import pytest

from blog.articles.models import Snippet
from blog.media.queries import uses_of
from tests.factories import make_image, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/snippet/"
NAMES = f"{LIST}names/"


def test_author_writes_one_and_the_editor_gets_it(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = make_image(alt="A map")
    author = make_staff("Author")
    client.force_login(author)
    body = f'<p onclick="x">Find us:</p><figure><img src="{image.file.url}" alt="A map"></figure>'

    client.post(f"{LIST}add/", {"name": "Where we are", "body": body})

    snippet = Snippet.objects.get()
    assert (snippet.name, snippet.created_by) == ("Where we are", author)
    assert snippet.body.startswith("<p>Find us:</p>")
    assert uses_of([image.pk]) == {image.pk: [snippet]}
    assert client.get(NAMES).json() == {"names": [[snippet.pk, "Where we are"]]}
    assert client.get(f"{NAMES}?pk={snippet.pk}").json() == {"html": snippet.body}
    for nonsense in ("x", "9" * 30, "0", ""):
        assert client.get(f"{NAMES}?pk={nonsense}").status_code == 404

    for data in (
        {"name": "Where we are", "body": "<p>Elsewhere</p>"},
        {"name": "Empty", "body": "<script>1</script>"},
        {"name": "Nothing", "body": ""},
    ):
        response = client.post(f"{LIST}add/", data)
        assert (response.status_code, bool(response.context["errors"])) == (200, True)
    assert Snippet.objects.count() == 1


def test_snippets_of_others_are_changed_by_editors_alone(client):
    snippet = Snippet.objects.create(name="House", body="<p>Old</p>", created_by=make_staff())
    address = f"{LIST}{snippet.pk}/change/"

    for role, answer in (
        ("Contributor", 403),
        ("Author", 403),
        ("Moderator", 403),
        ("Editor", 302),
    ):
        client.force_login(make_staff(role))
        assert client.post(address, {"name": "House", "body": "<p>New</p>"}).status_code == answer
        assert client.get(NAMES).status_code == (403 if role == "Moderator" else 200)
    snippet.refresh_from_db()
    assert snippet.body == "<p>New</p>"
