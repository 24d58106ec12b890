from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagestoreConfig(AppConfig):
    name = "blog.pagestore"
    verbose_name = _("Rendered pages")
