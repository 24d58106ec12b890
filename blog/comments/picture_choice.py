"""The form in which somebody with an account chooses the picture beside their comments."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blog.comments.avatars import choose_avatar
from blog.comments.models import Avatar
from blog.media.forms import PictureField

if TYPE_CHECKING:
    from accounts.models import User


class PictureForm(forms.Form):
    """A file in place of the initial, or back to it. Below their own articles authors have their portrait."""

    picture = PictureField(
        label=_("Picture beside your comments"),
        required=False,
        help_text=_("The middle of it is shown, 40 pixels wide. Without one your initial is."),
    )
    remove = forms.BooleanField(label=_("Take my picture away"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        super().__init__(data, files, prefix="picture")
        self.user, self.present = user, Avatar.objects.filter(user=user).first()
        if not self.present:
            del self.fields["remove"]

    @property
    def shown(self) -> str:
        """Return the present picture itself: its address shows it only beside a comment."""
        image = bytes(self.present.image) if self.present else b""
        return f"data:image/webp;base64,{b64encode(image).decode()}" if image else ""

    def save(self) -> None:
        if picture := self.cleaned_data["picture"]:
            choose_avatar(user=self.user, picture=picture)
        elif self.cleaned_data.get("remove"):
            choose_avatar(user=self.user, picture=None)
