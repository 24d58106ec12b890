"""The staff desk: articles, series, categories, tags."""

from blog.articles.admin.article import ArticleAdmin
from blog.articles.admin.series import SeriesAdmin
from blog.articles.admin.terms import CategoryAdmin, TagAdmin

__all__ = ["ArticleAdmin", "CategoryAdmin", "SeriesAdmin", "TagAdmin"]
