"""Articles that ask for a password, and private ones: what strangers, readers and the desk see of them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from blog.articles.models import Article, ShareCard
from blog.articles.services import save_article
from blog.articles.share_cards import make_share_card
from blog.comments.models import Comment
from blog.media.renditions import make_renditions
from blog.public.receipts import receipt_path
from blog.ratings.models import Rating
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_menu_item,
    make_rating,
    make_staff,
    make_tag,
)
from tests.public.test_drafts import body_of, every_address

pytestmark = pytest.mark.django_db
SECRET, PASSWORD = "zygomorphic", "Lapsang Souchong"


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def make_secret(access, **fields):
    """Make an article with a secret in every place where a page shows something of one."""
    image = make_image(alt=SECRET, caption=SECRET)
    article = make_article(
        **{
            "title": "On teas", "access": access, "lead_image": image, "subtitle": SECRET,
            "excerpt": SECRET, "body": f"<h2>{SECRET}</h2><p>A {SECRET} text.</p>",
            "first_words": SECRET, "toc": [{"id": "a", "text": SECRET, "level": 2}] * 2,
            "review_summary": SECRET, "seo_description": SECRET,
            "password_hash": make_password(PASSWORD) if access == "password" else "",
        }
        | fields
    )  # fmt: skip
    article.pictures.add(image)
    make_comment(article=article, body=f"A {SECRET} comment")
    return article


def unlock(client, article, password=PASSWORD, **extra):
    return client.post(f"/{article.slug}/unlock/", {"password": password}, **extra)


@pytest.mark.parametrize("access", ["password", "private"])
def test_strangers_read_nothing_of_it_anywhere(client, access):
    terms = {
        "categories": [make_category(slug="things")],
        "tags": [make_tag(slug="things")],
        "authors": [make_author(slug="things")],
    }
    for _others in range(3):
        make_article(**terms)
    article = make_secret(access, **terms)
    make_rating(article=article, stars=2)
    comment = article.comments.get()

    addresses = {*every_address(article), f"/search/?q={SECRET}", "/search/?q=teas"}
    addresses |= {f"/comments/{comment.pk}/like/", f"/comments/{comment.pk}/report/"}
    pages = {address: client.get(address) for address in addresses}
    texts = {address: body_of(page) for address, page in pages.items()}

    assert {a for a, text in texts.items() if SECRET in text.replace(f"q={SECRET}", "")} <= {
        f"/search/?q={SECRET}"
    }
    assert "A zygomorphic" not in texts[f"/search/?q={SECRET}"]
    assert {a for a in ("/", "/feed/", "/tag/things/", "/category/things/", "/author/things/",
            "/search/?q=teas") if "Protected: On teas" in texts[a]} == (
        {"/", "/feed/", "/tag/things/", "/category/things/", "/author/things/", "/search/?q=teas"}
        if access == "password" else set()
    )  # fmt: skip
    if access == "private":
        assert {a for a, text in texts.items() if "On teas" in text} == set()
    assert article.get_absolute_url() not in texts["/sitemap.xml"]
    assert client.get(article.lead_image.file.url).status_code == 404
    assert {bool(page.cookies) for page in pages.values()} == {False}

    said = {"body": "Mine", "name": "Ann", "email": "ann@example.org"}
    missing = 404 if access == "private" else 403
    for where, data in (("comments", said), ("rating", {"stars": 5})):
        assert client.post(f"/{article.slug}/{where}/", data).status_code == missing
    assert client.post(f"/comments/{comment.pk}/like/").status_code == 404
    assert (Comment.objects.count(), Rating.objects.count()) == (1, 1)


def test_page_of_a_protected_article_is_the_same_for_everybody_and_asks(client):
    article = make_secret("password")

    response = client.get(article.get_absolute_url())

    html = response.content.decode()
    assert response["Cache-Control"].startswith("public")
    assert "<h1>Protected: On teas</h1>" in html
    assert f'action="/{article.slug}/unlock/"' in html
    assert "There is no excerpt because this is a protected post." in html
    feed = client.get("/feed/json/").json()["items"][0]
    assert feed["content_html"].startswith("<p>There is no excerpt")


def test_password_opens_page_pictures_comments_and_ratings_for_ten_days(client):
    article = make_secret("password", body_html="")
    make_renditions(image=article.lead_image)
    comment = article.comments.get()
    other = make_secret("password", password_hash=make_password("another"))

    response = unlock(client, article)

    assert (response.status_code, response["Location"]) == (303, article.get_absolute_url())
    cookie = response.cookies["unlocked"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (864000, True, "Lax")
    page = client.get(article.get_absolute_url())
    assert page["Cache-Control"] == "private, no-store"
    assert {f"A {SECRET} text.", f"A {SECRET} comment"} == {
        words for words in (f"A {SECRET} text.", f"A {SECRET} comment") if words in body_of(page)
    }
    picture = client.get(article.lead_image.files.small)
    assert (picture.status_code, picture["Cache-Control"]) == (200, "private, no-store")
    body_of(picture)
    assert client.post(f"/{article.slug}/rating/", {"stars": 5}).status_code == 303
    said = {"body": "Mine", "name": "Ann", "email": "ann@example.org"}
    assert client.post(f"/{article.slug}/comments/", said).status_code == 303
    assert client.post(f"/comments/{comment.pk}/like/").status_code == 303
    assert client.get(f"/{article.slug}/comments/{comment.pk}/").url.endswith(
        f"#comment-{comment.pk}"
    )
    # Not what has another password, not a browser without the cookie, not after ten days.
    assert SECRET not in body_of(client.get(other.get_absolute_url()))
    assert client.get(other.lead_image.file.url).status_code == 404
    assert SECRET not in body_of(Client().get(article.get_absolute_url()))
    with time_machine.travel(timezone.now() + timedelta(days=10, minutes=1), tick=False):
        assert SECRET not in body_of(client.get(article.get_absolute_url()))
    # Nor once the password is another.
    Article.objects.filter(pk=article.pk).update(password_hash=make_password(PASSWORD))
    assert SECRET not in body_of(client.get(article.get_absolute_url()))
    client.cookies["unlocked"] = client.cookies["unlocked"].value + "x"
    assert SECRET not in body_of(client.get(article.get_absolute_url()))


def test_wrong_passwords_are_refused_and_end(client):
    article = make_secret("password")
    wrong = ["", " ", PASSWORD.lower(), "x" * 1001, "\0", "' OR 1=1 --"]

    answers = [unlock(client, article, word) for word in wrong]
    more = [unlock(client, article, "no").status_code for _try in range(6)]
    right = unlock(client, article)

    assert [(a.status_code, "unlocked" in a.cookies) for a in answers] == [(422, False)] * 6
    assert "This is not the password." in body_of(answers[2])
    assert more == [422] * 5 + [429]
    assert (right.status_code, "unlocked" in right.cookies) == (429, False)
    assert unlock(client, article, REMOTE_ADDR="192.0.2.7").status_code == 303
    assert unlock(client, article, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert client.get(f"/{article.slug}/unlock/").status_code == 405
    assert unlock(client, make_secret("private")).status_code == 404


def test_who_has_tried_too_often_waits_for_ten_minutes(client, settings, tmp_path):
    files = "django.core.cache.backends.filebased.FileBasedCache"  # what there is by itself
    settings.CACHES = {"default": {"BACKEND": files, "LOCATION": tmp_path / "cache"}}
    article = make_secret("password")
    # Of tomorrow: the article is there, and no midnight is near, when a network gets another name.
    noon = (timezone.now() + timedelta(days=1)).replace(hour=12)
    with time_machine.travel(noon, tick=False):
        tries = [unlock(client, article, "no").status_code for _try in range(11)]
    assert tries[-2:] == [422, 429]

    answers = []
    for minutes in (6, 17):  # each try counts
        with time_machine.travel(noon + timedelta(minutes=minutes), tick=False):
            answers.append(unlock(client, article).status_code)
    assert answers == [429, 303]


def test_question_behind_the_password_is_answered(client):
    body = '<p><a href="#ask">Which tea?</a></p>'
    article = make_secret("password", body=body, body_html="")
    unlock(client, article)
    said = {"body": "Mine", "name": "Ann", "email": "ann@example.org", "about": "Which tea?"}

    assert client.post(f"/{article.slug}/comments/", said).status_code == 303

    assert Comment.objects.get(name="Ann").about == "Which tea?"


def test_comment_to_a_locked_article_comes_back(client):
    article = make_secret("password")

    response = client.post(f"/{article.slug}/comments/", {"body": "A long <thought>"})

    assert response.status_code == 403
    assert "A long &lt;thought&gt;</textarea>" in body_of(response)


def test_private_article_is_its_authors_and_the_editors(client):
    own, other = make_staff("Author"), make_staff("Author")
    article = make_secret("private", authors=[make_author(user=own)])

    for user, status in ((own, 200), (make_staff("Editor"), 200), (other, 404)):
        client.force_login(user)
        response = client.get(article.get_absolute_url())
        assert (user.groups.get().name, response.status_code) == (user.groups.get().name, status)
        assert response.headers.get("Cache-Control", "no-store").endswith("no-store")
        if status == 200:
            assert "<h1>Private: On teas</h1>" in body_of(response)
            assert f"A {SECRET} text." in body_of(response)


def test_menus_and_receipts_say_what_is_protected_and_nothing_of_what_is_private(client):
    article = make_secret("password")
    make_menu_item(article=article)
    receipts = [
        receipt_path(row)
        for row in (article.comments.get(), make_rating(article=article, stars=4))
    ]

    shown = f'<a href="{article.get_absolute_url()}">Protected: On teas</a>'
    for path in ("/search/", *receipts):
        assert shown in body_of(client.get(path))

    Article.objects.filter(pk=article.pk).update(access="private")
    for path in ("/search/", *receipts):
        assert "On teas" not in body_of(client.get(path))


def test_editor_needs_no_password(client):
    article = make_secret("password", body_html="")

    report = f"/comments/{article.comments.get().pk}/report/"

    client.force_login(make_staff("Editor"))
    assert f"A {SECRET} text." in body_of(client.get(article.get_absolute_url()))
    assert f"A {SECRET} comment" in body_of(client.get(report))
    client.force_login(make_staff("Author"))
    assert SECRET not in body_of(client.get(article.get_absolute_url()))
    assert client.get(report).status_code == 404


def test_saving_keeps_the_rendered_text_out_of_the_row_and_makes_no_card():
    article = make_secret("password", is_sticky=False)
    article.is_sticky = True

    save_article(article=article, editor=make_staff("Editor"))

    article.refresh_from_db()
    assert (article.body_html, article.toc, article.first_words) == ("", [], "")
    assert (SECRET in article.body, article.is_sticky) == (True, False)
    assert article.word_count == 4
    assert make_share_card.call(article.pk) is False
    assert not ShareCard.objects.exists()
