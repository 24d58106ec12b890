"""The moderators' desk: the queue, one comment, and what decides about new ones."""

from blog.comments.admin.ban import BanAdmin
from blog.comments.admin.comment import CommentAdmin
from blog.comments.admin.rule import RuleAdmin

__all__ = ["BanAdmin", "CommentAdmin", "RuleAdmin"]
