"""What takes too long is given up, and leaves nothing behind on the connection."""

import time

import pytest
from django.db import DatabaseError, connection

from blog.search.limit import TooLongError, at_most

pytestmark = pytest.mark.django_db

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)"
    " SELECT max(i) FROM n"
)


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_statement_is_stopped_and_the_next_one_is_not():
    began = time.monotonic()
    with pytest.raises(TooLongError), at_most(20):
        ask(ENDLESS)
    assert time.monotonic() - began < 20

    with pytest.raises(TooLongError), at_most(0):
        ask("SELECT 1")
    with at_most(10_000):
        assert ask("SELECT 1") == 1
    assert ask("SELECT 2") == 2
    if connection.vendor == "postgresql":
        assert ask("SHOW statement_timeout") == "0"


def test_other_errors_stay_what_they_are():
    with pytest.raises(DatabaseError, match="nowhere"), at_most(10_000):
        ask("SELECT nowhere")
    assert ask("SELECT 1") == 1
