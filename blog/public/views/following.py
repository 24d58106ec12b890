"""Following by mail: confirm, end one, and look through all. A GET shows, a POST does."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.visitors import visitor_of
from blog.comments import following, following_links
from blog.comments.models import Subscription
from blog.comments.queries import readable_comments
from blog.numbers import number_in
from blog.public.access import reader_of
from blog.public.origin import same_origin_only
from blog.public.private_link import private_link
from blog.public.see_other import SeeOther
from blog.site.middleware import site_of

METHODS = ["GET", "HEAD", "POST"]
# What the page of all subscriptions says after a change, by the word in its address.
DONE = {
    "started": _("Done. New comments will come by mail."),
    "ended": _("Done. No more mail about that."),
    "all": _("Done. You follow nothing any more."),
    "changed": _("Done. It is changed."),
    "no-comment": _("You have no comment there that could get replies."),
}


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"),
        max_length=100,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Please tell us the address that gets the mail.")},
    )


@require_http_methods(METHODS)
@same_origin_only
def ask(request: HttpRequest) -> HttpResponse:
    """Mail the link to all subscriptions. Whether the address has any, only its mailbox is told."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    is_sent = form.is_valid()
    if is_sent:
        following.ask_for_manage_link(form.cleaned_data["email"])
    status = 422 if form.is_bound and not is_sent else 200
    response = render(
        request, "following/ask.html", {"form": form, "is_sent": is_sent}, status=status
    )
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(METHODS)
@same_origin_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow the writer of a comment who has an account. Who is signed in is not asked for an address."""
    rows = readable_comments().filter(user__is_active=True).select_related("article", "user")
    comment = get_object_or_404(rows, pk=pk)
    if not site_of(request).following_on:
        raise Http404
    assert comment.user is not None  # noqa: S101 (the filter)
    reader = reader_of(request)
    data = {"email": reader.email} if reader.is_authenticated else request.POST
    form = AddressForm(data if request.method == "POST" else None)
    is_done = form.is_valid()
    status = 422 if form.is_bound and not is_done else 200
    if is_done:
        try:
            following.follow_person(
                person=comment.user,
                email=form.cleaned_data["email"],
                visitor=visitor_of(request),
                is_proved=reader.is_authenticated,
            )
        except following.TooManyAsk as error:
            form.add_error(None, str(error))
            is_done, status = False, 429
    context = {"comment": comment, "form": form, "is_done": is_done}
    context["name"] = comment.user.public_name or comment.name
    response = render(request, "following/person.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@private_link
@require_http_methods(METHODS)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    try:
        asked = following_links.read_confirmation(token)
        if request.method == "POST":
            following.confirm(token)
            return SeeOther(f"{following_links.manage_path(asked.subscription)}?done=started")
    except following_links.BadLink as error:
        return _refused(request, error)
    subscriptions = asked.covered().select_related("article", "person").order_by("-created_at")
    return render(
        request,
        "following/confirm.html",
        {"subscriptions": subscriptions, "email": asked.subscription.email},
    )


@private_link
@require_http_methods(METHODS)
def end(request: HttpRequest, token: str) -> HttpResponse:
    """End one. The POST may come from a mail program: no cookie, no origin, no form of ours."""
    try:
        subscription = following_links.read_end(token)
    except following_links.BadLink as error:
        return _refused(request, error)
    if request.method == "POST":
        following.end(subscription)
    context = {
        "subscription": subscription,
        "is_ended": request.method == "POST" or subscription.ended_at is not None,
        "manage_path": following_links.manage_path(subscription),
    }
    return render(request, "following/end.html", context)


@private_link
@require_http_methods(METHODS)
def manage(request: HttpRequest, token: str) -> HttpResponse:
    try:
        email = following_links.read_manage(token)
    except following_links.BadLink as error:
        return _refused(request, error)
    if request.method == "POST":
        return SeeOther(f"{request.path}?done={_change(request, email)}")
    context = {
        "email": email,
        "subscriptions": following.subscriptions_of(email),
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "following/manage.html", context)


def _change(request: HttpRequest, email: str) -> str:
    """Do what the pressed button says with one of this address's own; return a word for DONE."""
    if "end-all" in request.POST:
        following.end_all(email)
        return "all"
    for word in ("start", "end", *Subscription.OF_AN_ARTICLE):
        pk = number_in(request.POST.get(word, ""))
        if pk is None:
            continue
        subscription = following.subscriptions_of(email).filter(pk=pk).first()
        if subscription is None:
            return "ended"  # in another window, meanwhile
        if word == "end":
            following.end(subscription)
            return "ended"
        if word == "start":
            following.start(subscription)
            return "started"
        return "changed" if following.change(subscription, kind=word) else "no-comment"
    return ""


def _refused(request: HttpRequest, error: following_links.BadLink) -> HttpResponse:
    return render(request, "following/refused.html", {"refusal": str(error)}, status=404)
