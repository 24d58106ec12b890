"""The health page and its command: each part is looked at, and what is wrong is said with what to do."""

from collections import namedtuple
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.tasks import TaskResultStatus
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from blog.outbox.models import Mail
from blog.outbox.tasks import sweep
from blog.owner import health
from blog.owner.health import State
from blog.site.triggers import declared_triggers
from tests.factories import make_article, make_comment, make_page, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path


def state_of(name: str) -> tuple[State, str]:
    (found,) = [finding for finding in health.look() if finding.name == name]
    return found.state, found.says


def make_run(**fields) -> DBTaskResult:
    return DBTaskResult.objects.create(
        **{
            "args_kwargs": {"args": [], "kwargs": {}},
            "priority": 0,
            "task_path": sweep.module_path,
            "queue_name": "default",
            "run_after": get_date_max(),
            "backend_name": "default",
        }
        | fields
    )


def test_administrators_read_how_the_blog_is(client):
    make_article()
    client.force_login(make_staff("Administrator"))

    response = client.get(reverse("health"))

    html = response.content.decode()
    for finding in response.context["findings"]:
        assert "could not be looked at" not in finding.says
        assert finding.name in html
    assert response.context["text"] in html.replace("&#x27;", "'")
    assert "[warning] Backup:" in response.context["text"]
    assert client.post(reverse("health")).status_code == 405

    client.force_login(make_staff("Editor"))
    assert client.get(reverse("health")).status_code == 403
    client.logout()
    assert client.get(reverse("health")).status_code == 302


def test_the_worker_is_seen_by_what_it_did():
    now = timezone.now()
    assert state_of("Task worker")[0] == State.FAILURE
    done = make_run(status=TaskResultStatus.SUCCESSFUL, finished_at=now - timedelta(minutes=11))
    assert state_of("Task worker")[0] == State.FAILURE
    done.finished_at = now - timedelta(minutes=2)
    done.save()
    assert state_of("Task worker")[0] == State.WARNING
    make_run(status=TaskResultStatus.READY)
    assert state_of("Task worker") == (State.OK, "The last task was done 2\xa0minutes ago.")
    done.finished_at = now
    done.save()
    assert state_of("Task worker") == (State.OK, "The last task was done just now.")
    make_run(status=TaskResultStatus.FAILED, finished_at=now)
    assert state_of("Tasks") == (State.WARNING, "1 failed in the last seven days: sweep.")


def test_mail_is_judged_by_the_last_that_happened(settings):
    now = timezone.now()
    assert state_of("Mail")[0] == State.WARNING  # files only
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {}}
    }
    assert state_of("Mail") == (State.WARNING, "Nothing was sent yet.")
    bad = Mail.objects.create(key="a", to="a@example.org", error="550 <no>", given_up_at=now)
    assert state_of("Mail") == (State.FAILURE, "The last failure: 550 <no>")
    Mail.objects.filter(pk=bad.pk).update(error="550 <ada@example.org> unknown")
    text = health.as_text(health.look())
    assert "550 <…@…> unknown" in text
    assert "ada" not in text
    Mail.objects.create(key="b", to="b@example.org", sent_at=now + timedelta(minutes=1))
    assert state_of("Mail")[0] == State.OK
    Mail.objects.filter(pk=bad.pk).update(given_up_at=None)
    assert state_of("Mail")[0] == State.WARNING


def test_what_is_wrong_with_the_deployment_is_found(settings, tmp_path, monkeypatch):
    settings.DEBUG = True
    settings.SITE_URL, settings.SITE_IS_HTTPS = "https://blog.example.org", True
    settings.ALLOWED_HOSTS = ["other.example.org"]
    for name in ("Debugging", "Host names"):
        assert state_of(name)[0] == State.FAILURE, name
    settings.ALLOWED_HOSTS = [".example.org"]
    assert state_of("Host names")[0] == State.OK
    settings.ALLOWED_HOSTS = ["*"]
    assert state_of("Host names")[0] == State.WARNING
    settings.SITE_URL, settings.SITE_IS_HTTPS = "http://blog.example.org", False
    assert state_of("Public address")[0] == State.WARNING

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: usage(0, 0, 2**20))
    assert state_of("Disk")[0] == State.FAILURE
    monkeypatch.setattr(health.cache, "get", lambda *args: None)
    assert state_of("Cache")[0] == State.FAILURE

    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "byline-20200101-000000.tar.gz").write_text("")
    assert state_of("Backup")[0] == State.WARNING
    name = f"byline-{timezone.now():%Y%m%d-%H%M%S}.tar.gz"
    (tmp_path / "backups" / name).write_text("")
    assert state_of("Backup")[0] == State.OK


def test_search_index_that_holds_pages_too_is_well():
    make_comment()
    make_page()
    make_page(status="draft", slug="draft")
    assert state_of("Search index")[0] == State.OK


def test_what_is_wrong_with_the_database_is_found_and_the_command_says_so():
    article = make_article()
    trigger = next(t for t in declared_triggers() if t.statements(connection.vendor))
    on_table = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger.name}{on_table}")
        cursor.execute("DELETE FROM search_document WHERE article_id = %s", [article.pk])
    MigrationRecorder.Migration.objects.filter(app="outbox").delete()

    assert trigger.name in state_of("Triggers")[1]
    assert state_of("Search index") == (
        State.FAILURE,
        "It differs from the texts by 1 document.",
    )
    assert state_of("Tables")[0] == State.FAILURE
    out = StringIO()
    with pytest.raises(CommandError, match=r"Not well: .*Triggers"):
        call_command("health", stdout=out)
    assert "manage.py search_check --fix" in out.getvalue()


def test_a_check_that_fails_takes_no_other_along(monkeypatch):
    def broken():
        raise OSError("disk on fire")

    monkeypatch.setattr(
        health, "CHECKS", [(lambda: "One", broken), (lambda: "Two", health._debug)]
    )

    assert [(finding.name, finding.state) for finding in health.look()] == [
        ("One", State.FAILURE),
        ("Two", State.OK),
    ]
