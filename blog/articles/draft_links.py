"""Links that show a draft to whoever has them: made at the desk, for a while, and taken back at any time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.articles.models import Article, DraftLink

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

# Hours that a link may work.
PERIODS = {
    1: gettext_lazy("one hour"),
    48: gettext_lazy("two days"),
    7 * 24: gettext_lazy("one week"),
    30 * 24: gettext_lazy("30 days"),
}
DEFAULT_PERIOD = 48
KEPT = timedelta(days=30)  # what stopped working: so long the desk can see whom it was for
_signer = signing.Signer(salt="byline.draft")


def make_link(
    *, article: Article, editor: User | None, label: str = "", hours: int = DEFAULT_PERIOD
) -> DraftLink:
    """Make a link to the article's draft for somebody without an account; raise ValidationError in the trash.

    `hours` is one of PERIODS. `label` says whom it is for: that is how one link is told from another
    when it is to be revoked.
    """
    if article.trashed_at:
        raise ValidationError(_("“%s” is in the trash. Restore it first.") % article)
    return DraftLink.objects.create(
        article=article,
        label=" ".join(label.split()),
        created_by=editor,
        expires_at=timezone.now() + timedelta(hours=hours),
    )


def revoke_link(*, link: DraftLink) -> None:
    """Make the link useless at once; a second time changes nothing."""
    DraftLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def open_links_of(user: User) -> QuerySet[DraftLink]:
    """Return the links that this person has made and that still open a draft."""
    links = DraftLink.objects.filter(created_by=user, revoked_at=None, article__trashed_at=None)
    return links.filter(expires_at__gt=timezone.now()).select_related("article")


def forget_links() -> int:
    """Delete the links that have not worked for 30 days, and return how many: their labels name people."""
    before = timezone.now() - KEPT
    useless = Q(expires_at__lt=before) | Q(revoked_at__lt=before)
    return DraftLink.objects.filter(useless).delete()[0]


def token_of(link: DraftLink) -> str:
    """Return the word in the link's address, always the same one.

    It names the second at which the link was made, too: a number that a restored backup gives away
    a second time opens nothing for those who had it first.
    """
    return _signer.sign(f"{link.pk}-{int(link.created_at.timestamp())}")


def link_of(token: str) -> DraftLink | None:
    """Return the link with its article; None where it is forged, expired, revoked or in the trash."""
    try:
        key, _dash, made = _signer.unsign(token).partition("-")
    except signing.BadSignature:
        return None
    links = DraftLink.objects.select_related("article__draft_revision")
    link = links.filter(pk=key, article__trashed_at=None).first()
    if link is None or not link.works or int(link.created_at.timestamp()) != int(made):
        return None
    return link
