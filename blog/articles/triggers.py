"""The places of articles (models/place.py) follow every write, whoever makes it."""

from blog.articles import places
from blog.site.triggers import Trigger

_ARTICLE = ("status", "publish_at", "expire_at", "trashed_at", "access")


def _renew(where: str) -> str:
    """Return the statements that make the places of some articles anew; *where* is about {key}."""
    return (
        f"DELETE FROM articles_place WHERE {where.format(key='article_id')};"
        f" INSERT INTO articles_place ({places.COLUMNS}) {places.rows(where.format(key='article.id'))};"
    )


def _trigger(
    name: str,
    table: str,
    event: str,
    body: str,
    *,
    when: str = "",
    locks: str = "",
    branch: str = "",
) -> Trigger:
    """Return a trigger; *locks* are the articles that PostgreSQL keeps as they are meanwhile.

    Else, of an article that is published while somebody else gives it a tag, neither would see the other.
    *branch* is the category that does not move meanwhile.
    """
    name = f"place_{name}"
    when = f" WHEN ({when})" if when else ""
    same = when.replace(" IS NOT ", " IS DISTINCT FROM ")
    lock = (
        f"PERFORM 1 FROM articles_article WHERE id IN ({locks}) ORDER BY id FOR NO KEY UPDATE; "
        if locks
        else ""
    )
    if branch:
        lock += f"PERFORM 1 FROM articles_category WHERE id = {branch} FOR KEY SHARE; "
    return Trigger(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{when} BEGIN {body} END",
        ),
        postgresql=(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {lock}{body}"
            " RETURN NULL; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{same}"
            f" EXECUTE FUNCTION {name}()",
        ),
    )


def _of_terms(table: str, name: str) -> list[Trigger]:
    """Return the triggers of a table that gives articles their terms."""
    events = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}
    return [
        _trigger(
            f"{name}_{event.lower()}",
            table,
            event,
            _renew(f"{{key}} IN ({keys})"),
            locks=keys,
            branch="NEW.category_id" if name == "category" and event != "DELETE" else "",
        )
        for event, keys in (
            (event, ", ".join(f"{row}.article_id" for row in rows))
            for event, rows in events.items()
        )
    ]


_BELOW = " OR ".join(
    f"own.path = {row}.path OR substr(own.path, 1, length({row}.path) + 1) = {row}.path || '/'"
    for row in ("OLD", "NEW")
)
_IN_THE_BRANCH = (
    "SELECT article_id FROM articles_article_categories AS term"
    f" JOIN articles_category AS own ON own.id = term.category_id WHERE {_BELOW}"
)

TRIGGERS = [
    _trigger(
        "article_update",
        "articles_article",
        f"UPDATE OF {', '.join(_ARTICLE)}",
        _renew("{key} = NEW.id"),
        when=" OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _ARTICLE),
    ),
    _trigger(
        "article_delete",
        "articles_article",
        "DELETE",
        "DELETE FROM articles_place WHERE article_id = OLD.id;",
    ),
    *_of_terms("articles_article_categories", "category"),
    *_of_terms("articles_article_tags", "tag"),
    *_of_terms("articles_byline", "author"),
    # The paths say what is within what; those of a branch move one after the other.
    _trigger(
        "category_move",
        "articles_category",
        "UPDATE OF path",
        _renew(f"{{key}} IN ({_IN_THE_BRANCH})"),
        when="OLD.path IS NOT NEW.path",
        locks=_IN_THE_BRANCH,
    ),
]
