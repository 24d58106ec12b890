"""Fill an empty database with a site of known size: the one DESIGN §7 measures.

    uv run python bench/make_site.py --articles 1000 --comments 50000

The same numbers give the same site. It goes into var/bench, or where DATA_DIR and DATABASE_URL say.
"""

import argparse
import os
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = 920
AUTHORS = 20
SECTIONS = 8
TAGS = 40
PICTURES = 12
DIFFERENT_TEXTS = 1000  # rendering takes longest: a larger site has them again, under other titles
# Newest of all, so that each also stands on the home page: the article whose slug says its comments.
PROBES = (0, 1, 50, 500)
NEWEST = datetime(2026, 1, 1, 12, tzinfo=UTC)
VOCABULARY = (
    "the a of and to in that it is was for on with as by at from this which have had not but they"
    " people city river bridge machine letter paper morning evening winter garden school library engine"
    " question answer reason number measure history memory silence language teacher reader writer"
    " worker neighbour market station street window kitchen table method pattern system model signal"
    " small large early late quiet careful useful ordinary public private honest curious slow quick"
    " make take give find keep leave build learn change carry follow begin remember understand explain"
).split()


def configure() -> None:
    """Set up Django for a data folder of its own, never the blog's."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DATA_DIR", str(ROOT / "var" / "bench"))
    os.environ.setdefault("SECRET_KEY", "only-for-measuring")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog.settings")
    Path(os.environ["DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)
    import django

    django.setup()


class SiteMaker:
    """Makes the rows, table by table, always the same ones."""

    def __init__(self, *, articles: int, comments: int, ratings: int) -> None:
        self.chance = random.Random(f"{articles} {comments} {ratings}")  # noqa: S311 - not a secret
        self.articles_wanted = max(articles, len(PROBES))
        self.comments_wanted = comments
        self.ratings_wanted = ratings

    def make(self) -> Iterator[str]:
        """Fill the tables, and yield a line about each step."""
        without_triggers()
        yield self.make_terms()
        yield self.make_articles()
        yield self.make_comments()
        yield self.make_ratings()
        yield with_triggers()
        yield self.make_reads()

    def sentence(self, least: int = 8, most: int = 20) -> str:
        words = self.chance.choices(VOCABULARY, k=self.chance.randint(least, most))
        return f"{' '.join(words).capitalize()}."

    def title(self, number: int) -> str:
        return " ".join(self.chance.choices(VOCABULARY[20:], k=5)).capitalize() + f" {number}"

    def make_terms(self) -> str:
        from accounts.models import Author, AuthorLink
        from blog.articles.models import Category, Tag
        from blog.site.models import SiteSettings

        SiteSettings.objects.get_or_create(pk=1)
        self.pictures = [self.picture(number) for number in range(PICTURES)]
        self.authors = Author.objects.bulk_create(
            Author(
                name=f"Author {number}",
                slug=f"author-{number}",
                bio=" ".join(self.sentence() for _ in range(3)),
                photo=self.pictures[number % PICTURES],
            )
            for number in range(AUTHORS)
        )
        AuthorLink.objects.bulk_create(
            AuthorLink(author=author, label="Website", url="https://example.org/")
            for author in self.authors
        )
        self.sections = Category.objects.bulk_create(
            Category(name=f"Section {number}", slug=f"section-{number}", path=f"section-{number}")
            for number in range(SECTIONS)
        )
        self.tags = Tag.objects.bulk_create(
            Tag(name=f"Tag {number}", slug=f"tag-{number}") for number in range(TAGS)
        )
        return f"{AUTHORS} authors, {SECTIONS} sections, {TAGS} tags, {PICTURES} pictures"

    def picture(self, number: int):
        from PIL import Image as Pillow

        from blog.media.services import store_image

        file = BytesIO()
        colour = tuple(self.chance.randrange(256) for _ in range(3))
        Pillow.new("RGB", (1200, 675), colour).save(file, "JPEG")
        file.seek(0)
        return store_image(
            file=file, alt=f"Colour {number}", caption=self.sentence(4, 6), credit="Byline"
        )

    def body(self) -> str:
        """Return about 920 words in six parts, with lists, links, a quotation and a picture."""
        parts: list[str] = []
        words, target = 0, WORDS
        while words < target:
            heading = " ".join(self.chance.choices(VOCABULARY, k=4)).capitalize()
            block = [f"<h2>{heading}</h2>"] if parts else []
            for _ in range(2):
                text = " ".join(self.sentence() for _ in range(5))
                text = text.replace(" bridge ", ' <a href="https://example.org/">bridge</a> ', 1)
                block.append(f"<p>{text}</p>")
            if len(parts) % 2:
                items = "".join(
                    f"<li><strong>Point:</strong> {self.sentence(5, 8)}</li>" for _ in range(3)
                )
                block.append(f"<ul>{items}</ul>")
            if len(parts) == 2:
                block.append(f"<blockquote><p>{self.sentence()}</p></blockquote>")
                image = self.chance.choice(self.pictures)
                block.append(
                    f'<figure><img src="{image.file.url}" alt=""><figcaption>{self.sentence(3, 5)}'
                    "</figcaption></figure>"
                )
            parts.append("".join(block))
            words += len(parts[-1].replace(">", "> ").split())
        return "".join(parts)

    def make_articles(self) -> str:
        from blog.articles.models import Article, Byline
        from blog.articles.rendering import render_body

        articles = []
        texts: list[tuple] = []
        for number in range(self.articles_wanted):
            if number < DIFFERENT_TEXTS:
                texts.append((body := self.body(), render_body(body)))
            body, rendered = texts[number % DIFFERENT_TEXTS]
            is_probe = number < len(PROBES)
            articles.append(
                Article(
                    title=self.title(number),
                    subtitle=self.sentence(6, 10),
                    slug=f"with-{PROBES[number]}-comments" if is_probe else f"article-{number}",
                    excerpt=self.sentence(15, 25),
                    body=body,
                    body_html=rendered.html,
                    fold_at=rendered.fold_at,
                    toc=rendered.toc,
                    word_count=rendered.word_count,
                    status=Article.Status.PUBLISHED,
                    publish_at=NEWEST - timedelta(hours=7 * number),
                    primary_category=self.sections[number % SECTIONS],
                    lead_image=self.pictures[number % PICTURES],
                )
            )
        self.articles = Article.objects.bulk_create(articles, batch_size=200)
        Byline.objects.bulk_create(
            Byline(article=article, author=self.authors[number % AUTHORS])
            for number, article in enumerate(self.articles)
        )
        Article.categories.through.objects.bulk_create(
            Article.categories.through(article=article, category=article.primary_category)
            for article in self.articles
        )
        Article.tags.through.objects.bulk_create(
            Article.tags.through(article=article, tag=tag)
            for article in self.articles
            for tag in self.chance.sample(self.tags, 3)
        )
        words = sum(article.word_count for article in self.articles) // len(self.articles)
        return f"{len(self.articles)} articles of {words} words"

    def comment_counts(self) -> list[int]:
        """Return how many comments each article gets: the probes theirs, the others what is left."""
        others = len(self.articles) - len(PROBES)
        left = max(0, self.comments_wanted - sum(PROBES))
        share, rest = divmod(left, others) if others else (0, 0)
        return [*PROBES, *(share + (number < rest) for number in range(others))]

    def make_comments(self) -> str:
        from blog.comments.models import Comment, Thread

        counts = self.comment_counts()
        texts = [self.comment_text() for _ in range(500)]
        for article, count in zip(self.articles, counts, strict=True):
            written = [self.comment(article, number, texts) for number in range(count)]
            roots = Comment.objects.bulk_create(written[: (count + 1) // 2])
            replies = written[len(roots) :]
            for reply in replies:  # up to a third level, as readers do
                reply.parent = self.chance.choice(roots)
            middle = Comment.objects.bulk_create(replies[: len(replies) // 2])
            for reply in replies[len(middle) :]:
                reply.parent = self.chance.choice(middle or roots)
            Comment.objects.bulk_create(replies[len(middle) :])
        Thread.objects.bulk_create(
            Thread(article=article, approved_count=count)
            for article, count in zip(self.articles, counts, strict=True)
        )
        # `created_at` is the time of the row; a page without spread would be too easy to sort.
        self.spread("comments_comment")
        return f"{sum(counts)} comments"

    def comment_text(self) -> tuple[str, str]:
        from blog.comments.rendering import render_comment

        body = "\n\n".join(self.sentence() for _ in range(self.chance.randint(1, 3)))
        return body, render_comment(body)

    def comment(self, article, number: int, texts: list[tuple[str, str]]):
        from blog.comments.models import Comment

        body, html = self.chance.choice(texts)
        reader = self.chance.randrange(3000)
        return Comment(
            article=article,
            visitor=uuid.UUID(int=reader),
            name=f"Reader {reader}",
            email=f"reader{reader}@example.org",
            website="https://example.org/" if reader % 5 == 0 else "",
            body=body,
            html=html,
            status=Comment.Status.APPROVED,
        )

    def spread(self, table: str) -> None:
        from django.db import connection

        spread = {
            "sqlite": "datetime('2026-01-01', '+' || id || ' seconds')",
            "postgresql": "timestamptz '2026-01-01 00:00:00+00' + id * interval '1 second'",
        }[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET created_at = {spread}")  # noqa: S608 - ours

    def make_ratings(self) -> str:
        from blog.ratings.models import STARS, Rating, RatingSummary

        each = self.ratings_wanted // len(self.articles)
        ratings, summaries = [], []
        for article in self.articles:
            stars = self.chance.choices(STARS, weights=[1, 2, 4, 8, 6], k=each)
            ratings += [
                Rating(article=article, visitor=uuid.UUID(int=number), stars=vote)
                for number, vote in enumerate(stars)
            ]
            counts = Counter(stars)
            by_star = {f"c{star}": counts[star] for star in STARS}
            summaries.append(
                RatingSummary(article=article, count=each, total=sum(stars), **by_star)
            )
        Rating.objects.bulk_create(ratings, batch_size=5000)
        RatingSummary.objects.bulk_create(summaries)
        self.spread("ratings_rating")
        return f"{len(ratings)} votes"

    def make_reads(self) -> str:
        """Let every third article be read on each of the last three days."""
        from django.utils import timezone

        from blog.reads.models import DailyReads, ReadTotal

        today = timezone.localdate()
        days, totals = [], []
        for article in self.articles[::3]:
            counts = [self.chance.randrange(1, 200) for _ in range(3)]
            days += [
                DailyReads(article=article, day=today - timedelta(days=ago), count=count)
                for ago, count in enumerate(counts)
            ]
            whole = sum(counts)
            totals.append(ReadTotal(article=article, week=whole, month=whole, ever=whole))
        DailyReads.objects.bulk_create(days, batch_size=5000)
        ReadTotal.objects.bulk_create(totals, batch_size=5000)
        return f"{sum(day.count for day in days)} reads"


def without_triggers() -> None:
    """Let nothing follow each row: every tag of an article would make all its words anew."""
    from django.db import connection

    from blog.articles import triggers as of_articles
    from blog.public import triggers as of_pages
    from blog.search import triggers as of_search

    with connection.cursor() as cursor:
        for trigger in [*of_articles.TRIGGERS, *of_pages.TRIGGERS, *of_search.TRIGGERS]:
            if trigger.statements(connection.vendor):
                on_table = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
                cursor.execute(f"DROP TRIGGER {trigger.name}{on_table}")


def with_triggers() -> str:
    from django.db import connection

    from blog.articles import places
    from blog.search.checking import rebuild
    from blog.site.triggers import install_triggers

    rebuild()
    places.fix_drift()
    install_triggers(connection)
    return "the search index, the lists"


def make_site(*, articles: int, comments: int, ratings: int) -> None:
    """Migrate, and fill the database unless it holds articles already; print each step."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from blog.articles.models import Article

    call_command("migrate", verbosity=0)
    if Article.objects.exists():
        raise SystemExit(
            "This database holds articles already. Name an empty one by DATA_DIR or DATABASE_URL."
        )
    with transaction.atomic():
        start = time.perf_counter()
        for line in SiteMaker(articles=articles, comments=comments, ratings=ratings).make():
            print(f"{time.perf_counter() - start:6.1f} s  {line}", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum or PRAGMA optimize do in time


def add_size_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--comments", type=int, default=50_000)
    parser.add_argument("--ratings", type=int, default=20_000)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_size_options(parser)
    options = parser.parse_args()
    configure()
    make_site(**vars(options))
