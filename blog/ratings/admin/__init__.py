"""The rating desk: the log of votes, bursts to decide about, and what readers say could be better."""

from blog.ratings.admin.bursts import BurstAdmin
from blog.ratings.admin.feedback import FeedbackAdmin
from blog.ratings.admin.votes import RatingAdmin

__all__ = ["BurstAdmin", "FeedbackAdmin", "RatingAdmin"]
