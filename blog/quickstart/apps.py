from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuickstartConfig(AppConfig):
    name = "blog.quickstart"
    verbose_name = _("First run")
