"""Akismet, for sites that have a key: an outside service is asked about a comment. Off without one.

Called by the worker only, never while somebody waits for a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ADDRESS = "https://rest.akismet.com/1.1/"
TIMEOUT = 10  # seconds
# The service wants an address and this site keeps none; its documentation names no value for that.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens there
_MOST = 1_000  # bytes of an answer


class Unavailable(Exception):  # noqa: N818 - names what happened
    """The service did not answer, or not with a verdict; what it said is in the text."""


def is_spam(*, key: str, site_url: str, comment: Mapping[str, str]) -> bool:
    """Ask about one comment; raise Unavailable where there is no verdict.

    `comment` has the service's own names: `comment_content`, `comment_author`, `comment_author_email`,
    `comment_author_url`, `user_agent`, `permalink`.
    """
    answer = _post(f"{ADDRESS}comment-check", key=key, site_url=site_url, comment=comment)
    if answer not in ("true", "false"):
        raise Unavailable(answer)
    return answer == "true"


def _post(url: str, *, key: str, site_url: str, comment: Mapping[str, str]) -> str:
    fields = {
        "api_key": key,
        "blog": site_url,
        "user_ip": NO_ADDRESS,
        "comment_type": "comment",
        **comment,
    }
    request = Request(  # noqa: S310 - the address is a constant, or a test's
        url, data=urlencode(fields).encode(), headers={"User-Agent": "Byline/0 | Akismet/1.1"}
    )
    try:
        with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            hint = response.headers.get("X-akismet-debug-help", "")
            text = response.read(_MOST).decode(errors="replace").strip()
    except (URLError, OSError, HTTPException) as error:
        raise Unavailable(str(error)) from error
    return text if text in ("true", "false") or not hint else f"{text}: {hint}"
