from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "blog.site"
    verbose_name = _("Site")

    def ready(self) -> None:
        from blog.site import theme, triggers  # noqa: F401 (they register checks)

        # At the desk their own names, “Authentication and Authorization” and the like, tell nobody anything.
        apps.get_app_config("auth").verbose_name = _("Roles")
        apps.get_app_config("django_tasks_database").verbose_name = _("Background tasks")
