"""The buttons under a comment: for those who may decide, and for nobody else."""

import re
import uuid

import pytest
from django.utils import timezone

from blog.comments.batches import decide_all
from blog.comments.models import Comment
from tests.factories import make_article, make_author, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
DECIDE = "/comments/decide/"
SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}
Status = Comment.Status


def decide(client, comment, to="spam", **headers):
    return client.post(DECIDE, {"comment": comment.pk, "to": to}, **SAME | headers)


@pytest.fixture
def comment():
    return make_comment(name="Lena")


@pytest.mark.parametrize("to", [Status.PENDING, Status.SPAM, Status.TRASH])
def test_moderator_decides_on_the_page_and_takes_it_back(client, comment, to):
    user = make_staff("Moderator")
    client.force_login(user)
    page = comment.article.get_absolute_url()
    assert "Spam: the comment by Lena" in client.get(page).content.decode()

    response = decide(client, comment, to)

    decision = comment.decisions.first()
    assert (decision.to_status, decision.actor, decision.via) == (to, user, "page")
    assert (response.status_code, response["Location"]) == (
        303, f"{page}?moderated={decision.batch}#comments",
    )  # fmt: skip
    html = client.get(response["Location"]).content.decode()
    assert "The comment by Lena is" in html
    (undo,) = re.findall(r'action="(/comments/undo/[^"]+)"', html)
    response = client.post(undo, **SAME)
    assert (response.status_code, response["Location"]) == (303, f"{page}#comment-{comment.pk}")
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


def test_author_decides_about_comments_on_own_articles_only(client, comment):
    user = make_user()
    own = make_comment(article=make_article(authors=[make_author(user=user)]))
    client.force_login(user)

    html = client.get(own.article.get_absolute_url()).content.decode()
    assert DECIDE in html
    assert "/admin/" not in html  # no link to a desk that refuses them
    assert DECIDE not in client.get(comment.article.get_absolute_url()).content.decode()
    assert decide(client, own).status_code == 303
    assert decide(client, comment).status_code == 403
    assert Comment.objects.get(pk=own.pk).status == Status.SPAM
    assert Comment.objects.get(pk=comment.pk).status == Status.APPROVED


def test_author_and_moderator_decide_on_the_page_about_what_waits(client):
    user = make_user()
    article = make_article(authors=[make_author(user=user)])
    waiting = [make_comment(article=article, name=name, status="pending") for name in "ABC"]
    changed = waiting[2]
    page, title = article.get_absolute_url(), "3 comments wait</h3>"
    assert title not in client.get(page).content.decode()
    client.force_login(make_staff("Moderator"))
    assert f"/admin/comments/ban/add/?comment={waiting[0].pk}" in client.get(page).content.decode()
    client.force_login(user)
    html = client.get(page).content.decode()
    assert title in html
    assert "/admin/" not in html

    seen = dict(
        re.findall(r'name="comment" value="(\d+)"><input .*name="seen" value="(.*?)"', html)
    )
    Comment.objects.filter(pk=changed.pk).update(edited_at=timezone.now(), body="Other")
    for comment, to in zip(waiting, ("approved", "spam", "approved"), strict=True):
        form = {"comment": comment.pk, "to": to, "seen": seen[str(comment.pk)]}
        back = client.post(DECIDE, form, **SAME)["Location"]

    assert "Somebody was quicker." in client.get(back).content.decode()
    found = Comment.objects.order_by("pk").values_list("status", flat=True)
    assert list(found) == ["approved", "spam", "pending"]


@pytest.mark.parametrize("who", ["guest", "reader"])
def test_nobody_else_sees_or_uses_the_buttons(client, comment, who):
    if who == "reader":
        client.force_login(make_user())
    batch = decide_all(comments=[], to="spam", actor=make_user()).batch

    page = client.get(f"{comment.article.get_absolute_url()}?moderated={batch}").content.decode()

    assert ("moderate" in page, DECIDE in page) == (False, False)
    assert decide(client, comment).status_code == 403
    assert client.post(f"/comments/undo/{uuid.uuid4()}/", **SAME).status_code == 403
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


def test_decision_of_somebody_else_is_not_taken_back_here(client, comment):
    batch = decide_all(comments=[comment], to="spam", actor=make_user()).batch
    client.force_login(make_staff("Moderator"))

    assert client.post(f"/comments/undo/{batch}/", **SAME).status_code == 403


def test_slower_moderator_learns_that_somebody_was_quicker(client, comment):
    client.force_login(make_staff("Moderator"))
    decide_all(comments=[comment], to=Status.TRASH, actor=make_user())

    response = decide(client, comment)

    html = client.get(response["Location"]).content.decode()
    assert "Somebody was quicker" in html
    comment.refresh_from_db()
    assert comment.status == Status.TRASH


def test_form_of_another_site_is_refused(client, comment):
    client.force_login(make_staff("Moderator"))

    response = decide(client, comment, HTTP_SEC_FETCH_SITE="cross-site")

    assert response.status_code == 403
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


@pytest.mark.parametrize(
    ("key", "to", "status"),
    [("1", "removed", 404), ("1", "", 404), ("x", "spam", 403), ("9" * 30, "spam", 403)],
)
def test_what_no_button_sends_is_refused(client, comment, key, to, status):
    client.force_login(make_staff("Moderator"))
    key = str(comment.pk) if key == "1" else key

    response = client.post(DECIDE, {"comment": key, "to": to}, **SAME)

    assert response.status_code == status


def test_get_changes_nothing(client, comment):
    client.force_login(make_staff("Moderator"))

    assert client.get(DECIDE, {"comment": comment.pk, "to": "spam"}).status_code == 405
    assert client.get(f"/comments/undo/{uuid.uuid4()}/").status_code == 405


def test_author_does_not_undo_a_click_on_articles_of_others(client):
    user = make_user()
    own = make_comment(article=make_article(authors=[make_author(user=user)]))
    others = make_comment()
    clicked = decide_all(comments=[own, others], to=Status.SPAM, actor=user)  # once a moderator
    client.force_login(user)

    response = client.post(f"/comments/undo/{clicked.batch}/", **SAME)

    assert response.status_code == 403
    assert set(Comment.objects.values_list("status", flat=True)) == {Status.SPAM}
