"""`manage.py moderate`: what waits, and decisions about it, as in the queue."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.batches import decide_all
from blog.comments.models import Comment

DECISIONS = {
    "approve": Comment.Status.APPROVED,
    "hold": Comment.Status.PENDING,
    "spam": Comment.Status.SPAM,
    "trash": Comment.Status.TRASH,
}
WIDTH = 70  # letters of a comment in the list


class Command(BaseCommand):
    help = "List the comments that wait, or decide about some in the name of a moderator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", nargs="?", choices=DECISIONS, help="without it: a list")
        parser.add_argument("numbers", nargs="*", type=int, metavar="NUMBER", help="as listed")
        parser.add_argument("--as", dest="email", help="whose decision it is, by email address")

    def handle(
        self,
        *args: Any,
        decision: str | None,
        numbers: list[int],
        email: str | None,
        **options: Any,
    ) -> None:
        if decision is None:
            self.list_waiting()
            return
        if not numbers:
            raise CommandError(_("Say which comments, by the numbers that `moderate` lists."))
        comments = list(Comment.objects.filter(pk__in=numbers))
        if unknown := sorted({*numbers}.difference(comment.pk for comment in comments)):
            raise CommandError(_("No comment has the number %s.") % ", ".join(map(str, unknown)))
        outcome = decide_all(
            comments=comments, to=DECISIONS[decision], actor=self.moderator(email), via="command"
        )
        for number in outcome.done:
            self.stdout.write(f"{number} {DECISIONS[decision].label}")
        for number in outcome.late:
            self.stdout.write(_("%d is that already, or was removed.") % number)

    def moderator(self, email: str | None) -> User:
        """Return whose decision it is: the log of a comment names a person."""
        user = User.objects.filter(email=(email or "").lower(), is_active=True).first()
        if user is None or not user.has_perm("comments.moderate_comment"):
            raise CommandError(_("Say whose decision it is: --as, and a moderator’s address."))
        return user

    def list_waiting(self) -> None:
        waiting = Comment.objects.filter(status=Comment.Status.PENDING).select_related("article")
        for comment in waiting.order_by("created_at", "pk").iterator():
            text = " ".join(comment.body.split())
            text = text if len(text) <= WIDTH else f"{text[:WIDTH]}…"
            name = comment.name or _("Anonymous")
            self.stdout.write(f"{comment.pk}  /{comment.article.slug}/  {name}: {text}")
            if comment.reason:
                self.stdout.write(f"    {comment.reason}")
