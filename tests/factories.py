"""Make the plainest valid row of each kind. What a test is about, it says in the call."""

import itertools
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image as PillowImage

from accounts.models import Author, User
from blog.articles.models import Article, Byline, Category, Tag
from blog.comments.models import Comment, Rule, Thread
from blog.frame.models import MenuItem, Section
from blog.media.models import Image
from blog.pages.models import Page
from blog.ratings.models import STARS, Burst, Rating, RatingSummary

PASSWORD = "a long enough passphrase"
_numbers = itertools.count(1)


def make_user(**fields: Any) -> User:
    """Make a reader who can sign in with PASSWORD."""
    fields.setdefault("email", f"user{next(_numbers)}@example.org")
    return User.objects.create_user(**{"password": PASSWORD} | fields)


def make_author(**fields: Any) -> Author:
    """Make a guest author; pass `user` for one who signs in."""
    number = next(_numbers)
    return Author.objects.create(
        **{"name": f"Author {number}", "slug": f"author-{number}"} | fields
    )


def make_category(*, parent: Category | None = None, **fields: Any) -> Category:
    number = next(_numbers)
    fields = {"name": f"Category {number}", "slug": f"category-{number}"} | fields
    path = f"{parent.path}/{fields['slug']}" if parent else fields["slug"]
    return Category.objects.create(parent=parent, path=path, **fields)


def make_tag(**fields: Any) -> Tag:
    number = next(_numbers)
    return Tag.objects.create(**{"name": f"Tag {number}", "slug": f"tag-{number}"} | fields)


def make_image(*, size: tuple[int, int] = (64, 48), color: str = "teal", **fields: Any) -> Image:
    """Make a picture with a real file."""
    content = BytesIO()
    PillowImage.new("RGB", size, color).save(content, "JPEG")
    fields.setdefault("alt", "A plain surface")
    return Image.objects.create(
        file=ContentFile(content.getvalue(), name=f"picture{next(_numbers)}.jpg"),
        **{"bytes": len(content.getvalue())} | fields,
    )


def make_article(
    *,
    authors: Iterable[Author] | None = None,
    categories: Collection[Category] | QuerySet[Category] = (),
    tags: Collection[Tag] | QuerySet[Tag] = (),
    **fields: Any,
) -> Article:
    """Make an article that everybody can read, by one author, published a minute ago."""
    number = next(_numbers)
    body = fields.pop("body", f"<p>The text of article {number}.</p>")
    article = Article.objects.create(
        **{
            "title": f"Article {number}",
            "slug": f"article-{number}",
            "status": Article.Status.PUBLISHED,
            "publish_at": timezone.now() - timedelta(minutes=1),
            "body": body,
            "body_html": body,
            "word_count": len(body.split()),
        }
        | fields
    )
    for position, author in enumerate([make_author()] if authors is None else authors):
        Byline.objects.create(article=article, author=author, position=position)
    # Of the thousands made in a run hardly any has one, and an empty set is looked up as well.
    if categories:
        article.categories.set(categories)
    if tags:
        article.tags.set(tags)
    return article


def make_comment(*, article: Article | None = None, **fields: Any) -> Comment:
    """Make an approved comment of a guest; the article's counts follow."""
    number = next(_numbers)
    body = fields.pop("body", f"Comment {number}")
    comment = Comment.objects.create(
        **{
            "article": article or make_article(),
            "name": f"Reader {number}",
            "email": f"reader{number}@example.org",
            "body": body,
            "html": f"<p>{body}</p>",
            "status": Comment.Status.APPROVED,
        }
        | fields
    )
    statuses = Counter(
        Comment.objects.filter(article_id=comment.article_id).values_list("status", flat=True)
    )
    counts = {
        "approved_count": statuses[Comment.Status.APPROVED],
        "pending_count": statuses[Comment.Status.PENDING],
    }
    # A third of what `update_or_create` costs, which locks the row and sets two savepoints.
    if not Thread.objects.filter(pk=comment.article_id).update(**counts):
        Thread.objects.create(article_id=comment.article_id, **counts)
    return comment


def make_rating(*, article: Article | None = None, stars: int = 4, **fields: Any) -> Rating:
    """Make a guest's vote, or the vote of `user`; the article's totals follow."""
    article = article or make_article()
    if "user" not in fields:
        fields.setdefault("visitor", uuid.uuid4())
    rating = Rating.objects.create(article=article, stars=stars, **fields)
    votes = Counter(
        Rating.objects.filter(article=article, is_counted=True).values_list("stars", flat=True)
    )
    RatingSummary.objects.update_or_create(
        article=article,
        defaults={
            "count": votes.total(),
            "total": sum(votes.elements()),
            **{f"c{star}": votes[star] for star in STARS},
        },
    )
    return rating


def make_burst(*, article: Article | None = None, votes: int = 3, **fields: Any) -> Burst:
    """Make votes of one star from one network that wait for a moderator, left out of the total."""
    fields = {"reason": Burst.Reason.MANY, "network_hash": "feed" * 8} | fields
    burst = Burst.objects.create(article=article or make_article(), **fields)
    for _vote in range(votes):
        make_rating(
            article=burst.article,
            stars=1,
            burst=burst,
            is_counted=burst.outcome == Burst.Outcome.RELEASED,
            network_hash=burst.network_hash,
        )
    return burst


def make_staff(role: str = "Administrator", **fields: Any) -> User:
    """Make somebody who may use the admin, with one of the five roles and nothing else."""
    user = make_user(**{"is_staff": True} | fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def make_rule(**fields: Any) -> Rule:
    """Make a rule that holds every comment and is asked before those of a new site."""
    return Rule.objects.create(
        **{"name": f"Rule {next(_numbers)}", "position": 1, "kind": Rule.Kind.EVERY} | fields
    )


def make_menu_item(**fields: Any) -> MenuItem:
    """Make an item at the end of the header's menu: a heading, or what *fields* say it leads to."""
    number = next(_numbers)
    if not fields.keys() & {"category", "tag", "page", "article", "address", "label"}:
        fields["label"] = f"Item {number}"
    return MenuItem.objects.create(**{"menu": "header", "position": number} | fields)


def make_section(**fields: Any) -> Section:
    """Make a section at the end of the home page: the latest articles unless *fields* say otherwise."""
    return Section.objects.create(
        **{"area": "home", "kind": "latest", "position": next(_numbers)} | fields
    )


def make_page(*, parent: Page | None = None, **fields: Any) -> Page:
    """Make a page that everybody can read, at the root unless it stands within *parent*."""
    number = next(_numbers)
    body = fields.pop("body", f"<p>The text of page {number}.</p>")
    fields = {"title": f"Page {number}", "slug": f"page-{number}", "status": "published"} | fields
    path = f"{parent.path}/{fields['slug']}" if parent else fields["slug"]
    return Page.objects.create(
        **{"parent": parent, "path": path, "position": number, "body": body, "body_html": body}
        | fields
    )
