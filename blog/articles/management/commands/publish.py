"""`manage.py publish`: articles by their addresses, out or back, as the desk does it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from blog.articles.models import Article
from blog.articles.services import publish, unpublish


class Command(BaseCommand):
    help = "Publish articles now, or at the time they have; --back makes drafts of them again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("addresses", nargs="+", metavar="ADDRESS", help="such as on-bridges")
        parser.add_argument("--back", action="store_true", help="make drafts of them again")
        parser.add_argument(
            "--reason", default="", help="why it is published over a required check"
        )

    def handle(
        self, *args: Any, addresses: list[str], back: bool, reason: str, **options: Any
    ) -> None:
        failed = 0
        for address in addresses:
            slug = address.strip("/")
            article = Article.objects.filter(slug=slug).first()
            if article is None:
                failed += 1
                self.stderr.write(_("No article has the address /%s/.") % slug)
                continue
            try:
                if back:
                    article = unpublish(article=article, editor=None)
                else:
                    article = publish(article=article, editor=None, reason=reason)
            except ValidationError as error:
                failed += 1
                self.stderr.write(f"/{slug}/: {' '.join(error.messages)}")
                continue
            self.stdout.write(f"/{slug}/ {article.state.label}")
        if failed:
            raise CommandError(_("Not all of it was done."))
