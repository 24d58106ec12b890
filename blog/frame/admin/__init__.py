"""Menus and sections at the desk."""

from blog.frame.admin.menus import MenuItemAdmin
from blog.frame.admin.sections import SectionAdmin

__all__ = ["MenuItemAdmin", "SectionAdmin"]
