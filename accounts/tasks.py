"""Mail about accounts, sent after the answer: the time of an answer must not tell who has an account."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import SignUp, User
from blog.site.local import in_words_of_the_site
from blog.site.models import SiteSettings


@task
def send_mail(subject: str, body: str, to: str) -> None:
    EmailMessage(subject, body, to=[to]).send()


@task
@in_words_of_the_site()
def send_sign_up_link(sign_up_id: int, origin: str, path: str) -> None:
    """Mail the link to make an account, or word that there is one."""
    sign_up = SignUp.objects.filter(pk=sign_up_id).first()
    if sign_up is None:
        return
    user = User.objects.filter(email=sign_up.email).first()
    if user and not user.is_active:
        return
    context = {
        "site": SiteSettings.objects.current(),
        "email": sign_up.email,
        "origin": origin,
        "url": f"{origin}{reverse('account_login') if user else path}",
        "password_url": f"{origin}{reverse('account_reset_password')}",
    }
    template = "sign_up_known" if user else "sign_up"
    subject = render_to_string(f"account/email/{template}_subject.txt", context)
    body = render_to_string(f"account/email/{template}_message.txt", context)
    send_mail.call(" ".join(subject.split()), body.strip() + "\n", sign_up.email)


@task
@in_words_of_the_site()
def send_password_link(email: str, origin: str, template: str = "password_reset_key") -> None:
    """Mail a link to choose a new password, if somebody active signs in by *email*.

    Only the address of the account itself counts: one that is not confirmed yet may be a stranger's.
    """
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    context = {
        "site": SiteSettings.objects.current(),
        "user": user,
        "origin": origin,
        "password_reset_url": f"{origin}{path}",
    }
    subject = render_to_string(f"account/email/{template}_subject.txt", context)
    body = render_to_string(f"account/email/{template}_message.txt", context)
    send_mail.call(" ".join(subject.split()), body.strip() + "\n", user.email)
