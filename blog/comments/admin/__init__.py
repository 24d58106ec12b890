"""The moderators' desk: the queue, one comment, and what decides about new ones."""

from blog.comments.admin.comment import CommentAdmin

__all__ = ["CommentAdmin"]
