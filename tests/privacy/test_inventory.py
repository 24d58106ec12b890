"""What the site knows of one person: all of it, and nothing of anybody else."""

import json
import uuid

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from accounts.models import AuthorLink
from blog.comments.models import (
    Avatar,
    Ban,
    Comment,
    Decision,
    Like,
    MailChoice,
    Report,
    SavedFilter,
    Subscription,
)
from blog.outbox.models import Mail
from blog.outbox.services import mark_of
from blog.pages.models import Message
from blog.privacy.inventory import COVERED, PARTS, everything, shown
from blog.privacy.people import Person
from blog.privacy.words import LABELS
from tests.factories import make_article, make_author, make_comment, make_rating, make_user

pytestmark = pytest.mark.django_db
VISITOR = uuid.UUID("11111111-1111-4111-8111-111111111111")
# What a column is called that can hold something of a person, wherever it stands.
PERSONAL = {"email", "to", "visitor", "network_hash", "user_agent", "website", "display_name"}


def leave_one_of_everything(email="lena@example.org", visitor=VISITOR, user=None):
    """Leave one row of each kind, by the same person."""
    comment = make_comment(
        name="Lena Osei",
        email=email,
        visitor=None if user else visitor,
        user=user,
        website="https://lena.example",
        user_agent="Firefox 140",
        network_hash="feed" * 8,
        seconds_taken=12.5,
    )
    Decision.objects.create(
        comment=comment, to_status="approved", via="writer", earlier={"body": "My first words."}
    )
    who = {"user": user} if user else {"visitor": visitor}
    make_rating(feedback="Shorter, please.", network_hash="feed" * 8, **who)
    other = make_comment()
    Like.objects.create(comment=other, network_hash="feed" * 8, **who)
    Comment.objects.filter(pk=other.pk).update(like_count=1)
    Report.objects.create(
        comment=other, reason="other", text="It is about me.", network_hash="feed" * 8, **who
    )
    Subscription.objects.create(
        article=comment.article,
        email=email,
        kind="all",
        visitor=visitor,
        confirmed_at=timezone.now(),
    )
    Mail.objects.create(key=f"test:{comment.pk}", to=email, subject="Hello", body="Hello, Lena.")
    message = Message.objects.create(
        name="Lena Osei",
        email=email,
        body="My first question.",
        network_hash="feed" * 8,
        visitor=None if user else visitor,
        user=user,
    )
    Mail.objects.create(
        key=f"message:{message.pk}:x", to="owner@example.org", body="Lena Osei wrote: My first"
    )
    Ban.objects.create(email=email, reason="Only moderators read it.")
    whose = {"user": user} if user else {"mark": mark_of(email)}
    Avatar.objects.create(image=b"x", checked_at=timezone.now(), **whose)
    if user:
        author = make_author(user=user, bio="Writes about bridges.")
        AuthorLink.objects.create(author=author, label="Home", url="https://lena.example")
        MailChoice.objects.create(user=user)
        SavedFilter.objects.create(user=user, name="Links", query="q=http")
    return comment


def counts_of(person):
    return {name: len(entries) for name, entries in everything(person).items()}


ONE_OF_EACH = dict.fromkeys(
    "comments edits pictures votes likes reports subscriptions messages mails blocks".split(), 1
)
NOTHING = dict.fromkeys([part.name for part in PARTS], 0)


def test_address_leads_to_one_of_everything():
    leave_one_of_everything()

    assert counts_of(Person(email="lena@example.org")) == NOTHING | ONE_OF_EACH


def test_browser_leads_to_what_was_sent_with_it_and_to_no_mail():
    leave_one_of_everything()

    found = counts_of(Person(visitor=VISITOR))

    assert found == NOTHING | ONE_OF_EACH | {"mails": 0, "blocks": 0, "pictures": 0}


def test_account_leads_to_one_of_everything():
    user = make_user(email="lena@example.org")
    leave_one_of_everything(user=user)

    assert counts_of(Person(email=user.email, user=user)) == dict.fromkeys(NOTHING, 1)


@pytest.mark.parametrize(
    "person",
    [Person(), Person(email="oskar@example.org"), Person(visitor=uuid.UUID(int=7))],
    ids=["nobody", "another address", "another browser"],
)
def test_others_are_shown_nothing_of_it(person):
    leave_one_of_everything()

    assert counts_of(person) == NOTHING
    assert shown(person) == []


def test_another_account_is_shown_nothing_of_it():
    leave_one_of_everything(user=make_user(email="lena@example.org"))
    oskar = make_user(email="oskar@example.org")

    found = counts_of(Person(email=oskar.email, user=oskar))

    assert found == NOTHING | {"account": 1}


def test_everything_a_person_left_is_in_the_file():
    user = make_user(email="lena@example.org", display_name="Lena O.")
    leave_one_of_everything(user=user)

    file = json.dumps(everything(Person(email=user.email, user=user)), cls=DjangoJSONEncoder)

    for said in (
        (
            "Lena Osei, lena@example.org, https://lena.example, Firefox 140, 12.5, My first words.,"
            " Shorter\\, please., It is about me., Hello\\, Lena., Lena O., Writes about bridges., q=http,"
            f" {'feed' * 8}, {VISITOR}"
        )
        .replace("\\,", "\0")
        .split(", ")
    ):
        assert said.replace("\0", ",").strip(" ,") in file


def test_neither_spam_nor_the_reason_of_a_block_is_told():
    comment = leave_one_of_everything()
    Comment.objects.filter(pk=comment.pk).update(status="spam", reason="Looks bought.", score=0.99)

    person = Person(email="lena@example.org")
    file = json.dumps(everything(person), cls=DjangoJSONEncoder)

    assert everything(person)["comments"][0]["state"] == "waiting"
    for secret in ("spam", "Looks bought.", "0.99", "Only moderators read it."):
        assert secret not in file


def is_personal(field):
    if isinstance(field, models.EmailField) or field.name in PERSONAL:
        return True
    return field.is_relation and field.related_model is apps.get_model("accounts.User")


def test_every_table_that_can_hold_something_personal_is_covered():
    ours = [
        model
        for config in apps.get_app_configs()
        if config.name == "accounts" or config.name.startswith("blog.")
        for model in config.get_models()
        if not model._meta.proxy  # another name for a table that is there already
    ]
    personal = {
        model._meta.label
        for model in ours
        if any(is_personal(field) for field in model._meta.concrete_fields)
    }

    assert personal - set(COVERED) == set()
    names = {part.name for part in PARTS}
    shown_in = {label: what for label, what in COVERED.items() if " " not in what}
    assert set(shown_in.values()) == names
    assert {part.model._meta.label for part in PARTS} <= set(shown_in)


def test_every_field_of_the_file_is_explained():
    user = make_user(email="lena@example.org")
    leave_one_of_everything(user=user)

    found = everything(Person(email=user.email, user=user))

    used = {name for entries in found.values() for entry in entries for name in entry}
    assert used == set(LABELS)


def test_personal_columns_of_what_is_shown_are_in_the_file():
    """A new column of a table must be shown, or be named here with the others that tell nothing."""
    user = make_user(email="lena@example.org")
    comment = leave_one_of_everything(user=user)
    marks = {"name": "mark-1", "website": "https://mark-2.example", "user_agent": "mark-3"}
    Comment.objects.filter(pk=comment.pk).update(**marks)

    file = json.dumps(everything(Person(email=user.email, user=user)), cls=DjangoJSONEncoder)

    assert all(mark in file for mark in marks.values())


def test_page_shows_the_newest_of_many_and_says_how_many_there_are(monkeypatch):
    monkeypatch.setattr("blog.privacy.inventory.MOST_SHOWN", 2)
    article = make_article()
    for number in range(3):
        make_comment(article=article, email="lena@example.org", body=f"Number {number}")

    part = shown(Person(email="lena@example.org"))[0]

    assert (part.count, len(part.entries)) == (3, 2)
    texts = [fact.value for entry in part.entries for fact in entry if fact.name == "text"]
    assert texts == ["Number 2", "Number 1"]


def test_look_at_reports_is_no_earlier_text():
    comment = make_comment(email="lena@example.org")
    Decision.objects.create(comment=comment, to_status="approved", earlier={"reports": [1]})

    assert everything(Person(email="lena@example.org"))["edits"] == []
