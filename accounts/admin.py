"""People at the staff desk: accounts, roles, and the names articles appear under."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from allauth.account import admin as allauth_admin  # noqa: F401 (registers what we take away below)
from allauth.account.models import EmailAddress
from allauth.mfa import admin as mfa_admin  # noqa: F401 (the same)
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext

from accounts.adapter import origin_of
from accounts.application_passwords import revoke
from accounts.models import Author, AuthorLink, AuthorSlugHistory, User
from accounts.roles import DESCRIPTIONS, NAMES, ROLES, may_manage_account, name_of
from accounts.services import save_author, settle_address
from accounts.tasks import send_password_link
from blog.columns import time_column
from blog.site.autocomplete import AutocompleteMixin
from blog.site.claiming import ClaimingForm

if TYPE_CHECKING:
    from django.db.models import ManyToManyField, QuerySet
    from django.http import HttpRequest

# Addresses and second steps belong to an account and are changed there, or by their owner alone: the
# pages allauth registers show the secrets of authenticator apps.
admin.site.unregister([EmailAddress, Authenticator, Group])


class RolesField(forms.ModelMultipleChoiceField):
    """The groups as boxes to tick, each with what it means."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Group) -> str:
        meaning = DESCRIPTIONS.get(obj.name)
        return f"{name_of(obj)}: {meaning}" if meaning else obj.name


class RoleFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        choices = super().field_choices(field, request, model_admin)
        return [(pk, NAMES.get(str(name), name)) for pk, name in choices]


class AccountForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "password", "display_name", "is_active", "is_staff", "groups"]


class NewAccountForm(forms.ModelForm):
    """A new account. Its owner chooses the password, unless one is given here."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: we mail a link to choose one. That works for three days."),
    )

    class Meta:
        model = User
        fields = ["email", "display_name", "is_staff", "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text += password_validators_help_text_html()
        self.initial.setdefault("is_staff", True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        person = User(email=data.get("email", ""), display_name=data.get("display_name", ""))
        try:
            if data.get("password"):
                validate_password(data["password"], person)
        except ValidationError as error:
            self.add_error("password", error)
        return data

    def save(self, commit: bool = True) -> User:
        self.instance.set_password(self.cleaned_data["password"] or None)
        return super().save(commit)


TIMES = {name: time_column(User, name) for name in ("last_login", "date_joined")}


class PasswordForm(AdminPasswordChangeForm):
    # Django puts its own together when it is loaded, before it knows the language.
    usable_password_help_text: Any = _(
        "Switched off, the present password is lost, and nobody signs in with one."
    )


@admin.register(User)
class AccountAdmin(auth_admin.UserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    add_form_template = None  # Django's speaks of user names
    list_display = ["email", "display_name", "roles", "is_staff", "is_active", TIMES["last_login"]]
    list_filter = [("groups", RoleFilter), "is_active", "is_staff"]
    search_fields = ["email", "display_name"]
    search_help_text = _("Part of an address or a name")
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = [*TIMES.values()]
    actions = ["remove_second_steps", "revoke_application_passwords"]
    fieldsets = (
        (None, {"fields": ["email", "password", "display_name"]}),
        (_("What they may do"), {"fields": ["is_active", "is_staff", "groups"]}),
        (_("Dates"), {"fields": [*TIMES.values()]}),
    )
    add_fieldsets = (
        (None, {"fields": ["email", "display_name", "password"]}),
        (_("What they may do"), {"fields": ["is_staff", "groups"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        names = map(name_of, user.groups.all())
        return ", ".join([*([str(_("Superuser"))] if user.is_superuser else []), *names])

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "groups":
            field.widget.can_add_related = False
        return field

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "groups":
            kwargs |= {"form_class": RolesField, "widget": RolesField.widget, "help_text": ""}
            return db_field.formfield(**kwargs, label=_("Roles"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return may_manage_account(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are switched off: deleting one would take its votes along, past their totals."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:  # only what the form shows: a sign-in meanwhile has changed last_login
            obj.save(update_fields=[name for name in form.changed_data if name != "groups"])
        else:
            obj.save()
        if "email" in form.changed_data:
            settle_address(user=obj)
        if "is_active" in form.changed_data and not obj.is_active:
            self._revoke_passwords(request, obj)
        if not change and not form.cleaned_data["password"]:
            invite = partial(
                send_password_link.enqueue, obj.email, origin_of(request), "invitation"
            )
            transaction.on_commit(invite)
            self.message_user(request, _("A link to choose a password is on its way to them."))

    @admin.action(
        description=_("Remove the second step (a lost phone or key)"), permissions=["change"]
    )
    def remove_second_steps(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        allowed = self._manageable(request, queryset)
        for user in allowed:
            Authenticator.objects.filter(user=user).delete()
            self.log_change(request, user, gettext_noop("Removed the second step."))
        self.message_user(
            request,
            ngettext(
                "%(count)s account signs in with its password alone now.",
                "%(count)s accounts sign in with their password alone now.",
                len(allowed),
            )
            % {"count": len(allowed)},
        )

    @admin.action(
        description=_("Revoke the application passwords (a lost or strange device)"),
        permissions=["change"],
    )
    def revoke_application_passwords(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        allowed = self._manageable(request, queryset)
        count = sum(self._revoke_passwords(request, user) for user in allowed)
        sentence = ngettext(
            "%(count)s application password is revoked.",
            "%(count)s application passwords are revoked.",
            count,
        )
        self.message_user(request, sentence % {"count": count})

    def _revoke_passwords(self, request: HttpRequest, user: User) -> int:
        """Revoke all their application passwords; return how many there were."""
        passwords = list(user.application_passwords.all())
        revoke(user=user, passwords=passwords, actor=cast("User", request.user))
        return len(passwords)

    def _manageable(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        """Return those whom this person may change, and say how many are left alone."""
        allowed = [user for user in queryset if may_manage_account(request.user, user)]
        if refused := queryset.count() - len(allowed):
            self.message_user(
                request,
                ngettext(
                    "%(count)s account was left alone: only a superuser may change it.",
                    "%(count)s accounts were left alone: only a superuser may change them.",
                    refused,
                )
                % {"count": refused},
                messages.WARNING,
            )
        return allowed


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin):
    """Own groups may be added. The five roles are part of the program: see accounts/roles.py."""

    list_display = ["name_here"]

    @admin.display(description=_("name"), ordering="name")
    def name_here(self, group: Group) -> str:
        return name_of(group)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and not is_role(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_role(obj)


def is_role(group: Group | None) -> bool:
    return group is not None and group.name in ROLES


class LinkInline(admin.TabularInline):
    model = AuthorLink
    fields = ["label", "url", "position"]
    extra = 1
    max_num = 5


class AuthorForm(ClaimingForm):
    history, owner_field = AuthorSlugHistory, "author"

    class Meta:
        model = Author
        fields = ["name", "slug", "user", "bio", "photo"]


@admin.register(Author)
class AuthorAdmin(AutocompleteMixin, admin.ModelAdmin):
    form = AuthorForm
    list_display = ["name", "slug", "is_guest"]
    list_filter = [("user", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user", "photo"]
    inlines = [LinkInline]

    def get_fields(self, request: HttpRequest, obj: Author | None = None) -> list[Any]:
        """Leave the account to those who may see accounts: its address is nobody else's business."""
        if request.user.has_perm("accounts.view_user"):
            return ["name", "slug", "user", "bio", "photo", "claimed_address"]
        return ["name", "slug", "bio", "photo", "claimed_address"]

    def save_model(self, request: HttpRequest, obj: Author, form: Any, change: bool) -> None:
        save_author(author=obj)

    @admin.display(description=_("guest"), boolean=True)
    def is_guest(self, author: Author) -> bool:
        return author.user_id is None
