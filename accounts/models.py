"""Who: people who sign in, and the names articles are published under."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.paths import path_to


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who signs in by *email*; without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **fields, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. The address is never shown to readers; Author is public."""

    email = models.EmailField(
        _("email"),
        unique=True,
        error_messages={"unique": _("Somebody signs in with this address already.")},
    )
    display_name = models.CharField(_("display name"), max_length=100, blank=True)
    locale = models.CharField(_("language of the desk"), max_length=10, blank=True, default="")
    wants_desk_mail = models.BooleanField(_("mail me reviews and notes on articles"), default=True)
    is_staff = models.BooleanField(
        _("may use the admin"),
        default=False,
        help_text=_("What they may do there is up to their groups."),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switch this off instead of deleting an account."),
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # Part of every session of this person: counted up, it ends them all.
    session_version = models.PositiveIntegerField(default=0, editable=False)

    # Part of the address of this person's calendar: counted up, the old address opens nothing.
    calendar_version = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            # Kept in small letters, so that one address is one account on every database.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_small_letters"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def public_name(self) -> str:
        """Return the name that readers may see, "" where there is none: never the address."""
        if self.display_name:
            return self.display_name
        author: Author | None = getattr(self, "author", None)  # a query
        return author.name if author else ""

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}.{self.session_version}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for fallback in super().get_session_auth_fallback_hash():
            yield f"{fallback}.{self.session_version}"

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class SignUp(models.Model):
    """Somebody asks for an account: there is none before a link in the mailbox of this address was opened."""

    KEPT = timedelta(days=3)  # as long as the link works

    email = models.EmailField(_("email"), unique=True)
    network_hash = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_index=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")

    def __str__(self) -> str:
        return self.email


class SignIn(models.Model):
    """Somebody signed in, for the log at the desk. Not where from: addresses are never stored."""

    KEPT = timedelta(days=90)

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="sign_ins", verbose_name=_("user")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"


class ApplicationPassword(models.Model):
    """What one program signs in with on somebody's behalf; the password itself is kept nowhere."""

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="application_passwords",
        verbose_name=_("user"),
    )
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)  # hex digits of SHA-256
    beginning = models.CharField(max_length=4)  # to know it again by, where it was pasted
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_used_on = models.DateField(_("last used"), null=True)

    class Meta:
        verbose_name = _("application password")
        verbose_name_plural = _("application passwords")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Author(models.Model):
    """A public name articles appear under. A guest author has no user and cannot sign in."""

    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="author",
        verbose_name=_("user"),
        help_text=_("Empty for a guest author."),
    )
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(
        _("address"),
        max_length=100,
        unique=True,
        help_text=_("The last part of /author/…/. Never a sign-in name."),
    )
    bio = models.TextField(_("about"), max_length=2000, blank=True)
    photo = models.ForeignKey(
        "media.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photo"),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("author-detail", self.slug)


class AuthorSlugHistory(models.Model):
    """An address an author once had: it forwards to the present one."""

    author = models.ForeignKey(
        Author, on_delete=models.CASCADE, related_name="old_slugs", verbose_name=_("author")
    )
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address of an author")
        verbose_name_plural = _("old addresses of authors")

    def __str__(self) -> str:
        return self.slug


class AuthorLink(models.Model):
    """A link in an author's box: website, profile elsewhere."""

    author = models.ForeignKey(
        Author, on_delete=models.CASCADE, related_name="links", verbose_name=_("author")
    )
    label = models.CharField(_("label"), max_length=50)
    url = models.URLField(_("address"), max_length=500)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label


class NetworkKey(models.Model):
    """The random key of one day (UTC) under which network addresses are hashed; destroyed when it is over."""

    day = models.DateField(primary_key=True)
    key = models.CharField(max_length=64)  # hex digits

    class Meta:
        verbose_name = _("network key")
        verbose_name_plural = _("network keys")

    def __str__(self) -> str:
        return self.day.isoformat()
