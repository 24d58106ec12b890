"""Small facts templates need and Django's filters do not give."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from blog.articles.models import Article
from blog.articles.words import shortened
from blog.comments.tone import masked, masked_text
from blog.days import day_words, manner, moment_words, time_element
from blog.frame.menus import Menus
from blog.said import said_by
from blog.site.first_screen import first_styles
from blog.site.theme import own_templates

register = template.Library()

# The desk, accounts, and pages behind a link with a secret in it.
PERSONAL = (
    *("/admin/", "/accounts/", "/receipt/", "/moderate/", "/draft/", "/preview/"),
    *("/privacy/mine/", "/following/"),
)


@register.filter
def machine_time(value: datetime | None) -> str:
    """Return a valid value for `<time datetime>`: the site's zone, no microseconds (HTML refuses them)."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


@register.filter
def day(value: date | None) -> str:
    """Return a day as the site writes it, in the site's zone."""
    return day_words(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Return day and minute as the site writes them, in the site's zone."""
    return moment_words(value) if value else ""


@register.filter
def reading_time(word_count: int, words_per_minute: int) -> str:
    """Return "Less than a minute", "3 minutes read" or "2 hours read" (FEATURES, R9).

    Rounded half up, as WordPress themes do.
    """
    minutes = int(word_count / words_per_minute + 0.5)
    if minutes < 1:
        return gettext("Less than a minute")
    if minutes > 60:
        hours = minutes // 60
        return ngettext("%(hours)s hour read", "%(hours)s hours read", hours) % {"hours": hours}
    return ngettext("%(minutes)s minute read", "%(minutes)s minutes read", minutes) % {
        "minutes": minutes
    }


register.filter(shortened)
register.filter(masked)
register.filter(masked_text)


@register.filter
def score(value: float, style: str) -> str:
    """Return a score from 0 to 100 as the author wants it written: stars, per cent or points."""
    match style:
        case "percent":
            return f"{floatformat(value, 0)} %"
        case "points":
            return floatformat(value / 10, 1)
    return floatformat(value / 20, 1)


@register.filter
def card_said(article: Article) -> tuple[object, ...]:
    """Return all that a card of the article shows, as a value for `{% keep %}`; the settings come on top."""
    bylines = article.bylines.all()
    if hasattr(article, "fetched"):  # by load_cards, in two rows that hold all the others
        reads = vars(article).get("reads")
        return (article.fetched, reads, *(vars(byline)["fetched"] for byline in bylines))
    rows = (
        article,
        article.lead_image,
        article.primary_category,
        getattr(article, "rating_summary", None),
        getattr(article, "thread", None),
        *(byline.author for byline in bylines),
    )
    return tuple(map(said_by, rows))


@register.filter
def current(menus: Menus, path: str) -> str:
    """Return the address of the menu item that stands for this page; "" where none does."""
    return menus.current(path)


@register.simple_tag
def time(value: datetime) -> SafeString:
    """Return `<time>` with day and minute, in words and for machines; the value is converted once.

    For long lists: the filter `date` takes its format apart for every value.
    """
    return time_element(value)


@register.filter
def timed(value: date | None) -> SafeString | str:
    """Return `<time>` with a day or a moment, for a sentence that says it; "" where there is none."""
    return time_element(value) if value else ""


@register.simple_tag(takes_context=True, name="first_styles")
def first_styles_tag(context: Context, *names: str) -> SafeString:
    """Return the stylesheets that the first screen needs, all in one element (blog.site.first_screen)."""
    styles = first_styles(names, context["site"])
    context["request"].shown_styles = styles  # the middleware allows them by their hash
    return styles.markup


@register.simple_tag(takes_context=True)
def head_code(context: Context) -> str:
    """Return the owner's code for the head, on pages that are the same for everybody, nowhere else."""
    site, request = context["site"], context.get("request")
    if not site.head_code or request is None or request.method not in {"GET", "HEAD"}:
        return ""
    if request.path_info.startswith(PERSONAL):
        return ""
    request.shown_head = site.head  # the middleware allows its scripts by their hashes
    return site.head.markup


@register.tag
def keep(parser: Parser, token: Token) -> Node:
    """Render what stands between `{% keep site.title %}` and `{% endkeep %}` once per set of values.

    All that the part shows is among the values, so nothing kept can be out of date: other values, other
    text. Language, zone and format of days need not be named. Values are plain (texts, numbers, tuples
    of them), never models, which are equal by their key whatever they say. Django's `{% cache %}` makes
    a digest of the values and copies the text each time. Of a theme's templates nobody knows what they
    show: where there are any, nothing is kept.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(nodelist, values)


class KeepNode(Node):
    MOST = 300  # texts kept by one tag in one process; a text has one to three kilobytes

    def __init__(self, nodelist: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        if own_templates():
            return self.nodelist.render(context)
        key = (*manner(), *[value.resolve(context, True) for value in self.values])
        text = self.kept.get(key)
        if text is None:
            text = self.nodelist.render(context)
            if len(self.kept) >= self.MOST:
                self.kept.clear()  # simple, and safe with other threads reading
            self.kept[key] = text
        return text
