"""The link to a waiting comment: for one comment of one article, as long as it waits."""

import pytest
from django.core import signing

from blog.comments.models import Comment
from blog.comments.receipts import comment_from, receipt_for
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


def test_receipt_shows_the_waiting_comment():
    comment = make_comment(status=Comment.Status.PENDING)

    assert comment_from(receipt_for(comment), comment.article) == comment


def test_receipt_of_a_comment_taken_for_spam_looks_the_same():
    comment = make_comment(status=Comment.Status.SPAM)

    assert comment_from(receipt_for(comment), comment.article) == comment


@pytest.mark.parametrize(
    "status", [Comment.Status.APPROVED, Comment.Status.TRASH, Comment.Status.REMOVED]
)
def test_receipt_shows_nothing_special_once_it_is_decided(status):
    comment = make_comment(status=status)

    assert comment_from(receipt_for(comment), comment.article) is None


def test_receipt_of_a_deleted_comment_shows_nothing():
    comment = make_comment(status=Comment.Status.PENDING)
    token = receipt_for(comment)
    comment.delete()

    assert comment_from(token, comment.article) is None


def test_receipt_holds_on_its_own_article_only():
    comment = make_comment(status=Comment.Status.PENDING)

    assert comment_from(receipt_for(comment), make_article()) is None


def altered(token):
    body, rest = token.split(":", 1)
    other = signing.b64_encode(b"[999999,999999]").decode()
    return [
        "",
        ":",
        "::",
        token[:-1],
        token + "a",
        token.upper(),
        body,
        f"{other}:{rest}",
        "\x00",
        "é" * 50,
        "a" * 100_000,
    ]


def test_altered_receipt_shows_nothing():
    comment = make_comment(status=Comment.Status.PENDING)

    for token in altered(receipt_for(comment)):
        assert comment_from(token, comment.article) is None, token[:50]


@pytest.mark.parametrize("salt", ["byline.visitor", "byline.receipt.rating"])
def test_word_signed_for_another_purpose_is_no_receipt(salt):
    comment = make_comment(status=Comment.Status.PENDING)
    token = signing.dumps([comment.article_id, comment.pk], salt=salt)

    assert comment_from(token, comment.article) is None
