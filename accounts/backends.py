"""Who may sign in, and what they may do then."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Q

from accounts.models import User
from blog.prepared import Prepared

# Asked with every request of somebody who is signed in.
_with_key = Prepared(lambda pk: User.objects.filter(pk=pk))
_permissions_of = Prepared(
    lambda user: (
        Permission.objects.filter(Q(user=user) | Q(group__user=user))
        .order_by()
        .values_list("content_type__app_label", "codename")
    )
)


class Backend(AuthenticationBackend):
    """Sign-in by e-mail address, as allauth does it."""

    def get_user(self, user_id: int) -> User | None:
        """Return whom a session belongs to; None for who is gone or may no longer sign in."""
        user = next(iter(_with_key(pk=user_id)), None)
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: User, obj: Any = None) -> set[str]:
        """Return a person's own permissions and those of their groups: one query, where Django takes two."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            names = (
                Permission.objects.order_by().values_list("content_type__app_label", "codename")
                if user_obj.is_superuser
                else _permissions_of(user=user_obj.pk)
            )
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in names}  # type: ignore[attr-defined]
        return user_obj._perm_cache  # type: ignore[attr-defined]
