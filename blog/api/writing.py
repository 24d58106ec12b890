"""What programs write: by the desk's own form and services, so that the same rules hold, and nothing more.

A new article is a draft. What is changed of a live one waits as a draft of changes, as at the desk. Only
`publish: true` lets readers see it, from those who may publish.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.api import article_form, payload, shapes
from blog.api.answers import WHOLE, RefusedError, known
from blog.api.reading import article_of, shape_of
from blog.articles import drafts, review, services
from blog.articles.admin.drafts import opening_values, with_page
from blog.articles.models import Article
from blog.articles.permissions import may_edit
from blog.articles.typed import author_keys
from blog.media.forms import ImageUploadForm
from blog.media.services import FileTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from blog.api.article_form import PostedArticleForm

Stage = Article.Stage


def create(request: HttpRequest, asker: User | None) -> JsonResponse:
    user = known(asker)
    if not user.has_perm("articles.add_article"):
        raise PermissionDenied
    sent = payload.read(request, article_form.fields())
    _check_steps(user, sent)
    with transaction.atomic():
        article = _store(Article(), sent, user)
        _log(user, article, ADDITION)
    response = JsonResponse(shape_of(request, article_of(user, article.pk), user), status=201)
    response["Location"] = reverse("api-article", args=[article.pk])
    return response


def change(request: HttpRequest, asker: User | None, pk: int) -> JsonResponse:
    """Change what was sent of an article. `version` is the one that the program has read."""
    user = known(asker)
    sent = payload.read(request, article_form.fields())
    if "version" not in sent:
        sentence = _("Say which version you have read: somebody may have saved another since.")
        raise RefusedError(422, {"version": [sentence]})
    with transaction.atomic(), _still_there():
        article = _editable(user, pk)
        _check_steps(user, sent)
        _store(article, sent, user)
        _log(user, article, CHANGE)
    return JsonResponse(shape_of(request, article_of(user, pk), user))


def remove(_request: HttpRequest, asker: User | None, pk: int) -> HttpResponse:
    """Move an article to the trash, from where it comes back at the desk."""
    user = known(asker)
    article = _editable(user, pk)
    with _still_there():
        try:
            services.trash(article=article, editor=user)
        except ValidationError as error:
            raise PermissionDenied(" ".join(error.messages)) from error
    _log(user, article, CHANGE)
    return HttpResponse(status=204)


def upload(request: HttpRequest, asker: User | None) -> JsonResponse:
    """Take a picture into the library, with its words."""
    user = known(asker)
    if not user.has_perm("media.add_image"):
        raise PermissionDenied
    if request.content_type != "multipart/form-data":
        raise RefusedError(415, _("Send the picture as a form does: multipart/form-data."))
    form = ImageUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        files = form.errors.as_data().get("upload", [])
        is_too_large = any(isinstance(error, FileTooLargeError) for error in files)
        errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
        raise RefusedError(413 if is_too_large else 422, errors)
    image = form.store(uploaded_by=user)
    return JsonResponse(shapes.of_image(request, image), status=201)


def _editable(user: User, pk: int) -> Article:
    """Return the article with what its form shows; raise 404 where this person cannot see it, or 403."""
    article = with_page(Article.objects.visible_to(user)).filter(pk=pk).first()
    if article is None:
        article_of(user, pk)  # raises 404
    if article is None or not may_edit(user, article):
        raise PermissionDenied
    return article


@contextmanager
def _still_there() -> Iterator[None]:
    """Raise 404 where somebody deletes the article for good at this moment."""
    try:
        yield
    except Article.DoesNotExist as error:
        raise Http404 from error


def _check_steps(user: User, sent: dict[str, Any]) -> None:
    if sent.get("publish") and sent.get("review"):
        raise RefusedError(422, {"review": [_("Either it goes to review, or it is published.")]})
    if sent.get("publish") and not user.has_perm("articles.publish_article"):
        raise PermissionDenied(_("Your account may write, but not publish."))


def _store(article: Article, sent: dict[str, Any], user: User) -> Article:
    """Save by the desk's form, and publish or send to review as was asked: all of it or nothing."""
    form = article_form.filled(article, sent, user=user, opening=opening_values(article))
    if not form.is_valid():
        if form.is_behind:
            raise RefusedError(
                409,
                {"version": [_("Somebody saved this article since. Read it again.")]},
                version=form.stored.version,
            )
        raise RefusedError(422, article_form.errors_of(form))
    authors = article_form.authors_in(sent)
    article = form.save(commit=False)
    form.choose_password()
    try:
        if form.is_live:
            _save_draft(form, user, authors)
        else:
            _save_row(form, user, authors)
        if sent.get("publish"):
            drafts.publish_all(article=article, editor=user, reason=sent.get("reason", ""))
        if sent.get("review"):
            reason = sent.get("reason", "")
            review.move_stage(article=article, to=Stage.IN_REVIEW, actor=user, reason=reason)
    except review.NotAllowedError as error:
        raise PermissionDenied(" ".join(error.messages)) from error
    # Of the services: an address taken at this moment, a required check.
    except ValidationError as error:
        errors = error.message_dict if hasattr(error, "error_dict") else {WHOLE: error.messages}
        raise RefusedError(422, errors) from error
    return article


def _save_row(form: PostedArticleForm, user: User, authors: list[Author] | None) -> None:
    data = form.cleaned_data
    form.store_lead_image()
    services.save_article(
        article=form.instance,
        before=form.stored,
        editor=user,
        authors=authors,
        categories=data["categories"],
        tags=data["tags"],
        is_substantial=data["is_substantial"],
        note=data["note"],
    )


def _save_draft(form: PostedArticleForm, user: User, authors: list[Author] | None) -> None:
    """Keep the changes to what readers see as those that wait, with the authors who wait with them."""
    data, row = form.cleaned_data, form.stored
    form.choose_lead_image()
    if authors is None and (waiting := drafts.waiting_content(row)):
        rows = Author.objects.in_bulk(author_keys(waiting))
        authors = [rows[key] for key in author_keys(waiting) if key in rows]
    waits, may_publish = row.draft_revision, user.has_perm("articles.publish_article")
    drafts.save_draft(
        article=form.instance,
        row=row,
        editor=user,
        authors=authors,
        categories=data["categories"],
        tags=data["tags"],
        typed=form.typed,
        # What somebody changed who may not publish does not go live by itself.
        publish_at=waits.publish_at if waits and may_publish else None,
        note=data["note"],
    )


def _log(user: User, article: Article, flag: int) -> None:
    """Write it into the log that the desk shows, as the desk's own pages do."""
    LogEntry.objects.log_actions(
        user.pk, [article], flag, change_message="By the API.", single_object=True
    )
