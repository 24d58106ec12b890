"""The start of the staff desk: what waits for this person, of whichever app."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from blog.comments.models import Comment
from blog.ratings.models import Burst


def with_what_waits(index: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Add what waits to the context of the admin's first page (templates/admin/index.html)."""

    @wraps(index)
    def view(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "waiting": what_waits(request.user)}
        return index(request, context)

    return view


def what_waits(user: User | AnonymousUser) -> list[tuple[str, str]]:
    """Return sentences and addresses of what this person may decide about. One query for each kind."""
    found = []
    if user.has_perm("comments.moderate_comment"):
        count = Comment.objects.pending().in_sight().count()
        text = ngettext("%(count)d comment waits.", "%(count)d comments wait.", count)
        found.append((count, text, reverse("admin:comments_comment_changelist")))
    if user.has_perm("ratings.change_burst"):
        waiting = Burst.Outcome.WAITING
        count = Burst.objects.filter(outcome=waiting).count()
        text = ngettext(
            "%(count)d burst of votes waits.", "%(count)d bursts of votes wait.", count
        )
        path = reverse("admin:ratings_burst_changelist")
        found.append((count, text, f"{path}?outcome__exact={waiting}"))
    return [(text % {"count": count}, address) for count, text, address in found if count]
