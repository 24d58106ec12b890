"""Readers make an account: the address, a mail with a link, then name and password."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.adapter import origin_of
from accounts.forms import NewAccountForm, SignUpForm
from accounts.services import make_reader
from accounts.signing_up import BadSignUpLink, TooManySignUps, ask_for_account, sign_up_of
from accounts.visitors import network_hash
from blog.public.private_link import private_link
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the address that an account is to have; the answer is the same whether it has one."""
    then = _then(request)
    if request.user.is_authenticated:
        return redirect(then or "profile")
    if not site_of(request).readers_may_sign_up:
        return render(request, "account/signup_closed.html")
    form = SignUpForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if form.is_valid():
        try:
            ask_for_account(
                email=form.cleaned_data["email"],
                network_hash=network_hash(request),
                origin=origin_of(request),
                then=then,
            )
            return redirect("sign-up-sent")
        except TooManySignUps as error:
            form.add_error(None, str(error))
            status = HTTPStatus.TOO_MANY_REQUESTS
    elif form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "account/signup.html", {"form": form, "then": then}, status=status)


def _then(request: HttpRequest) -> str:
    """Return the path of this site that the reader came from, or ""."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = address.startswith("/") and get_adapter(request).is_safe_url(address)
    return address[:500] if is_ours else ""


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/signup_sent.html")


@require_http_methods(METHODS)
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Make the account of a proved address and sign its owner in. The link works once.

    It does not do without Django's token: a stranger's link would sign its reader in as somebody else.
    """
    response = _finish(request, token)
    # Told nothing at all, a browser says "Origin: null" with the form, which Django refuses.
    response["Referrer-Policy"] = "same-origin"
    return response


@private_link
def _finish(request: HttpRequest, token: str) -> HttpResponse:
    try:
        sign_up, then = sign_up_of(token)
    except BadSignUpLink:
        return render(request, "account/signup_bad_link.html", status=HTTPStatus.NOT_FOUND)
    if not site_of(request).readers_may_sign_up:
        return render(request, "account/signup_closed.html")
    form = NewAccountForm(request.POST if request.method == "POST" else None, email=sign_up.email)
    if form.is_valid():
        try:
            user = make_reader(
                email=sign_up.email,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
            )
            return perform_login(request, user, redirect_url=then or reverse("profile"))
        except IntegrityError:  # made meanwhile, by an administrator or in another window
            form.add_error(None, _("There is an account with this address now. Sign in with it."))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "email": sign_up.email}
    return render(request, "account/signup_finish.html", context, status=status)
