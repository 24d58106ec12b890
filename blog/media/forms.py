"""Forms around a picture: only the service reads the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from blog.media.editing import check_part, check_width
from blog.media.models import Image
from blog.media.services import CleanPicture, clean_picture, store_picture

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,image/avif"
CROP = ("crop_left", "crop_top", "crop_width", "crop_height")
WORDS = ["alt", "caption", "credit", "folder", "focal_x", "focal_y"]


class PictureField(forms.FileField):
    """An uploaded picture, cleaned. Not an ImageField: that would decode before we look at the size."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def clean(self, data: UploadedFile | None, initial: Any = None) -> CleanPicture | None:
        upload = super().clean(data, initial)
        return clean_picture(upload) if upload else None


class ImageForm(forms.ModelForm):
    """What may be said about a picture, and another file for its place."""

    upload = PictureField(
        label=_("Replace the file"),
        required=False,
        help_text=_(
            "Takes the place of this picture wherever it is shown; its old address leads to the new one."
        ),
    )

    crop_left = forms.IntegerField(label=_("From the left"), required=False, min_value=0)
    crop_top = forms.IntegerField(label=_("From the top"), required=False, min_value=0)
    crop_width = forms.IntegerField(label=_("Width of the part"), required=False)
    crop_height = forms.IntegerField(label=_("Height of the part"), required=False)
    scale_width = forms.IntegerField(label=_("New width"), required=False)
    # The file that the numbers are about: of another one they would cut somewhere else.
    seen_file = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Image
        fields = WORDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        width, height = self.instance.width, self.instance.height
        self.initial.update(crop_left=0, crop_top=0, crop_width=width, crop_height=height)
        self.initial.update(scale_width=width, seen_file=str(self.instance.file))

    def clean(self) -> dict[str, Any]:
        """Look at the numbers only where a button asks for what they say."""
        data = super().clean() or self.cleaned_data
        try:
            if "_crop" in self.data:
                check_part(self.instance, *(data.get(name) for name in CROP))
            if "_scale" in self.data:
                check_width(self.instance, data.get("scale_width"))
        except ValidationError as error:
            self.add_error("crop_width" if "_crop" in self.data else "scale_width", error)
        return data


class ImageUploadForm(forms.ModelForm):
    """A new picture with its words."""

    upload = PictureField(
        label=_("File"),
        help_text=_("JPEG, PNG, WebP, GIF or AVIF, up to 20 MB and 50 million pixels."),
    )

    class Meta:
        model = Image
        fields = ["alt", "caption", "credit", "folder"]

    def store(self, *, uploaded_by: User) -> Image:
        """Store the picture of a valid form."""
        data = self.cleaned_data
        return store_picture(
            picture=data["upload"],
            alt=data["alt"],
            caption=data["caption"],
            credit=data["credit"],
            folder=data.get("folder", ""),
            uploaded_by=uploaded_by,
        )


class FolderForm(ActionForm):
    """The choice of an action, with the folder that one of them needs."""

    to_folder = forms.CharField(
        label=_("Folder:"), required=False, max_length=Image._meta.get_field("folder").max_length
    )
