"""The staff desk: articles, categories, tags."""

from blog.articles.admin.article import ArticleAdmin
from blog.articles.admin.terms import CategoryAdmin, TagAdmin

__all__ = ["ArticleAdmin", "CategoryAdmin", "TagAdmin"]
