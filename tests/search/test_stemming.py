"""Our stems are those of SQLite, and PostgreSQL holds one of our lexemes."""

import re
from pathlib import Path

import pytest
from django.db import connection

from blog.search.stemming import fold, lexemes, stem

pytestmark = pytest.mark.django_db

TEXTS = [*Path(__file__).parents[2].glob("*.md"), *Path(__file__).parents[2].glob("docs/**/*.md")]
ODD = (
    "ies is us as possibly irreversibly geology analogies sky happy agreed feed hopping falling fizzed"
    " controlling rating sized relational vietnamization formaliti adoption cafe straße løve москва"
    " generously hesitanci communism probate rate cease roll 2020s w3c"
).split()


def words():
    found = {word for path in TEXTS for word in re.findall(r"[^\W_]+", path.read_text())}
    return sorted({fold(word) for word in found} | set(ODD))


def test_both_databases_stem_as_we_do():
    if connection.vendor == "postgresql":
        sql = "SELECT w, (ts_lexize('search_porter', w))[1] FROM unnest(%s) AS w"
        with connection.cursor() as cursor:
            cursor.execute(sql, [words()])
            assert [(w, held) for w, held in cursor.fetchall() if held not in lexemes(w)] == []
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIRTUAL TABLE temp.stems USING"
            " fts5(word, tokenize='porter unicode61 remove_diacritics 2')"
        )
        cursor.execute(
            "CREATE VIRTUAL TABLE temp.held USING fts5vocab('temp', 'stems', 'instance')"
        )
        cursor.executemany(
            "INSERT INTO temp.stems(rowid, word) VALUES (%s, %s)", list(enumerate(words()))
        )
        cursor.execute("SELECT term FROM temp.held ORDER BY doc")
        assert [term for (term,) in cursor.fetchall()] == [stem(word) for word in words()]
        cursor.execute("DROP TABLE temp.held")
        cursor.execute("DROP TABLE temp.stems")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ÄRGER", "arger"), ("naïve Łódź", "naive łodz"), ("Straße", "straße"), ("İı", "iı"), ("ΑΆ", "αά")],
)  # fmt: skip
def test_letters_are_folded_in_their_place(text, folded):
    assert fold(text) == folded
