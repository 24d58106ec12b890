"""Pictures beside comments: chosen by people with an account, or found at Gravatar by the server."""

from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow

from blog.comments import avatars
from blog.comments.avatars import AGAIN, find_avatar, forget_avatars
from blog.comments.models import Avatar, Comment
from blog.comments.notices import tell_readers
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
    gravatar.picture = b"no picture"
    Avatar.objects.update(checked_at=timezone.now() - AGAIN * 2)
    find_avatar.call(comment.pk)
    site.gravatars_on = False
    site.save()
    assert client.get(address).status_code == 404
    forget_avatars()
    assert not Avatar.objects.exists()


def test_somebody_with_an_account_chooses_a_picture_and_takes_it_away(client):
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
    Comment.objects.update(status="pending")
    assert client.get(address).status_code == 404  # strangers see no comment of theirs
    save(**{"picture-remove": "on"})
    assert not Avatar.objects.exists()
    assert Comment.objects.count() == 2


def test_who_is_erased_leaves_no_picture():
    user = make_user()
    for fields in ({"user": user}, {"mark": avatars.mark_of("ana@example.org")}):
        Avatar.objects.create(image=b"x", checked_at=timezone.now(), **fields)

    for person in (Person(email="ana@example.org"), Person(email=user.email, user=user)):
        erase(person=person, removes_comments=False, removes_votes=False)

    assert not Avatar.objects.exists()
