"""What the page of an article shows to one reader alone."""

from dataclasses import dataclass

from blog.comments.forms import CommentForm
from blog.comments.models import Comment
from blog.ratings.forms import FeedbackForm
from blog.ratings.models import Rating


@dataclass(frozen=True)
class Personal:
    """What one reader sees and others do not. The page that everybody shares has none of it."""

    rating: Rating | None = None
    rating_message: str = ""
    rating_error: str = ""
    is_answer: bool = False  # to the one who gave the vote, and may be asked about it
    feedback_form: FeedbackForm | None = None
    comment: Comment | None = None
    published: Comment | None = None  # their own, to be told where to change it
    # The number of one that a rule has deleted at once: it is said to wait, like spam.
    dropped: int = 0
    comment_form: CommentForm | None = None
    comment_refusal: str = ""
    comment_preview: str = ""


NOTHING_PERSONAL = Personal()
