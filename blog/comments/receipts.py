"""The link that shows a waiting comment to its writer: signed, for one comment of one article."""

from django.core import signing

from blog.articles.models import Article
from blog.comments.models import Comment

_SALT = "byline.receipt.comment"


def receipt_for(comment: Comment) -> str:
    """Return the token. It holds as long as the comment waits; there is nothing in it but two numbers."""
    return signing.dumps([comment.article_id, comment.pk], salt=_SALT)


def comment_from(token: str, article: Article) -> Comment | None:
    """Return the waiting comment; None if the token was altered or swapped, or a moderator has decided.

    A comment taken for spam looks like a waiting one: its writer is told nothing (WordPress).
    """
    try:
        article_id, pk = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if article_id != article.pk:
        return None
    waiting = (Comment.Status.PENDING, Comment.Status.SPAM)
    return Comment.objects.filter(pk=pk, article=article, status__in=waiting).first()
