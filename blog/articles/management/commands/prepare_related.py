"""`manage.py prepare_related`: what leads on from each article, chosen anew."""

from typing import Any

from django.core.management.base import BaseCommand

from blog.articles.models import Article
from blog.articles.related import choose_related, store_related


class Command(BaseCommand):
    help = (
        "Choose the related articles of everything that is published or scheduled anew. The worker does it"
        " for an article and its neighbours whenever one is published or changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        out = Article.objects.filter(status=Article.Status.PUBLISHED, trashed_at=None)
        looked_at = changed = 0
        for article in out.defer("body", "body_html").order_by("pk").iterator(chunk_size=500):
            looked_at += 1
            changed += store_related(article, choose_related(article))
        self.stdout.write(f"articles: {looked_at}, lists changed: {changed}")
