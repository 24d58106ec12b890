"""The privacy page, written from the real settings; and all this site knows of one person, to take away."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.visitors import COOKIE, COOKIE_AGE, visitor_of
from blog.outbox.tasks import KEEP_TEXT
from blog.privacy.erasing import close_account, erase
from blog.privacy.inventory import everything, explained, shown
from blog.privacy.people import BadLink, Person, path_of, person_of, token_for, token_for_email
from blog.privacy.retention import TRASH_DAYS
from blog.privacy.tasks import mail_mine_link
from blog.public.access import reader_of
from blog.public.addresses import absolute
from blog.public.origin import same_origin_only
from blog.public.private_link import private_link
from blog.public.see_other import SeeOther
from blog.public.shown import shared
from blog.public.structured import plain_graph
from blog.public.views.following import AddressForm
from blog.taskqueue import enqueue_with_row

METHODS = ["GET", "HEAD", "POST"]


class EraseForm(forms.Form):
    """What becomes of the comments and of the votes. The default leaves what others have answered."""

    comments = forms.ChoiceField(choices=[("anonymise", ""), ("remove", "")])
    votes = forms.ChoiceField(choices=[("keep", ""), ("remove", "")])
    account = forms.BooleanField(required=False)  # close it, too


@require_safe
@shared
def policy(request: HttpRequest) -> HttpResponse:
    """Say what is stored, how long and for whom: from the settings, so it cannot be out of date."""
    context = {
        "cookie_days": COOKIE_AGE // 86_400,
        "trash_days": TRASH_DAYS,
        "mail_days": KEEP_TEXT.days,
        "page_title": _("Privacy"),
        "page_description": _("What this site keeps of its readers, how long, and for whom."),
        "canonical_url": absolute(request, request.path),
        "graph": plain_graph(request, [(_("Privacy"), request.path)]),
    }
    return render(request, "privacy/policy.html", context)


@require_http_methods(METHODS)
@same_origin_only
def mine(request: HttpRequest) -> HttpResponse:
    """Ask who it is: by a mail to an address, or by this browser. Only a POST looks at its cookies.

    The answer to an address is always the same: whether it is known, only its mailbox is told.
    """
    form = AddressForm(request.POST if "email" in request.POST else None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST" and "email" not in request.POST:
        reader = reader_of(request)
        user = reader if reader.is_authenticated else None
        visitor = visitor_of(request)
        if user or visitor:
            return SeeOther(path_of(token_for(visitor=visitor, user=user)))
        context["is_stranger"] = True
    elif form.is_valid():
        origin = absolute(request, "/").rstrip("/")
        token = token_for_email(form.cleaned_data["email"])
        enqueue_with_row(mail_mine_link, token, origin)
        context["is_sent"] = True
    elif form.is_bound:
        status = 422
    context["is_erased"] = request.GET.get("done") == "erased"
    response = render(request, "privacy/mine.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


@private_link
@require_http_methods(METHODS)
def person(request: HttpRequest, token: str) -> HttpResponse:
    """Show everything of one person, or erase it after asking once."""
    try:
        who = person_of(token)
    except BadLink as error:
        return render(request, "privacy/refused.html", {"refusal": str(error)}, status=404)
    if request.method != "POST":
        return _page(request, token, who)
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _page(request, token, who, status=422)
    if not request.POST.get("sure"):
        context = {"choices": form.cleaned_data, "parts": shown(who), "who": who}
        return render(request, "privacy/confirm.html", context)
    erase(
        person=who,
        removes_comments=form.cleaned_data["comments"] == "remove",
        removes_votes=form.cleaned_data["votes"] == "remove",
    )
    if form.cleaned_data["account"] and who.may_close_account:
        close_account(person=who)
        logout(request)
    response = SeeOther(f"{reverse('privacy-mine')}?done=erased")
    if who.visitor and who.visitor == visitor_of(request):
        response.delete_cookie(COOKIE)
    return response


@private_link
@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    """Send everything of one person as a file that says what its fields mean."""
    try:
        who = person_of(token)
    except BadLink as error:
        return render(request, "privacy/refused.html", {"refusal": str(error)}, status=404)
    response = JsonResponse(
        {
            "site": absolute(request, "/"),
            "explained": explained(),
            **everything(who),
        },
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    host = slugify(urlsplit(absolute(request, "/")).hostname or "site")
    response["Content-Disposition"] = f'attachment; filename="what-{host}-knows.json"'
    return response


def _page(request: HttpRequest, token: str, who: Person, status: int = 200) -> HttpResponse:
    context = {
        "who": who,
        "parts": shown(who),
        "is_refused": status != 200,
        "download_url": reverse("privacy-download", args=[token]),
    }
    return render(request, "privacy/person.html", context, status=status)
