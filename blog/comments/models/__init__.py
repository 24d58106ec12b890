"""What readers say, every decision about it, and what people do with it."""

from blog.comments.models.avatar import Avatar
from blog.comments.models.ban import Ban
from blog.comments.models.comment import (
    EDITED,
    MAX_ABOUT,
    MAX_BODY,
    MAX_WEBSITE,
    REMOVED_BY_WRITER,
    Comment,
    CommentQuerySet,
    Decision,
    Thread,
)
from blog.comments.models.mail_choice import MailChoice
from blog.comments.models.rule import Rule
from blog.comments.models.saved_filter import SavedFilter
from blog.comments.models.subscription import Subscription, SubscriptionQuerySet
from blog.comments.models.voice import Like, Report

__all__ = [
    "EDITED",
    "MAX_ABOUT",
    "MAX_BODY",
    "MAX_WEBSITE",
    "REMOVED_BY_WRITER",
    "Avatar",
    "Ban",
    "Comment",
    "CommentQuerySet",
    "Decision",
    "Like",
    "MailChoice",
    "Report",
    "Rule",
    "SavedFilter",
    "Subscription",
    "SubscriptionQuerySet",
    "Thread",
]
