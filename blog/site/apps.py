from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "blog.site"
    verbose_name = _("Site")

    def ready(self) -> None:
        from blog.site import theme, triggers  # noqa: F401 (they register checks)
