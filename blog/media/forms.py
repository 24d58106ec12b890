"""Forms around a picture: only the service reads the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blog.media.models import Image
from blog.media.services import CleanPicture, clean_picture, store_picture

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,image/avif"


class PictureField(forms.FileField):
    """An uploaded picture, cleaned. Not an ImageField: that would decode before we look at the size."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def clean(self, data: UploadedFile | None, initial: Any = None) -> CleanPicture | None:
        upload = super().clean(data, initial)
        return clean_picture(upload) if upload else None


class ImageForm(forms.ModelForm):
    """What may be said about a picture. The file itself stays as it is."""

    class Meta:
        model = Image
        fields = ["alt", "caption", "credit"]


class ImageUploadForm(ImageForm):
    """A new picture with its words."""

    upload = PictureField(
        label=_("File"),
        help_text=_("JPEG, PNG, WebP, GIF or AVIF, up to 20 MB and 50 million pixels."),
    )

    class Meta(ImageForm.Meta):
        fields = ["upload", "alt", "caption", "credit"]

    def store(self, *, uploaded_by: User) -> Image:
        """Store the picture of a valid form."""
        data = self.cleaned_data
        return store_picture(
            picture=data["upload"],
            alt=data["alt"],
            caption=data["caption"],
            credit=data["credit"],
            uploaded_by=uploaded_by,
        )
