"""What the writer of a comment is told of it, and the word that shows it on the page while it waits."""

from django.core import signing
from django.utils.translation import gettext as _

from blog.articles.models import Article
from blog.comments.dropped import was_dropped
from blog.comments.models import Comment
from blog.comments.writers import NOBODY

Status = Comment.Status
_SALT = "byline.receipt.comment"


def receipt_for(comment: Comment) -> str:
    """Return the token. There is nothing in it but two numbers."""
    return signing.dumps([comment.article_id, comment.pk], salt=_SALT)


def comment_from(token: str, article: Article) -> Comment | None:
    """Return the waiting comment; None if the token was altered or swapped, or a moderator has decided.

    A comment taken for spam looks like a waiting one: its writer is told nothing (WordPress).
    """
    return _from(token, article, (Status.PENDING, Status.SPAM))


def published_from(token: str, article: Article) -> Comment | None:
    """Return the comment if it is published: at once, or while its writer looked away."""
    return _from(token, article, (Status.APPROVED,))


def dropped_from(token: str, article: Article) -> int:
    """Return the number of a comment that a rule has deleted at once, some minutes ago; 0 for any other."""
    pk = _number(token, article)
    return pk if pk and was_dropped(pk) else 0


def _number(token: str, article: Article) -> int:
    """Return the number of the comment; 0 if the token was altered or swapped."""
    try:
        article_id, pk = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return 0
    return pk if article_id == article.pk else 0


def _from(token: str, article: Article, statuses: tuple[str, ...]) -> Comment | None:
    pk = _number(token, article)
    if not pk:
        return None
    return Comment.objects.filter(pk=pk, article=article, status__in=statuses).first()


def is_waiting(comment: Comment) -> bool:
    """Say whether the comment waits as far as its writer is told: so does what is binned or banned.

    Only what a person has put into the trash, from among the honest ones, is said to be refused.
    """
    if comment.status in (Status.PENDING, Status.SPAM):
        return True
    if comment.status != Status.TRASH:
        return False
    last = comment.decisions.filter(to_status=Status.TRASH).first()
    return (
        last is None
        or last.actor_id is None
        or last.via == "ban"
        or last.from_status in ("", Status.SPAM)
    )


def why_it_waits(comment: Comment) -> str:
    """Return in plain words why the comment waits.

    Nothing here looks at the rule, the score or whether it is taken for spam, so nothing is told of them:
    the same comment held and binned gets the same words. Nor at the name and the address, which anybody
    can type: whether the two have written here together is not theirs to know.
    """
    seen = comment.decisions.filter(to_status=Status.APPROVED)
    if seen.exists() and comment.decisions.filter(via="writer").exists():
        return _("You changed it after it was published, so a person reads it again.")
    if seen.exists():
        return _("It was published, and a moderator is looking at it again.")
    if comment.user_id:
        known = Comment.objects.approved().filter(user=comment.user_id)
    else:
        known = Comment.objects.approved().filter(visitor=comment.visitor or NOBODY)
    if known.exists():
        return _("A person reads it before it appears.")
    return _("A person reads the first comment of everybody before it appears.")
