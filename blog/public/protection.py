"""Articles that ask for a password: who has entered it, and the page of those who have not.

The right password is answered with one signed cookie, which names the articles it opens and, by a
fingerprint, the password each had then: with another password it opens nothing any more.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db.models import Q
from django.shortcuts import render
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.visitors import network_hash
from blog.articles.models import Article
from blog.articles.permissions import may_edit
from blog.media.queries import images_at
from blog.pagestore.server import UNLOCKED
from blog.public.access import reader_of
from blog.public.addresses import absolute
from blog.public.shown import SHARED, keep_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

KEEP = timedelta(days=10)  # as WordPress does
MOST = 20  # articles one cookie opens; the oldest leave it
TRIES = 10  # wrong passwords from one network for one article …
WITHIN = 600  # … until so many seconds have passed without a try
_SALT = "byline.unlocked"

Key = tuple[int, str, int]  # article, fingerprint of its password, seconds since the epoch


def is_locked(request: HttpRequest, article: Article) -> bool:
    """Say whether this reader has yet to enter the password. Those who may edit the article need none."""
    if not article.is_protected:
        return False
    if any(_opens(key, article) for key in _keys(request)):
        return False
    reader = reader_of(request)
    return not (reader.is_authenticated and reader.is_staff and may_edit(reader, article))


def articles_opened_by(request: HttpRequest) -> set[int]:
    """Return the published articles whose passwords this reader has entered; no query for who has none."""
    keys = list(_keys(request))
    if not keys:
        return set()
    asking = Article.objects.published().filter(pk__in=[pk for pk, _print, _at in keys])
    asking = asking.only("password_hash")
    return {article.pk for article in asking if any(_opens(key, article) for key in keys)}


def opens_picture(request: HttpRequest, name: str) -> bool:
    """Say whether an article that this reader has opened shows the stored picture of that name."""
    opened = articles_opened_by(request)
    image = images_at([name]).get(name) if opened else None
    if image is None:
        return False
    shown = Q(lead_image=image) | Q(share_image=image) | Q(pictures=image)
    return Article.objects.filter(shown, pk__in=opened).exists()


def unlock(request: HttpRequest, response: HttpResponse, article: Article) -> None:
    """Let this browser in for ten days. Call it only when answering a POST (DESIGN, rule 2)."""
    others = [key for key in _keys(request) if key[0] != article.pk]
    keys = [*others, (article.pk, _fingerprint(article), int(time.time()))][-MOST:]
    response.set_cookie(
        UNLOCKED,
        signing.dumps(keys, salt=_SALT),
        max_age=KEEP,
        httponly=True,
        secure=settings.SITE_IS_HTTPS,
        samesite="Lax",
    )


def has_tries_left(request: HttpRequest, article: Article) -> bool:
    """Count one more try of this network, before it is looked at, and say whether it may be.

    In the cache, which all processes share: it need not survive, and is no secret of anybody. Two tries
    at the same instant may count as one; hashing each password costs more than that gains.
    """
    key = f"unlock:{article.pk}:{network_hash(request)}"
    cache.add(key, 0, WITHIN)
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out just now
        return True
    # A cache of files or in a database, which counts by storing anew, else keeps it for its own five minutes.
    cache.touch(key, WITHIN)
    return tries <= TRIES


def locked_page(
    request: HttpRequest,
    article: Article,
    *,
    refusal: str = "",
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page that asks for the password; shared by everybody while nothing was typed.

    *text* is what somebody wrote to an article that has closed meanwhile: it comes back.
    """
    context = {
        "article": article,
        "refusal": refusal,
        "text": text,
        "canonical_url": absolute(request, article.get_absolute_url()),
    }
    response = render(request, "articles/locked.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"  # there is nothing to be found
    is_shared = not refusal and not text and not reader_of(request).is_authenticated
    if is_shared and article.is_live and status == 200:
        response["Cache-Control"] = SHARED
        keep_page(response, (f"article:{article.pk}",))
    else:
        response["Cache-Control"] = "private, no-store"
    return response


def _opens(key: Key, article: Article) -> bool:
    article_id, fingerprint, _at = key
    return article_id == article.pk and constant_time_compare(fingerprint, _fingerprint(article))


def _fingerprint(article: Article) -> str:
    return salted_hmac(
        _SALT, f"{article.pk}:{article.password_hash}", algorithm="sha256"
    ).hexdigest()[:32]


def _keys(request: HttpRequest) -> Iterator[Key]:
    """Yield what the cookie opens; nothing for one that was altered or is too old."""
    try:
        keys = signing.loads(request.COOKIES[UNLOCKED], salt=_SALT, max_age=KEEP)
    except (KeyError, signing.BadSignature):
        return
    oldest = time.time() - KEEP.total_seconds()
    for article_id, fingerprint, at in keys:
        if at > oldest:
            yield article_id, fingerprint, at
