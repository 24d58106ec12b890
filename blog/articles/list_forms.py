"""What can be changed from the list of articles: a few things of one, or one thing of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Author
from blog.articles.forms import StatusField
from blog.articles.models import Article, Category, SlugHistory, Tag, validate_free_at_the_root
from blog.articles.terms import get_or_create_tag, tag_called
from blog.site.claiming import ClaimingForm
from blog.site.times import LocalDateTimeField

if TYPE_CHECKING:
    from accounts.models import User
    from blog.articles.models import WorkingStatus

MAX_TAGS = 50
DAY: dict[str, Any] = {"type": "date", "aria-label": _("Day of publication")}
TIME: dict[str, Any] = {"type": "time", "step": "1", "aria-label": _("Time of publication")}


class TagNamesField(forms.CharField):
    """Names of tags with commas between them; returns the names, each once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("With commas between them."))
        super().__init__(required=False, max_length=2000, **kwargs)

    def clean(self, value: Any) -> list[str]:
        names = [" ".join(name.split()) for name in super().clean(value).split(",")]
        names = list({name.lower(): name for name in names if name}.values())
        if len(names) > MAX_TAGS or any(len(name) > 100 for name in names):
            raise ValidationError(_("At most 50 tags of 100 characters each."))
        return names


def tags_named(names: list[str], user: User) -> list[Tag]:
    """Return these tags, making those that are missing; raise ValidationError if the user may not."""
    if user.has_perm("articles.add_tag"):
        return [get_or_create_tag(name=name) for name in names]
    tags = []
    for name in names:
        tag = tag_called(name=name)
        if tag is None:
            raise ValidationError(
                _("There is no tag “%(name)s”, and your account may not make one.")
                % {"name": name}
            )
        tags.append(tag)
    return tags


class QuickEditForm(ClaimingForm):
    """What a list shows of an article, with its tags by name."""

    history, owner_field = SlugHistory, "article"

    tag_names = TagNamesField(label=_("Tags"))
    desk_status = StatusField(help_text="")
    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = (
            "title slug publish_at desk_status categories primary_category tag_names comment_policy"
            " rating_policy is_sticky"
        ).split()
        field_classes = {"publish_at": LocalDateTimeField}
        widgets = {
            "publish_at": forms.SplitDateTimeWidget(
                date_attrs=DAY,
                time_attrs=TIME,
                date_format="%Y-%m-%d",
            ),
            "categories": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, statuses: list[WorkingStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if statuses:
            opened = self.data.get(self.add_initial_prefix("desk_status"))
            cast("StatusField", self.fields["desk_status"]).offer(statuses, opened=opened)
            self.initial["desk_status"] = self.instance.working_status_id
        else:
            del self.fields["desk_status"]
        self.initial["tag_names"] = ", ".join(tag.name for tag in self.instance.tags.all())
        self.initial["opened_version"] = self.instance.version
        self.fields["publish_at"].required = self.instance.status == Article.Status.PUBLISHED

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if "slug" in self.changed_data:
            validate_free_at_the_root(slug)
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("is_sticky") and self.instance.access != Article.Access.OPEN:
            self.add_error("is_sticky", _("Only what everybody may read can be sticky."))
        if data.get("opened_version") != self.instance.version:
            self._set_data("opened_version", str(self.instance.version))
            sentence = _(
                "Somebody saved this article since you opened this form. Nothing is changed yet: look"
                " at the article, or save once more."
            )
            self.add_error(None, sentence)
        return data


class BulkForm(forms.Form):
    """One change to many articles. What is left empty stays as it is."""

    NO_STATUS = "none"

    desk_status = forms.ChoiceField(label=_("Working status"), required=False)
    add_categories = forms.ModelMultipleChoiceField(
        label=_("Add to categories"),
        queryset=Category.objects.order_by("path"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    remove_categories = forms.ModelMultipleChoiceField(
        label=_("Take out of categories"),
        queryset=Category.objects.order_by("path"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    add_tags = TagNamesField(label=_("Add tags"))
    remove_tags = TagNamesField(label=_("Remove tags"))
    add_authors = forms.ModelMultipleChoiceField(
        label=_("Add authors"), queryset=Author.objects.all(), required=False
    )
    remove_authors = forms.ModelMultipleChoiceField(
        label=_("Remove authors"), queryset=Author.objects.all(), required=False
    )
    comment_policy = forms.ChoiceField(
        label=_("Comments"),
        required=False,
        choices=[("", _("As they are")), *Article.Policy.choices],
    )
    rating_policy = forms.ChoiceField(
        label=_("Ratings"),
        required=False,
        choices=[("", _("As they are")), *Article.Policy.choices],
    )

    def __init__(self, *args: Any, statuses: list[WorkingStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statuses = {str(row.pk): row for row in statuses}
        offered: Any = self.fields["desk_status"]
        offered.choices = [
            ("", _("As it is")),
            (self.NO_STATUS, _("None")),
            *((key, row.name) for key, row in self.statuses.items()),
        ]
        if not statuses:
            del self.fields["desk_status"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.values()):
            raise ValidationError(_("Choose what is to change."))
        return data
