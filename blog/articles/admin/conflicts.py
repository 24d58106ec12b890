"""The page for a save that comes after somebody else's: both versions, and what is to become of them.

What was typed travels through the page in hidden fields and is kept as an autosave besides. The answers
come back to the address of the form, which checks and saves them like anything that was typed.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.articles import autosave
from blog.articles.admin.autosave import SignOfLife
from blog.articles.admin.desk import editor_of
from blog.articles.conflicts import LEAD, Conflict, UndecidedError, conflict_of, is_time, words_of
from blog.articles.diff import word_diff
from blog.articles.drafts import MANY, ONE, WORDS
from blog.articles.merging import Choice, Part
from blog.articles.models import Article
from blog.articles.typed import BYLINES, TooLongError, author_keys, typed_content
from blog.numbers import number_in

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.utils.safestring import SafeString

    from blog.articles.forms import ArticleForm

ANSWER = "conflict"  # the name of the buttons
SEEN = "conflict_version"  # what was saved, as the page showed it
CHOICE = "choose-"  # the beginning of the names of the radio buttons
OWN = {ANSWER, SEEN, "csrfmiddlewaretoken"}
ALSO = {
    "_publish": gettext_lazy("Saving also publishes it, as you asked."),
    "_schedule": gettext_lazy("Saving also schedules the changes, as you asked."),
    "_unpublish": gettext_lazy("Saving also takes it down, as you asked."),
    "_review": gettext_lazy("Saving also sends it to review, as you asked."),
    "_trash": gettext_lazy("Saving also moves it to the trash, as you asked."),
}


# From the page to the form


def answered(request: HttpRequest, article: Article | None) -> QueryDict:
    """Return what the form is to take for typed: the answers of the page put into what it carried.

    Where an answer is missing, or somebody saved once more, the version stays that which was opened, so
    that the form brings the page again.
    """
    post = request.POST.copy()
    seen = request.POST.get(SEEN, "")
    if article is None or seen != str(article.version):
        return post
    try:
        conflict = _conflict(post, article)
        if post[ANSWER] == "mine":
            text, choices = None, dict[str, Choice]()
        else:
            text, choices = conflict.chosen(_answers(post))
    except (UndecidedError, TooLongError):
        return post
    for name, choice in choices.items():
        if choice is Choice.THEIRS:
            _write(post, name, conflict.theirs)
    if text is not None:
        post["body"] = text
    if choices.get(LEAD) is not Choice.THEIRS:
        _leave_words_alone(post, conflict)
    if f"{BYLINES}-TOTAL_FORMS" in post:
        is_theirs = choices.get("authors") is Choice.THEIRS
        _write_authors(post, article, author_keys(conflict.theirs if is_theirs else conflict.mine))
    post["opened_version"] = seen
    return post


def _answers(post: QueryDict) -> dict[str, str]:
    names = [name for name in post if name.startswith(CHOICE)]
    return {name.removeprefix(CHOICE): str(post[name]) for name in names}


def _conflict(post: QueryDict, article: Article) -> Conflict:
    mine = typed_content(post, article)
    # typed_content leaves out what equals the picture that is stored now.
    asked = {field: post.get(field, "") for field in WORDS if field in post}
    mine["typed"] = {**mine["typed"], **asked}
    opened = number_in(post.get("opened_version", ""))
    return conflict_of(article=article, opened_version=opened, mine=mine)


def _write(post: QueryDict, name: str, content: dict[str, Any]) -> None:
    """Put a field's value into what a browser would send."""
    value = content.get(name)
    if name == LEAD:
        for field, words in content["typed"].items():
            post[field] = words
    if name in ONE:
        post[name] = str(value["id"]) if value else ""
    elif name == "authors":
        return  # all its rows are written anew
    elif name in MANY:
        post.setlist(name, [str(row["id"]) for row in value or []])
    elif is_time(name):
        time = timezone.localtime(datetime.fromisoformat(value)) if value else None
        post[f"{name}_0"] = f"{time:%Y-%m-%d}" if time else ""
        post[f"{name}_1"] = f"{time:%H:%M:%S}" if time else ""
    elif isinstance(value, bool):
        post.setlist(name, ["on"] if value else [])
        if not value:
            del post[name]
    else:
        post[name] = "" if value is None else str(value)


def _leave_words_alone(post: QueryDict, conflict: Conflict) -> None:
    """Send the words that the form opens with where mine are those of my picture already."""
    mine = conflict.mine[LEAD]
    if mine != conflict.theirs[LEAD] and conflict.mine["typed"] == words_of({LEAD: mine}):
        for field, words in words_of({LEAD: conflict.theirs[LEAD]}).items():
            post[field] = words


def _write_authors(post: QueryDict, article: Article, keys: list[int]) -> None:
    """Write the rows of authors for the rows that are stored now: those that the page had are gone."""
    for name in [name for name in post if name.startswith(f"{BYLINES}-")]:
        if not name.endswith(("MIN_NUM_FORMS", "MAX_NUM_FORMS")):
            del post[name]
    stored = list(article.bylines.all())
    rows: list[tuple[Any, int]] = [(row.pk, row.author_id) for row in stored]
    rows += [("", key) for key in keys if key not in {row.author_id for row in stored}]
    post[f"{BYLINES}-TOTAL_FORMS"] = str(len(rows))
    post[f"{BYLINES}-INITIAL_FORMS"] = str(len(stored))
    for number, (pk, author) in enumerate(rows):
        row = f"{BYLINES}-{number}"
        values = {"id": pk, "article": article.pk, "author": author}
        values |= {"position": keys.index(author)} if author in keys else {"DELETE": "on"}
        for name, value in values.items():
            post[f"{row}-{name}"] = str(value)


# From the form to the page


def page(
    request: HttpRequest, form: ArticleForm, *, model_admin: ModelAdmin
) -> HttpResponse | None:
    """Return the page for a form that is behind; None for a text too long to compare or to keep."""
    article = Article.objects.get(pk=form.instance.pk)  # the form's has what was typed
    post = cast("QueryDict", form.data).copy()
    try:
        conflict = _conflict(post, article)
        post["editing_session"] = session = _keep(request, post, article)
    except TooLongError:
        return None
    has_seen = request.POST.get(SEEN) == str(article.version)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": article,
        "title": _("Two versions of this article"),
        "conflict": conflict,
        "is_own": bool(conflict.revision and conflict.revision.author_id == request.user.pk),
        "is_kept": bool(session),
        "is_undecided": has_seen,
        "is_once_more": SEEN in request.POST and not has_seen,
        "upload_errors": form.errors.get("lead_upload", []),
        "also": [text for name, text in ALSO.items() if name in post],
        "stretches": _stretches(conflict, _answers(post) if has_seen else {}),
        "fields": [
            (
                field,
                _answers(post).get(field.name)
                if has_seen
                else field.choice and field.choice.value,
            )
            for field in conflict.fields
        ],
        "hidden": [
            (name, value)
            for name, values in post.lists()
            for value in values
            if name not in OWN and not name.startswith(CHOICE)
        ],
        "action": reverse("admin:articles_article_change", args=[article.pk]),
        "names": {"answer": ANSWER, "seen": SEEN, "choice": CHOICE},
    }
    template = "admin/articles/article/conflict.html"
    return TemplateResponse(request, template, context, status=409)


def _keep(request: HttpRequest, post: QueryDict, article: Article) -> str:
    """Keep what was typed as an autosave; return its session, "" where there is no room for it."""
    user, signs = editor_of(request), SignOfLife(post)
    signs.is_valid()
    given = signs.cleaned_data.get("editing_session", "")
    for session in filter(None, [given, secrets.token_hex(16)]):
        own = autosave.own_autosaves(user).filter(session=session)
        before = own.values_list("sequence", flat=True).first() or 0
        try:
            outcome = autosave.store(
                user=user,
                session=session,
                sequence=before + 1,
                article=article,
                base_version=signs.cleaned_data.get("opened_version"),
                data=typed_content(post, article),
            )
        except autosave.TooManyError:
            return ""
        except PermissionDenied:  # the session of another window
            continue
        if outcome is not autosave.Outcome.OVER:  # over: this window was saved before
            return session
    return ""


def _stretches(conflict: Conflict, answers: dict[str, str]) -> list[dict[str, Any]]:
    """Return the changed parts of the text in their order, with what to ask about the overlapping ones."""
    found: list[dict[str, Any]] = []
    number = 0
    for part in conflict.text.parts:
        if part.is_same:
            continue
        name = ""
        if part.is_conflict:
            number += 1
            name = f"body-{number}"
        found.append(
            {
                "part": part,
                "name": name,
                "number": number,
                "html": _change(part),
                "is_mine": part.theirs == part.base,
                "is_both": part.mine == part.theirs,
                "chosen": answers.get(name, ""),
            }
        )
    return found


def _change(part: Part) -> SafeString:
    if part.is_conflict:
        return word_diff(part.theirs, part.mine)
    return word_diff(part.base, part.result or "")
