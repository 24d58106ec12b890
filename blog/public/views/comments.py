"""Leave a reply."""

import uuid

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.visitors import country_of, network_hash, remember_visitor, visitor_of
from blog.articles.models import Article
from blog.articles.services import render_whole
from blog.comments.following import follow
from blog.comments.forms import CommentForm
from blog.comments.models import Comment
from blog.comments.queries import comments_are_open, needs_sign_in
from blog.comments.receipts import receipt_for
from blog.comments.rendering import clean_text, render_comment
from blog.comments.services import Banned, Closed, ParentGone, Refused, TooFast, post_comment
from blog.comments.tone import masked
from blog.comments.writers import Writer
from blog.public.access import get_addressed_article, reader_of
from blog.public.article_page import article_page
from blog.public.asking import questions_in
from blog.public.origin import same_origin_only
from blog.public.personal import Personal
from blog.public.protection import is_locked, locked_page
from blog.public.see_other import SeeOther
from blog.site.middleware import site_of
from blog.site.models import SiteSettings


@require_POST
@same_origin_only  # no token in pages that everybody shares: DESIGN, rule 3
def post(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_addressed_article(slug)
    site = site_of(request)
    if is_locked(request, article):
        return locked_page(request, article, text=request.POST.get("body", ""), status=403)
    form = CommentForm(request.POST, site=site, article=article, user=reader_of(request))
    if refusal := _refusal(article, site, form.user):
        personal = Personal(comment_form=form, comment_refusal=refusal)
        return article_page(request, article, personal, status=403)
    if not form.is_valid():
        return article_page(request, article, Personal(comment_form=form), status=422)
    if "preview" in request.POST:
        preview = masked(render_comment(form.cleaned_data["body"]), site.masked_words)
        return article_page(request, article, Personal(comment_form=form, comment_preview=preview))
    writer = _writer(request, form)
    try:
        comment = post_comment(
            article=article,
            writer=writer,
            site=site,
            body=form.cleaned_data["body"],
            parent=form.cleaned_data.get("parent"),
            is_trapped=form.is_trapped,
            seconds_taken=form.seconds_taken,
            work=form.cleaned_data["work"],
            is_question=form.cleaned_data["question"],
            about=_asked(article, form.cleaned_data["about"]),
        )
    except Closed as closed:
        personal = Personal(comment_form=form, comment_refusal=str(closed))
        return article_page(request, article, personal, status=403)
    except Refused as refused:
        form.add_error("parent" if isinstance(refused, ParentGone) else None, str(refused))
        personal = Personal(comment_form=form)
        return article_page(request, article, personal, status=_status_of(refused))
    if kind := form.cleaned_data.get("follow"):
        follow(comment=comment, kind=kind)
    response = SeeOther(_address_after(article, comment))
    if writer.visitor:
        remember_visitor(response, writer.visitor)
    return response


def _refusal(article: Article, site: SiteSettings, user: User | AnonymousUser) -> str:
    """Return why nobody may comment here, or not this reader; "" where they may."""
    if not comments_are_open(article, site):
        return _("Comments are closed. Your text is below, so that you can keep it.")
    if needs_sign_in(site, user):
        return _(
            "Only signed-in readers may comment. Your text is below, so that you can keep it."
        )
    return ""


def _asked(article: Article, about: str) -> str:
    """Return the question of the text that the form was opened for; "" for what it does not ask."""
    if about and article.is_protected:
        render_whole(article)  # which the row does not hold
    return about if about and about in questions_in(article.body_html) else ""


def _status_of(refused: Refused) -> int:
    """Return how a comment that was not stored is answered."""
    match refused:
        case Banned():
            return 403
        case TooFast():
            return 429
    return 422


def _writer(request: HttpRequest, form: CommentForm) -> Writer:
    """Return who writes: the account of a signed-in reader, whatever else was sent, or the guest."""
    country = country_of(request)
    network, browser = network_hash(request), clean_text(request.headers.get("User-Agent", ""))
    user = reader_of(request)
    if user.is_authenticated:
        return Writer(
            user=user,
            name=user.public_name,
            email=user.email,
            network_hash=network,
            user_agent=browser,
            country=country,
        )
    return Writer(
        visitor=visitor_of(request) or uuid.uuid4(),
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        website=form.cleaned_data["website"],
        network_hash=network,
        user_agent=browser,
        country=country,
    )


def _address_after(article: Article, comment: Comment) -> str:
    """Return where the writer sees the comment, with a receipt: it shows what waits, and the private page.

    What a rule has binned looks as if it waits: a machine learns nothing from it (WordPress).
    """
    return f"{article.get_absolute_url()}?receipt={receipt_for(comment)}#comment-{comment.pk}"
