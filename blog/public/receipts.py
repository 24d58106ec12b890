"""Signed words in a page's query: what one reader may see on a page that everybody shares."""

from django.core import signing

from blog.articles.models import Article
from blog.ratings.models import Rating

_SALT = "byline.receipt.rating"


def rating_receipt(article: Article, rating: Rating | None) -> str:
    """Return the token with which the answer to a vote shows that vote; None: it was withdrawn."""
    return signing.dumps([article.pk, rating and rating.pk], salt=_SALT)


def rating_from(token: str, article: Article) -> Rating | None:
    """Return the vote the token names; None if it was withdrawn since.

    Raises signing.BadSignature if the token was altered or made for another article.
    """
    article_id, pk = signing.loads(token, salt=_SALT)
    if article_id != article.pk:
        raise signing.BadSignature
    return pk and Rating.objects.filter(pk=pk, article=article).first()
