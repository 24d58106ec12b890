"""What leads on from one article to others: series, the author's picks, related articles."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.articles.models.article import Article
from blog.paths import path_to


class Series(models.Model):
    """Articles to be read in an order, with a page and a feed of their own."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=200,
        unique=True,
        help_text=_("Made from the title when left empty."),
    )
    description = models.TextField(_("description"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = pgettext_lazy("several", "series")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("series-detail", self.slug)


class SeriesSlugHistory(models.Model):
    """An address a series once had: it forwards to the present one."""

    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="old_slugs", verbose_name=_("series")
    )
    slug = models.SlugField(_("address"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address of a series")
        verbose_name_plural = _("old addresses of series")

    def __str__(self) -> str:
        return self.slug


class SeriesPart(models.Model):
    """One article's place in a series. It has one such place at the most."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="parts")
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="series_part")
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        verbose_name = _("part of a series")
        verbose_name_plural = _("parts of a series")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.series} {self.position}"


class RelatedPick(models.Model):
    """An article that an author wants to be read after another one."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="picks")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("picked article")
        verbose_name_plural = _("picked articles")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="related_pick_once"),
            models.CheckConstraint(
                condition=~Q(other=F("article")),
                name="related_pick_of_another",
                violation_error_message=_("An article does not lead on to itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} → {self.other}"


class RelatedArticle(models.Model):
    """What the page of an article names as related: prepared after a change, never at read time."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("related article")
        verbose_name_plural = _("related articles")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="related_article_once"),
            models.CheckConstraint(
                condition=~Q(other=F("article")), name="related_article_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} → {self.other}"
