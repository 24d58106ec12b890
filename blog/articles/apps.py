from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "blog.articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from blog.articles.tasks import show_picture
        from blog.media.renditions import followers

        if show_picture not in followers:
            followers.append(show_picture)
