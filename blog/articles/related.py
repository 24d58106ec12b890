"""Which articles lead on from one: chosen when an article changes, and only looked up when one is read.

First come the author's picks, then the others by what they share: tags, the rarer the more; categories; words
of title, excerpt and headings, the rarer among those looked at the more. Looked at are a few hundred at the
most, all found by index. More are kept than a page shows, since some may not be out yet, or not any longer.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log, sqrt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.tasks import task
from django.utils import timezone

from blog.articles.models import Article, RelatedArticle, RelatedPick

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

KEPT = 12
BY_TAGS, BY_CATEGORY, NEWEST = 200, 100, 30  # that are looked at
NEIGHBOURS = 20  # whose lists may change with this article
AT_ONCE = 200  # articles in one run, where all of them choose
TAG, PRIMARY, CATEGORY, WORDS = 3.0, 0.4, 0.3, 2.0  # what the most of each counts
STEM = 6  # letters: “machines” and “machine” are one word
_WORD = re.compile(r"[^\W\d_]{4,}")
_COLUMNS = ("title", "subtitle", "excerpt", "first_words", "toc", "primary_category", "publish_at")


@task
def prepare_related(article_id: int) -> int:
    """Choose anew for an article that was changed or picked for, and for its neighbours."""
    article = Article.objects.filter(pk=article_id).first()
    return refresh_related(article) if article else 0


@task
def prepare_all_related(after: int = 0) -> int:
    """Choose anew for every published article, when many have come at once."""
    out = Article.objects.filter(status=Article.Status.PUBLISHED, trashed_at=None, pk__gt=after)
    articles = list(out.defer("body", "body_html").order_by("pk")[:AT_ONCE])
    for article in articles:
        store_related(article, choose_related(article))
    if len(articles) == AT_ONCE:
        prepare_all_related.enqueue(after=articles[-1].pk)
    return len(articles)


def refresh_related(article: Article) -> int:
    """Choose anew for this article, and for those to which it is or was close; return how many changed."""
    close = choose_related(article)
    lists = RelatedArticle.objects.filter(other=article).order_by("-pk")
    naming = list(lists.values_list("article", flat=True)[:NEIGHBOURS])
    changed = int(store_related(article, close))
    for other in Article.objects.filter(pk__in={*close[:NEIGHBOURS], *naming}).order_by("pk"):
        changed += store_related(other, choose_related(other))
    return changed


def choose_related(article: Article) -> list[int]:
    """Return the keys of the articles that lead on from this one, the best first."""
    picks = list(RelatedPick.objects.filter(article=article).values_list("other", flat=True))
    others = _looked_at(article)
    tags, categories = _shares_of(article, [other.pk for other in others])
    words = _likeness(article, others)

    def score(other: Article) -> float:
        is_primary = (
            article.primary_category_id is not None
            and other.primary_category_id == article.primary_category_id
        )
        return (
            TAG * tags.get(other.pk, 0)
            + PRIMARY * is_primary
            + CATEGORY * (other.pk in categories)
            + WORDS * words[other.pk]
        )

    others.sort(key=score, reverse=True)  # of equal ones the newest stays first
    return list(dict.fromkeys([*picks, *(other.pk for other in others)]))[:KEPT]


@transaction.atomic
def store_related(article: Article, keys: list[int]) -> bool:
    """Keep the list unless it is the same one; the lock lets two tasks for one article follow each other."""
    if not Article.objects.select_for_update().filter(pk=article.pk).exists():
        return False
    rows = RelatedArticle.objects.filter(article=article)
    # One that was deleted since is gone from the list.
    known = set(Article.objects.filter(pk__in=keys).values_list("pk", flat=True))
    wanted = [key for key in keys if key in known]
    if list(rows.values_list("other", flat=True)) == wanted:
        return False
    rows.delete()
    RelatedArticle.objects.bulk_create(
        RelatedArticle(article=article, other_id=key, position=position)
        for position, key in enumerate(wanted)
    )
    return True


def _looked_at(article: Article) -> list[Article]:
    """Return the articles among which is chosen, with the scheduled ones: they will be out."""
    now = timezone.now()
    out = (
        Article.objects.filter(status=Article.Status.PUBLISHED, trashed_at=None)
        .exclude(pk=article.pk)
        .exclude(expire_at__lte=now)
        .exclude(access=Article.Access.PRIVATE)
        .latest_first()
    )
    keys = {
        *_most_shared_tags(article),
        *out.filter(pk__in=_in_its_categories(article))[:BY_CATEGORY].values_list("pk", flat=True),
        *out[:NEWEST].values_list("pk", flat=True),
    }
    return list(out.filter(pk__in=keys).only(*_COLUMNS))


def _most_shared_tags(article: Article) -> Iterable[int]:
    through = Article.tags.through
    rows = through._default_manager.filter(tag__in=_own(article, "tags")).exclude(article=article)
    counted = rows.values("article").annotate(shared=Count("pk")).order_by("-shared", "-article")
    return [row["article"] for row in counted[:BY_TAGS]]


def _in_its_categories(article: Article) -> QuerySet:
    through = Article.categories.through
    rows = through._default_manager.filter(category__in=_own(article, "categories"))
    return rows.values("article")


def _own(article: Article, terms: str) -> list[int]:
    return list(getattr(article, terms).order_by().values_list("pk", flat=True))


def _shares_of(article: Article, keys: list[int]) -> tuple[dict[int, float], set[int]]:
    """Return the share of its tags' weight that each of these has, and which have a category of it."""
    rows = Article.tags.through._default_manager.filter(tag__in=_own(article, "tags"))
    uses = rows.order_by().values("tag").annotate(number=Count("pk"))
    weights = {row["tag"]: 1 / (1 + log(row["number"])) for row in uses}
    whole = sum(weights.values()) or 1.0
    tags: Counter[int] = Counter()
    for pk, tag in rows.filter(article__in=keys).values_list("article", "tag"):
        tags[pk] += weights[tag] / whole  # type: ignore[assignment]
    in_category = Article.categories.through._default_manager.filter(
        category__in=_own(article, "categories"), article__in=keys
    )
    return dict(tags), set(in_category.values_list("article", flat=True))


def _likeness(article: Article, others: list[Article]) -> dict[int, float]:
    """Return how much each has of this article's words: the cosine of both, by rarity among all of them."""
    said = {each.pk: Counter(_words_of(each)) for each in (article, *others)}
    seen = Counter(word for words in said.values() for word in words)
    rarity = {word: log(len(said) / number) for word, number in seen.items()}

    def length(words: Counter[str]) -> float:
        return sqrt(sum((count * rarity[word]) ** 2 for word, count in words.items())) or 1.0

    own = said[article.pk]
    own_length = length(own)
    return {
        pk: sum(own[word] * words[word] * rarity[word] ** 2 for word in own.keys() & words.keys())
        / (own_length * length(words))
        for pk, words in said.items()
    }


def _words_of(article: Article) -> Iterator[str]:
    headings = " ".join(heading["text"] for heading in article.toc)
    words = article.excerpt or article.first_words
    text = f"{article.title} {article.title} {article.subtitle} {headings} {words}"
    return (word[:STEM] for word in _WORD.findall(text.casefold()))
