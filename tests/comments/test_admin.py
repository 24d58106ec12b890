"""One comment on the desk: its form, its log, and who may use any of it."""

import uuid
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.roles import ROLES
from blog.comments import deleting
from blog.comments.deciding import transition
from blog.comments.models import Comment
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/comments/comment/"
Status = Comment.Status


def sign_in(client, role=None):
    user = make_user(is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def edit_data(comment, **fields):
    return {
        "body": comment.body,
        "name": comment.name,
        "email": comment.email,
        "website": comment.website,
        "reply": "",
    } | fields


def test_edit_decision_and_reply_are_all_kept_by_one_button(client):
    user = sign_in(client, "Moderator")
    comment = make_comment(status=Status.PENDING)
    data = edit_data(comment, body="Mended *text*.", reply="Welcome.", _to="approved")
    data["written"] = "2026-01-02T03:04:05"

    client.post(f"{LIST}{comment.pk}/change/", data)

    comment.refresh_from_db()
    assert (comment.status, comment.html) == (Status.APPROVED, "<p>Mended <em>text</em>.</p>")
    assert comment.edited_at is not None
    assert timezone.localtime(comment.created_at).isoformat()[:19] == "2026-01-02T03:04:05"
    for wrong in ("2999-01-01T00:00", "0001-01-01T00:00", "soon"):
        answer = client.post(f"{LIST}{comment.pk}/change/", data | {"written": wrong})
        assert (wrong, answer.status_code) == (wrong, 200)
    reply = comment.replies.get()
    assert (reply.user, reply.body, reply.status) == (user, "Welcome.", Status.APPROVED)


def test_form_shows_what_a_moderator_weighs(client):
    moderator = sign_in(client, "Moderator")
    comment = make_comment(status=Status.PENDING, email="ada@example.org")
    make_comment(email="ada@example.org", body="Earlier words.")
    transition(comment=comment, to=Status.SPAM, actor=moderator)

    form = client.get(f"{LIST}{comment.pk}/change/").content.decode()

    for shown in ("The writer so far", "Earlier words.", "Decisions", ">Undo</button>"):
        assert shown in form, shown


def test_time_that_the_clock_showed_twice_stays_as_it_is(client):
    sign_in(client, "Moderator")
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Berlin"})
    at = datetime(2025, 10, 26, 1, 30, tzinfo=UTC)  # 02:30, for the second time
    comment = make_comment()
    Comment.objects.update(created_at=at)

    data = edit_data(comment, body="Mended.", written="2025-10-26T02:30:00")
    response = client.post(f"{LIST}{comment.pk}/change/", data)

    comment.refresh_from_db()
    assert (response.status_code, comment.body, comment.created_at) == (302, "Mended.", at)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", ""),
        ("body", "x" * 65_526),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
    ],
)
def test_refused_edit_keeps_the_text(client, field, value):
    sign_in(client, "Moderator")
    comment = make_comment()

    response = client.post(
        f"{LIST}{comment.pk}/change/", edit_data(comment, reply="Typed.", **{field: value})
    )

    assert response.status_code == 200
    assert "Typed." in response.content.decode()
    assert "errornote" in response.content.decode()
    comment.refresh_from_db()
    assert comment.edited_at is None


def test_deleting_asks_first_and_keeps_the_replies(client):
    sign_in(client, "Moderator")
    parent = make_comment()
    make_comment(article=parent.article, parent=parent)
    address = f"{LIST}{parent.pk}/delete/"

    assert client.get(address).status_code == 200
    client.post(address, {"post": "yes"})

    parent.refresh_from_db()
    assert parent.status == Status.REMOVED
    assert client.get(f"{LIST}{parent.pk}/change/").status_code == 200


def test_spam_is_emptied_after_a_question(client):
    sign_in(client, "Moderator")
    kept, _gone = make_comment(), make_comment(status=Status.SPAM)

    assert "Delete 1 comment for good?" in client.get(f"{LIST}empty/spam/").content.decode()
    client.post(f"{LIST}empty/spam/")

    assert list(Comment.objects.all()) == [kept]
    assert client.get(f"{LIST}empty/approved/").status_code == 404


def test_what_was_deleted_for_good_can_be_looked_at_and_not_changed(client):
    user = sign_in(client, "Moderator")
    comment = make_comment()
    make_comment(article=comment.article, parent=comment)
    deleting.delete_comment(comment=comment, actor=user)
    address = f"{LIST}{comment.pk}/change/"

    assert client.get(address).status_code == 200
    assert client.post(address, edit_data(comment, body="Back.")).status_code == 403
    comment.refresh_from_db()
    assert comment.body == ""


def test_edited_address_is_kept_in_small_letters(client):
    sign_in(client, "Moderator")
    comment = make_comment()

    client.post(f"{LIST}{comment.pk}/change/", edit_data(comment, email="Marta@Example.ORG"))

    comment.refresh_from_db()
    assert comment.email == "marta@example.org"


@pytest.mark.parametrize("field", ["body", "name", "email", "website", "reply", "_to"])
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\u202e", "x" * 70_000])
def test_change_form_takes_anything_without_an_error_of_ours(client, field, text):
    sign_in(client, "Moderator")
    comment = make_comment()

    data = edit_data(comment, _continue="1", **{field: text})
    response = client.post(f"{LIST}{comment.pk}/change/", data)

    assert response.status_code in (200, 302)
    comment.refresh_from_db()
    assert "\x00" not in comment.body + comment.name
    assert comment.body


def addresses(comment):
    decision = comment.decisions.create(
        from_status="pending", to_status="approved", batch=uuid.uuid4()
    )
    return [
        (LIST, {}),
        (f"{LIST}news/", {}),
        (f"{LIST}{comment.pk}/change/", edit_data(comment, _to="spam")),
        (f"{LIST}{comment.pk}/delete/", {"post": "yes"}),
        (f"{LIST}decide/", {"to": "spam", "pick": f"{comment.pk}.approved"}),
        (f"{LIST}{comment.pk}/reply/", {"reply": "Hello."}),
        (f"{LIST}undo/{decision.pk}/", {}),
        (f"{LIST}undo/{decision.batch}/", {}),
        (f"{LIST}filters/save/", {"name": "Mine"}),
        (f"{LIST}filters/1/drop/", {}),
        (f"{LIST}empty/spam/", {}),
    ]


@pytest.mark.parametrize("role", [*ROLES, None])
def test_only_those_who_moderate_may_do_anything(client, role):
    sign_in(client, role)
    comment = make_comment()
    may = "comments.moderate_comment" in ROLES.get(role, ())

    for address, _data in addresses(comment)[:4]:
        assert client.get(address).status_code == (200 if may else 403), address
    if not may:
        for address, data in addresses(comment):
            expected = 405 if address in (LIST, f"{LIST}news/") else 403
            assert client.post(address, data).status_code == expected, address
        comment.refresh_from_db()
        assert comment.status == Status.APPROVED


def test_nobody_adds_a_comment_by_hand(client):
    sign_in(client, "Administrator")

    assert client.get(f"{LIST}add/").status_code == 403


def test_hostile_words_are_only_ever_text(client):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    sign_in(client, "Administrator")
    article = make_article(title=attack[:190])
    parent = make_comment(article=article, name=attack, body=attack, html="")
    comment = make_comment(
        article=article, parent=parent, name=attack, body=attack, html="", website="javascript:alert(1)",
        email=parent.email, user_agent=attack, reason=attack, status=Status.PENDING,
    )  # fmt: skip

    for address in (
        LIST,
        f"{LIST}{comment.pk}/change/",
        f"{LIST}{comment.pk}/history/",
        f"{LIST}{comment.pk}/delete/",
    ):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html, address
        assert "<img src=x" not in html, address
        assert 'href="javascript:' not in html, address
