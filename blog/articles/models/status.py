"""What a draft is before anybody reviews it, in the words of this desk: a pitch, assigned, in progress."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkingStatus(models.Model):
    """One such word; readers never see it. Which there are, the owner decides: none is no worse."""

    class Colour(models.TextChoices):
        """Names of classes (admin-articles.css), legible on light and on dark; the name stands beside."""

        GREY = "grey", _("Grey")
        BLUE = "blue", _("Blue")
        GREEN = "green", _("Green")
        AMBER = "amber", _("Amber")
        RED = "red", _("Red")
        VIOLET = "violet", _("Violet")

    name = models.CharField(
        _("name"),
        max_length=40,
        unique=True,
        error_messages={"unique": _("Another status has this name.")},
    )
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.GREY)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    roles = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("who may choose it"),
        help_text=_("No role: whoever may change the article."),
    )
    is_for_assigned = models.BooleanField(
        _("for what is assigned"),
        default=False,
        help_text=_(
            "An article without a status gets this one when somebody is asked to write it."
        ),
    )

    class Meta:
        verbose_name = _("working status")
        verbose_name_plural = _("working statuses")
        ordering = ["position", "name", "pk"]

    def __str__(self) -> str:
        return self.name
