from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "blog.pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from blog.articles.dead_links import public_pages
        from blog.articles.models import others_at_the_root
        from blog.media.renditions import followers
        from blog.pages.services import pages_at_the_root, readable_paths
        from blog.pages.tasks import show_picture_on_pages

        if pages_at_the_root not in others_at_the_root:
            others_at_the_root.append(pages_at_the_root)
            public_pages.append(readable_paths)
            followers.append(show_picture_on_pages)
