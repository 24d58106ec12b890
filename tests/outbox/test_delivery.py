"""Mail leaves once, by whichever worker; what fails is tried again, and what cannot succeed is not."""

import smtplib
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.outbox.delivery import BACK_OFF, CLAIM, deliver_due, message_for, sentence_of
from blog.outbox.models import Mail
from blog.outbox.services import queue_mail
from tests.smtp import Manners

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 4, 12, tzinfo=UTC)


def queue(key="hello", **fields):
    queue_mail(
        **{"key": key, "to": "ana@example.org", "subject": "Hello", "body": "How are you?\n"}
        | fields
    )
    return Mail.objects.get(key=key)


def test_due_mail_is_sent_once(mail_server):
    queue(headers={"List-Unsubscribe": "<https://blog.example.org/end/>"})

    assert (deliver_due(), deliver_due()) == (1, 0)

    [received] = mail_server.received
    message = received.message
    assert received.to == ["ana@example.org"]
    assert (message["To"], message["Subject"]) == ("ana@example.org", "Hello")
    assert message["List-Unsubscribe"] == "<https://blog.example.org/end/>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == "How are you?\n"
    mail = Mail.objects.get()
    assert mail.sent_at
    assert (mail.attempts, mail.error, mail.claimed_until) == (1, "", None)


def test_many_mails_leave_by_one_connection_in_order(mail_server):
    for number in range(5):
        queue(str(number), to=f"reader{number}@example.org")

    assert deliver_due() == 5

    assert [received.to for received in mail_server.received] == [
        [f"reader{number}@example.org"] for number in range(5)
    ]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_mail_once(mail_server, at_once):
    Mail.objects.bulk_create(
        Mail(key=str(number), to=f"reader{number}@example.org", next_try_at=timezone.now())
        for number in range(40)
    )

    sent = at_once([deliver_due] * 8)

    assert sum(sent) == 40
    assert sorted(received.to[0] for received in mail_server.received) == sorted(
        f"reader{number}@example.org" for number in range(40)
    )


def test_idle_worker_takes_no_lock():
    with CaptureQueriesContext(connection) as queries:
        deliver_due()

    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "SELECT"]


@pytest.mark.parametrize(
    "manners",
    [
        Manners(answers={"RCPT ana@example.org": "450 Mailbox busy"}),
        Manners(answers={"DATA": "451 Try later"}),
        Manners(answers={"MAIL": "421 Too many"}),
        Manners(answers={"MAIL": "550 We do not know this sender"}),
        Manners(hang_up_at="RCPT"),
        Manners(hang_up_at="EHLO"),
    ],
)
def test_what_may_pass_is_tried_again(mail_server, manners):
    mail_server.manners = manners
    queue()

    with time_machine.travel(START, tick=False) as clock:
        Mail.objects.update(next_try_at=START)
        assert deliver_due() == 0
        mail = Mail.objects.get()
        assert (mail.next_try_at, mail.given_up_at) == (START + BACK_OFF[0], None)
        assert mail.error

        mail_server.manners = Manners()
        assert deliver_due() == 0
        clock.shift(BACK_OFF[0])
        assert deliver_due() == 1

    assert len(mail_server.received) == 1


@pytest.mark.parametrize(
    ("manners", "error"),
    [
        (
            Manners(answers={"RCPT ana@example.org": "550 No such user"}),
            "550 No such user",
        ),
        (Manners(answers={"DATA": "554 Looks like spam"}), "554 Looks like spam"),
    ],
)
def test_refused_for_good_is_given_up_and_the_others_still_leave(mail_server, manners, error):
    mail_server.manners = manners
    queue()

    assert deliver_due() == 0

    mail = Mail.objects.get()
    assert (mail.attempts, mail.error) == (1, error)
    assert mail.given_up_at
    mail_server.manners = Manners(answers={"RCPT ana@example.org": "550 No such user"})
    queue("second", to="ben@example.org")
    assert deliver_due() == 1


@pytest.mark.parametrize(
    "to", ["", "nobody", "ana@example.org, ben@example.org", "a@b\nBcc: c@example.org", "@"]
)
def test_what_is_no_address_is_given_up(mail_server, to):
    queue(to=to)

    assert deliver_due() == 0

    assert Mail.objects.get().given_up_at
    assert mail_server.received == []


def test_pauses_grow_until_the_mail_is_given_up(mail_server):
    mail_server.manners = Manners(answers={"DATA": "451 Try later"})
    queue()
    Mail.objects.update(next_try_at=START)
    pauses = []

    with time_machine.travel(START, tick=False) as clock:
        while deliver_due() == 0 and (mail := Mail.objects.get()).given_up_at is None:
            pauses.append(mail.next_try_at - timezone.now())
            clock.move_to(mail.next_try_at)

    assert pauses == list(BACK_OFF)
    assert mail.attempts == len(BACK_OFF) + 1


def test_silent_server_ends_the_run_with_the_other_mails_untouched(mail_server, settings):
    queue("first")
    queue("second")
    settings.MAILERS["default"]["OPTIONS"]["port"] = 1  # nobody listens there

    assert deliver_due() == 0

    assert list(Mail.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0]


def test_mail_of_a_worker_that_died_early_is_sent_by_the_next(mail_server):
    queue()
    Mail.objects.update(claimed_until=timezone.now() + CLAIM, attempts=1)
    assert deliver_due() == 0

    with time_machine.travel(timezone.now() + CLAIM + timedelta(seconds=1)):
        assert deliver_due() == 1

    assert len(mail_server.received) == 1


def test_mail_of_a_worker_that_died_in_the_middle_is_not_sent_twice(mail_server):
    now = timezone.now()
    queue()
    Mail.objects.update(claimed_until=now + CLAIM, handed_over_at=now, attempts=1)

    with time_machine.travel(now + CLAIM + timedelta(seconds=1)):
        assert deliver_due() == 0

    mail = Mail.objects.get()
    assert mail.given_up_at
    assert mail.error.startswith("This server stopped while the mail was handed over.")
    assert mail_server.received == []


def test_message_id_follows_from_the_key_alone(settings):
    settings.SITE_URL = "https://blog.example.org"
    first, again, other = (message_for(Mail(key=key, to="a@b.org")) for key in "aab")

    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"] != other.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@blog.example.org>")


def test_what_a_wrong_setting_does_is_said_in_words(settings):
    backend = "django.core.mail.backends.smtp.EmailBackend"
    nobody = {"host": "127.0.0.1", "port": 1, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": nobody}}
    queue()

    deliver_due()

    assert Mail.objects.get().error.startswith("Nothing answers at host and port of EMAIL_URL: ")
    for error, words in (
        (smtplib.SMTPAuthenticationError(535, b"Bad"), "does not take this user and password: 535 Bad"),
        (smtplib.SMTPSenderRefused(550, b"Relay", "a@b"), "does not take mail from this sender"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "does not do what EMAIL_URL asks of it"),
        (socket.gaierror(-2, "Unknown"), "There is no mail server of the name"),
        (ssl.SSLError("wrong version number"), "smtps:// is for port 465"),
    ):  # fmt: skip
        assert words in sentence_of(error)
