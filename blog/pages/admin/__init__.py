"""Pages and messages at the desk."""

from blog.pages.admin.messages import MessageAdmin
from blog.pages.admin.pages import PageAdmin

__all__ = ["MessageAdmin", "PageAdmin"]
