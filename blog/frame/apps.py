from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrameConfig(AppConfig):
    name = "blog.frame"
    verbose_name = _("Menus and sections")
