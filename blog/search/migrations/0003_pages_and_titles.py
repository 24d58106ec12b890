"""Pages are found as articles are; titles have words of their own, for suggestions while one types."""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = [
    # Beginnings of two and three letters are lists of their own. No order of words, no lengths: not needed.
    """
    CREATE VIRTUAL TABLE search_titles USING fts5(title, content='search_document', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3', detail='none', columnsize=0)
    """,
    "INSERT INTO search_titles(search_titles) VALUES ('rebuild')",
]
# Not the stems: what is typed is half a word. Of many matches the newest; all of them from the index first,
# or a rare beginning would walk the newest documents.
POSTGRESQL = [
    """
    ALTER TABLE search_document ADD COLUMN title_words tsvector
    GENERATED ALWAYS AS (to_tsvector('simple', search_fold(title))) STORED
    """,
    "CREATE INDEX search_document_titles ON search_document USING gin (title_words)",
    """
    CREATE FUNCTION search_titles(tsquery, integer) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 300
    SET enable_seqscan = off AS $$
    WITH matches AS MATERIALIZED (SELECT id FROM search_document WHERE title_words @@ $1)
    SELECT id FROM matches ORDER BY id DESC LIMIT $2 $$
    """,
]


def make(apps, schema_editor):
    apps.get_model("search", "Index").objects.get_or_create(pk=1)
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION search_titles(tsquery, integer)")
        schema_editor.execute("ALTER TABLE search_document DROP COLUMN title_words")
    else:
        for event in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS search_titles_{event}")
        schema_editor.execute("DROP TABLE search_titles")


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0001_initial'),
        ('pages', '0001_initial'),
        ('search', '0002_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='page',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pages.page'),
        ),
        migrations.AlterField(
            model_name='document',
            name='article',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='articles.article'),
        ),
        migrations.CreateModel(
            name='Index',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('is_stemmed', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='search_one_index')],
            },
        ),
        migrations.RunPython(make, drop),
    ]
