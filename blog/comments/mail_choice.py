"""The form in which moderators and authors choose their mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blog.comments.digests import send_digests
from blog.comments.models import MailChoice
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from accounts.models import User


class MailChoiceForm(forms.ModelForm):
    """What concerns this person: waiting comments are for moderators, articles for authors."""

    class Meta:
        model = MailChoice
        fields = ["held", "own_articles", "own_held", "mentions"]
        labels = {
            "held": _("Comments that wait for a moderator"),
            "own_articles": _("Mail me new comments on my articles"),
            "own_held": _(
                "Ask me about comments on my articles that wait: a mail for each, with links to decide"
            ),
            "mentions": _(
                "Mail me comments that name me with an @, below articles where I wrote one"
            ),
        }

    def __init__(self, data: Any = None, *, user: User, is_author: bool) -> None:
        choice = MailChoice.objects.filter(pk=user.pk).first() or MailChoice(user=user)
        super().__init__(data, instance=choice, prefix="mail")
        if not user.has_perm("comments.moderate_comment"):
            del self.fields["held"]
        else:
            del self.fields["own_held"]  # they hear of all that wait
        if not is_author:
            del self.fields["own_articles"]
            self.fields.pop("own_held", None)

    def save(self, commit: bool = True) -> MailChoice:
        """Keep the choice. The first one that asks for a digest starts what writes them."""
        choice = super().save(commit)
        enqueue_once(send_digests)
        return choice
