"""The staff desk: articles, authors, series, categories, tags, snippets."""

from blog.articles.admin.article import ArticleAdmin
from blog.articles.admin.assignment import DeskFieldAdmin
from blog.articles.admin.authors import AuthorAdmin
from blog.articles.admin.mail_rules import MailRuleAdmin
from blog.articles.admin.series import SeriesAdmin
from blog.articles.admin.snippets import SnippetAdmin
from blog.articles.admin.statuses import WorkingStatusAdmin
from blog.articles.admin.terms import CategoryAdmin, TagAdmin

__all__ = [
    "ArticleAdmin",
    "AuthorAdmin",
    "CategoryAdmin",
    "DeskFieldAdmin",
    "MailRuleAdmin",
    "SeriesAdmin",
    "SnippetAdmin",
    "TagAdmin",
    "WorkingStatusAdmin",
]
