"""What an article can be: its life, its review, its readers, and how its page shows it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class State(models.TextChoices):
    """What follows from status and times: never stored, since time alone changes it."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired")
    TRASH = "trash", _("Trash")


class Stage(models.TextChoices):
    """Where the review stands: of a draft, or of the unpublished changes to a live article."""

    WRITING = "writing", _("Writing")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")


STAGES_OF_WRITING = (Stage.WRITING, Stage.CHANGES_REQUESTED)


class Access(models.TextChoices):
    """Who may read it once it is published: one of three, so that no two can contradict each other."""

    OPEN = "open", _("Everybody")
    PASSWORD = "password", _("Whoever knows the password")
    PRIVATE = "private", _("Only its authors and the editors")


class Policy(models.TextChoices):
    """What readers may do: `closed` shows what is there, `off` hides the whole block."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    OFF = "off", _("Off")


class LeadPlacement(models.TextChoices):
    BELOW = "below", _("Below the title")
    ABOVE = "above", _("Above the title")
    FULL = "full", _("Above the title, as wide as the window")


class Format(models.TextChoices):
    """What leads the article."""

    STANDARD = "standard", _("Standard: its picture")
    IMAGE = "image", _("Picture, as wide as the window")
    VIDEO = "video", _("Video")
    GALLERY = "gallery", _("Gallery: the first one of the text")
    AUDIO = "audio", _("Audio")


FORMAT_MARKS: dict[str, Any] = {  # texts that are translated when shown
    Format.IMAGE: _("Picture"),
    Format.VIDEO: _("Video"),
    Format.GALLERY: _("Gallery"),
    Format.AUDIO: _("Audio"),
}


class CriteriaStyle(models.TextChoices):
    STARS = "stars", _("Stars")
    PERCENT = "percent", _("Per cent")
    POINTS = "points", _("Points from 0 to 10")


class ReviewPosition(models.TextChoices):
    TOP = "top", _("Above the text")
    BOTTOM = "bottom", _("Below the text")
    OFF = "off", _("Off")


class ReviewedType(models.TextChoices):
    """What a review may be of so that search engines show its stars (schema.org types)."""

    BOOK = "Book", _("Book")
    COURSE = "Course", _("Course")
    EVENT = "Event", _("Event")
    GAME = "Game", _("Game")
    MOVIE = "Movie", _("Film")
    MUSIC = "MusicRecording", _("Music")
    PLACE = "LocalBusiness", _("Place or business")
    PODCAST = "CreativeWorkSeries", _("Series or podcast")
    PRODUCT = "Product", _("Product")
    RECIPE = "Recipe", _("Recipe")
    SOFTWARE = "SoftwareApplication", _("Software")
