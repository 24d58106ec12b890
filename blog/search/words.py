"""The words of the documents: by English stems or as they are, and changed from one to the other."""

from django.db import connection, transaction

from blog.search.models import Index
from blog.site.models import SiteSettings

TOKENS = {
    True: "porter unicode61 remove_diacritics 2",
    False: "unicode61 remove_diacritics 2",
}
_TABLE = (
    "CREATE VIRTUAL TABLE search_words USING fts5(title, head, body,"
    " content='search_document', content_rowid='id', tokenize='{}')"
)
# What PostgreSQL's parser calls the words; migration 0002 has made the configuration for these.
_KINDS = (
    "asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart,"
    " int, uint, float, sfloat, version, email, url, host, url_path, file"
)
_DICTIONARIES = {True: "search_porter", False: "simple"}


def should_be_stemmed() -> bool:
    """Say whether the site's language is English: of others we have no stems that both databases know."""
    return SiteSettings.objects.current().language.partition("-")[0] == "en"


def is_stemmed() -> bool:
    """Say how the index holds words now."""
    return Index.objects.values_list("is_stemmed", flat=True).first() is not False


def hold_words(*, stemmed: bool) -> None:
    """Make the words anew, in one transaction: readers find by the old ones until it is done.

    It takes about a minute for 100,000 articles, in which SQLite takes no other write. A generated column
    wants a configuration of constant name, so it is the configuration that changes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TABLE search_words")
            cursor.execute(_TABLE.format(TOKENS[stemmed]))
            cursor.execute("INSERT INTO search_words(search_words) VALUES ('rebuild')")
        else:
            cursor.execute(
                "ALTER TEXT SEARCH CONFIGURATION search_porter"
                f" ALTER MAPPING FOR {_KINDS} WITH {_DICTIONARIES[stemmed]}"
            )
            cursor.execute("UPDATE search_document SET title = title, head = head, body = body")
        Index.objects.update_or_create(pk=1, defaults={"is_stemmed": stemmed})
