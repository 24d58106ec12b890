"""Proof of work: a second of computing for each comment, where the site asks for it (no third party).

A challenge is signed and not stored; an answer is the challenge and a number that together have a hash
with so many zero bits. An answer counts once: its row is written in the transaction of the comment.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone

from blog.spam.models import SpentChallenge

BITS = 16  # 65,536 hashes on average: about a second on a phone, a day for a hundred thousand comments
LIFE = timedelta(days=1)  # from challenge to answer; people leave and come back
MAX_ANSWER = 200  # characters
_SIGNER = TimestampSigner(salt="byline.work")


def new_challenge(scope: str) -> str:
    """Return a challenge that counts for this scope only, an article's number."""
    return _SIGNER.sign(f"{scope}.{secrets.token_urlsafe(12)}")


def spend(answer: str, scope: str) -> bool:
    """Say whether the answer is right, in time, for this scope and new; it is used up with that.

    To be called inside the transaction of the comment: if the comment is not stored, nothing is spent. Of
    two comments with the same answer at once one waits for the other and is told it was used.
    """
    challenge, _tilde, number = answer.rpartition("~")
    if not number.isdecimal() or len(answer) > MAX_ANSWER or zero_bits(answer) < BITS:
        return False
    try:
        told_scope = _SIGNER.unsign(challenge, max_age=LIFE).split(".")[0]
    except BadSignature:
        return False
    if told_scope != scope:
        return False
    _row, is_new = SpentChallenge.objects.get_or_create(
        digest=hashlib.sha256(challenge.encode()).hexdigest(),
        defaults={"expires_at": timezone.now() + LIFE},
    )
    return is_new


def zero_bits(answer: str) -> int:
    """Return how many zero bits the hash of an answer begins with."""
    digest = hashlib.sha256(answer.encode(errors="replace")).digest()
    return 256 - int.from_bytes(digest).bit_length()
