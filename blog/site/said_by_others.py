"""What others say at the desk without having it in German: named for makemessages, imported by nobody."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

SAID_BY_OTHERS = (
    *(_("Run"), _("- Select an option -"), _("Search %(name)s")),
    *(_("Pagination %(name)s"), _("Pagination %(name)s entries")),
    ngettext_lazy("…and %(count)d more object.", "…and %(count)d more objects."),
    _(
        "Are you sure you want to delete the %(object_name)s “%(escaped_object)s”? All of the following"
        " related items will be deleted:"
    ),
    _(
        "Deleting the %(object_name)s “%(escaped_object)s” would require deleting the following protected"
        " related objects:"
    ),
    _(
        "Deleting the %(object_name)s “%(escaped_object)s” would result in deleting related objects, but"
        " your account doesn't have permission to delete the following types of objects:"
    ),
    *(_("Reset password"), _("Set password"), _("Set password: %s")),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    *(_("Password-based authentication"), _("Enabled"), _("Disabled")),
    *(_("Enable password-based authentication"), _("Disable password-based authentication")),
    _("Enable password-based authentication for this user by setting a password."),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _("Password-based authentication was disabled."),
    _("Conflicting form data submitted. Please try again."),
    *(_("Task Result"), _("Task Results"), _("task path"), _("queue name"), _("priority")),
    *(_("enqueued at"), _("started at"), _("finished at"), _("exception class path")),
    *(pgettext_lazy("Task", "Ready"), pgettext_lazy("Task", "Running")),
    *(pgettext_lazy("Task", "Failed"), pgettext_lazy("Task", "Successful")),
)
