"""A person's own page: how colleagues and readers see them, and the way to everything about signing in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import application_passwords, services
from accounts.forms import (
    ApplicationPasswordForm,
    AuthorForm,
    AuthorLinkFormSet,
    BaseAuthorLinkFormSet,
    ProfileForm,
)
from accounts.models import ApplicationPassword, Author, User
from accounts.roles import may_write
from accounts.services import save_author_box, sign_out_everywhere
from blog.articles.calendar_feed import feed_token
from blog.articles.draft_links import open_links_of, revoke_link
from blog.articles.models import Article, DraftLink
from blog.articles.slugs import make_slug
from blog.comments.mail_choice import MailChoiceForm
from blog.comments.picture_choice import PictureForm
from blog.public.addresses import absolute


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def edit(request: HttpRequest) -> HttpResponse:
    user = account_of(request)
    author = Author.objects.filter(user=user).select_related("photo").first()
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProfileForm(data, instance=user)
    author_form = link_forms = None
    if author or may_write(user):
        links = list(author.links.values("label", "url")) if author else []
        author_form = AuthorForm(data, files, instance=author, prefix="author")
        link_forms = AuthorLinkFormSet(data, initial=links, prefix="links")
    mail_form = MailChoiceForm(data, user=user, is_author=bool(author_form))
    picture_form = PictureForm(data, files, user=user)
    if request.method == "POST" and are_valid(
        form, author_form, link_forms, mail_form, picture_form
    ):
        save(form, author_form, link_forms, mail_form, picture_form)
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    context = {
        "form": form,
        "author": author,
        "author_form": author_form,
        "link_forms": link_forms,
        "mail_form": mail_form,
        "picture_form": picture_form,
        "is_refused": request.method == "POST",
        "keys": keys_of(request, user),
    }
    status = 422 if context["is_refused"] else 200
    return render(request, "account/profile.html", context, status=status)


def account_of(request: HttpRequest) -> User:
    """Return a copy of the signed-in user: what a refused form leaves on it is shown nowhere else."""
    return User.objects.get(pk=request.user.pk)  # type: ignore[misc]  # login_required: not None


def are_valid(*forms: BaseForm | BaseFormSet | None) -> bool:
    """Check every form, also behind a refused one, so that all errors show at once."""
    return all([form is None or form.is_valid() for form in forms])  # noqa: C419 (a generator stops early)


@transaction.atomic
def save(
    form: ProfileForm,
    author_form: AuthorForm | None,
    link_forms: BaseAuthorLinkFormSet | None,
    mail_form: MailChoiceForm,
    picture_form: PictureForm,
) -> None:
    user: User = form.instance
    user.save(update_fields=["display_name", "locale", "wants_desk_mail"])
    if mail_form.has_changed():
        mail_form.save()
    picture_form.save()
    if author_form and link_forms:
        data = author_form.cleaned_data
        save_author_box(
            user=user,
            name=data["name"],
            slug=make_slug(data["name"], max_length=100) or "author",
            bio=data["bio"],
            links=link_forms.links(),
            picture=data["upload"],
            keeps_photo=not data.get("remove_photo"),
        )


def keys_of(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """Return what opens without a sign-in for this person's sake; None for who has nothing of the kind."""
    if not may_have_keys(user):
        return None
    address = reverse("admin:articles_article_calendar_feed", args=[feed_token(user)])
    links = list(open_links_of(user))
    named = {link.article_id for link in links}
    own = Article.objects.editable_by(user).filter(pk__in=named).values_list("pk", flat=True)
    return {
        "calendar": absolute(request, address),
        "links": links,
        # Who made a link may have to leave the article to others since: its title is theirs then.
        "editable": set(own) if links else set(),
        "passwords": list(user.application_passwords.all()),
        "password_form": ApplicationPasswordForm(auto_id="program_%s"),
    }


def may_have_keys(user: User) -> bool:
    return user.is_staff and user.has_perm("articles.view_article")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reauthentication_required(allow_get=True)
def make_password(request: HttpRequest) -> HttpResponse:
    """Make an application password and show it, this once: it stands in no message and no session.

    It lets a program past the second step, so whoever asks for it shows first that they are who they are.
    """
    user = account_of(request)
    if not may_have_keys(user):
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = ApplicationPasswordForm(request.POST if is_sent else None)
    secret = ""
    if is_sent and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            secret = application_passwords.make_application_password(user=user, name=name)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            get_adapter().send_notification_mail(
                "account/email/application_password_made", user, {"name": name}, user.email
            )
    api = absolute(request, reverse("api"))
    context = {"form": form, "user": user, "secret": secret, "api": api}
    status = 422 if is_sent and not secret else 200
    return render(request, "account/application_password.html", context, status=status)


@require_POST
@login_required
def revoke_password(request: HttpRequest, pk: int) -> HttpResponse:
    user = account_of(request)
    password = get_object_or_404(ApplicationPassword, pk=pk, user=user)
    application_passwords.revoke(user=user, passwords=[password])
    messages.success(request, _("“%s” is revoked: it opens nothing any more.") % password.name)
    return redirect(f"{reverse('profile')}#keys")


@require_POST
@login_required
def revoke_passwords(request: HttpRequest) -> HttpResponse:
    user = account_of(request)
    application_passwords.revoke(user=user, passwords=user.application_passwords.all())
    messages.success(request, _("Your application passwords are revoked: they open nothing."))
    return redirect(f"{reverse('profile')}#keys")


@require_POST
@login_required
def renew_calendar(request: HttpRequest) -> HttpResponse:
    services.renew_calendar(user=account_of(request))
    messages.success(request, _("Your calendar has another address. The old one opens nothing."))
    return redirect(f"{reverse('profile')}#keys")


@require_POST
@login_required
def revoke_draft_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a link to a draft that this person has made, whoever edits the article now."""
    revoke_link(link=get_object_or_404(DraftLink, pk=pk, created_by=account_of(request)))
    messages.success(request, _("The link is revoked: it opens nothing any more."))
    return redirect(f"{reverse('profile')}#keys")


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    user = account_of(request)
    sign_out_everywhere(user=user)
    update_session_auth_hash(request, user)  # stays signed in here
    messages.success(request, _("You are signed out on every other device."))
    return redirect("profile")
