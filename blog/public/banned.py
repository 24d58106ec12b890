"""Bans are made about comments, and hold for votes, too: here the two meet."""

from django.utils.translation import gettext as _

from blog.comments.bans import ban_of_reader, last_day
from blog.ratings.services import Voter


def why_not_vote(voter: Voter) -> str:
    """Return all that a banned person is told who wants to rate; "" for everybody else. One query.

    Not asked under the lock of the totals: a vote that came at the moment of the ban may stand, and a
    moderator sees it in the log. Taking a vote back is open to all.
    """
    ban = ban_of_reader(user=voter.user, visitor=voter.visitor, network_hash=voter.network_hash)
    if ban is None:
        return ""
    if ban.until is None:
        return _("Ratings are closed for you.")
    return _("Ratings are closed for you until %(day)s.") % {"day": last_day(ban.until)}
