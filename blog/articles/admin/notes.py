"""The panel of the private notes on an article, on its form and on a page of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from blog.articles import mentions, notes
from blog.articles.admin.desk import article_at, body_at_desk, editor_of, page_of
from blog.articles.models import Article, Note
from blog.numbers import number_in

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


class NoteForm(forms.Form):
    """A note, and the passage that it is about."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("@ and the name of somebody at the desk tells them by mail."),
        max_length=Note._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    quote = forms.CharField(
        label=gettext_lazy("About this passage"),
        required=False,
        max_length=notes.MAX_QUOTE,
        help_text=gettext_lazy("Some words of the text. Empty: about the whole article."),
        widget=forms.TextInput(attrs={"data-note-quote": "", "autocomplete": "off"}),
    )


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(show, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    names = require_safe(partial(names_to_mention, model_admin=model_admin))
    return [
        path("<int:object_id>/notes/", guarded, name="articles_article_notes"),
        path(
            "<int:object_id>/notes/names/",
            model_admin.admin_site.admin_view(names),
            name="articles_article_notes_names",
        ),
    ]


def panel(
    request: HttpRequest,
    article: Article,
    form: NoteForm | None = None,
    answered: Note | None = None,
) -> dict[str, Any]:
    """Return what _notes.html shows, in one query. `form` came back: a new note, or an answer."""
    threads = notes.threads_of(article, body_at_desk(article))
    return {
        "action": reverse("admin:articles_article_notes", args=[article.pk]),
        "names": reverse("admin:articles_article_notes_names", args=[article.pk]),
        "threads": threads,
        "open_count": sum(thread.note.resolved_at is None for thread in threads),
        "form": form if form and not answered else NoteForm(prefix="note"),
        "answer_form": form if answered else None,
        "answered": answered.pk if answered else None,
    }


def show(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show the notes alone; or add one, answer, resolve or reopen one."""
    article = article_at(request, object_id, model_admin)
    form = parent = None
    if request.method == "POST":
        for name, change in (("resolve", notes.resolve), ("reopen", _reopen)):
            if name in request.POST:
                note = _note(article, request.POST[name])
                change(note=note, actor=editor_of(request))
                return _back(article, note.pk)
        parent = _note(article, request.POST["answer"]) if "answer" in request.POST else None
        form = NoteForm(request.POST, prefix="note")
        if added := _added(request, article, form, parent):
            return _back(article, added.parent_id or added.pk)
    return page_of(
        request,
        article,
        model_admin,
        title=_("Notes"),
        status=422 if form else 200,
        notes=panel(request, article, form, parent),
        panel="admin/articles/article/_notes.html",
    )


def names_to_mention(
    request: HttpRequest, object_id: int, *, model_admin: ModelAdmin
) -> HttpResponse:
    """Send the names of those who may see a note on this article, for the list under an @."""
    article = article_at(request, object_id, model_admin)
    return JsonResponse({"names": mentions.to_offer(article)})


def _note(article: Article, key: str) -> Note:
    """Return a note on this article, and on no other."""
    return get_object_or_404(article.notes, pk=number_in(key))


def _reopen(*, note: Note, actor: object) -> None:
    notes.reopen(note=note)


def _added(
    request: HttpRequest, article: Article, form: NoteForm, parent: Note | None
) -> Note | None:
    if not form.is_valid():
        return None
    try:
        note = notes.add_note(
            article=article, author=editor_of(request), parent=parent, **form.cleaned_data
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("The note is kept. Readers never see it."))
    if outside := mentions.outside(note):
        text = _("%(names)s may not open this article, and hears nothing of the note.")
        messages.warning(request, text % {"names": ", ".join(outside)})
    return note


def _back(article: Article, key: int) -> HttpResponse:
    address = reverse("admin:articles_article_change", args=[article.pk])
    return HttpResponseRedirect(f"{address}#note-{key}")
