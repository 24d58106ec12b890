"""The desk's form of an article, filled by a program: what it does not send stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.api import payload
from blog.api.answers import WHOLE, RefusedError
from blog.articles.forms import MAX_BODY, ArticleForm
from blog.articles.models import Category, Tag
from blog.articles.rendering import is_local, markdown_to_html
from blog.articles.terms import get_or_create_tag, tag_called

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

    from accounts.models import User
    from blog.articles.models import Article

# Whether it is out is nothing to be typed in: `publish` says so, and DELETE.
OWN_NAMES = {"password": "new_password", "reason": "publish_reason", "version": "opened_version"}
_NAME_OF = {ours: theirs for theirs, ours in OWN_NAMES.items()}
_READERS: list[tuple[type[forms.Field], Callable[[Any], Any]]] = [
    (forms.ModelMultipleChoiceField, payload.names),
    (forms.ModelChoiceField, payload.number_or_none),
    (forms.BooleanField, payload.flag),
    (forms.DateTimeField, payload.moment),
    (forms.IntegerField, payload.number),
    (forms.CharField, payload.text),
    (forms.ChoiceField, payload.text),
]
_LEFT_OUT = {"status", "changes_at", "desk_status", "lead_upload"}


class PostedArticleForm(ArticleForm):
    def __init__(self, *args: Any, user: User, opening: dict[str, Any], **kwargs: Any) -> None:
        self.user, self.opening = user, opening
        super().__init__(*args, **kwargs)


def fields() -> dict[str, Callable[[Any], Any]]:
    """Return what a program may send, and how each is read: the fields of the desk's form, and a few more."""
    known: dict[str, Callable[[Any], Any]] = {}
    for name, field in ArticleForm.base_fields.items():
        if name not in _LEFT_OUT:
            reader = next(read for kind, read in _READERS if isinstance(field, kind))
            known[_NAME_OF.get(name, name)] = reader
    known |= {"markdown": payload.text, "authors": payload.names}
    return known | {"publish": payload.flag, "review": payload.flag}


def filled(
    article: Article, sent: dict[str, Any], *, user: User, opening: dict[str, Any]
) -> PostedArticleForm:
    """Return the form with what was sent, and with all else as it stands; raise RefusedError."""
    blank = PostedArticleForm(instance=article, user=user, opening=opening)
    data = {
        name: _posted(blank.initial.get(name, field.initial))
        for name, field in blank.fields.items()
    }
    for name, value in sent.items():
        data[OWN_NAMES.get(name, name)] = value
    if "markdown" in sent:
        data["body"] = _html_of(sent)
    if "categories" in sent:
        data["categories"] = [
            _row(Category, "path", item, "categories").pk for item in sent["categories"]
        ]
        if "primary_category" not in sent and data["primary_category"] not in data["categories"]:
            # Else the one it had would stay for being the primary one.
            data["primary_category"] = next(iter(data["categories"]), "")
    if "tags" in sent:
        data["tags"] = [_tag(item, user) for item in sent["tags"]]
    if sent.get("publish"):
        data["_publish"] = "1"
    return PostedArticleForm(data, instance=article, user=user, opening=opening)


def authors_in(sent: dict[str, Any]) -> list[Author] | None:
    """Return the authors that were sent, in their order; None where nothing was said of them."""
    if "authors" not in sent:
        return None
    rows = [_row(Author, "slug", item, "authors") for item in sent["authors"]]
    return list(dict.fromkeys(rows))


def errors_of(form: PostedArticleForm) -> dict[str, list[str]]:
    """Return the form's sentences by the names that a program uses."""
    errors = {}
    for name, texts in form.errors.items():
        theirs = WHOLE if name == "__all__" else _NAME_OF.get(name, name)
        errors[theirs] = [str(text) for text in texts]
    if form.blocked:
        errors["publish"] = errors.pop(WHOLE, [])
        errors["publish"] += list(dict.fromkeys(failure.sentence for failure in form.blocked))
    return errors


def _posted(value: Any) -> Any:
    """Return an initial value as it would be posted."""
    if isinstance(value, list):
        return [getattr(row, "pk", row) for row in value]
    return "" if value is None else value


def _html_of(sent: dict[str, Any]) -> str:
    if "body" in sent:
        raise RefusedError(422, {"markdown": [_("Send the text as “body” or as “markdown”.")]})
    if len(sent["markdown"]) > MAX_BODY:
        sentence = _("The text is longer than %(most)s characters.") % {"most": MAX_BODY}
        raise RefusedError(422, {"markdown": [sentence]})
    return markdown_to_html(
        sent["markdown"], picture_src=lambda src, _alt: src if is_local(src) else None
    )


def _row[M: Model](model: type[M], field: str, item: str | int, name: str) -> M:
    """Return the row with this id or name."""
    lookup = {"pk" if isinstance(item, int) else field: item}
    row = model._default_manager.filter(**lookup).first()
    if row is None:
        raise RefusedError(422, {name: [_("There is no “%(item)s”.") % {"item": item}]})
    return row


def _tag(item: str | int, user: User) -> int:
    """Return the key of the tag, made if this person may make tags."""
    if isinstance(item, int):
        return _row(Tag, "pk", item, "tags").pk
    if not item or len(item) > 100:
        raise RefusedError(422, {"tags": [_("A tag has 1 to 100 letters.")]})
    if not user.has_perm("articles.add_tag") and tag_called(name=item) is None:
        sentence = _("There is no tag “%(item)s”, and your account may not add one.")
        raise RefusedError(422, {"tags": [sentence % {"item": item}]})
    return get_or_create_tag(name=item).pk
