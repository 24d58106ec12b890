"""What authors publish, and what the desk knows about it."""

from blog.articles.models.addresses import (
    MAX_PATH,
    RESERVED_CATEGORY_SLUGS,
    RESERVED_SLUGS,
    TAKEN_BY_THE_SITE,
    CategoryPathHistory,
    SlugHistory,
    TagSlugHistory,
    others_at_the_root,
    validate_article_slug,
    validate_free_at_the_root,
)
from blog.articles.models.article import Article, Byline, title_for
from blog.articles.models.article_sets import ArticleQuerySet
from blog.articles.models.assignment import Assignment, DeskField
from blog.articles.models.beside import (
    RelatedArticle,
    RelatedPick,
    Series,
    SeriesPart,
    SeriesSlugHistory,
)
from blog.articles.models.mail_rule import MailRule
from blog.articles.models.place import Place, PlaceQuerySet
from blog.articles.models.review import (
    PUBLISHED,
    ChecklistRule,
    DraftLink,
    Finding,
    Note,
    ShareCard,
    StageChange,
    step_name,
)
from blog.articles.models.revision import EditingSession, Revision
from blog.articles.models.snippet import Snippet
from blog.articles.models.status import WorkingStatus
from blog.articles.models.terms import Category, Tag, TagMerge

__all__ = [
    "MAX_PATH",
    "PUBLISHED",
    "RESERVED_CATEGORY_SLUGS",
    "RESERVED_SLUGS",
    "TAKEN_BY_THE_SITE",
    "Article",
    "ArticleQuerySet",
    "Assignment",
    "Byline",
    "Category",
    "CategoryPathHistory",
    "ChecklistRule",
    "DeskField",
    "DraftLink",
    "EditingSession",
    "Finding",
    "MailRule",
    "Note",
    "Place",
    "PlaceQuerySet",
    "RelatedArticle",
    "RelatedPick",
    "Revision",
    "Series",
    "SeriesPart",
    "SeriesSlugHistory",
    "ShareCard",
    "SlugHistory",
    "Snippet",
    "StageChange",
    "Tag",
    "TagMerge",
    "TagSlugHistory",
    "WorkingStatus",
    "others_at_the_root",
    "step_name",
    "title_for",
    "validate_article_slug",
    "validate_free_at_the_root",
]
