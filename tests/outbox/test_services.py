"""One mail for one key, and nothing in it that could make it another mail."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as sent
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from blog.outbox.models import Mail
from blog.outbox.services import cancel, forget_address, one_line, queue_mail, send_again
from blog.outbox.tasks import EVERY, deliver, sweep
from blog.taskqueue import enqueue_once
from tests.smtp import Manners

pytestmark = pytest.mark.django_db


def queue(key="hello", **fields):
    queue_mail(
        **{"key": key, "to": "ana@example.org", "subject": "Hello", "body": "How are you?\n"}
        | fields
    )


def test_mail_is_sent_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue()
        assert sent.outbox == []

    assert [message.subject for message in sent.outbox] == ["Hello"]


def test_no_mail_about_what_did_not_happen(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert (Mail.objects.count(), sent.outbox) == (0, [])


def test_second_call_with_a_key_changes_nothing(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue()
        queue(to="ben@example.org", subject="Other")
    with django_capture_on_commit_callbacks(execute=True):
        queue()

    assert [(message.to, message.subject) for message in sent.outbox] == [
        (["ana@example.org"], "Hello")
    ]


@pytest.mark.django_db(transaction=True)
def test_one_key_at_once_is_one_mail(at_once):
    at_once([queue] * 8)

    assert Mail.objects.count() == 1


LINES = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", LINES)
def test_no_line_break_reaches_a_header(end, mail_server, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue(
            subject=f"Hello{end}Bcc: you@example.org",
            headers={"X-Reason": f"because{end}Bcc: you@example.org"},
        )

    [received] = mail_server.received
    assert received.to == ["ana@example.org"]
    message = received.message
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: you@example.org"
    assert message["X-Reason"] == "because Bcc: you@example.org"


@pytest.mark.parametrize("name", ["Bcc: x\nTo", "", "X Y", "X:"])
def test_header_with_an_odd_name_is_refused(name):
    with pytest.raises(ValueError, match="no name of a header"):
        queue(headers={name: "value"})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words ", "two words"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("Ana 👩‍🔬 Ñ", "Ana 👩‍🔬 Ñ"),
    ],
)
def test_one_line(typed, kept):
    assert one_line(typed) == kept


def test_long_subject_is_shortened_and_the_address_in_small_letters():
    queue(to=" Ana@Example.ORG ", subject="x" * 5000, body="a\x00b\tc\n")

    mail = Mail.objects.get()
    assert mail.to == "ana@example.org"
    assert mail.subject == "x" * 199 + "…"
    assert mail.body == "ab\tc\n"


def test_mail_given_up_can_be_sent_again(mail_server, django_capture_on_commit_callbacks):
    mail_server.manners = Manners(answers={"RCPT ana@example.org": "550 No such user"})
    with django_capture_on_commit_callbacks(execute=True):
        queue()
    mail_server.manners = Manners()

    with django_capture_on_commit_callbacks(execute=True):
        assert send_again(mail=Mail.objects.get()) is True

    assert len(mail_server.received) == 1


def test_mail_that_is_being_sent_is_not_sent_again_meanwhile():
    queue()
    Mail.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))

    assert send_again(mail=Mail.objects.get()) is False


def test_mail_nobody_wants_any_more_can_be_taken_back():
    queue("comment:7:1")
    queue("comment:77:1")
    queue("comment:7:2", to="ben@example.org")

    assert cancel(key_start="comment:7:", to="Ana@example.org") == 1

    assert sorted(Mail.objects.waiting().values_list("key", flat=True)) == [
        "comment:77:1",
        "comment:7:2",
    ]


def test_address_is_forgotten_and_its_mail_still_not_sent_twice(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        queue("a")
    queue("b", to="ANA@example.org")
    queue("c", to="ben@example.org")

    assert forget_address(address="Ana@example.org") == 2

    assert sorted(Mail.objects.values_list("key", "to", "subject", "body")) == [
        ("a", "", "", ""),
        ("b", "", "", ""),
        ("c", "ben@example.org", "Hello", "How are you?\n"),
    ]
    assert Mail.objects.waiting().get().key == "c"
    with django_capture_on_commit_callbacks(execute=True):
        queue("a")
    assert send_again(mail=Mail.objects.get(key="a")) is False
    assert len(sent.outbox) == 2


def test_texts_of_old_mail_are_forgotten_but_not_of_mail_that_waits(mail_server):
    queue("sent")
    sweep.call()
    mail_server.manners = Manners(answers={"RCPT ben@example.org": "450 busy"})
    queue("waits", to="ben@example.org")
    sweep.call()

    Mail.objects.dealt_with(before=timezone.now()).forget()

    assert sorted(Mail.objects.values_list("key", "to")) == [
        ("sent", ""),
        ("waits", "ben@example.org"),
    ]


@pytest.fixture
def worker(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def waiting():
    return list(DBTaskResult.objects.filter(status="READY").values_list("task_path", flat=True))


def test_many_mails_wake_the_worker_once(worker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(5):
            queue(str(number))

    assert waiting() == [deliver.module_path]


def test_sweep_comes_round_however_often_it_is_started(worker):
    enqueue_once(sweep)
    enqueue_once(sweep)
    assert waiting() == [sweep.module_path]
    DBTaskResult.objects.all().delete()

    with time_machine.travel(timezone.now(), tick=False):
        sweep.call()
        sweep.call()

        [run] = DBTaskResult.objects.all()
        assert run.run_after == timezone.now() + EVERY


def test_results_of_old_tasks_are_deleted(worker):
    enqueue_once(deliver)
    DBTaskResult.objects.update(
        status="SUCCESSFUL", finished_at=timezone.now() - timedelta(hours=7)
    )

    sweep.call()

    assert waiting() == [sweep.module_path]
    assert DBTaskResult.objects.count() == 1
