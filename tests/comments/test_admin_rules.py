"""Rules and bans on the staff desk: rehearsed without saving, followed up, made from a comment."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.comments.bans import ban
from blog.comments.models import Ban, Comment, Rule
from tests.factories import make_comment, make_rule, make_staff, make_user

pytestmark = pytest.mark.django_db
RULES, BANS = reverse("admin:comments_rule_changelist"), reverse("admin:comments_ban_changelist")
ADD_RULE, ADD_BAN = reverse("admin:comments_rule_add"), reverse("admin:comments_ban_add")
Status = Comment.Status
FORM = {
    "name": "No casinos",
    "position": 15,
    "is_active": "on",
    "kind": "words",
    "entries": "casino",
    "fields": ["body", "name"],
    "action": "spam",
    "reason": "",
}


def test_rehearsal_shows_the_result_keeps_what_was_typed_and_saves_nothing(client):
    client.force_login(make_staff("Moderator"))
    approved = make_comment(body="The casino of Monte Carlo", name="Lena")
    make_comment(body="Buy in my casino", status=Status.SPAM)
    make_comment()
    before = Rule.objects.count()

    response = client.post(ADD_RULE, FORM | {"_rehearse": "Rehearse"})

    html = response.content.decode()
    assert response.status_code == 200
    assert (
        "Of your last 3 comments it would have marked 2 as spam, of which you approved 1." in html
    )
    assert reverse("admin:comments_comment_change", args=[approved.pk]) in html
    assert 'value="No casinos"' in html
    assert "casino</textarea>" in html
    assert 'class="errornote"' not in html
    assert Rule.objects.count() == before


def test_rehearsal_of_a_saved_rule_leaves_it_as_it_is(client):
    client.force_login(make_staff("Moderator"))
    rule = make_rule(name="As it was")
    make_comment(body="casino")
    address = reverse("admin:comments_rule_change", args=[rule.pk])

    html = client.post(address, FORM | {"_rehearse": "Rehearse"}).content.decode()

    rule.refresh_from_db()
    assert "Of your last 1 comment it would have marked 1 as spam" in html
    assert rule.name == "As it was"


def test_rule_is_saved_as_it_was_rehearsed(client):
    client.force_login(make_staff("Moderator"))

    response = client.post(ADD_RULE, FORM | {"_save": "Save"})

    rule = Rule.objects.get(name="No casinos")
    assert (response.status_code, response["Location"]) == (302, RULES)
    assert (rule.fields, rule.entries, rule.action) == (["body", "name"], "casino", "spam")


@pytest.mark.parametrize("button", ["_rehearse", "_save"])
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "pattern", "entries": "("}, "Line 1: This is no regular expression"),
        ({"kind": "links", "threshold": ""}, "Say from which number on."),
        ({"kind": "score", "threshold": "2"}, "The spam score goes from 0 to 1."),
        ({"fields": ["password"]}, "Select a valid choice"),
    ],
)
def test_rule_that_cannot_work_comes_back_with_its_error(client, button, wrong, error):
    client.force_login(make_staff("Moderator"))
    before = Rule.objects.count()

    html = client.post(ADD_RULE, FORM | wrong | {button: "x"}).content.decode()

    assert error in html
    assert 'value="No casinos"' in html
    assert "Rehearsal</h2>" not in html
    assert Rule.objects.count() == before


def test_list_of_rules_says_how_moderators_agreed_in_as_many_queries_for_more(client):
    user = make_staff("Moderator")
    client.force_login(user)
    rule = make_rule(name="Hold all")
    for status in (Status.SPAM, Status.SPAM, Status.APPROVED):
        comment = make_comment(rule=rule, status=status)
        comment.decisions.create(from_status="pending", to_status=status, actor=user)
    counts = []

    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            html = client.get(RULES).content.decode()
        counts.append(len(captured))
        make_rule()

    assert '67 % <span class="rule-of">2 of 3</span>' in html
    assert "Nobody has looked yet" in html
    assert counts[0] == counts[1]


def test_order_of_rules_is_changed_in_the_list_by_fields_with_labels(client):
    client.force_login(make_staff("Moderator"))
    Rule.objects.all().delete()
    first, second = make_rule(name="First", position=1), make_rule(name="Second", position=2)
    form = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for number, (rule, position) in enumerate([(first, 9), (second, 2)]):
        form |= {f"form-{number}-id": rule.pk, f"form-{number}-position": position}
        form |= {f"form-{number}-is_active": "on"}
    assert 'aria-label="Order: Second"' in client.get(RULES).content.decode()

    client.post(RULES, form)

    assert list(Rule.objects.active()) == [second, first]


@pytest.mark.parametrize("role", ["Author", None])
@pytest.mark.parametrize("address", [RULES, ADD_RULE, BANS, ADD_BAN])
def test_rules_and_bans_are_for_moderators_alone(client, role, address):
    client.force_login(make_staff(role) if role else make_user())

    assert client.get(address).status_code in (302, 403)


def test_comment_knows_its_writer_by_four_things_each_with_its_count(client):
    client.force_login(make_staff("Moderator"))
    visitor = uuid.uuid4()
    comment = make_comment(email="marta@example.org", visitor=visitor, network_hash="n")
    make_comment(email="marta@example.org")
    make_comment(network_hash="n")
    make_comment(network_hash="n")

    html = client.get(f"{ADD_BAN}?comment={comment.pk}").content.decode()

    assert "The email marta@example.org (2 comments)" in html
    assert "This browser (1 comment)" in html
    assert "This network (3 comments)" in html
    assert "The account" not in html
    assert "the ban of a network ends with that" in html
    assert html.count(" checked") == 4  # email, browser; a week; hide nothing


@pytest.mark.parametrize("key", ["x", "0", "9" * 19, "9" * 5000])
def test_ban_begins_with_no_comment_that_is_not_there(client, key):
    client.force_login(make_staff("Moderator"))

    assert client.get(f"{ADD_BAN}?comment={key}").status_code == 404


def test_network_of_an_earlier_day_keeps_nobody_out_and_says_so(client):
    client.force_login(make_staff("Moderator"))
    comment = make_comment(network_hash="n")
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))

    html = client.get(f"{ADD_BAN}?comment={comment.pk}").content.decode()

    assert "This network (1 comment) – of an earlier day" in html


def test_writer_is_banned_by_what_is_ticked_and_their_comments_are_hidden(client):
    moderator = make_staff("Moderator")
    client.force_login(moderator)
    comment = make_comment(email="marta@example.org", visitor=uuid.uuid4(), network_hash="n")
    form = {"known": ["email", "visitor"], "days": 0, "hides": "everything", "reason": "Insults"}

    response = client.post(f"{ADD_BAN}?comment={comment.pk}", form)

    made = Ban.objects.get()
    comment.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, BANS)
    assert (made.email, made.visitor, made.network_hash, made.until) == (
        "marta@example.org",
        comment.visitor,
        "",
        None,
    )
    assert (made.comment, made.created_by, made.reason) == (comment, moderator, "Insults")
    assert comment.status == Status.TRASH


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"known": [], "days": 7}, "Say by what the writer is to be known."),
        ({"known": ["user"], "days": 7}, "Select a valid choice"),
        ({"known": ["email"], "days": 8}, "Select a valid choice"),
    ],
)
def test_ban_that_says_nothing_comes_back_with_its_error(client, form, error):
    client.force_login(make_staff("Moderator"))
    comment = make_comment()

    html = client.post(
        f"{ADD_BAN}?comment={comment.pk}", form | {"hides": "nothing", "reason": "Kept text"}
    ).content.decode()

    assert error in html
    assert 'value="Kept text"' in html
    assert not Ban.objects.exists()


@pytest.mark.parametrize("comment", ["x", "-1", "99999", "9" * 40])
def test_ban_because_of_no_comment_is_not_found(client, comment):
    client.force_login(make_staff("Moderator"))

    assert client.get(f"{ADD_BAN}?comment={comment}").status_code == 404


def test_address_alone_can_be_banned(client):
    client.force_login(make_staff("Moderator"))

    client.post(
        ADD_BAN,
        {"email": "Marta+x@example.org", "days": 7, "hides": "nothing", "reason": ""},
    )

    made = Ban.objects.get()
    days = (made.until - made.created_at) / timedelta(days=1)
    assert (made.email, round(days)) == ("marta@example.org", 7)


def test_bans_are_listed_as_in_force_or_over_and_lifted_by_a_button(client):
    moderator = make_staff("Moderator")
    client.force_login(moderator)
    comment = make_comment(email="marta@example.org")
    made = ban(actor=moderator, email="marta@example.org", hides="everything")
    address = reverse("admin:comments_ban_change", args=[made.pk])
    assert "marta@example.org" in client.get(f"{BANS}?state=active").content.decode()

    response = client.post(address, {"until_0": "", "until_1": "", "_lift": "x"}, follow=True)

    made.refresh_from_db()
    comment.refresh_from_db()
    assert "1 ban lifted. 1 comment is back." in response.content.decode()
    assert made.lifted_at is not None
    assert comment.status == Status.APPROVED
    assert "marta@example.org" not in client.get(f"{BANS}?state=active").content.decode()
    assert "marta@example.org" in client.get(f"{BANS}?state=over").content.decode()


def test_ban_is_never_deleted(client):
    client.force_login(make_staff())
    made = ban(actor=make_user(), email="marta@example.org")

    response = client.post(reverse("admin:comments_ban_delete", args=[made.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert Ban.objects.count() == 1
