"""What the fields of a person's file mean, and how the page calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from blog.comments.models import Report, Subscription

if TYPE_CHECKING:
    from django.utils.functional import Promise

# The words of the file that the page shows in the reader's language.
WORDS: dict[str, Promise | str] = {
    "waiting": _("waits for a moderator"),
    "approved": _("published"),
    "not published": _("not published"),
    "removed": _("removed; its place is empty"),
    **dict(Subscription.Kind.choices),
    **dict(Report.Reason.choices),
}

LABELS = {
    "about": _("about you"),
    "address": _("page"),
    "application_passwords": _("application passwords"),
    "article": _("article"),
    "asked": _("asked for"),
    "browser": _("browser"),
    "changed": _("changed"),
    "comment": _("comment"),
    "confirmed": _("confirmed"),
    "cookie": _("number in the cookie of your browser"),
    "earlier_email": _("email before the change"),
    "earlier_name": _("name before the change"),
    "earlier_text": _("text before the change"),
    "earlier_website": _("website before the change"),
    "edited": _("edited"),
    "email": _("email"),
    "ended": _("ended"),
    "follows": _("follows"),
    "given": _("given"),
    "how_it_could_be_better": _("how it could be better"),
    "is_question": _("is a question"),
    "joined": _("joined"),
    "language": _("language"),
    "last_sign_in": _("last signed in"),
    "sign_ins": _("signed in"),
    "likes": _("likes"),
    "looked_up": _("looked up"),
    "picture": _("picture"),
    "links": _("links"),
    "mentions": _("mail about comments that name you"),
    "name": _("name"),
    "seconds_before": _("seconds from opening the page to the vote"),
    "network": _("hash of your network, whose key is destroyed after a day"),
    "number": _("number"),
    "own_articles": _("mail about own articles"),
    "own_waiting_comments": _("is asked about waiting comments on own articles"),
    "person": _("person"),
    "photo": _("photo"),
    "published": _("published"),
    "question": _("question"),
    "reason": _("reason"),
    "reply_to": _("reply to the comment with the number"),
    "seconds_to_write": _("seconds it took to write"),
    "sent": _("sent"),
    "since": _("since"),
    "stars": _("stars"),
    "state": _("state"),
    "subject": _("subject"),
    "text": _("text"),
    "title": _("title"),
    "to": _("to"),
    "until": _("until"),
    "waiting_comments": _("mail about waiting comments"),
    "website": _("website"),
    "when": _("when"),
    "why": _("why"),
    "written": _("written"),
}
