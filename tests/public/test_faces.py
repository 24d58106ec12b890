"""Pictures beside comments: chosen by people with an account, or found at Gravatar by the server."""

from functools import partial
from hashlib import sha256
from io import BytesIO
from threading import Barrier

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow

from blog.articles.models import Article
from blog.comments import avatars, services
from blog.comments.avatars import AGAIN, find_avatar, forget_avatars
from blog.comments.models import Avatar, Comment
from blog.comments.notices import tell_readers
from blog.comments.receipts import receipt_for
from blog.comments.writers import Writer
from blog.privacy.erasing import erase
from blog.privacy.people import Person
from blog.site.models import SiteSettings
from tests.akismet import Service
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def drawn(color: str = "teal", size: tuple[int, int] = (120, 60)) -> bytes:
    content = BytesIO()
    Pillow.new("RGB", size, color).save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def gravatar(monkeypatch):
    with Service() as service:
        monkeypatch.setattr(avatars, "GRAVATAR", service.address)
        yield service


def html_of(client, article):
    return client.get(article.get_absolute_url()).content.decode()


def test_guest_is_shown_as_gravatar_has_them_where_the_owner_wants_it(client, gravatar):
    site = SiteSettings.objects.create()
    gravatar.picture = drawn()
    comment = make_comment(email="ana@example.org")
    earlier = make_comment(article=comment.article, email="ana@example.org")
    tell_readers.call(comment.pk)
    assert gravatar.asked == []  # off by default
    site.gravatars_on = True
    site.save()
    assert "Gravatar" in client.get(reverse("privacy")).content.decode()

    for found in (comment, earlier):  # the second time nobody is asked
        tell_readers.call(found.pk)

    name = sha256(b"ana@example.org").hexdigest()
    assert [path.partition("?")[0] for path, _data in gravatar.asked] == [f"/1.1/{name}"]
    avatar = Avatar.objects.get()
    address = reverse("comment-picture", args=[avatar.pk])
    html = html_of(client, comment.article)
    assert html.count(f'<img class="initial" src="{address}"') == 2
    assert "gravatar.com" not in html
    picture = client.get(address)
    assert (picture["Content-Type"], picture["Cache-Control"]) == (
        "image/webp", "public, max-age=86400",
    )  # fmt: skip
    assert Pillow.open(BytesIO(picture.content)).size == (80, 80)
    assert not picture.cookies
    # What is gone there goes here, and what is switched off is neither shown nor kept.
    gravatar.picture = b""
    Avatar.objects.update(checked_at=timezone.now() - AGAIN * 2)
    find_avatar.call(comment.pk)
    assert bytes(Avatar.objects.get().image) == b""
    assert "/pictures/" not in html_of(client, comment.article)
    forget_avatars()
    assert Avatar.objects.exists()  # that there is none is known for a month
    # Sent to another host, we do not go; after any failure nobody is asked for some minutes.
    gravatar.picture = drawn()
    gravatar.moved = gravatar.address.replace("127.0.0.1", "localhost").replace("1.1", "inside")
    Avatar.objects.update(checked_at=timezone.now() - AGAIN * 2)
    asked = len(gravatar.asked)
    for _again in range(2):
        find_avatar.call(comment.pk)
    assert len(gravatar.asked) == asked + 1
    forget_avatars()
    assert not Avatar.objects.exists()
    cache.clear()
    gravatar.moved = gravatar.address.replace("1.1", "near")
    find_avatar.call(comment.pk)
    assert bytes(Avatar.objects.get().image)
    site.gravatars_on = False
    site.save()
    assert client.get(address).status_code == 404
    forget_avatars()
    assert not Avatar.objects.exists()


def test_two_workers_that_look_for_the_same_guest_keep_one_picture(at_once, gravatar):
    SiteSettings.objects.create(gravatars_on=True)
    comments = [make_comment(email="ana@example.org") for _each in range(2)]
    gravatar.picture, gravatar.meeting = drawn(), Barrier(2)

    at_once([partial(find_avatar.call, comment.pk) for comment in comments])

    assert Comment.objects.filter(avatar=Avatar.objects.get()).count() == 2


def test_somebody_with_an_account_chooses_a_picture_and_takes_it_away(
    client, monkeypatch, settings
):
    SiteSettings.objects.create(seconds_between_comments=0)
    user = make_user()
    comment = make_comment(user=user, email=user.email)
    client.force_login(user)
    profile = reverse("profile")

    def save(**fields):
        return client.post(profile, {"display_name": "Ana"} | fields)

    refused = save(**{"picture-picture": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")})
    assert (refused.status_code, Avatar.objects.count()) == (422, 0)
    save(**{"picture-picture": SimpleUploadedFile("a.png", drawn())})

    avatar = Avatar.objects.get()
    comment.refresh_from_db()
    assert (avatar.user, comment.avatar) == (user, avatar)
    address = reverse("comment-picture", args=[avatar.pk])
    assert address in html_of(client, comment.article)
    assert client.get(address).status_code == 200
    assert "data:image/webp;base64," in client.get(profile).content.decode()
    answer = {"body": "Mine again, with the picture."}
    client.post(
        reverse("article-comment", args=[make_article().slug]),
        answer,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert Comment.objects.latest("pk").avatar == avatar
    # Chosen anew while a comment is on its way: the comment is stored, and not with the old one.
    lock = services.lock_thread
    other = SimpleUploadedFile("b.png", drawn("red"))

    def choose_and_lock(pk):
        save(**{"picture-picture": other})
        return lock(pk)

    monkeypatch.setattr(services, "lock_thread", choose_and_lock)
    last = services.post_comment(
        article=make_article(),
        writer=Writer(user=user),
        body="Red?",
        site=SiteSettings(seconds_between_comments=0),
    )
    avatar = Avatar.objects.get()
    assert last.avatar_id == avatar.pk
    address = reverse("comment-picture", args=[avatar.pk])
    Comment.objects.update(status="pending")
    assert client.get(address).status_code == 404  # strangers see no comment of theirs
    held = f"{comment.article.get_absolute_url()}?receipt={receipt_for(comment)}"
    html = client.get(held).content.decode()
    assert "awaiting moderation" in html
    assert address not in html  # and so there is none on their own page
    Comment.objects.update(status="approved")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    # Nor behind a password, as strangers read nothing there.
    secret = comment.article
    Article.objects.update(access="password", password_hash=make_password("saws"))
    own = {"Sec-Fetch-Site": "same-origin"}
    client.post(f"/{secret.slug}/unlock/", {"password": "saws"}, headers=own)
    html = html_of(client, secret)
    assert f'id="comment-{comment.pk}"' in html
    assert address not in html
    save(**{"picture-remove": "on"})
    assert not Avatar.objects.exists()
    assert Comment.objects.count() == 3


def test_who_is_erased_leaves_no_picture():
    user = make_user()
    for fields in ({"user": user}, {"mark": avatars.mark_of("ana@example.org")}):
        Avatar.objects.create(image=b"x", checked_at=timezone.now(), **fields)

    for person in (Person(email="ana@example.org"), Person(email=user.email, user=user)):
        erase(person=person, removes_comments=False, removes_votes=False)

    assert not Avatar.objects.exists()
