"""The SQL that makes the places of articles (models/place.py): for triggers, filling and checking."""

from django.db import connection, transaction

# What published() asks of an article, but for the times, which each place has beside it.
_STANDS = (
    "article.status = 'published' AND article.trashed_at IS NULL AND article.access <> 'private'"
)
# A category's list holds what stands in those within it. No LIKE: an address may have a _ in it.
_KINDS = (
    (
        "category:' || above.id",
        "articles_article_categories AS given ON given.article_id = article.id"
        " JOIN articles_category AS own ON own.id = given.category_id"
        " JOIN articles_category AS above ON own.path = above.path"
        " OR substr(own.path, 1, length(above.path) + 1) = above.path || '/'",
    ),
    ("tag:' || given.tag_id", "articles_article_tags AS given ON given.article_id = article.id"),
    ("author:' || given.author_id", "articles_byline AS given ON given.article_id = article.id"),
)
COLUMNS = "name, article_id, publish_at, expire_at"
_OWN = f"SELECT {COLUMNS} FROM articles_place"


def rows(where: str = "1 = 1") -> str:
    """Return the SELECT of the places of those articles, the same for both databases."""
    return " UNION ".join(
        f"SELECT '{name}, article.id, article.publish_at, article.expire_at"
        f" FROM articles_article AS article JOIN {terms} WHERE {_STANDS} AND {where}"
        for name, terms in _KINDS
    )


def drift() -> list[str]:
    """Return the places that are missing, wrong or too many."""
    with connection.cursor() as cursor:
        found = []
        for what, some, others in (("lacks", rows(), _OWN), ("has", _OWN, rows())):
            cursor.execute(f"SELECT * FROM ({some}) AS a EXCEPT SELECT * FROM ({others}) AS b")
            found += [f"{name} {what} article {key}" for name, key, *_times in cursor.fetchall()]
    return sorted(found)


def fix_drift() -> None:
    """Make all places anew; readers see the old ones until it is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_place")
        cursor.execute(f"INSERT INTO articles_place ({COLUMNS}) {rows()}")
