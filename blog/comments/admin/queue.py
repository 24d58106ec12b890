"""The screen of the queue: its page, the answer to every button on it, and the news of others.

Every form works by itself: it answers with 303 to the page it was sent from. A script that sends the same
form with `X-Fragment: queue` gets the parts of the page that changed, and the comments that come next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from blog.comments.admin.forms import (
    CommentAdminForm,
    QuestionForm,
    ReplyForm,
    SavedFilterForm,
)
from blog.comments.batches import (
    KEEP,
    RESTORE,
    Outcome,
    decide_all,
    decisions_of,
    sentence,
    undo,
)
from blog.comments.deciding import SHELVED, STATES
from blog.comments.models import EDITED, Comment, Rule, SavedFilter
from blog.comments.queue import (
    PAGE,
    Question,
    Row,
    Tab,
    counts_of,
    page_of,
    rows_by_key,
)
from blog.comments.services import ParentGone, edit_comment, reply_as
from blog.numbers import number_in

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from accounts.models import User

TEXT_CHANGED = gettext_lazy(
    "Its writer has changed the comment meanwhile. Read it again; your answer was not sent:"
)
MOST = 500  # comments that one click decides about
# Primary key, and what was seen: the status and the edition of the text.
_PICK = re.compile(r"([0-9]{1,18})\.([a-z]{1,10})(?:\.([0-9]{1,20}))?")


def may_moderate(user: User | AnonymousUser) -> bool:
    """Say whether this person decides about comments."""
    return user.is_active and user.has_perm("comments.moderate_comment")


def moderator_of(request: HttpRequest) -> User:
    """Return who decides, or refuse with 403."""
    if not may_moderate(request.user):
        raise PermissionDenied
    return cast("User", request.user)


@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """Show a page of the queue; `?done=` names the click whose answer this is."""
    moderator = moderator_of(request)
    form = QuestionForm(_with_old_names(request.GET))
    question = form.question()
    page = page_of(
        question,
        moderator,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counts = counts_of(moderator)
    context = {
        **admin.site.each_context(request),
        **_tools(question, form, moderator),
        **_state(question, counts),
        "title": _("Comments"),
        "is_nav_sidebar_enabled": False,  # the width is for reading; the way back is above
        "opts": Comment._meta,
        "page": page,
        "rows": page.rows,
        "at": request.GET.get("after", ""),
        "bar": _bar_of(request, moderator),
    }
    response = render(request, "admin/comments/queue.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Take one decision about the comments that were picked, or about all that the question finds."""
    moderator = moderator_of(request)
    question = _question_of(request)
    to = request.POST.get("to", "")
    if to not in STATES | {KEEP, RESTORE}:
        raise Http404
    if request.POST.get("everything"):
        comments = list(question.comments(moderator).order_by("pk")[:MOST])
        seen = {comment.pk: comment.status for comment in comments}
    else:
        seen, editions = _picked(request)
        # A text its writer has changed since is not what the moderator decided about.
        comments = [
            comment
            for comment in Comment.objects.filter(pk__in=seen)
            if editions.get(comment.pk, comment.edition) == comment.edition
        ]
    if not seen:
        return _refused(request, question, _("Select some comments first."))
    if to == RESTORE:
        comments = [comment for comment in comments if comment.status in SHELVED]
    outcome = decide_all(comments=comments, to=to, actor=moderator, seen=seen)
    outcome.late.extend(sorted(seen.keys() - {*outcome.done, *outcome.late}))
    return _answer(request, question, outcome)


@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an answer, and with it a comment that waits."""
    moderator = moderator_of(request)
    question = _question_of(request)
    comment = get_object_or_404(Comment.objects.select_related("article"), pk=pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _refused(request, question, " ".join(map(str, form.errors["reply"])))
    text, batch = form.cleaned_data["reply"], uuid4()
    statuses, editions = _picked(request)
    seen = statuses.get(pk)
    if editions.get(pk, comment.edition) != comment.edition:
        return _refused(request, question, f"{TEXT_CHANGED} {text}")
    try:
        reply_as(user=moderator, parent=comment, body=text, batch=batch, seen=seen)
    except ParentGone as gone:
        return _refused(request, question, f"{gone} {text}")
    return _answer(request, question, Outcome(batch, [comment.pk], []))


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was changed in the row itself. Without scripts its form goes to the comment's own page."""
    moderator = moderator_of(request)
    question = _question_of(request)
    comments = Comment.objects.exclude(status=Comment.Status.REMOVED)
    comment = get_object_or_404(comments.select_related("article"), pk=pk)
    form = CommentAdminForm(request.POST, instance=comment)
    if not form.is_valid():
        return _refused(
            request, question, " ".join(str(errors[0]) for errors in form.errors.values())
        )
    batch = uuid4()
    if set(EDITED) & set(form.changed_data):
        fields = {field: form.cleaned_data[field] for field in EDITED}
        edit_comment(comment=comment, actor=moderator, batch=batch, **fields)
    return _answer(request, question, Outcome(batch, [pk], []))


@require_POST
def take_back(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Undo what one click decided."""
    moderator = moderator_of(request)
    decisions = decisions_of(batch)
    if not decisions:
        raise Http404
    outcome = undo(decisions=decisions, actor=moderator)
    return _answer(request, _question_of(request), outcome, is_undo=True)


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """Answer a page that is open: what others decided, how many wait, and what came since.

    `shown` says what stands there, `after` the last place, `want` for how many more there is room.
    """
    moderator = moderator_of(request)
    question = QuestionForm(request.GET).question()
    shown, editions = _seen_in(request.GET.get("shown", "").split(",")[:200])
    rows = rows_by_key(shown, question)
    changed = [
        row
        for row in rows
        if row.comment.status != shown[row.comment.pk]
        or editions.get(row.comment.pk, row.comment.edition) != row.comment.edition
    ]
    want = number_in(request.GET.get("want", "")) or 0
    fresh = _following(request.GET, question, moderator, want)
    gone = shown.keys() - {row.comment.pk for row in rows}
    return _fragment(request, question, rows=changed, fresh=fresh, gone=gone, is_news=True)


@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the question under a name; a name that is taken gets the new question."""
    moderator = moderator_of(request)
    question = _question_of(request)
    form = SavedFilterForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        moderator.saved_filters.update_or_create(name=name, defaults={"query": question.query()})
        text = _("The filter “%(name)s” is saved.") % {"name": name}
        messages.success(request, text)
    else:
        messages.error(request, " ".join(map(str, form.errors["name"])))
    return HttpResponseRedirect(f"{list_address()}?{question.query()}")


@require_POST
def drop_filter(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk, user=moderator_of(request))
    saved.delete()
    messages.success(request, _("The filter “%(name)s” is gone.") % {"name": saved.name})
    return HttpResponseRedirect(f"{list_address()}?{_question_of(request).query()}")


def list_address() -> str:
    return reverse("admin:comments_comment_changelist")


def _with_old_names(asked: QueryDict) -> QueryDict:
    """Take the names of Django's own lists, which links out there use."""
    if "tab" in asked or "status__exact" not in asked:
        return asked
    copy = asked.copy()
    copy["tab"] = str(asked["status__exact"])
    return copy


def _question_of(request: HttpRequest) -> Question:
    """Return the question of the page from which a form was sent."""
    return QuestionForm(QueryDict(request.POST.get("query", ""))).question()


def _picked(request: HttpRequest) -> tuple[dict[int, str], dict[int, int]]:
    """Return status and edition of the comments that were picked, as the moderator saw them."""
    return _seen_in(request.POST.getlist("pick")[:MOST])


def _seen_in(texts: list[str]) -> tuple[dict[int, str], dict[int, int]]:
    found = [match for text in texts if (match := _PICK.fullmatch(text))]
    statuses = {int(match[1]): match[2] for match in found}
    return statuses, {int(match[1]): int(match[3]) for match in found if match[3]}


def _tools(question: Question, form: QuestionForm, moderator: User) -> dict[str, Any]:
    saved = list(moderator.saved_filters.all())
    return {
        "form": form,
        "saved": saved,
        "is_saved": question.query() in {each.query for each in saved},
        "conditions": _conditions(question),
        "found": question.comments(moderator).order_by()[: MOST + 1].count()
        if question.is_narrowed
        else None,
        "most": MOST,
        "page_size": PAGE,
    }


def _conditions(question: Question) -> list[dict[str, str]]:
    """Return what narrows the list by a click on a row; the form shows the others itself."""
    named = {"article": _("One article"), "network": _("One network")}
    return [
        {"label": label, "query": question.without(name)}
        for name, label in named.items()
        if getattr(question, name)
    ]


def _state(question: Question, counts: dict[Tab, int]) -> dict[str, Any]:
    """Return what stands around the rows and changes with every decision."""
    limits = [
        rule.threshold
        for rule in Rule.objects.active()
        if rule.kind == Rule.Kind.SCORE and rule.threshold is not None
    ]
    return {
        "question": question,
        "query": question.query(),
        "held_from": min(limits, default=None),
        "can_empty": question.tab
        if question.tab in (Tab.SPAM, Tab.TRASH) and counts[question.tab]
        else "",
        "tabs": [
            {
                "name": tab,
                "label": tab.label,
                "count": counts[tab],
                "is_chosen": tab == question.tab,
            }
            for tab in Tab
        ],
    }


def _bar_of(request: HttpRequest, moderator: User) -> dict[str, Any] | None:
    """Return the sentence about the click that led here, with its undo."""
    try:
        batch = UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    decisions = [each for each in decisions_of(batch) if each.actor_id == moderator.pk]
    if not decisions:
        return None
    return {"text": sentence(decisions), "batch": batch}


def _answer(
    request: HttpRequest, question: Question, outcome: Outcome, *, is_undo: bool = False
) -> HttpResponse:
    """Say what became of a click: the parts of the page that changed, or the page again."""
    late = _late(outcome)
    if is_undo:
        text, batch = _undone(outcome), None
    else:
        text, batch = sentence(decisions_of(outcome.batch)), outcome.batch
    if request.headers.get("X-Fragment") == "queue":
        rows = rows_by_key([*outcome.done, *outcome.late], question)
        left = sum(not row.fits for row in rows)
        fresh = _following(request.POST, question, moderator_of(request), left)
        bar = {"text": text, "batch": batch if outcome.done else None, "late": late}
        gone = set(outcome.late) - {row.comment.pk for row in rows}
        return _fragment(request, question, rows=rows, fresh=fresh, gone=gone, bar=bar)
    if late:
        messages.warning(request, late)
    if is_undo and text:
        messages.success(request, text)
    query = question.query()
    if at := request.POST.get("at", ""):
        query += "&" + urlencode({"after": at[:40]})
    if batch and outcome.done:
        query += f"&done={batch}"
    return HttpResponseRedirect(f"{list_address()}?{query}", status=303)


def _late(outcome: Outcome) -> str:
    """Say that somebody else was quicker; the rows say who, and what is so now."""
    count = len(outcome.late)
    text = ngettext(
        "Somebody was quicker with %(count)s comment. Nothing was changed there.",
        "Somebody was quicker with %(count)s comments. Nothing was changed there.",
        count,
    )
    return text % {"count": count} if count else ""


def _undone(outcome: Outcome) -> str:
    count = len(outcome.done)
    text = ngettext(
        "Undone: %(count)s comment is what it was.",
        "Undone: %(count)s comments are what they were.",
        count,
    )
    return text % {"count": count} if count else ""


def _refused(request: HttpRequest, question: Question, text: str) -> HttpResponse:
    """Answer what cannot be done, with the text that was typed."""
    if request.headers.get("X-Fragment") == "queue":
        return _fragment(request, question, bar={"text": "", "late": text}, status=422)
    messages.error(request, text)
    return HttpResponseRedirect(f"{list_address()}?{question.query()}", status=303)


def _following(asked: QueryDict, question: Question, moderator: User, count: int) -> list[Row]:
    """Return the comments that come next, to take the place of those that left."""
    if not count or not asked.get("after"):
        return []
    return page_of(question, moderator, after=str(asked["after"]), size=min(count, PAGE)).rows


def _fragment(
    request: HttpRequest, question: Question, *, status: int = 200, **parts: Any
) -> HttpResponse:
    state = _state(question, counts_of(moderator_of(request)))
    response = render(request, "admin/comments/_answer.html", {**state, **parts}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
