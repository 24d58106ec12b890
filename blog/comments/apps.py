from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "blog.comments"
    verbose_name = _("Comments")

    def ready(self) -> None:
        from blog.articles.dead_links import public_comments
        from blog.comments.queries import readable_among

        if readable_among not in public_comments:
            public_comments.append(readable_among)
