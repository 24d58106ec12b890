"""Is the blog well? One line for each part of it: how it is, what that means, what to do.

Each check looks for itself; one that fails to look says so and takes none of the others along.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.tasks import TaskResultStatus
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from blog.announcing.models import Service, Standing
from blog.announcing.telling import site_is_public
from blog.articles.models import Article
from blog.comments.models import Comment
from blog.media.models import Image
from blog.outbox.models import Mail
from blog.outbox.tasks import sweep
from blog.owner.backups import backups
from blog.search.checking import missing_count
from blog.search.queries import search
from blog.site.models import SiteSettings
from blog.site.triggers import missing_triggers

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER_SILENT = timedelta(minutes=10)  # it sweeps the outbox every minute
BACKUP_OLD = timedelta(days=8)
RECENTLY = timedelta(days=7)
DISK_LOW, DISK_OUT = 2 * 2**30, 500 * 2**20  # bytes
SLOW = 200  # milliseconds
LEAST_SECRET = 32  # characters
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """How one part is. `todo` is a sentence for who can mend it, `link` leads there at the desk."""

    name: str
    state: State
    says: str
    todo: str = ""
    link: str = ""

    @property
    def word(self) -> str:
        return {
            State.OK: _("Good"),
            State.WARNING: _("Look at it"),
            State.FAILURE: _("Broken"),
        }[self.state]


def look() -> list[Finding]:
    """Return how every part is, the broken ones first."""
    found = []
    for name, check in CHECKS:
        try:
            state, says, *more = check()
        except Exception as error:  # whatever it is, the others are looked at
            state, says, more = State.FAILURE, _("It could not be looked at: %s") % error, []
        found.append(Finding(str(name()), state, says, *more))
    order = [State.FAILURE, State.WARNING, State.OK]
    return sorted(found, key=lambda finding: order.index(finding.state))


def as_text(findings: list[Finding]) -> str:
    """Return all of it for a mail or a forum, without the addresses that a mail server repeats."""
    versions = [
        f"Python {platform.python_version()}",
        f"Django {django.get_version()}",
        _database_version(),
        platform.platform(),
    ]
    lines = [", ".join(versions), ""]
    for finding in findings:
        lines.append(f"[{finding.state.value}] {finding.name}: {finding.says}")
        if finding.todo and finding.state != State.OK:
            lines.append(f"    {finding.todo}")
    return _ADDRESS.sub("…@…", "\n".join(lines)) + "\n"


type Found = tuple[State, str] | tuple[State, str, str] | tuple[State, str, str, str]


def _database() -> Found:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    took = (time.perf_counter() - started) * 1000
    says = _("%(version)s answers in %(took).1f ms.") % {
        "version": _database_version(),
        "took": took,
    }
    return State.OK, says


def _migrations() -> Found:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return State.OK, _("The tables are those of this version.")
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _back in pending)
    return (
        State.FAILURE,
        _("Not applied yet: %s.") % names,
        _("Run: manage.py migrate && manage.py create_groups, then start the blog again."),
    )


def _triggers() -> Found:
    missing = missing_triggers(connection)
    if not missing:
        return State.OK, _("All are in place: pages and search follow every change.")
    return (
        State.FAILURE,
        _("Missing: %s. Pages and search may show what is no longer so.")
        % ", ".join(sorted(missing)),
        _("Run: manage.py migrate && manage.py search_check --fix"),
    )


def _search() -> Found:
    missing = missing_count()
    if not missing:
        return State.OK, _("Every article, page and approved comment is in it.")
    return (
        State.FAILURE,
        ngettext(
            "It differs from the texts by %(n)s document.",
            "It differs from the texts by %(n)s documents.",
            missing,
        )
        % {"n": abs(missing)},
        _("Run: manage.py search_check --fix"),
    )


def _worker() -> Found:
    now = timezone.now()
    runs = DBTaskResult.objects.filter(finished_at__isnull=False)
    last = runs.order_by("-finished_at").values_list("finished_at", flat=True).first()
    start = _(
        "Start the blog with manage.py quickstart, or manage.py db_worker beside your server."
    )
    if last is None:
        return (
            State.FAILURE,
            _("No task was ever done: no mail leaves, nothing planned happens."),
            start,
        )
    if now - last > WORKER_SILENT:
        says = _("No task was done for %s: no mail leaves, nothing planned happens.")
        return State.FAILURE, says % timesince(last, now), start
    if not DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING),
        task_path=sweep.module_path,
    ).exists():
        says = _("A worker runs, but the tasks that come round are not planned.")
        return State.WARNING, says, _("Start the blog once with manage.py quickstart.")
    if now - last < timedelta(minutes=1):
        return State.OK, _("The last task was done just now.")
    return State.OK, _("The last task was done %s ago.") % timesince(last, now)


def _announcements() -> Found:
    """Say whether hub and search engines listen; what stands of one that was switched off is past."""
    site = SiteSettings.objects.current()
    is_on = {Service.WEBSUB: bool(site.websub_hub), Service.INDEXNOW: site.indexnow_on}
    services = [service for service, is_told in is_on.items() if is_told]
    if not services:
        return State.OK, _("Nobody is told of new articles: that is switched off.")
    if not site_is_public():
        says = _("Nobody is told of new articles: this site has no public address.")
        return State.WARNING, says, _("Set SITE_URL to the address that readers use.")
    failing = Standing.objects.filter(service__in=services, failures__gt=0)
    if not failing:
        return State.OK, _("Hub and search engines are told of new articles.")
    says = "; ".join(f"{standing}: {standing.error}" for standing in failing)
    todo = _("It is tried again by itself. Look at the address of the hub in the site settings.")
    return State.WARNING, says, todo, reverse("admin:site_sitesettings_change", args=[1])


def _tasks() -> Found:
    since = timezone.now() - RECENTLY
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__gt=since)
    count = failed.count()
    if not count:
        return State.OK, _("None failed in the last seven days.")
    names = sorted(
        {name.rpartition(".")[2] for name in failed.values_list("task_path", flat=True)}
    )
    return (
        State.WARNING,
        ngettext(
            "%(n)s failed in the last seven days: %(names)s.",
            "%(n)s failed in the last seven days: %(names)s.",
            count,
        )
        % {"n": count, "names": ", ".join(names)},
        _("Each has its reason in the list of tasks."),
        reverse("admin:django_tasks_database_dbtaskresult_changelist") + "?status__exact=FAILED",
    )


def _mail() -> Found:
    list_of_mails = reverse("admin:outbox_mail_changelist")
    if settings.MAILERS["default"]["BACKEND"].endswith("filebased.EmailBackend"):
        return (
            State.WARNING,
            _("No mail leaves: it is written to files in DATA_DIR/mail."),
            _("Set EMAIL_URL to your mail server, start the blog again and send a test mail."),
            list_of_mails,
        )
    now = timezone.now()
    given_up = Mail.objects.filter(given_up_at__gt=now - RECENTLY).exclude(error="")
    stuck = Mail.objects.waiting().exclude(error="")
    sent_at = (
        Mail.objects.filter(sent_at__isnull=False)
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    last_error = (given_up | stuck).order_by("-created_at").first()
    if last_error and (sent_at is None or last_error.created_at > sent_at or stuck.exists()):
        return (
            State.FAILURE if sent_at is None or last_error.created_at > sent_at else State.WARNING,
            _("The last failure: %s") % last_error.error[:300],
            _("Compare EMAIL_URL with what your mail provider says, then send a test mail."),
            list_of_mails,
        )
    if sent_at is None:
        return (
            State.WARNING,
            _("Nothing was sent yet."),
            _("Send a test mail: its state is in the list."),
            list_of_mails,
        )
    return State.OK, _("The last mail left %s ago.") % timesince(sent_at, now), "", list_of_mails


def _backup() -> Found:
    command = _("Run it daily: manage.py backup --keep 7. And keep a copy on another machine.")
    found = backups()
    if not found:
        return State.WARNING, _("There is none in DATA_DIR/backups."), command
    newest, now = found[0], timezone.now()
    says = _("The last one is %(age)s old (%(size)s).") % {
        "age": timesince(newest.made_at, now),
        "size": filesizeformat(newest.size),
    }
    is_old = now - newest.made_at > BACKUP_OLD
    return (State.WARNING, says, command) if is_old else (State.OK, says)


def _disk() -> Found:
    folders = {Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)}
    free = min(shutil.disk_usage(folder).free for folder in folders if folder.exists())
    says = _("%s are free.") % filesizeformat(free)
    if free >= DISK_LOW:
        return State.OK, says
    todo = _("Move old backups elsewhere, or get a larger disk: a full one loses comments.")
    return (State.FAILURE if free < DISK_OUT else State.WARNING), says, todo


def _pictures() -> Found:
    newest = Image.objects.order_by("-pk").first()
    if newest is None or default_storage.exists(str(newest.file)):
        return State.OK, _("They are where they belong.")
    return (
        State.FAILURE,
        _("The file of the newest picture, %s, is not there.") % newest.file,
        _("Restore the pictures, or look at MEDIA_ROOT or STORAGE_URL."),
    )


def _address() -> Found:
    if not settings.SITE_URL:
        return (
            State.WARNING,
            _("SITE_URL is not set: links in mails and feeds may point to this machine."),
            _("Set SITE_URL to the public address, such as https://blog.example.org"),
        )
    if not settings.SITE_IS_HTTPS:
        return (
            State.WARNING,
            _("%s is not encrypted: passwords can be read on their way.") % settings.SITE_URL,
            _(
                "Put Caddy or nginx with a certificate in front (deploy/), and set SITE_URL to https://…"
            ),
        )
    return State.OK, _("%s, encrypted; cookies are secure.") % settings.SITE_URL


def _hosts() -> Found:
    hosts = settings.ALLOWED_HOSTS
    host = urlsplit(settings.SITE_URL).hostname
    if "*" in hosts:
        return (
            State.WARNING,
            _("Every name is answered: a forged one can get into links."),
            _("Set ALLOWED_HOSTS to the names of this site, by commas."),
        )
    if host and not any(
        host == name or (name[:1] == "." and host.endswith(name)) for name in hosts
    ):
        return (
            State.FAILURE,
            _("%s of SITE_URL is refused.") % host,
            _("Add it to ALLOWED_HOSTS, or take that variable away."),
        )
    return State.OK, ", ".join(hosts)


def _debug() -> Found:
    if settings.DEBUG:
        return (
            State.FAILURE,
            _("It is on: whoever meets an error sees the insides of the site."),
            _("Take DEBUG away and start the blog again."),
        )
    return State.OK, _("It is off.")


def _secret() -> Found:
    if len(settings.SECRET_KEY) < LEAST_SECRET or settings.SECRET_KEY.startswith("dev-only"):
        return (
            State.WARNING,
            _("The secret is short: signed links and cookies could be forged."),
            _("Take SECRET_KEY away: quickstart makes a good one. Everybody signs in once more."),
        )
    return State.OK, _("It is long enough.")


def _cache() -> Found:
    word = get_random_string(12)
    cache.set("health", word, 60)
    if cache.get("health") == word:
        return State.OK, _("It keeps what it is given.")
    return (
        State.FAILURE,
        _("What is put there is not found again: sign-ins are not slowed down for guessers."),
        _("Look at CACHE_URL, or at the folder DATA_DIR/cache."),
    )


def _pages() -> Found:
    folder = settings.DATA_DIR / "pages"
    if not folder.exists():
        return State.OK, _("No page was kept yet.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return (
            State.WARNING,
            _("The folder cannot be written to: each process keeps pages in memory only."),
            _("Give the user that runs the blog the right to write to DATA_DIR/pages."),
        )
    return State.OK, _("Rendered pages are kept.")


def _speed() -> Found:
    """Ask three questions that pages ask, and look at the clock."""
    questions: list[tuple[str, Callable[[], object]]] = [
        (
            _("latest articles"),
            lambda: list(Article.objects.published().latest_first().values_list("pk")[:10]),
        ),
        (
            _("newest comments"),
            lambda: list(Comment.objects.approved().order_by("-pk").values_list("pk")[:10]),
        ),
        (_("a search"), lambda: search("the")),
    ]
    took = {}
    for name, ask in questions:
        started = time.perf_counter()
        ask()
        took[name] = (time.perf_counter() - started) * 1000
    says = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in took.items())
    if max(took.values()) < SLOW:
        return State.OK, f"{says}."
    return (
        State.WARNING,
        f"{says}.",
        _(
            "Is the machine busy, or its disk slow? If not, please report this with the text below."
        ),
    )


CHECKS: list[tuple[Callable[[], str], Callable[[], Found]]] = [
    (lambda: _("Database"), _database),
    (lambda: _("Tables"), _migrations),
    (lambda: _("Triggers"), _triggers),
    (lambda: _("Search index"), _search),
    (lambda: _("Task worker"), _worker),
    (lambda: _("Tasks"), _tasks),
    (lambda: _("Mail"), _mail),
    (lambda: _("Announcements"), _announcements),
    (lambda: _("Backup"), _backup),
    (lambda: _("Disk"), _disk),
    (lambda: _("Pictures"), _pictures),
    (lambda: _("Public address"), _address),
    (lambda: _("Host names"), _hosts),
    (lambda: _("Debugging"), _debug),
    (lambda: _("Secret"), _secret),
    (lambda: _("Cache"), _cache),
    (lambda: _("Page store"), _pages),
    (lambda: _("Speed"), _speed),
]


def _database_version() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    number = getattr(connection, "pg_version", 0)
    return f"PostgreSQL {number // 10000}.{number % 10000}"
