"""The comments of an article and their form, as its page shows them."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from blog.articles.models import Article
from blog.comments.forms import CommentForm
from blog.comments.models import Comment
from blog.comments.queries import can_be_followed, closing_time, comments_are_open, needs_sign_in
from blog.comments.thread_rows import Row
from blog.comments.threads import ORDERS, Node, Place, ThreadPage, page_of_threads, place_before
from blog.comments.voices import Reader, likes_of
from blog.public.access import reader_of
from blog.public.addresses import absolute
from blog.public.asking import places_of, question_of_number
from blog.public.moderating import moderation_context
from blog.public.personal import Personal
from blog.public.receipts import is_own, receipt_path
from blog.public.structured import COMMENTS
from blog.public.thread import thread_html
from blog.site.middleware import site_of
from blog.site.models import SiteSettings
from blog.site.template_loaders import condensed


def comment_context(
    request: HttpRequest,
    article: Article,
    personal: Personal,
    place: Place | None,
    number: int,
) -> dict[str, Any]:
    """Return the comments and their form, below page *number* of the text."""
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
    first = (node.comment for node in nodes if node.is_shown and not node.is_held)
    moderation = moderation_context(request, article, reader)
    may = {name: moderation[name] for name in ("may_moderate", "may_edit", "may_ban")}
    may |= {"may_comment": may_comment, "may_like": may_like}
    asked = places_of(article, shown=number)
    return {
        "show_comments": show,
        "are_open": are_open,
        "may_comment": may_comment,
        "may_like": may_like and bool(nodes),
        "has_comments": bool(nodes),
        "first_comments": tuple(islice(first, COMMENTS)),
        "has_pages": bool(page.next_after or place.after or any(node.is_cut for node in nodes)),
        "comment_count": count,
        **_thread_links(request, article, place, page, site),
        "closes_at": closing_time(article, site),
        "thread_html": _thread_html(request, article, nodes, asked, may),
        **moderation,
        **_form_context(request, article, personal, nodes, asked, may_comment=may_comment),
        "news_path": site.news_on and reverse("comment-count", args=[article.pk]),
        "asked": asked,
        "dropped": personal.dropped,
        "published_path": personal.published and receipt_path(personal.published),
    }


def _thread_html(
    request: HttpRequest,
    article: Article,
    nodes: list[Node],
    asked: dict[str, str],
    may: dict[str, bool],
) -> SafeString:
    """Return the list of comments as the owner wants it, with what this reader *may* do."""
    site, reader = site_of(request), reader_of(request)
    likes: Iterable[int] = ()
    if reader.is_authenticated and nodes:
        likes = likes_of(Reader(user=reader), article_id=article.pk)
    return thread_html(
        nodes,
        home=article.get_absolute_url(),
        may_follow=site.following_on,
        has_faces=site.avatars_on,
        has_gravatars=site.gravatars_on,
        has_pictures=article.is_live and not article.is_protected,
        fold_after=site.fold_comments_after,
        masked_words=site.masked_words,
        asked=asked,
        likes=likes,
        **may,
    )


def _form_context(
    request: HttpRequest,
    article: Article,
    personal: Personal,
    nodes: list[Node],
    asked: dict[str, str],
    *,
    may_comment: bool,
) -> dict[str, Any]:
    """Return the form to comment: a refused one with its errors, and for most readers its empty fields alone.

    `?replytocom=` names the comment to answer, as in WordPress.
    """
    site, reader = site_of(request), reader_of(request)
    form = personal.comment_form
    reply_to = _comment_to_answer(
        nodes, form.data.get("parent") if form else request.GET.get("replytocom")
    )
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
        "reply_to": reply_to,
        "about": about,
    }


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


def _comment_to_answer(nodes: list[Node], asked: str | None) -> Row | Comment | None:
    for node in nodes:
        if str(node.comment.pk) == asked and node.comment.status == Comment.Status.APPROVED:
            return node.comment
    return None


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
