"""Changes of accounts and author boxes that touch more than one row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Author, AuthorLink, AuthorSlugHistory, SignUp, User
from blog.media.services import store_picture

if TYPE_CHECKING:
    from blog.media.services import CleanPicture


@transaction.atomic
def settle_address(*, user: User) -> None:
    """Make the address of the account its only confirmed one.

    allauth keeps addresses in a table of its own and lets people in by each of them: one that an
    administrator has replaced must not stay behind.
    """
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def make_reader(*, email: str, name: str, password: str) -> User:
    """Return a new account of somebody who has proved the address; it may read and comment, no more.

    Raise IntegrityError where there is one already.
    """
    user = User.objects.create_user(email, password, display_name=name)
    settle_address(user=user)
    SignUp.objects.filter(email=user.email).delete()
    return user


def sign_out_everywhere(*, user: User) -> None:
    """End every session of this person, this one too unless its hash is renewed."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])


def renew_calendar(*, user: User) -> None:
    """Let the address of this person's calendar be another one from now on."""
    User.objects.filter(pk=user.pk).update(calendar_version=F("calendar_version") + 1)


@transaction.atomic
def save_author_box(
    *,
    user: User,
    name: str,
    slug: str,
    bio: str,
    links: Sequence[tuple[str, str]],
    picture: CleanPicture | None = None,
    keeps_photo: bool = True,
) -> Author:
    """Write the public side of a person who writes here; the first time, it gets *slug* or one like it.

    The lock makes a form sent twice wait for itself: a person has one author box.
    """
    User.objects.select_for_update().get(pk=user.pk)
    author = Author.objects.filter(user=user).first() or Author(user=user)
    author.name, author.bio = name, bio
    if picture:
        alt = _("Portrait of %(name)s") % {"name": name}
        author.photo = store_picture(picture=picture, alt=alt, uploaded_by=user)
    elif not keeps_photo:
        author.photo = None
    if author.pk:
        author.save(update_fields=["name", "bio", "photo"])
    else:
        _save_with_free_slug(author, slug)
    author.links.all().delete()
    AuthorLink.objects.bulk_create(
        AuthorLink(author=author, label=label, url=url, position=position)
        for position, (label, url) in enumerate(links)
    )
    return author


def _save_with_free_slug(author: Author, slug: str) -> None:
    for author.slug in chain([slug], (f"{slug[:90]}-{number}" for number in count(2))):
        old = AuthorSlugHistory.objects.filter(slug=author.slug)
        if old.exists() or Author.objects.filter(slug=author.slug).exists():
            continue
        try:
            with transaction.atomic():  # somebody of the same name may be saving, too
                author.save()
        except IntegrityError:
            continue
        return


@transaction.atomic
def save_author(*, author: Author) -> Author:
    """Store a new or changed author; an address the author had forwards to the present one."""
    before = None
    if author.pk:
        before = Author.objects.select_for_update().filter(pk=author.pk).first()
    author.save()
    if before and before.slug != author.slug:
        AuthorSlugHistory.objects.update_or_create(slug=before.slug, defaults={"author": author})
    # An address in use forwards nowhere, whoever had it before.
    AuthorSlugHistory.objects.filter(slug=author.slug).delete()
    return author
