"""Which other articles stand beside one: its neighbours in time, and the related ones."""

from django.db.models import Count, OuterRef, Q, Subquery

from blog.articles.models import Article, ArticleQuerySet

RELATED_POOL = 20  # newest articles of the same categories among which shared tags decide


def neighbours_of(article: Article) -> tuple[Article | None, Article | None]:
    """Return the published articles just before and just after this one, in one query."""
    if article.publish_at is None:
        return None, None
    live = Article.objects.published()
    at, pk = article.publish_at, article.pk
    older = live.filter(Q(publish_at__lt=at) | Q(publish_at=at, pk__lt=pk)).latest_first()
    newer = live.filter(Q(publish_at__gt=at) | Q(publish_at=at, pk__gt=pk)).order_by(
        "publish_at", "pk"
    )
    previous = following = None
    for other in live.filter(
        Q(pk=Subquery(older.values("pk")[:1])) | Q(pk=Subquery(newer.values("pk")[:1]))
    ).only("title", "slug", "publish_at"):
        if (other.publish_at, other.pk) < (at, pk):
            previous = other
        else:
            following = other
    return previous, following


def related_to(article: Article, count: int = 3) -> list[Article]:
    """Return up to *count* other published articles: shared tags first, then the same categories.

    Never empty while anything else is published: the newest fill up. One query, two when short.
    Reads `article.categories` and `article.tags`, which the page has loaded already.
    """
    category_ids = [category.pk for category in article.categories.all()]
    tag_ids = [tag.pk for tag in article.tags.all()]
    others = _as_cards(Article.objects.published().exclude(pk=article.pk))
    found: list[Article] = []
    if category_ids or tag_ids:
        in_categories = Article.categories.through.objects.filter(category__in=category_ids)
        with_tags = Article.tags.through.objects.filter(tag__in=tag_ids)
        shared = with_tags.filter(article=OuterRef("pk")).order_by().values("article")
        pool = others.filter(
            Q(pk__in=in_categories.values("article")) | Q(pk__in=with_tags.values("article"))
        ).annotate(shared_tags=Subquery(shared.annotate(n=Count("pk")).values("n")))
        found = sorted(pool[:RELATED_POOL], key=lambda other: -(other.shared_tags or 0))[:count]
    if len(found) < count:
        found += others.exclude(pk__in=[other.pk for other in found])[: count - len(found)]
    return found


def _as_cards(articles: ArticleQuerySet) -> ArticleQuerySet:
    return (
        articles.select_related("lead_image")
        .only("title", "slug", "publish_at", "lead_image")
        .latest_first()
    )
