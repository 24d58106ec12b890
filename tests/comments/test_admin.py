"""The moderators' queue: what it shows, who may use it, and that nothing changes by a GET."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ROLES, create_groups
from blog.comments import services
from blog.comments.models import Comment
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/comments/comment/"
Status = Comment.Status
HOSTILE = Path(__file__).resolve().parents[3] / "shared/data/hostile"


def sign_in(client, role=None):
    create_groups()
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


def test_queue_shows_waiting_comments_first_and_the_oldest_of_them_first(client):
    sign_in(client, "Moderator")
    article = make_article()
    for body, status in [
        ("An old one", Status.APPROVED),
        ("First in line", Status.PENDING),
        ("Second in line", Status.PENDING),
        ("A new one", Status.APPROVED),
    ]:
        make_comment(article=article, body=body, status=status)

    html = client.get(LIST).content.decode()

    places = [
        html.index(body) for body in ("First in line", "Second in line", "A new one", "An old one")
    ]
    assert places == sorted(places)


def test_queue_takes_the_same_queries_for_one_and_for_twenty(client):
    sign_in(client, "Moderator")
    counts = []
    for total in (1, 20):
        while Comment.objects.count() < total:
            make_comment(status=Status.PENDING)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("to", [Status.APPROVED, Status.SPAM, Status.TRASH])
def test_button_in_the_list_decides_and_comes_back(client, to):
    user = sign_in(client, "Moderator")
    comment = make_comment(status=Status.PENDING)

    response = client.post(
        f"{LIST}{comment.pk}/decide/", {"to": to, "query": "status__exact=pending"}
    )

    comment.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?status__exact=pending")
    assert (comment.status, comment.decisions.first().actor) == (to, user)


def test_decision_is_undone_after_a_question(client):
    sign_in(client, "Moderator")
    comment = make_comment(status=Status.PENDING)
    client.post(f"{LIST}{comment.pk}/decide/", {"to": "spam"})
    address = f"{LIST}undo/{comment.decisions.first().pk}/"

    assert address in client.get(LIST).content.decode()
    client.get(address)
    comment.refresh_from_db()
    assert comment.status == Status.SPAM
    client.post(address)
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


def test_second_moderator_learns_that_somebody_was_quicker(client):
    sign_in(client, "Moderator")
    comment = make_comment(status=Status.APPROVED)

    response = client.post(f"{LIST}{comment.pk}/decide/", {"to": "approved"}, follow=True)

    assert "Somebody was quicker" in response.content.decode()


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("approve", Status.PENDING, Status.APPROVED),
        ("unapprove", Status.APPROVED, Status.PENDING),
        ("spam", Status.APPROVED, Status.SPAM),
        ("trash", Status.APPROVED, Status.TRASH),
        ("restore", Status.SPAM, Status.PENDING),
    ],
)
def test_bulk_action_decides_about_the_selected(client, action, before, after):
    sign_in(client, "Moderator")
    chosen, other = make_comment(status=before), make_comment(status=before)

    response = client.post(LIST, {"action": action, "_selected_action": [chosen.pk]}, follow=True)

    assert "1 comment " in response.content.decode()
    assert Comment.objects.get(pk=chosen.pk).status == after
    assert Comment.objects.get(pk=other.pk).status == before


def test_only_what_is_in_trash_or_spam_is_deleted_in_bulk(client):
    sign_in(client, "Moderator")
    kept, gone = make_comment(), make_comment(status=Status.SPAM)

    client.post(LIST, {"action": "delete_for_good", "_selected_action": [kept.pk, gone.pk]})

    assert list(Comment.objects.all()) == [kept]


def test_edit_decision_and_reply_are_all_kept_by_one_button(client):
    user = sign_in(client, "Moderator")
    comment = make_comment(status=Status.PENDING)
    data = edit_data(comment, body="Mended *text*.", reply="Welcome.", _to="approved")

    client.post(f"{LIST}{comment.pk}/change/", data)

    comment.refresh_from_db()
    assert (comment.status, comment.html) == (Status.APPROVED, "<p>Mended <em>text</em>.</p>")
    assert comment.edited_at is not None
    reply = comment.replies.get()
    assert (reply.user, reply.body, reply.status) == (user, "Welcome.", Status.APPROVED)


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
    services.delete_comment(comment=comment, actor=user)
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


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status__exact=spam", 200),
        ("status__exact=nonsense", 302),
        ("status__exact=%00", 302),
        ("q=%00", 200),
        ("p=99999", 200),
        ("o=1.-2.x", 200),
        ("name__regex=(", 400),
        ("user__password__startswith=m", 400),
        ("created_at__gte=x", 400),
    ],
)
def test_question_that_was_typed_into_the_address_is_no_error_of_ours(client, query, status):
    sign_in(client, "Moderator")
    make_comment()

    assert client.get(f"{LIST}?{query}").status_code == status


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
    decision = comment.decisions.create(from_status="pending", to_status="approved")
    return [
        (LIST, {"action": "spam", "_selected_action": [comment.pk]}),
        (f"{LIST}{comment.pk}/change/", edit_data(comment, _to="spam")),
        (f"{LIST}{comment.pk}/delete/", {"post": "yes"}),
        (f"{LIST}{comment.pk}/decide/", {"to": "spam"}),
        (f"{LIST}undo/{decision.pk}/", {}),
        (f"{LIST}empty/spam/", {}),
    ]


@pytest.mark.parametrize("role", [*ROLES, None])
def test_only_those_who_moderate_may_do_anything(client, role):
    sign_in(client, role)
    comment = make_comment()
    may = "comments.moderate_comment" in ROLES.get(role, ())

    for address, _data in addresses(comment)[:3]:
        assert client.get(address).status_code == (200 if may else 403), address
    if not may:
        for address, data in addresses(comment):
            assert client.post(address, data).status_code == 403, address
        comment.refresh_from_db()
        assert comment.status == Status.APPROVED


def test_get_decides_nothing(client):
    sign_in(client, "Moderator")
    comment = make_comment()

    assert client.get(f"{LIST}{comment.pk}/decide/", {"to": "spam"}).status_code == 405


@pytest.mark.parametrize("to", ["removed", "nonsense", ""])
def test_decision_that_does_not_exist_is_not_found(client, to):
    sign_in(client, "Moderator")

    assert client.post(f"{LIST}{make_comment().pk}/decide/", {"to": to}).status_code == 404


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


def test_naughty_strings_can_be_searched_for(client):
    if not HOSTILE.is_dir():
        pytest.skip("The hostile strings of ../shared/data are not here.")
    sign_in(client, "Moderator")
    make_comment()

    for text in json.loads((HOSTILE / "naughty-strings.json").read_text())[::5]:
        assert (
            client.get(reverse("admin:comments_comment_changelist"), {"q": text}).status_code
            == 200
        ), text
