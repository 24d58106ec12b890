"""Who may sign in, and what they may do then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


class Backend(AuthenticationBackend):
    """Sign-in by e-mail address, as allauth does it."""

    def get_all_permissions(self, user_obj: User, obj: Any = None) -> set[str]:
        """Return a person's own permissions and those of their groups: one query, where Django takes two."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            rows = Permission.objects.order_by()
            if not user_obj.is_superuser:
                rows = rows.filter(Q(user=user_obj) | Q(group__user=user_obj))
            names = rows.values_list("content_type__app_label", "codename")
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in names}  # type: ignore[attr-defined]
        return user_obj._perm_cache  # type: ignore[attr-defined]
