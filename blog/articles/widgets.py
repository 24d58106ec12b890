"""The writing surface: a textarea with HTML, which scripts turn into an editor."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.csp import CSP
from django_prose_editor.widgets import prose_editor_admin_media
from js_asset import ImportMap, Media

from blog.articles.editor_texts import BUTTONS, KEYS, TEXTS, TYPED
from blog.media.forms import ACCEPTED

# What article.js is made of: static/js/editor/<name>.js, imported as byline/<name>.
MODULES = (
    "address arriving articles ask clean count dialog figures find headings inert keys link lists markdown"
    " notes paste pictures rtf screen snippets textarea toolbar vocabulary"
).split()

# What keeps the text meanwhile, and marks what notes are about. A page has one import map.
DESK_MODULES = ["copies", "presence", "recovery", "remarks", "server"]


# For its pages. Safari keeps the pictures of a paste under addresses of this kind, which only the page itself
# can read.
WRITING_CSP = settings.SECURE_CSP | {"connect-src": [CSP.SELF, "blob:"]}


class ArticleEditor(forms.Textarea):
    """Edits the HTML of an article; without scripts, as HTML.

    `has_marks` offers what ends the text in lists, and what begins a page of it.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, *, has_marks: bool = True) -> None:
        super().__init__(attrs)
        self.has_marks = has_marks

    @property
    def media(self) -> Media:
        return prose_editor_admin_media + Media(
            css={"all": ["css/admin-articles.css", "css/admin-editor.css"]},
            js=[Script("js/editor/article.js", type="module")],
            importmap=ImportMap(
                {f"byline/{name}": f"js/editor/{name}.js" for name in MODULES}
                | {f"byline/{name}": f"js/desk/{name}.js" for name in DESK_MODULES}
            ),
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = {
            "upload": reverse("admin:articles_article_upload_picture"),
            "find": reverse("admin:articles_article_find"),
            "markdown": reverse("admin:articles_article_markdown"),
            "snippets": reverse("admin:articles_snippet_names"),
            "accept": ACCEPTED,
            "marks": self.has_marks,
            "lang": settings.LANGUAGE_CODE,  # of the articles, for the browser's spell checking
            "texts": {key: str(text) for key, text in TEXTS.items()},
            "buttons": {name: str(text) for name, text in BUTTONS.items()},
            "keys": [[str(text), keys] for text, keys in KEYS],
            "typed": [[str(text), typed] for text, typed in TYPED],
        }
        context["widget"]["attrs"]["data-article-editor"] = json.dumps(given)
        return context
