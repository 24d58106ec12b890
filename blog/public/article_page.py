"""The page of one article, put together: shown by a GET, and again by a refused POST with its errors."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from crispy_forms.utils import render_crispy_form
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Author
from accounts.visitors import network_hash, visitor_of
from blog.articles.models import Article, Category, Tag
from blog.articles.queries import (
    RELATED_COUNT,
    above,
    load_authors,
    neighbours_of,
    related_to,
    terms_of,
)
from blog.articles.seo import search_description, search_title
from blog.articles.series import place_of
from blog.articles.services import render_whole
from blog.articles.share_cards import HEIGHT, WIDTH
from blog.comments.forms import CommentForm
from blog.comments.models import Comment
from blog.comments.queries import (
    can_be_followed,
    closing_time,
    comments_are_open,
    needs_sign_in,
)
from blog.comments.threads import ORDERS, Place, ThreadPage, page_of_threads, place_before
from blog.comments.voices import Reader, likes_of
from blog.public.access import reader_of
from blog.public.addresses import absolute
from blog.public.asking import (
    answers_to,
    places_of,
    question_of_number,
    with_questions,
)
from blog.public.feedback import HIGH, LOW, feedback_token
from blog.public.leads import allow_player, lead_of
from blog.public.listing import READS_HOLD, reads_told
from blog.public.moderating import moderation_context
from blog.public.protection import is_locked, locked_page
from blog.public.receipts import is_own, receipt_path
from blog.public.shown import SHARED, keep_page, tags_of_card, years_between
from blog.public.structured import COMMENTS, Picture, article_graph, what_graph_says
from blog.public.text_pages import paged, prepare_page
from blog.public.thread import thread_html
from blog.ratings.forms import STAR_CHOICES, FeedbackForm
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import rating_of, shares_of, summary_of
from blog.ratings.services import Voter, may_rate
from blog.reads.queries import reads_of
from blog.said import said_by
from blog.site.middleware import site_of
from blog.site.models import SiteSettings
from blog.site.template_loaders import condensed
from blog.site.theme import template_for


@dataclass(frozen=True)
class Personal:
    """What one reader sees and others do not. The page that everybody shares has none of it."""

    rating: Rating | None = None
    rating_message: str = ""
    rating_error: str = ""
    is_answer: bool = False  # to the one who gave the vote, and may be asked about it
    feedback_form: FeedbackForm | None = None
    comment: Comment | None = None
    published: Comment | None = None  # their own, to be told where to change it
    dropped: int = (
        0  # the number of one that a rule has deleted at once: it is said to wait, like spam
    )
    comment_form: CommentForm | None = None
    comment_refusal: str = ""
    comment_preview: str = ""


NOTHING_PERSONAL = Personal()


class SeeOther(HttpResponseRedirectBase):
    """The answer to a POST that worked: now GET this page (RFC 9110, 15.4.4)."""

    status_code = 303


def article_page(
    request: HttpRequest,
    article: Article,
    personal: Personal = NOTHING_PERSONAL,
    *,
    place: Place | None = None,
    number: int = 1,
    status: int = 200,
) -> HttpResponse:
    """Render the page, with the comments of *place*: by default the first ones in the site's order.

    `number` is that of the page of the text. Only the page without anything personal may be kept by
    caches. Raise 404 past the last comments, and past the last page.
    """
    if is_locked(request, article):
        return locked_page(request, article, status=status)
    if article.is_protected:
        render_whole(article)  # which the row does not hold
    prepare_page(article, number)
    site = site_of(request)
    reads = reads_told(site, site.on_articles)
    if reads:
        article.reads = reads_of([article.pk], reads).get(article.pk)  # type: ignore[attr-defined]
    is_shared = (
        personal == NOTHING_PERSONAL
        and article.is_live
        and not article.is_protected
        and not reader_of(request).is_authenticated
    )
    context = {
        **article_context(request, article),
        **rating_context(request, article, personal),
        **comment_context(request, article, personal, place, number),
        "is_shared": is_shared,
    }
    context |= _asking_context(article, context)
    # Its authors and the moderators come here for other reasons.
    context["counts_reads"] = (
        article.is_live and site.reads_counted and not context["may_moderate"]
    )
    if is_shared:
        context["graph_says"] = what_graph_says(request, context)
        context["graph"] = partial(article_graph, request, context)
        context["oembed_url"] = _oembed_url(request, article)
    # The graph above is of the whole article, whichever page this is.
    context = context | paged(request, context, number)
    response = render(
        request, template_for("articles/detail.html", article.slug), context, status=status
    )
    allow_player(response, context["lead"])
    if is_shared:
        response["Cache-Control"] = SHARED
        ends = [closing_time(article, site), timezone.now() + READS_HOLD if reads else None]
        keep_page(response, _tags(context), holds_until=min(filter(None, ends), default=None))
    else:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
    return response


def _oembed_url(request: HttpRequest, article: Article) -> str:
    """Return where other sites learn how to show the article as a card."""
    url = absolute(request, article.get_absolute_url())
    return f"{absolute(request, reverse('oembed'))}?{urlencode({'url': url})}"


def _asking_context(article: Article, context: dict[str, Any]) -> dict[str, str]:
    """Return the text with the questions in it as links to the form; nothing for a text without any."""
    if not context["asked"]:
        return {}
    before, after = with_questions(
        context["text_before_fold"],
        context["text_after_fold"],
        answers=answers_to(article) if context["show_comments"] else {},
        are_open=context["may_comment"],
    )
    return {"text_before_fold": before, "text_after_fold": after}


def _tags(context: dict[str, Any]) -> Iterator[str]:
    """Yield the tags of what the page shows (shown.py)."""
    article, related = context["article"], context["related"]
    beside = [other for other in (context["previous_article"], context["next_article"]) if other]
    yield from tags_of_card(article)
    if article.share_image_id:
        yield f"picture:{article.share_image_id}"
    for author in context["authors"]:
        if author.photo_id:
            yield f"picture:{author.photo_id}"
    for category in context["categories"]:
        yield f"in:category:{category.pk}"
    for tag in context["tags"]:
        yield f"tag:{tag.pk}"
        yield f"in:tag:{tag.pk}"
    for other in related:
        if other.picture_id:
            yield f"picture:{other.picture_id}"
    for other in (*related, *beside):
        yield f"article:{other.pk}"
    yield f"related:{article.pk}"
    is_prepared = len(related) == RELATED_COUNT and all(other.is_prepared for other in related)
    if len(beside) < 2 or not is_prepared:
        yield "in:all"  # whatever is published next may stand here
    if series := context["series"]:
        yield f"series:{series.series}"
        for part in series.parts:
            yield f"article:{part.pk}"
    yield from years_between(article.publish_at, *(other.publish_at for other in beside))


def article_context(
    request: HttpRequest,
    article: Article,
    *,
    authors: list[Author] | None = None,
    terms: tuple[list[Category], list[Tag]] | None = None,
) -> dict[str, Any]:
    """Return what the page shows of the article and of its surroundings.

    `authors` and `terms` (categories, the primary one first, and tags) are those of the article unless given.
    """
    fold = article.fold_at if article.fold_at is not None else len(article.body_html)
    lead, before_fold, after_fold = lead_of(
        article, article.body_html[:fold], article.body_html[fold:]
    )
    previous_article, next_article = neighbours_of(
        article, in_category=site_of(request).neighbours_in_category
    )
    categories, tags = terms_of(article) if terms is None else terms
    authors = load_authors(article) if authors is None else authors
    site = site_of(request)
    return {
        "article": article,
        "said": (site.said, *_said(article, authors, categories, tags)),
        "is_live": article.is_live,
        "canonical_url": article.canonical_url or absolute(request, article.get_absolute_url()),
        "share_image": share_image(request, article),
        "search_title": search_title(article, site, authors=authors, categories=categories),
        "search_description": search_description(
            article, site, authors=authors, categories=categories
        ),
        "authors": authors,
        "categories": categories,
        "crumbs": tuple(
            (category.name, category.get_absolute_url())
            for first in categories[:1]
            for category in (*above(first), first)
        ),
        "tags": tags,
        "lead": lead,
        "text_before_fold": before_fold,
        "text_after_fold": after_fold,
        "text_page": None,
        "series": place_of(article),
        "previous_article": previous_article,
        "next_article": next_article,
        "related": tuple(related_to(article)),
    }


def _said(
    article: Article, authors: list[Author], categories: list[Category], tags: list[Tag]
) -> tuple[object, ...]:
    """Return all that the rows about the article say: parts that show nothing else are kept by it."""
    return (
        said_by(article),
        said_by(article.lead_image),
        *((said_by(author), said_by(author.photo)) for author in authors),
        *(said_by(link) for author in authors for link in author.links.all()),
        *map(said_by, categories),
        *map(said_by, tags),
    )


def share_image(request: HttpRequest, article: Article) -> Picture | None:
    """Return the picture for links to the page: the chosen one, the one made for it, or the lead picture."""
    card = getattr(article, "share_card", None)
    if card and article.share_image is None:
        return Picture(absolute(request, card.file.url), WIDTH, HEIGHT, article.title)
    image = article.share_image or article.lead_image
    if image is None:
        return None
    return Picture(absolute(request, image.file.url), image.width, image.height, image.alt)


def rating_context(
    request: HttpRequest, article: Article, personal: Personal = NOTHING_PERSONAL
) -> dict[str, Any]:
    """Return what the rating box shows; a signed-in reader's own vote is looked up."""
    reader = reader_of(request)
    rating = personal.rating
    if rating is None and reader.is_authenticated:
        rating = rating_of(article, Voter(user=reader))
    summary = summary_of(article)
    return {
        "article": article,
        "show_ratings": article.rating_policy != Article.Policy.OFF,
        "summary": summary,
        "shares": shares_of(summary),
        "own_rating": rating,
        "may_rate": may_rate(site_of(request), article, reader),
        "rating_choices": STAR_CHOICES,
        "rating_message": personal.rating_message,
        "rating_error": personal.rating_error,
        "are_open": comments_are_open(article, site_of(request)),
        **_after_vote(rating if personal.is_answer else None, personal.feedback_form),
    }


def _after_vote(rating: Rating | None, form: FeedbackForm | None) -> dict[str, Any]:
    """Return the question after a low vote, or the invitation after a high one; a refused form stays."""
    if form is None and rating and rating.stars <= LOW and not rating.feedback:
        form = FeedbackForm()
    return {
        "feedback_form": form,
        "feedback_token": form and rating and feedback_token(rating),
        "has_told": bool(rating and rating.feedback and form is None),
        "is_pleased": bool(rating and rating.stars >= HIGH),
    }


def comment_context(
    request: HttpRequest,
    article: Article,
    personal: Personal,
    place: Place | None,
    number: int,
) -> dict[str, Any]:
    """Return the comments and their form, below page *number* of the text.

    `?replytocom=` names the comment to answer, as in WordPress.
    """
    site = site_of(request)
    thread = getattr(article, "thread", None)
    count = thread.approved_count if thread else 0
    reader = reader_of(request)
    are_open = comments_are_open(article, site)
    may_comment = are_open and not needs_sign_in(site, reader)
    may_like = site.likes_on and (site.guests_may_like or reader.is_authenticated)
    is_off = article.comment_policy == Article.Policy.OFF
    show = bool(personal.comment_refusal) or (not is_off and (are_open or count > 0))
    place = place or Place(order=site.comment_order)
    page = page_of_threads(
        article,
        place=place,
        per_page=site.threads_per_page,
        extra=personal.comment or personal.published,
        levels=site.thread_depth,
    )
    if page is None:
        raise Http404
    nodes = page.nodes if show else []
    if personal.comment and is_own(request, personal.comment):
        for node in nodes:
            if node.is_held:
                node.receipt_path = receipt_path(personal.comment)
    form = personal.comment_form
    moderation = moderation_context(request, article, reader)
    reply_to = _comment_to_answer(
        nodes, form.data.get("parent") if form else request.GET.get("replytocom")
    )
    asked = places_of(article, shown=number)
    about = question_of_number(article.body_html, request.GET.get("about"))
    if form is not None and (sent := str(form.data.get("about", ""))) in asked:
        about = sent
    is_blank = not (form or not may_comment or reply_to or about or reader.is_authenticated)
    if form is None and may_comment and not is_blank:
        form = CommentForm(
            site=site,
            article=article,
            user=reader,
            initial={"parent": reply_to and reply_to.pk, "about": about},
        )
    return {
        "show_comments": show,
        "are_open": are_open,
        "may_comment": may_comment,
        "may_like": may_like and bool(nodes),
        "has_comments": bool(nodes),
        "first_comments": tuple(
            islice(
                (node.comment for node in nodes if node.is_shown and not node.is_held), COMMENTS
            )
        ),
        "has_pages": bool(page.next_after or place.after or any(node.is_cut for node in nodes)),
        "comment_count": count,
        **_thread_links(request, article, place, page, site),
        "closes_at": closing_time(article, site),
        "thread_html": thread_html(
            nodes,
            home=article.get_absolute_url(),
            may_comment=may_comment,
            may_moderate=moderation["may_moderate"],
            may_edit=moderation["may_edit"],
            may_ban=moderation["may_ban"],
            may_like=may_like,
            may_follow=site.following_on,
            has_faces=site.avatars_on,
            has_gravatars=site.gravatars_on,
            has_pictures=article.is_live and not article.is_protected,
            fold_after=site.fold_comments_after,
            masked_words=site.masked_words,
            asked=asked,
            likes=likes_of(Reader(user=reader), article_id=article.pk)
            if reader.is_authenticated and nodes
            else (),
        ),
        **moderation,
        "comment_form": form,
        "blank_fields": is_blank
        and _blank_fields(
            site.comment_needs_name_and_email,
            can_be_followed(article, site),
            site.remembering_offered,
            get_language(),
        ),
        "comment_refusal": personal.comment_refusal,
        "comment_preview": personal.comment_preview,
        "news_path": site.news_on and reverse("comment-count", args=[article.pk]),
        "reply_to": reply_to,
        "asked": asked,
        "about": about,
        "dropped": personal.dropped,
        "published_path": personal.published and receipt_path(personal.published),
    }


def _thread_links(
    request: HttpRequest, article: Article, place: Place, page: ThreadPage, site: SiteSettings
) -> dict[str, Any]:
    """Return the addresses of the other pages and orders of the comments, and of this page.

    A page in the site's order is a page of its own for a search; the same threads in another order, or
    one of them alone, are not.
    """

    def address(place: Place) -> str:
        return f"{thread_address(article, place, site)}#comments"

    labels = SiteSettings.CommentOrder
    previous = None
    if place.after and page.first:
        previous = place_before(article, place, page.first, per_page=site.threads_per_page)
    is_own_page = place.after and not place.only and place.order == site.comment_order
    links: dict[str, Any] = {
        "orders": tuple(
            (order, address(Place(order=order)), str(labels(order).label), order == place.order)
            for order in ORDERS
            if (len(page.nodes) > 1 or place.after) and not place.only
        ),
        "previous_comments": previous and address(previous),
        "next_comments": page.next_after and address(replace(place, after=page.next_after)),
        "all_comments": place.only and address(Place()),
    }
    if is_own_page and not article.canonical_url:
        links["canonical_url"] = absolute(request, thread_address(article, place, site))
    return links


def thread_address(article: Article, place: Place, site: SiteSettings) -> str:
    """Return the address of a page of comments; the first one in the site's order is the article's."""
    home = article.get_absolute_url()
    after = f"after/{place.after}/" if place.after else ""
    if place.only:
        return f"{home}comments/thread/{place.only}/{after}"
    order = "" if place.order == site.comment_order else f"{place.order}/"
    return f"{home}comments/{order}{after}" if order or after else home


def vote_message(rating: Rating | None, summary: RatingSummary) -> str:
    """Return the sentences that answer a vote or its withdrawal."""
    if rating is None:
        return _("Your rating is withdrawn.")
    if why := rating.why_not_counted:
        return _("You rated %(stars)s. %(why)s") % {"stars": rating.stars, "why": why}
    return ngettext(
        "You rated %(stars)s. Average %(average).1f from %(count)s rating.",
        "You rated %(stars)s. Average %(average).1f from %(count)s ratings.",
        summary.count,
    ) % {"stars": rating.stars, "average": summary.average or 0, "count": summary.count}


def voter_of(request: HttpRequest) -> Voter:
    """Return who votes: the signed-in user, the guest's cookie, or both (a guest who signed in)."""
    reader = reader_of(request)
    return Voter(
        user=reader if reader.is_authenticated else None,
        visitor=visitor_of(request),
        network_hash=network_hash(request),
    )


@cache
def _blank_fields(
    needs_name_and_email: bool, following_on: bool, remembering_offered: bool, language: str
) -> SafeString:
    """Return the fields of an empty comment form: the same on every page, and slow to lay out."""
    site = SiteSettings(
        comment_needs_name_and_email=needs_name_and_email,
        following_on=following_on,
        remembering_offered=remembering_offered,
    )
    form = CommentForm(site=site, article=Article(), user=AnonymousUser())
    return SafeString(condensed(render_crispy_form(form)))


def _comment_to_answer(nodes: list[Any], asked: str | None) -> Comment | None:
    for node in nodes:
        if str(node.comment.pk) == asked and node.comment.status == Comment.Status.APPROVED:
            return node.comment
    return None
