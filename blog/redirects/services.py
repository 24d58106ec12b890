"""Making redirects: always one step long, whichever was made first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from blog.redirects.models import MissingAddress, Redirect
from blog.redirects.paths import both_forms, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def find_redirect(path: str) -> Redirect | None:
    """Return what was decided about an address that no page has; one query."""
    if "\0" in path:  # PostgreSQL knows no such text
        return None
    forms = both_forms(path)
    found = Redirect.objects.filter(path__in=forms)
    return min(found, key=lambda redirect: forms.index(redirect.path), default=None)


def end_of(*, path: str, target: str) -> str:
    """Return where readers of *path* would end who are led to *target*: other redirects are followed.

    Raises ValidationError for a circle, and where the way ends at a page that is gone.
    """
    seen = set(both_forms(path))
    while target.startswith("/"):
        here = target.partition("#")[0]
        if here in seen:
            raise ValidationError(
                _("This leads in a circle: %(target)s comes back to %(path)s.")
                % {"target": target, "path": path}
            )
        seen.update(both_forms(here))
        onward = find_redirect(path_of(here))
        if onward is None:
            break
        if not onward.target:
            raise ValidationError(
                _("%(target)s is marked as gone for good. Choose a page that is there.")
                % {"target": target}
            )
        target = onward.target
    return target


@transaction.atomic
def keep_redirect(*, redirect: Redirect) -> int:
    """Store a redirect and take those that led to its address along; return how many these were."""
    redirect.save()
    MissingAddress.objects.filter(path__in=both_forms(redirect.path)).delete()
    before = Redirect.objects.filter(target__in=both_forms(redirect.path)).exclude(pk=redirect.pk)
    return before.update(target=redirect.target)


def mark_gone(*, paths: Sequence[str]) -> None:
    """Let addresses whose pages were deleted say so (410); what was decided about one before stays."""
    gone = [Redirect(path=path) for path in paths]
    Redirect.objects.bulk_create(gone, ignore_conflicts=True)
