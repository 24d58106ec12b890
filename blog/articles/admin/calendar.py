"""The page of the editorial calendar: a month, and what can be done with its entries."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.application_passwords import (
    CHALLENGE,
    TooManyTriesError,
    WrongPasswordError,
    user_of,
)
from accounts.models import Author
from blog.articles import services
from blog.articles.admin.desk import editor_of
from blog.articles.assigning import move_due
from blog.articles.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    Kind,
    Question,
    month_named,
    month_of,
    on_day,
)
from blog.articles.calendar_feed import calendar_feed, feed_token, user_of_feed
from blog.articles.models import Article, Category
from blog.articles.rescheduling import move_to_day
from blog.days import day_words, moment_words
from blog.numbers import number_in
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    from accounts.models import User

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# The first and the last years have moments that are in none of another zone's.
DAYS = [MinValueValidator(date(FIRST_YEAR, 1, 1)), MaxValueValidator(date(LAST_YEAR, 12, 31))]


# What moving an entry asks for beside the right to change its article; for others, to publish.
NEEDED = {Kind.DRAFT: [], Kind.DUE: ["articles.edit_any_article"]}


class NewDraftForm(forms.Form):
    """A draft of which there is no more than a title and a day."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=Article._meta.get_field("title").max_length
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=DAY, validators=DAYS)


class MoveForm(forms.Form):
    """Where an entry goes, and what the calendar showed of it."""

    article = forms.IntegerField(min_value=1, max_value=2**53)
    kind = forms.TypedChoiceField(choices=Kind.choices, coerce=Kind)
    version = forms.IntegerField(min_value=0, max_value=2**31)
    at = forms.CharField(required=False, max_length=40)
    day = forms.DateField(label=gettext_lazy("Day"), validators=DAYS)

    def clean_at(self) -> datetime | None:
        try:
            at = datetime.fromisoformat(self.cleaned_data["at"] or "")
        except ValueError:
            return None
        return at if timezone.is_aware(at) else None


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    def guarded(view: Any, method: Any) -> Any:
        return model_admin.admin_site.admin_view(method(partial(view, model_admin=model_admin)))

    return [
        path("calendar/", guarded(show, require_safe), name="articles_article_calendar"),
        path("calendar/move/", guarded(move, require_POST), name="articles_article_move"),
        # Not behind the sign-in, which a calendar program cannot do: the address is the key.
        path("calendar/feed/<token>/", require_safe(feed), name="articles_article_calendar_feed"),
        path(
            "calendar/feed/", require_safe(feed_by_password), name="articles_article_calendar_own"
        ),
        path("calendar/new/", guarded(new, require_POST), name="articles_article_new_on_day"),
    ]


def show(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show a month, by default the present one."""
    return _page(request, model_admin)


def move(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Move an entry to another day; what was refused is said above the calendar as it is now."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a day, such as 2026-11-23."))
        return _page(request, model_admin, status=422)
    asked = form.cleaned_data
    article = model_admin.get_object(request, str(asked["article"]))
    if article is None:
        raise Http404
    needs = NEEDED.get(asked["kind"], ["articles.publish_article"])
    if not (model_admin.has_change_permission(request, article) and request.user.has_perms(needs)):
        raise PermissionDenied
    try:
        words = {"title": article, "at": _moved(request, article, asked)}
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, model_admin, status=422)
    messages.success(request, _("“%(title)s”: %(at)s.") % words)
    return HttpResponseRedirect(f"{_address(request)}#{asked['kind']}-{article.pk}")


def _moved(request: HttpRequest, article: Article, asked: dict[str, Any]) -> str:
    """Move an entry, and return in words to when."""
    editor, at = editor_of(request), asked["at"]
    if asked["kind"] == Kind.DUE:
        seen = timezone.localdate(at) if at else None
        day = move_due(article=article, actor=editor, day=asked["day"], seen=seen)
        return day_words(day)
    moved = move_to_day(
        article=article,
        editor=editor,
        kind=asked["kind"],
        day=asked["day"],
        seen_version=asked["version"],
        seen_at=at,
    )
    return moment_words(moved)


def new(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Make a draft for a day; nothing of it is public."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    form = NewDraftForm(request.POST)
    if not form.is_valid():
        return _page(request, model_admin, form=form, status=422)
    article = services.save_article(
        article=Article(
            title=form.cleaned_data["title"], publish_at=on_day(None, form.cleaned_data["day"])
        ),
        editor=editor_of(request),
    )
    messages.success(request, _("“%s” is a draft now.") % article)
    return HttpResponseRedirect(f"{_address(request)}#{Kind.DRAFT}-{article.pk}")


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send one person's calendar to their calendar program."""
    user = user_of_feed(token)
    if user is None:
        return _unshared(HttpResponse(_("This address does not work."), status=404))
    return _calendar_of(user, request)


def feed_by_password(request: HttpRequest) -> HttpResponse:
    """Send the calendar of whose application password it is, to a program that can sign in with one."""
    try:
        user = user_of(request)
    except TooManyTriesError:
        response = HttpResponse(_("Too many wrong passwords. Try again in a minute."), status=429)
        response["Retry-After"] = "60"
        return _unshared(response)
    except WrongPasswordError:
        user = None
    if user is None or not user.has_perm("articles.view_article"):
        sentence = _("Sign in with your email address and an application password.")
        response = HttpResponse(sentence, status=401)
        response["WWW-Authenticate"] = CHALLENGE
        return _unshared(response)
    return _calendar_of(user, request)


def _calendar_of(user: User, request: HttpRequest) -> HttpResponse:
    text = calendar_feed(user, title=site_of(request).title, origin=_origin(request))
    return _unshared(HttpResponse(text, content_type="text/calendar; charset=utf-8"))


def _unshared(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    response._has_been_logged = True  # type: ignore[attr-defined]  # the log would keep the address
    return response


def _address(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse("admin:articles_article_calendar") + (f"?{query}" if query else "")


def _page(
    request: HttpRequest,
    model_admin: ModelAdmin,
    *,
    form: NewDraftForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    authors = list(Author.objects.filter(bylines__isnull=False).distinct())
    categories = list(Category.objects.order_by("path"))
    question = _question(request, categories)
    month = month_of(
        month_named(request.GET.get("month", "")),
        user=editor_of(request),
        may_publish=request.user.has_perm("articles.publish_article"),
        question=question,
    )
    context = {
        **model_admin.admin_site.each_context(request),
        "is_nav_sidebar_enabled": False,  # seven days need the width
        "opts": model_admin.opts,
        "title": _("Calendar"),
        "month": month,
        "weekdays": _weekdays(),
        "zone": timezone.get_current_timezone_name(),
        "today": timezone.localdate(),
        "authors": authors,
        "categories": categories,
        "kinds": Kind,
        "question": question,
        "filters": _filters(request),
        "query": request.GET.urlencode(),
        "feed_url": _feed_url(request),
        "has_add_permission": model_admin.has_add_permission(request),
        "form": form or NewDraftForm(initial={"day": request.GET.get("new") or month.default_day}),
    }
    return TemplateResponse(request, "admin/articles/calendar.html", context, status=status)


def _weekdays() -> list[Any]:
    """Return the names of the days, from the one with which this language begins its weeks."""
    first = get_format("FIRST_DAY_OF_WEEK") - 1
    return [WEEKDAYS[(first + number) % 7] for number in range(7)]


def _filters(request: HttpRequest) -> str:
    """Return what was asked for but the month, for links to other months."""
    query = request.GET.copy()
    query.pop("month", None)
    query.pop("new", None)
    return query.urlencode()


def _feed_url(request: HttpRequest) -> str:
    token = feed_token(editor_of(request))
    address = reverse("admin:articles_article_calendar_feed", args=[token])
    return f"{_origin(request)}{address}"


def _origin(request: HttpRequest) -> str:
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


def _question(request: HttpRequest, categories: list[Category]) -> Question:
    asked = request.GET
    kind = asked.get("kind", "")
    return Question(
        author=number_in(asked.get("author", "")),
        category=next((row for row in categories if str(row.pk) == asked.get("category")), None),
        kind=kind if kind in Kind.values else "",
    )
