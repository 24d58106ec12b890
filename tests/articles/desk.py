"""The form of an article as a browser sends it, and who sends it."""

import io

import PIL.Image
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from blog.articles.models import Article
from blog.articles.services import save_article
from tests.factories import make_author, make_user

LIST = "/admin/articles/article/"
ADD = f"{LIST}add/"
UPLOAD = f"{LIST}upload-picture/"


def member(role: str | None, **fields):
    """Make somebody of the staff with this role and a public name."""
    user = make_user(is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    make_author(user=user, name=f"Name of {user.pk}")
    return user


def picture(name: str = "a.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "olive").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def form_data(article: Article | None = None, **fields) -> dict:
    """Return what a browser sends for this article: everything the form shows."""
    data = {
        "title": "A title",
        "body": "<p>Words.</p>",
        "status": "draft",
        "comment_policy": "open",
        "rating_policy": "open",
        "review_position": "bottom",
        "bylines-TOTAL_FORMS": "0",
        "bylines-INITIAL_FORMS": "0",
    }
    if article:
        data |= {"title": article.title, "slug": article.slug, "body": article.body}
        data |= {"status": article.status, "opened_version": article.version}
        if article.publish_at:
            data["publish_at_0"] = article.publish_at.strftime("%Y-%m-%d")
            data["publish_at_1"] = article.publish_at.strftime("%H:%M:%S")
        if article.lead_image:
            data["lead_image"] = article.lead_image.pk
            data |= {
                f"lead_{word}": getattr(article.lead_image, word)
                for word in ("alt", "caption", "credit")
            }
        bylines = list(article.bylines.all())
        data |= byline_data(*[byline.author for byline in bylines], existing=bylines)
    return data | fields


def byline_data(*authors, existing=()) -> dict:
    data = {"bylines-TOTAL_FORMS": len(authors), "bylines-INITIAL_FORMS": len(existing)}
    for number, one in enumerate(authors):
        data[f"bylines-{number}-author"] = one.pk
        data[f"bylines-{number}-position"] = number
        if number < len(existing):
            data[f"bylines-{number}-id"] = existing[number].pk
            data[f"bylines-{number}-article"] = existing[number].article_id
    return data


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def own(user, **fields) -> Article:
    """Save an article of this user through the service."""
    return save_article(article=Article(title="Mine", **fields), editor=user)


def errors_of(response) -> dict:
    return response.context["adminform"].form.errors
