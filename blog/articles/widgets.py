"""The writing surface: a textarea with HTML, which scripts turn into an editor."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import prose_editor_admin_media
from js_asset import ImportMap, Media

from blog.media.forms import ACCEPTED

# Everything the editor says of its own; its buttons are named by the library.
TEXTS: dict[str, Promise] = {
    "editor": _("Text of the article"),
    "picture": _("Insert a picture"),
    "describe": _("Describe the picture"),
    "edit": _("Change the picture"),
    "alt": _("Alternative text"),
    "altHelp": _("What the picture shows, for those who cannot see it."),
    "caption": _("Caption"),
    "insert": _("Insert"),
    "update": _("Update"),
    "uploading": _("Uploading the picture …"),
    "uploaded": _("The picture is in the text."),
    "signedOut": _("You are signed out. Sign in in another window, then try again."),
    "offline": _("The picture could not be uploaded. Check the connection and try again."),
    "tooLarge": _(
        "The file is too large for this server. Save the picture smaller and try again."
    ),
    "refused": _("The picture was refused. You may lack the permission to upload pictures."),
    "gallery": _("Insert a gallery"),
    "card": _("Insert a card with a link"),
    "address": _("Address of the page"),
    "addressHelp": _("A film, a post, a map or any page. Nothing of it is loaded before a click."),
    "cardTitle": _("Words of the card"),
    "noAddress": _("This is no address of a page. It starts with https://"),
    "language": _("Language of the code"),
    "languageHelp": _("Such as python, html or bash. Empty: plain text."),
}


class ArticleEditor(forms.Textarea):
    """Edits the HTML of an article; without scripts, as HTML."""

    @property
    def media(self) -> Media:
        return prose_editor_admin_media + Media(
            css={"all": ["css/admin-articles.css"]},
            js=[Script("js/editor/article.js", type="module")],
            importmap=ImportMap(
                {
                    "byline/vocabulary": "js/editor/vocabulary.js",
                    "byline/pictures": "js/editor/pictures.js",
                    "byline/figures": "js/editor/figures.js",
                    "byline/copies": "js/desk/copies.js",
                    "byline/presence": "js/desk/presence.js",
                    "byline/recovery": "js/desk/recovery.js",
                    "byline/server": "js/desk/server.js",
                }
            ),
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        settings = {
            "upload": reverse("admin:articles_article_upload_picture"),
            "accept": ACCEPTED,
            "texts": {key: str(text) for key, text in TEXTS.items()},
        }
        context["widget"]["attrs"]["data-article-editor"] = json.dumps(settings)
        return context
