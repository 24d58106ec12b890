"""Full-text search for the queue: a GIN index in PostgreSQL, an FTS5 table in SQLite (kept by triggers.py)."""

from django.db import migrations

POSTGRESQL = """
    CREATE INDEX comment_search ON comments_comment USING gin (to_tsvector('simple',
    translate(body || ' ' || name || ' ' || email || ' ' || website, '@./:_-+', '       ')))
"""
# The texts stay where they are (`content`): the table holds only where which word stands.
SQLITE = """
    CREATE VIRTUAL TABLE comments_search USING fts5(body, name, email, website,
    content='comments_comment', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        schema_editor.execute(SQLITE)
        schema_editor.execute("INSERT INTO comments_search(comments_search) VALUES ('rebuild')")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX comment_search")
    else:
        for event in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS comment_search_{event}")
        schema_editor.execute("DROP TABLE comments_search")


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
