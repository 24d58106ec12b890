"""The SQL that makes the documents of articles, comments and pages: for triggers, filling and checking."""

from blog.search.models import PAGES_FROM

# Their tags stand within words; all others part words.
_INLINE = (
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var"
).split()
# PostgreSQL refuses a tsvector of more than 1 MB, and with it the article.
_MAX_TEXT = 200_000  # characters
_NOTHING = "CAST(NULL AS bigint)"
_ENTITIES = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))


def plain(html: str, vendor: str) -> str:
    """Return the expression for the text in the column *html*.

    SQLite knows no regular expressions: the text is cut at each < into the members of a JSON list.
    """
    if vendor == "sqlite":
        tag = "lower(ltrim(substr(value, 1, instr(replace(value, ' ', '>'), '>') - 1), '/'))"
        within = ", ".join(f"'{name}'" for name in _INLINE)
        text = (
            f"(SELECT group_concat(CASE WHEN key = 0 THEN value WHEN {tag} IN ({within})"
            " THEN substr(value, instr(value, '>') + 1)"
            " ELSE ' ' || substr(value, instr(value, '>') + 1) END, '')"
            f" FROM json_each('[' || replace(json_quote({html}), '<', '\",\"') || ']'))"
        )
    else:
        inline = f"</?({'|'.join(_INLINE)})( [^>]*)?>"
        text = f"regexp_replace(regexp_replace({html}, '{inline}', '', 'gi'), '<[^>]*>', ' ', 'g')"
    for entity, character in _ENTITIES:
        text = f"replace({text}, '{entity}', '{character}')"
    return f"substr({text}, 1, {_MAX_TEXT})"


def _head(vendor: str) -> str:
    tags = (
        "SELECT tag.name FROM articles_tag AS tag JOIN articles_article_tags AS given"
        " ON given.tag_id = tag.id WHERE given.article_id = article.id ORDER BY tag.name, tag.id"
    )
    if vendor == "sqlite":
        join = "group_concat"
        headings = "SELECT json_extract(value, '$.text') AS name FROM json_each(article.toc)"
    else:
        join = "string_agg"
        headings = (
            "SELECT entry ->> 'text' AS name FROM jsonb_array_elements(article.toc) AS entry"
        )
    joined = " || ' ' || ".join(
        f"coalesce((SELECT {join}(name, ' ') FROM ({names}) AS names), '')"
        for names in (headings, tags)
    )
    return _unless_protected(f"article.subtitle || ' ' || article.excerpt || ' ' || {joined}")


def _unless_protected(text: str) -> str:
    """Of an article that asks for a password only the title is found."""
    return f"CASE WHEN article.access = 'password' THEN '' ELSE {text} END"


def articles(vendor: str, where: str = "1 = 1") -> str:
    """Return the SELECT of the documents of those articles."""
    return (
        f"SELECT article.id, article.id, {_NOTHING}, {_NOTHING}, article.title, {_head(vendor)},"
        f" {_unless_protected(plain('article.body_html', vendor))}"
        f" FROM articles_article AS article WHERE {where}"
    )


def comments(vendor: str, where: str = "1 = 1") -> str:
    """Return the SELECT of the documents of those comments, as far as they are approved."""
    return (
        f"SELECT -comment.id, comment.article_id, comment.id, {_NOTHING}, '', '',"
        f" {plain('comment.html', vendor)}"
        f" FROM comments_comment AS comment WHERE comment.status = 'approved' AND {where}"
    )


def pages(vendor: str, where: str = "1 = 1") -> str:
    """Return the SELECT of the documents of those pages, as far as they are published."""
    return (
        f"SELECT {PAGES_FROM} + page.id, {_NOTHING}, {_NOTHING}, page.id, page.title, page.seo_description,"
        f" {plain('page.body_html', vendor)} FROM pages_page AS page"
        f" WHERE page.status = 'published' AND page.trashed_at IS NULL AND {where}"
    )


COLUMNS = "id, article_id, comment_id, page_id, title, head, body"


def insert(select: str) -> str:
    return f"INSERT INTO search_document ({COLUMNS}) {select}"


def fill(vendor: str) -> list[str]:
    """Return the statements that fill an empty index."""
    return [insert(kind(vendor)) for kind in (articles, comments, pages)]
