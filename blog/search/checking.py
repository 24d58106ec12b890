"""Prove the index complete, or build it anew."""

from django.db import DatabaseError, connection, transaction

from blog.search import sources
from blog.search.words import hold_words, is_stemmed, should_be_stemmed

_TABLES = ("search_words", "search_titles")


def differences() -> dict[str, int]:
    """Return how many documents are missing or old, how many are too many, and whether words are wrong."""
    vendor = connection.vendor
    own = f"SELECT {sources.COLUMNS} FROM search_document"
    texts = _all_texts(vendor)
    with connection.cursor() as cursor:
        counts = {}
        for what, some, others in (
            ("missing or old", texts, own),
            ("too many or old", own, texts),
        ):
            rest = f"SELECT * FROM ({some}) AS a EXCEPT SELECT * FROM ({others}) AS b"
            cursor.execute(f"SELECT count(*) FROM ({rest}) AS c")
            counts[what] = cursor.fetchone()[0]
    # PostgreSQL makes the words of a row with the row itself.
    is_wrong = should_be_stemmed() != is_stemmed()
    counts["words"] = int(is_wrong or (vendor == "sqlite" and _words_are_wrong()))
    return counts


def missing_count() -> int:
    """Return how many documents are missing, less those that are too many: quick, for a page."""
    vendor = connection.vendor
    texts = _all_texts(vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM ({texts}) AS a) - (SELECT count(*) FROM search_document)"
        )
        return cursor.fetchone()[0]


def _all_texts(vendor: str) -> str:
    kinds = (sources.articles, sources.comments, sources.pages)
    return " UNION ALL ".join(kind(vendor) for kind in kinds)


def rebuild() -> None:
    """Empty the index and fill it; readers see the old one until it is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_document")
        if (wanted := should_be_stemmed()) != is_stemmed():
            hold_words(stemmed=wanted)
        for statement in sources.fill(connection.vendor):
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            for table in _TABLES:
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")


def _words_are_wrong() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return True
    return False
