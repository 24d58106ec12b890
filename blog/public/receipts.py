"""Signed words of one reader: what they may see on a page that everybody shares, and their private pages.

The word in an article's address only shows: an address is copied to friends. The private page changes
and withdraws, so its link is given to the one who wrote, or voted, alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.visitors import visitor_of
from blog.comments.models import Comment
from blog.public.access import reader_of
from blog.ratings.models import Rating

if TYPE_CHECKING:
    from django.http import HttpRequest

    from blog.articles.models import Article

KEEP = timedelta(days=360)  # as long as the cookie
_SALT = "byline.receipt.rating"
_PRIVATE_SALT = "byline.receipt.private"
_KINDS: dict[str, type[Comment] | type[Rating]] = {"comment": Comment, "vote": Rating}


class BadReceipt(Exception):  # noqa: N818 - names what happened
    """The link of a private page was altered or is too old; the text says what to do."""


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


def receipt_path(row: Comment | Rating) -> str:
    """Return the path of the private page of one comment or vote; it holds for 360 days."""
    kind = "comment" if isinstance(row, Comment) else "vote"
    return reverse("receipt", args=[signing.dumps([kind, row.pk], salt=_PRIVATE_SALT)])


def read_receipt(token: str) -> Comment | Rating | None:
    """Return what the link is for, None if that is gone; raise BadReceipt."""
    try:
        kind, pk = signing.loads(token, salt=_PRIVATE_SALT, max_age=KEEP)
        rows = _KINDS[kind].objects
    except signing.SignatureExpired as error:
        raise BadReceipt(_("This link is too old.")) from error
    except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
        raise BadReceipt(_("This link is not complete. Copy the whole of it.")) from error
    return rows.select_related("article", "user").filter(pk=pk).first()


def is_own(request: HttpRequest, row: Comment | Rating) -> bool:
    """Say whether this browser, or who is signed in with it, has written the comment or given the vote."""
    reader = reader_of(request)
    if reader.is_authenticated and row.user_id == reader.pk:
        return True
    return row.visitor is not None and row.visitor == visitor_of(request)
