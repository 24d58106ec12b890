"""The log of mails: who sees it, what it keeps to itself, and its two buttons."""

import pytest
from django.core import mail as sent

from blog.outbox.models import Mail
from blog.outbox.services import queue_mail
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/mail/"


@pytest.fixture
def mail():
    queue_mail(
        key="hello", to="ana@example.org", subject="<b>Hello</b>", body="http://x/secret-link/"
    )
    Mail.objects.update(error="450 <i>Mailbox</i> busy", attempts=1)
    return Mail.objects.get()


@pytest.mark.parametrize("role", ["Author", "Editor", "Moderator"])
def test_only_administrators_see_whom_the_site_writes_to(client, mail, role):
    client.force_login(make_staff(role))

    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}test/").status_code == 403
    assert Mail.objects.get() == mail


def test_administrator_sees_state_and_error_but_not_the_text(client, mail):
    client.force_login(make_staff())

    listed = client.get(LIST).content.decode()
    shown = client.get(f"{LIST}{mail.pk}/change/").content.decode()

    for html in (listed, shown):
        assert "&lt;b&gt;Hello&lt;/b&gt;" in html
        assert "450 &lt;i&gt;Mailbox&lt;/i&gt; busy" in html
        assert "Next try" in html
        assert "secret-link" not in html


def test_nobody_can_write_or_delete_one(client, mail):
    client.force_login(make_staff())

    assert client.get(f"{LIST}add/").status_code == 403
    assert 'name="_save"' not in client.get(f"{LIST}{mail.pk}/change/").content.decode()
    assert client.post(f"{LIST}{mail.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{LIST}{mail.pk}/change/", {"subject": "Other", "to": "x@example.org"})

    assert Mail.objects.get().subject == "<b>Hello</b>"


@pytest.mark.parametrize(
    ("state", "keys"),
    [("waiting", ["hello"]), ("retried", ["hello"]), ("sent", []), ("given-up", [])],
)
def test_states_filter(client, mail, state, keys):
    client.force_login(make_staff())

    response = client.get(LIST, {"state": state})

    assert [row.key for row in response.context["cl"].result_list] == keys


def test_mail_is_sent_again(client, mail, django_capture_on_commit_callbacks):
    client.force_login(make_staff())

    with django_capture_on_commit_callbacks(execute=True):
        client.post(LIST, {"action": "send_again", "_selected_action": [mail.pk]})

    assert [message.to for message in sent.outbox] == [["ana@example.org"]]


def test_test_mail_goes_to_whoever_asks(client, django_capture_on_commit_callbacks):
    staff = make_staff()
    client.force_login(staff)

    assert f'action="{LIST}test/"' in client.get(LIST).content.decode()
    assert client.get(f"{LIST}test/").status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"{LIST}test/")

    assert response.headers["Location"] == LIST
    assert [(message.to, message.subject) for message in sent.outbox] == [
        ([staff.email], "A test mail")
    ]
