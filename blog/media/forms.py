"""Forms around a picture: only the service reads the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from blog.media.models import Image
from blog.media.services import CleanPicture, clean_picture, store_picture

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,image/avif"
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

    class Meta:
        model = Image
        fields = WORDS


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
