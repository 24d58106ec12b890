"""Who may do what: five groups with exactly these permissions, and the rules about single accounts.

A permission opens a kind of thing; which articles and pictures of that kind belong to somebody is said
where these live: `Article.objects.editable_by(user)` and the picture library ask for the two permissions
`edit_any_…` named here. Everything else has no owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

CONTRIBUTOR, AUTHOR, EDITOR = "Contributor", "Author", "Editor"
MODERATOR, ADMINISTRATOR = "Moderator", "Administrator"


def _view(*models: str) -> frozenset[str]:
    return frozenset(f"{app}.view_{model}" for app, model in (name.split(".") for name in models))


def _all(*models: str) -> frozenset[str]:
    return frozenset(
        f"{app}.{action}_{model}"
        for app, model in (name.split(".") for name in models)
        for action in ("view", "add", "change", "delete")
    )


# Nothing of it changes what readers see: a picture of a live page is replaced by authors only.
_CONTRIBUTE = (
    _all("articles.byline")
    | _view("articles.category", "articles.tag", "articles.revision", "accounts.author")
    | _view("articles.article", "articles.snippet", "media.image", "ratings.feedback")
    | {"articles.add_article", "articles.change_article", "media.add_image"}
)
_WRITE = (
    _CONTRIBUTE
    | _all("articles.article", "articles.snippet", "media.image")
    | {"articles.publish_article", "articles.add_tag"}
)
_MODERATE = (
    _all("comments.comment", "comments.rule")
    | _view("comments.decision", "comments.ban")
    | _view("ratings.rating", "ratings.ratingsummary", "ratings.burst")
    | {"comments.add_ban", "comments.change_ban"}
    | {"comments.moderate_comment", "ratings.delete_rating", "ratings.change_burst"}
)
_EDIT = (
    _WRITE
    | _MODERATE
    | _all(
        "articles.category",
        "articles.tag",
        "articles.series",
        "articles.deskfield",
        "accounts.author",
        "accounts.authorlink",
    )
    | _all("frame.menuitem", "frame.section", "pages.page", "redirects.redirect")
    | _view("redirects.missingaddress")
    | {"redirects.change_missingaddress"}
    | _view("articles.tagmerge", "articles.checklistrule", "articles.finding")
    | {"articles.edit_any_article", "media.edit_any_image", "articles.change_checklistrule"}
)
_ADMINISTER = (
    _EDIT
    | _all("accounts.user", "auth.group", "articles.workingstatus", "articles.mailrule")
    | _view("site.sitesettings", "django_tasks_database.dbtaskresult", "outbox.mail")
    | _view("pages.message")
    | {"site.change_sitesettings", "site.change_head_code", "outbox.change_mail"}
    | {"pages.change_message", "pages.delete_message"}
)
ROLES = {
    CONTRIBUTOR: _CONTRIBUTE,
    AUTHOR: _WRITE,
    EDITOR: _EDIT,
    MODERATOR: _MODERATE,
    ADMINISTRATOR: _ADMINISTER,
}

# What a role is called at the desk; what the owner added beside them has the name it was given.
NAMES = {
    CONTRIBUTOR: pgettext_lazy("role", "Contributor"),
    AUTHOR: pgettext_lazy("role", "Author"),
    EDITOR: pgettext_lazy("role", "Editor"),
    MODERATOR: pgettext_lazy("role", "Moderator"),
    ADMINISTRATOR: pgettext_lazy("role", "Administrator"),
}
# What each role means, for those who give it.
DESCRIPTIONS = {
    CONTRIBUTOR: _("writes own articles and submits them for review, uploads pictures"),
    AUTHOR: _("writes and publishes own articles, uploads pictures"),
    EDITOR: _("edits, reviews and publishes every article, picture, category, author and comment"),
    MODERATOR: _("decides about comments and ratings, nothing else"),
    ADMINISTRATOR: _("everything, with people and the settings of the site"),
}


class RolesError(Exception):
    """The database does not know a permission yet."""


@transaction.atomic
def create_groups() -> None:
    """Create the five groups and give each exactly its permissions; running it again changes nothing.

    A group that the owner made beside them is left alone.
    """
    permissions = Permission.objects.order_by().values_list(
        "content_type__app_label", "codename", "pk"
    )
    known = {f"{app}.{codename}": pk for app, codename, pk in permissions}
    missing = sorted(set().union(*ROLES.values()) - known.keys())
    if missing:
        raise RolesError(f"Run `manage.py migrate` first: it makes {', '.join(missing)}.")
    Group.objects.bulk_create([Group(name=name) for name in ROLES], ignore_conflicts=True)
    groups = dict(Group.objects.filter(name__in=ROLES).values_list("name", "pk"))
    given = Group.permissions.through.objects
    wanted = {(groups[name], known[permission]) for name in ROLES for permission in ROLES[name]}
    present = {
        (row.group_id, row.permission_id): row.pk
        for row in given.filter(group__in=groups.values())
    }
    given.filter(pk__in=[pk for pair, pk in present.items() if pair not in wanted]).delete()
    given.bulk_create(
        [
            Group.permissions.through(group_id=group, permission_id=permission)
            for group, permission in sorted(wanted - present.keys())
        ],
        ignore_conflicts=True,
    )


def name_of(group: Group) -> str:
    """Return the name of a role, or of a group beside them, in the language of the desk."""
    return str(NAMES.get(group.name, group.name))


def may_write(user: User) -> bool:
    """Say whether articles may appear under this person's name."""
    return user.has_perm("articles.add_article")


def may_manage_account(user: User | AnonymousUser, account: User | None) -> bool:
    """Say whether *user* may change *account*; nobody but a superuser touches a superuser.

    Else an administrator could set a superuser's password or address and become one.
    """
    if not user.has_perm("accounts.change_user"):
        return False
    return user.is_superuser or account is None or not account.is_superuser
