"""The words of the documents: SQLite's FTS5 tables, PostgreSQL's tsvectors.

Titles have words of their own, for suggestions while one types: not the stems, what is typed is half a word.

Texts that are there already come in by `search_check --fix`: what makes documents of them knows columns
that are not there yet.
"""

from django.db import migrations

SQLITE = [
    """
    CREATE VIRTUAL TABLE search_words USING fts5(title, head, body,
    content='search_document', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')
    """,
    # Beginnings of two and three letters are lists of their own. No order of words, no lengths: not needed.
    """
    CREATE VIRTUAL TABLE search_titles USING fts5(title, content='search_document', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3', detail='none', columnsize=0)
    """,
]
# Latin letters lose their accents, as in FTS5; all that is no letter or digit parts words, whatever the
# locale takes for a letter. What PostgreSQL's parser would read as an address, it then does not.
_PARTING = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf"
    r"\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufffd\U0001f000-\U0001faff"
)
_KINDS = (
    "asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart,"
    " int, uint, float, sfloat, version, email, url, host, url_path, file"
)


def _vector(column: str, weight: str) -> str:
    return f"setweight(to_tsvector('search_porter', search_fold({column})), '{weight}')"


_HEAD = f"{_vector('title', 'A')} || {_vector('head', 'B')}"
POSTGRESQL = [
    rf"""
    CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(normalize(regexp_replace(normalize($1, NFD),
    '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC), '[{_PARTING}]+', ' ', 'g') $$
    """,
    "CREATE TEXT SEARCH DICTIONARY search_porter (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION search_porter (PARSER = default)",
    f"ALTER TEXT SEARCH CONFIGURATION search_porter ADD MAPPING FOR {_KINDS} WITH search_porter",
    # Long texts stand apart, so that a common word's rows are few pages.
    "ALTER TABLE search_document SET (toast_tuple_target = 128)",
    f"""
    ALTER TABLE search_document
    ADD COLUMN head_words tsvector GENERATED ALWAYS AS ({_HEAD}) STORED,
    ADD COLUMN words tsvector GENERATED ALWAYS AS ({_HEAD} || {_vector("body", "D")}) STORED,
    ADD COLUMN title_words tsvector
    GENERATED ALWAYS AS (to_tsvector('simple', search_fold(title))) STORED
    """,
    # The planner does not know what unpacking a text costs: for a common word it would read them all, and
    # for a rare one walk the newest documents. In here it sees neither choice.
    """
    CREATE FUNCTION search_matches(tsquery) RETURNS SETOF bigint LANGUAGE sql STABLE
    SET enable_seqscan = off AS $$ SELECT id FROM search_document WHERE words @@ $1 $$
    """,
    "CREATE INDEX search_document_words ON search_document USING gin (words)",
    # Of many matches the newest; all of them from the index first, or a rare beginning would walk the newest
    # documents.
    "CREATE INDEX search_document_titles ON search_document USING gin (title_words)",
    """
    CREATE FUNCTION search_titles(tsquery, integer) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 300
    SET enable_seqscan = off AS $$
    WITH matches AS MATERIALIZED (SELECT id FROM search_document WHERE title_words @@ $1)
    SELECT id FROM matches ORDER BY id DESC LIMIT $2 $$
    """,
]


def make(apps, schema_editor):
    apps.get_model("search", "Index").objects.create(pk=1)
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION search_titles(tsquery, integer)")
        schema_editor.execute("DROP FUNCTION search_matches(tsquery)")
        schema_editor.execute(
            "ALTER TABLE search_document DROP COLUMN words, DROP COLUMN head_words, DROP COLUMN title_words"
        )
        schema_editor.execute("DROP TEXT SEARCH CONFIGURATION search_porter")
        schema_editor.execute("DROP TEXT SEARCH DICTIONARY search_porter")
        schema_editor.execute("DROP FUNCTION search_fold(text)")
    else:
        for table in ("search_words", "search_titles"):
            for event in ("insert", "update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
            schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
