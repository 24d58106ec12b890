"""What this site does differently from allauth's defaults."""

from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import SignIn, User
from accounts.tasks import send_mail
from accounts.visitors import network_hash
from blog.site.models import SiteSettings


def origin_of(request: HttpRequest) -> str:
    """Return scheme and host for links in mails: SITE_URL if set, so that no Host header decides."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


class AccountAdapter(DefaultAccountAdapter):
    """Mail waits in the queue, limits count networks, and allauth makes no accounts: signing_up.py does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return what limits count by. A forged X-Forwarded-For changes nothing; no address is kept."""
        return network_hash(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count guesses by account alone: allauth adds the Host header, whose port anybody may vary."""
        return str(credentials.get("email", "")).lower()

    def is_safe_url(self, url: str | None) -> bool:
        """Allow redirects within this host only, not to every name in ALLOWED_HOSTS."""
        request = allauth_context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        is_staff = request.user.is_authenticated and request.user.is_staff
        return reverse("admin:index" if is_staff else "profile")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Note that this person signed in, whichever way it was: the last step is the same for all."""
        SignIn.objects.create(user=user)
        return super().post_login(request, user, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        is_signed_in = self.request.user.is_authenticated
        return reverse("profile" if is_signed_in else "account_login")

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return origin_of(request) + reverse("account_confirm_email", args=[emailconfirmation.key])

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm a new address, unless somebody else has come to sign in with it meanwhile."""
        others = User.objects.exclude(pk=email_address.user_id)
        if others.filter(email=email_address.email).exists():
            template = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, template, {"email": email_address.email})
            return False
        return super().confirm_email(request, email_address)

    def format_email_subject(self, subject: str) -> str:
        return " ".join(f"[{SiteSettings.objects.current().title}] {subject}".split())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render the mail now, as it speaks of this request, and send it after the answer."""
        context = {
            "email": email,
            "site": SiteSettings.objects.current(),
            "origin": origin_of(allauth_context.request),
        } | context
        message = self.render_mail(template_prefix, email, context)
        transaction.on_commit(
            partial(send_mail.enqueue, message.subject, f"{message.body}\n", email)
        )


class MFAAdapter(DefaultMFAAdapter):
    """Authenticator apps and passkeys name the site by its title."""

    def _get_site_name(self) -> str:
        return SiteSettings.objects.current().title
