"""The index follows every write, whoever makes it: documents follow texts, SQLite's words the documents."""

from blog.search import sources
from blog.site.triggers import Trigger


def _trigger(name: str, table: str, event: str, bodies: dict[str, str], when: str = "") -> Trigger:
    name = f"search_{name}"
    when = f" WHEN ({when})" if when else ""
    same = when.replace(" IS NOT ", " IS DISTINCT FROM ")
    return Trigger(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{when}"
            f" BEGIN {bodies['sqlite']} END",
        )
        if "sqlite" in bodies
        else (),
        postgresql=(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {bodies['postgresql']}"
            " RETURN NULL; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{same}"
            f" EXECUTE FUNCTION {name}()",
        )
        if "postgresql" in bodies
        else (),
    )


def _on_both(name: str, table: str, event: str, body: str, when: str = "") -> Trigger:
    """Return a trigger whose *body* has {articles…}, {comments…} or {pages…} where the databases differ."""
    return _trigger(name, table, event, {v: _sql(body, v) for v in ("sqlite", "postgresql")}, when)


def _sql(body: str, vendor: str) -> str:
    for kind, select in (
        ("articles", sources.articles),
        ("comments", sources.comments),
        ("pages", sources.pages),
    ):
        before, mark, rest = body.partition(f"{{{kind}: ")
        if mark:
            where, _, after = rest.partition("}")
            body = f"{before}{select(vendor, where)}{after}"
    return body


def _changed(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _renew(where: str) -> str:
    return (
        f"UPDATE search_document SET ({sources.COLUMNS}) ="
        f" ({{articles: article.id = search_document.article_id}}) WHERE comment_id IS NULL AND {where};"
    )


_ADD_COMMENT = (
    f"INSERT INTO search_document ({sources.COLUMNS}) {{comments: comment.id = NEW.id}};"
)
_ARTICLE = ("title", "subtitle", "excerpt", "body_html", "toc", "access")
_COMMENT = ("article_id", "html", "status")
_ADD_PAGE = f"INSERT INTO search_document ({sources.COLUMNS}) {{pages: page.id = NEW.id}};"
_PAGE = ("title", "seo_description", "body_html", "status", "trashed_at")

_FORGET = (
    "INSERT INTO search_words(search_words, rowid, title, head, body)"
    " VALUES ('delete', OLD.id, OLD.title, OLD.head, OLD.body);"
)
_LEARN = "INSERT INTO search_words(rowid, title, head, body) VALUES (NEW.id, NEW.title, NEW.head, NEW.body);"
_FORGET_TITLE = (
    "INSERT INTO search_titles(search_titles, rowid, title) VALUES ('delete', OLD.id, OLD.title);"
)
_LEARN_TITLE = "INSERT INTO search_titles(rowid, title) VALUES (NEW.id, NEW.title);"

TRIGGERS = [
    _on_both(
        "article_insert",
        "articles_article",
        "INSERT",
        f"INSERT INTO search_document ({sources.COLUMNS}) {{articles: article.id = NEW.id}};",
    ),
    _on_both(
        "article_update",
        "articles_article",
        f"UPDATE OF {', '.join(_ARTICLE)}",
        _renew("article_id = NEW.id"),
        _changed(*_ARTICLE),
    ),
    _on_both(
        "article_delete",
        "articles_article",
        "DELETE",
        "DELETE FROM search_document WHERE article_id = OLD.id;",
    ),
    _on_both("tagged", "articles_article_tags", "INSERT", _renew("article_id = NEW.article_id")),
    _on_both("untagged", "articles_article_tags", "DELETE", _renew("article_id = OLD.article_id")),
    _on_both(
        "retagged",
        "articles_article_tags",
        "UPDATE",
        _renew("article_id IN (OLD.article_id, NEW.article_id)"),
    ),
    _on_both(
        "tag_renamed",
        "articles_tag",
        "UPDATE OF name",
        _renew(
            "article_id IN (SELECT article_id FROM articles_article_tags WHERE tag_id = NEW.id)"
        ),
        _changed("name"),
    ),
    _on_both(
        "comment_insert",
        "comments_comment",
        "INSERT",
        _ADD_COMMENT,
        "NEW.status = 'approved'",
    ),
    _on_both(
        "comment_update",
        "comments_comment",
        f"UPDATE OF {', '.join(_COMMENT)}",
        f"DELETE FROM search_document WHERE comment_id = NEW.id; {_ADD_COMMENT}",
        _changed(*_COMMENT),
    ),
    _on_both(
        "comment_delete",
        "comments_comment",
        "DELETE",
        "DELETE FROM search_document WHERE comment_id = OLD.id;",
    ),
    _on_both("page_insert", "pages_page", "INSERT", _ADD_PAGE, "NEW.status = 'published'"),
    _on_both(
        "page_update",
        "pages_page",
        f"UPDATE OF {', '.join(_PAGE)}",
        f"DELETE FROM search_document WHERE page_id = NEW.id; {_ADD_PAGE}",
        _changed(*_PAGE),
    ),
    _on_both(
        "page_delete",
        "pages_page",
        "DELETE",
        "DELETE FROM search_document WHERE page_id = OLD.id;",
    ),
    _trigger("words_insert", "search_document", "INSERT", {"sqlite": _LEARN}),
    _trigger("words_update", "search_document", "UPDATE", {"sqlite": f"{_FORGET} {_LEARN}"}),
    _trigger("words_delete", "search_document", "DELETE", {"sqlite": _FORGET}),
    # Comments have no title: nothing to write for them.
    _trigger(
        "titles_insert", "search_document", "INSERT", {"sqlite": _LEARN_TITLE}, "NEW.title <> ''"
    ),
    _trigger(
        "titles_update",
        "search_document",
        "UPDATE OF title",
        {"sqlite": f"{_FORGET_TITLE} {_LEARN_TITLE}"},
        _changed("title"),
    ),
    _trigger(
        "titles_delete", "search_document", "DELETE", {"sqlite": _FORGET_TITLE}, "OLD.title <> ''"
    ),
]
