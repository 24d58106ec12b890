"""What changed from one state of an article to another, for people to see."""

from blog.articles.diff.fields import FieldChange, compare
from blog.articles.diff.html import text_diff, word_diff

__all__ = ["FieldChange", "compare", "text_diff", "word_diff"]
