"""Whom an @ tells: people of the same article who want to hear of it, and nobody else."""

import uuid

import pytest
from django.utils import timezone

from blog.comments.mentions import IN_AN_HOUR, MOST, mentioned_in
from blog.comments.models import MailChoice, Subscription
from blog.comments.notices import tell_readers
from blog.outbox.models import Mail
from blog.outbox.services import queue_mail
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
ANA = "ana@example.org"


def writes(article, name="Ana", email=ANA, **fields):
    return make_comment(article=article, name=name, email=email, status="approved", **fields)


def follows(article, email=ANA, **fields):
    fields = {"kind": "all", "confirmed_at": timezone.now()} | fields
    return Subscription.objects.create(article=article, email=email, **fields)


def told(article, body, **fields):
    fields = {"name": "Ben", "email": "ben@example.org"} | fields
    return [address for address, _own in mentioned_in(writes(article, body=body, **fields))]


def test_name_after_an_at_tells_who_wrote_here_and_wants_mail():
    article = make_article()
    for name in ("Ana", "Ana Maria K.", "Şükrü"):
        address = f"{len(name)}@example.org"
        writes(article, name, address)
        follows(article, address)

    for body, expected in {
        "@Ana, yes": ["3@example.org"],
        "as @ana  maria k. says": ["12@example.org"],
        "(@ŞÜKRÜ!) and @Ana and @Ana": ["5@example.org", "3@example.org"],
        "@Ana\nMaria K.": ["3@example.org"],
        "@Anabel @ Ana me@Ana @@Ana x.@Ana Ana": [],
    }.items():
        assert told(article, body) == expected, body


def test_strangers_and_those_who_cannot_be_told_apart_get_nothing():
    article, elsewhere = make_article(), make_article()
    writes(article, "Unconfirmed", "u@example.org")
    follows(article, "u@example.org", confirmed_at=None)
    writes(article, "Ended", "e@example.org")
    follows(article, "e@example.org", ended_at=timezone.now())
    writes(article, "Other", "o@example.org")
    follows(elsewhere, "o@example.org")
    writes(elsewhere, "Absent", "a@example.org")
    follows(article, "a@example.org")
    make_comment(article=article, name="Held", email="h@example.org", status="pending")
    follows(article, "h@example.org")
    for address in ("t1@example.org", "t2@example.org"):
        writes(article, "Twin", address)
        follows(article, address)
    body = "@Unconfirmed @Ended @Other @Absent @Held @Twin @Ben @nobody@example.org"
    follows(article, "ben@example.org")

    assert told(article, body) == []
    follows(article, "o@example.org")
    assert told(article, body) == ["o@example.org"]

    SiteSettings.objects.create(following_on=False)
    assert told(article, body) == []


def test_account_is_told_unless_it_says_no():
    article, user = make_article(), make_user(display_name="Marta")
    writes(article, "Marta", user.email, user=user)

    assert told(article, "@Marta?") == [user.email]
    assert told(article, "@Marta?", user=user, name="Marta") == []
    MailChoice.objects.create(user=user, mentions=False)
    assert told(article, "@Marta?") == []


def test_one_comment_tells_few_and_one_address_hears_so_often():
    article = make_article()
    names = [f"N{number}" for number in range(MOST + 2)]
    for name in names:
        writes(article, name, f"{name}@example.org".lower())
        follows(article, f"{name}@example.org".lower())
    body = " ".join(f"@{name}" for name in names)
    assert len(told(article, body)) == MOST

    for number in range(IN_AN_HOUR):
        queue_mail(key=f"comment:1:{number}:x", to="n0@example.org", subject="s", body="b")
    assert "n0@example.org" not in told(article, body)


def test_mail_says_who_and_ends_with_one_click(settings):
    settings.SITE_URL = "https://blog.example.org"
    article = make_article(title="Engines")
    own = writes(article)
    follows(article, kind="replies", comment=own)
    comment = writes(article, "Ben", "ben@example.org", body="@Ana look", visitor=uuid.uuid4())

    for _again in range(2):
        tell_readers.func(comment.pk)

    [mail] = Mail.objects.all()
    assert (mail.to, mail.subject) == (ANA, "[Byline] Ben names you on “Engines”")
    assert "> @Ana look" in mail.body
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/following/end/" in mail.headers["List-Unsubscribe"]
