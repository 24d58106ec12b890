"""The picture library of the staff desk."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms.widgets import Script
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.columns import time_column
from blog.media.editing import (
    Part,
    crop_picture,
    restore_original,
    scale_picture,
    turn_picture,
)
from blog.media.forms import CROP, WORDS, FolderForm, ImageForm, ImageUploadForm
from blog.media.models import Image, Rendition, folder_of
from blog.media.queries import MANY, in_use, use_counts, uses_of
from blog.media.services import delete_image, replace_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
# What a button has done, by its name.
DONE = {
    "_turn": _("The picture is turned."),
    "_crop": _("The picture is cropped."),
    "_scale": _("The picture is scaled."),
    "_original": _("The original is back."),
}


class FolderFilter(admin.SimpleListFilter):
    """A folder, with the folders in it: their names begin like its own."""

    title = _("folder")
    parameter_name = "folder"
    NONE = "/"  # no folder is called that: folder_of() takes slashes away

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = Image.objects.order_by("folder").values_list("folder", flat=True).distinct()
        parts = [name.split("/") for name in names if name]
        folders = {"/".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)}
        return [(self.NONE, _("In no folder")), *((name, name) for name in sorted(folders))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        folder = self.value()
        if folder is None:
            return queryset
        if folder == self.NONE:
            return queryset.filter(folder="")
        return queryset.filter(Q(folder=folder) | Q(folder__startswith=f"{folder}/"))


class YesNoFilter(admin.SimpleListFilter):
    """A filter with two sides of one condition."""

    yes, no = _("Yes"), _("No")

    def condition(self) -> Q:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", self.yes), ("no", self.no)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "yes":
            return queryset.filter(self.condition())
        return queryset.exclude(self.condition()) if self.value() == "no" else queryset


class AltFilter(YesNoFilter):
    title = _("alternative text")
    parameter_name = "described"
    yes, no = _("There"), _("Missing")

    def condition(self) -> Q:
        return ~Q(alt="")


class UseFilter(YesNoFilter):
    title = _("in use")
    parameter_name = "used"

    def condition(self) -> Q:
        return in_use()


class Place(NamedTuple):
    """Something that shows a picture, with its page at the desk or ""."""

    name: str
    address: str


class Library(ChangeList):
    """The list of pictures, with the number of places that show each."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = use_counts([image.pk for image in self.result_list])
        for image in self.result_list:
            image.use_count = counts[image.pk]


ADDED = time_column(Image, "created_at")


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    list_display = ["thumbnail", "name", "used", "folder", "size", ADDED]
    list_display_links = ["name"]
    list_filter = [FolderFilter, AltFilter, UseFilter, "created_at"]
    list_select_related = ["uploaded_by"]
    list_per_page = 24
    search_fields = ["alt", "caption", "credit", "folder", "file"]
    search_help_text = _("Words in the alternative text, caption, credit or folder")
    action_form = FolderForm
    actions = ["move_to_folder"]

    class Media:
        css = {"all": ["css/admin-articles.css"]}
        js = [
            Script("js/admin-focus.js", type="module"),
            Script("js/admin-crop.js", type="module"),
        ]

    # Forms

    def get_form(
        self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        kwargs["form"] = ImageForm if change else ImageUploadForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        if obj is None:
            return ["upload", "alt", "caption", "credit", "folder"]
        may_change = self.has_change_permission(request, obj)
        fields = ["picture", ("focal_x", "focal_y"), "alt", "caption", "credit", "folder"]
        fields += ["upload"] if may_change else []
        return [*fields, "size", "files", "uploaded_by", ADDED]

    def get_readonly_fields(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        return ["picture", "size", "files", "uploaded_by", ADDED]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Image:
        """Let the service make the row of a new picture; changed words are saved by the form."""
        image = super().save_form(request, form, change)
        if not change:
            image = form.instance = form.store(uploaded_by=request.user)
        return image

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=WORDS)
            obj.asked = form.cleaned_data  # type: ignore[attr-defined]
            if picture := form.cleaned_data.get("upload"):
                replace_picture(image=obj, picture=picture)

    def response_change(self, request: HttpRequest, obj: Image) -> HttpResponse:
        """Turn, crop or scale the picture where a button said so; the words beside it are saved by then."""
        change = self._change_of(request, obj)
        if change is None:
            return super().response_change(request, obj)
        try:
            change()
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        except ConnectionError:
            logger.warning("A picture was not changed: its storage does not answer", exc_info=True)
            text = _(
                "The storage of the pictures does not answer. The words are saved. Change the picture a"
                " little later."
            )
            self.message_user(request, text, messages.ERROR)
        else:
            name = next(name for name in DONE if name in request.POST)
            done = _("%(done)s Its smaller files are being made anew.") % {"done": DONE[name]}
            self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:media_image_change", obj.pk)

    def _change_of(self, request: HttpRequest, obj: Image) -> Callable[[], Image] | None:
        """Return what the pressed button does to the picture itself, None where it only saves."""
        post, image = request.POST, Image.objects.get(pk=obj.pk)
        asked = getattr(obj, "asked", {})  # by the form, which has checked the numbers
        seen = asked.get("seen_file", "")
        if "_turn" in post:
            return partial(turn_picture, image=image, is_left=post["_turn"] == "left")
        if "_crop" in post:
            part = Part(*(asked[name] for name in CROP))
            return partial(crop_picture, image=image, part=part, seen=seen)
        if "_scale" in post:
            return partial(scale_picture, image=image, width=asked["scale_width"], seen=seen)
        return partial(restore_original, image=image) if "_original" in post else None

    # Deleting

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        delete_image(image=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        with transaction.atomic():
            for image in queryset:
                delete_image(image=image)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the pictures, and as an obstacle every place where one of them is shown."""
        images = list(objs)
        uses = uses_of([image.pk for image in images])
        shown = [
            _("“%(picture)s” is shown here: %(place)s") % {"picture": image, "place": place.name}
            for image in images
            for place in self._places(request, uses[image.pk])
        ]
        is_allowed = all(self.has_delete_permission(request, image) for image in images)
        counts = {str(self.opts.verbose_name_plural): len(images)}
        missing = set() if is_allowed else {str(self.opts.verbose_name)}
        return [str(image) for image in images], counts, missing, shown

    def response_action(self, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Say what is in the way where a picture came to be used after the question was shown."""
        try:
            return super().response_action(*args, **kwargs)
        except ValidationError as error:
            self.message_user(args[0], " ".join(error.messages), messages.ERROR)
            return None

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, *args)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect("admin:media_image_change", object_id)

    # Who may

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    def _is_within_reach(self, request: HttpRequest, obj: Image | None) -> bool:
        """Everybody may use every picture; its words and its end belong to the uploader and editors."""
        return (
            obj is None
            or obj.uploaded_by_id == request.user.pk
            or request.user.has_perm("media.edit_any_image")
        )

    @admin.action(description=_("Move to the folder"), permissions=["change"])
    def move_to_folder(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        folder = folder_of(request.POST.get("to_folder", ""))
        if len(folder) > (Image._meta.get_field("folder").max_length or 0):
            self.message_user(request, _("The name of the folder is too long."), messages.ERROR)
            return
        if not request.user.has_perm("media.edit_any_image"):
            queryset = queryset.filter(uploaded_by=request.user.pk)
        count = queryset.update(folder=folder)
        text = ngettext("%d picture moved.", "%d pictures moved.", count) % count
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)

    # Where pictures are shown

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Library

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if image := context.get("original"):
            context["places"] = self._places(request, uses_of([image.pk])[image.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def _places(self, request: HttpRequest, users: list[Model]) -> list[Place]:
        """Name what shows a picture, with a link; what this person may not open is only counted."""
        places: list[Place] = []
        hidden = 0
        for model in {type(user): None for user in users}:
            keys = [user.pk for user in users if type(user) is model]
            if not self.admin_site.is_registered(model):
                places += [Place(str(user), "") for user in users if type(user) is model]
                continue
            model_admin = self.admin_site.get_model_admin(model)
            found = model_admin.get_queryset(request).filter(pk__in=keys)
            if not model_admin.has_view_permission(request):
                found = found.none()
            options = model._meta
            name = f"admin:{options.app_label}_{options.model_name}_change"
            places += [Place(str(user), reverse(name, args=[user.pk])) for user in found]
            hidden += len(keys) - len(found)
        if hidden:
            text = ngettext(
                "%d place that you may not open", "%d places that you may not open", hidden
            )
            places.append(Place(text % hidden, ""))
        return places

    # Columns and facts

    @admin.display(description=_("what it shows"), ordering="alt")
    def name(self, image: Image) -> str:
        if image.alt:
            return image.alt
        return format_html('<span class="state-expired">{}</span>', _("No alternative text"))

    @admin.display(description=_("used"))
    def used(self, image: Image) -> str:
        count = getattr(image, "use_count", 0)
        if count > MANY:
            return str(_("More than %(count)d places") % {"count": MANY})
        return ngettext("%d place", "%d places", count) % count if count else str(_("Nowhere"))

    @admin.display(description=_("picture"))
    def thumbnail(self, image: Image) -> str:
        return format_html(
            '<img class="{}" src="{}" alt="" loading="lazy">',
            f"thumbnail {image.focus}".strip(),
            image.files.small,
        )

    @admin.display(description=_("picture"))
    def picture(self, image: Image) -> str:
        return format_html(
            '<img class="preview" data-focus="{}" src="{}" alt="{}">',
            _("Click where the picture must stay in view."),
            image.files.src,
            image.alt,
        )

    @admin.display(description=_("size"))
    def size(self, image: Image) -> str:
        sides = f"{image.width} × {image.height}".replace(" ", "\N{NO-BREAK SPACE}")
        return f"{sides}, {filesizeformat(image.bytes)}"

    @admin.display(description=_("smaller files"))
    def files(self, image: Image) -> str:
        if image.rendered_at is None:
            return str(_("Not made yet: pages show the picture itself until then."))
        if not image.widths:
            return str(_("None: a moving picture is shown as it is."))
        kinds = (
            f"{Rendition.Format(kind).label}: {', '.join(map(str, widths))}"
            for kind, widths in image.widths.items()
        )
        return "; ".join(kinds)
