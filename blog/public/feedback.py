"""After a low vote: whose answer to "How could this be better?" it is says a signed word in the form."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing

from blog.ratings.models import Rating

if TYPE_CHECKING:
    from blog.articles.models import Article

LOW = 2  # stars after which the question is put
HIGH = 4  # stars after which a reader may want to pass the article on
KEEP = timedelta(days=1)
_SALT = "byline.feedback"


def feedback_token(rating: Rating) -> str:
    """Return the word that lets its holder say something with this vote, for a day.

    It stands only in the answer to the voter, never in an address: those are copied to friends.
    """
    return signing.dumps([rating.article_id, rating.pk], salt=_SALT)


def rating_by(token: str, article: Article) -> Rating | None:
    """Return the vote the word belongs to, None if it was withdrawn since.

    Raises signing.BadSignature if the word was altered, is too old, or belongs to another article.
    """
    article_id, pk = signing.loads(token, salt=_SALT, max_age=KEEP)
    if article_id != article.pk:
        raise signing.BadSignature
    return Rating.objects.filter(pk=pk, article=article).first()
