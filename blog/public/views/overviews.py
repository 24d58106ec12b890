"""What the whole site says and what it is about: the newest comments, and all tags."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.comments.models import Comment
from blog.public import section_rows
from blog.public.addresses import absolute
from blog.public.shown import keep_page, shared

COMMENTS_LENGTH = 30
COMMENT_EXCERPT = 300  # characters
MOST_TAGS = 300


@require_safe
@shared
def recent_comments(request: HttpRequest, before: int | None = None) -> HttpResponse:
    """Show the newest comments anywhere, or those older than one: read by key, however far back."""
    after = get_object_or_404(Comment.objects.only("created_at"), pk=before) if before else None
    found = section_rows.comments(COMMENTS_LENGTH + 1, excerpt=COMMENT_EXCERPT, older_than=after)
    rows = found[:COMMENTS_LENGTH]
    if before and not rows:
        raise Http404
    home = reverse("recent-comments")
    here = reverse("recent-comments-before", args=[before]) if before else home
    context = {
        "heading": _("Recent comments"),
        "page_title": _("Recent comments"),
        "rows": rows,
        "older": reverse("recent-comments-before", args=[rows[-1].pk])
        if len(found) > COMMENTS_LENGTH
        else "",
        "newest": home if before else "",
        "feed_url": reverse("comments-feed"),
        "canonical_url": absolute(request, here),
    }
    response = render(request, "comments/recent.html", context)
    keep_page(response, ["in:all", "comments", *section_rows.tags(rows)])
    return response


@require_safe
@shared
def tags(request: HttpRequest) -> HttpResponse:
    """Show the tags that published articles have, by name, the larger the more have them."""
    rows = section_rows.tags_by_use(MOST_TAGS)
    rows.sort(key=lambda row: row.tag.name.casefold())
    context = {
        "heading": _("Tags"),
        "page_title": _("Tags"),
        "rows": rows,
        "canonical_url": absolute(request, reverse("tags")),
    }
    response = render(request, "articles/tags.html", context)
    keep_page(response, ["in:all", "tags", *section_rows.tags(rows)])
    return response
