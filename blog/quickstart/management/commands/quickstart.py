"""From a fresh clone to a running blog: creates what is missing, never touches what is there."""

import os
import secrets
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections, transaction

from accounts.models import Author, User
from accounts.roles import create_groups
from blog.announcing.tasks import announce
from blog.articles.assigning import remind_of_due
from blog.articles.findings import refresh_findings
from blog.articles.mail_days import tell_of_days
from blog.articles.models import Article
from blog.articles.share_cards import refresh_share_cards
from blog.articles.tasks import publish_due_drafts, resume_begun
from blog.comments.digests import send_digests
from blog.outbox.tasks import sweep
from blog.privacy.tasks import forget_old
from blog.quickstart.demo import load_demo
from blog.quickstart.serve import CannotServe, check_address, hand_over
from blog.quickstart.static import collect_static
from blog.reads.tasks import begin_day
from blog.redirects.tasks import count_asked
from blog.search.tasks import keep_language
from blog.site.models import SiteSettings
from blog.site.theme import check_theme
from blog.sqlite.tasks import look_at_sizes
from blog.taskqueue import enqueue_once

# Tasks that come round; the start of the blog starts them, too.
RECURRING = (
    sweep,
    send_digests,
    forget_old,
    publish_due_drafts,
    resume_begun,
    refresh_share_cards,
    refresh_findings,
    keep_language,
    begin_day,
    count_asked,
    announce,
    remind_of_due,
    tell_of_days,
    look_at_sizes,
)
DEFAULT_EMAIL = "admin@example.org"


class Command(BaseCommand):
    help = "Set up what is missing and serve the blog. Run again, it changes nothing and serves."
    requires_system_checks: list[str] = []  # the database may not exist yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument(
            "--port", type=_port, default=8000, help="port to listen on (1 to 65535)"
        )
        parser.add_argument("--no-serve", action="store_true", help="set up only")
        parser.add_argument("--no-demo", action="store_true", help="start with an empty blog")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            if not options["no_serve"]:
                check_address(host, port)
            self._set_up(with_demo=not options["no_demo"])
            if not options["no_serve"]:
                for task in RECURRING:
                    enqueue_once(task)
                connections.close_all()
                hand_over(host, port)
        except CannotServe as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {str(error).strip()}") from error
        except OSError as error:
            raise CommandError(
                f"Cannot write to {error.filename or settings.DATA_DIR}: {error.strerror}."
                f" Set {_variable_of(error.filename)} to a folder you may write to."
            ) from error

    def _set_up(self, *, with_demo: bool) -> None:
        for mistake in check_theme(None):
            raise CommandError(mistake.msg)
        for folder in (settings.DATA_DIR, settings.MEDIA_ROOT):
            Path(folder).mkdir(parents=True, exist_ok=True)
        self._say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
        create_groups()
        # The usual tagline is about the demo.
        usual = {} if with_demo else {"tagline": ""}
        SiteSettings.objects.get_or_create(pk=1, defaults=usual)
        if with_demo and not Article.objects.exists():
            self._say("Writing the demo content and drawing its pictures …")
            with transaction.atomic():  # all of it or none: a later run would not complete a half
                load_demo()
        self._say("Collecting static files …")
        collect_static()
        self._create_administrator()  # last, so that the password is not lost above a failure

    def _create_administrator(self) -> None:
        """Create the first administrator, and say the password once if we made it up."""
        if User.objects.filter(is_superuser=True).exists():
            return
        email = os.environ.get("DJANGO_SUPERUSER_EMAIL") or DEFAULT_EMAIL
        try:
            User._meta.get_field("email").run_validators(email)
        except ValidationError as error:
            raise CommandError("DJANGO_SUPERUSER_EMAIL is not an e-mail address.") from error
        if User.objects.filter(email=email.lower()).exists():
            raise CommandError(f"{email} has an account already, but is no administrator.")
        given = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        password = given or secrets.token_urlsafe(12)
        with transaction.atomic():
            user = User.objects.create_superuser(email, password, display_name="The Desk")
            user.groups.add(Group.objects.get(name="Administrator"))
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            Author.objects.get_or_create(
                slug="the-desk", defaults={"name": "The Desk", "user": user}
            )
        self._say(f"\nSign in as {email} with the password {'you gave' if given else password}")
        if not given:
            self._say("It is shown only this once: change it after signing in.")
        self._say("")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _variable_of(path: str | None) -> str:
    """Return the variable that says where *path* lies."""
    data = settings.DATA_DIR
    if path is None or Path(path).is_relative_to(data) or data.is_relative_to(path):
        return "DATA_DIR"
    return "MEDIA_ROOT"


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError
    return port


_port.__name__ = "port number"  # argparse prints it: invalid port number value: '70000'
