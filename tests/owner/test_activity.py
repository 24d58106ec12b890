"""The log of activity: everything people did, whichever table keeps it, by kind, person and page."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignIn
from blog.articles.models import StageChange
from blog.comments.deciding import transition
from blog.comments.models import Ban
from blog.outbox.models import Mail
from blog.owner import activity
from blog.pages.models import Message
from blog.privacy.retention import forget
from blog.site.models import SiteSettings
from tests.factories import (
    PASSWORD,
    make_article,
    make_comment,
    make_rating,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
PAGE = reverse("activity")


def log(user, model, flag=CHANGE, message="", what="It"):
    return LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(model),
        object_id="1",
        object_repr=what,
        action_flag=flag,
        change_message=message,
    )


def shown(client, query="") -> list[tuple[str, str]]:
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200, query
    return [(entry.kind.value, entry.did) for entry in response.context["entries"]]


def test_what_people_did_is_one_list(client, django_assert_max_num_queries):
    owner, editor = make_staff(), make_staff("Editor", display_name="<Ed>")
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    comment = make_comment(name="Mallory", status="pending")
    transition(comment=comment, to="spam", actor=editor, reason="Sells <shoes>")
    transition(comment=comment, to="approved", actor=None, reason="A rule")
    StageChange.objects.create(
        article=make_article(title="Bridges"), before="writing", after="published", actor=editor
    )
    log(owner, SiteSettings, message='[{"changed": {"fields": ["Title"]}}]')
    log(owner, type(owner), flag=DELETION)

    html = client.get(PAGE).content.decode()
    for words in ("Changed Title.", "Sells &lt;shoes&gt;", "&lt;Ed&gt;", "Mallory", "Bridges"):
        assert words in html, words
    everything = [
        ("people", "deleted (user)"),
        ("settings", "changed (site settings)"),
        ("texts", "published"),
        ("comments", "Spam"),
        ("sign-ins", "signed in"),
    ]
    with django_assert_max_num_queries(12):
        assert shown(client) == everything
    for kind, did in everything:
        assert shown(client, f"kind={kind}") == [(kind, did)], kind
    assert shown(client, f"who={editor.pk}") == everything[2:4]
    for hostile in (
        "kind=x&who=x&before=x",
        "before=0001-01-01T00:00:00%2B14:00",
        "who=99999999999",
    ):
        assert shown(client, hostile) == everything, hostile

    client.force_login(editor)
    assert client.get(PAGE).status_code == 403


def test_log_keeps_nothing_of_people_who_may_be_forgotten(client):
    client.force_login(make_staff())
    comment = make_comment(name="Mallory", email="mallory@example.org", body="Mallory was here")
    ban = Ban.objects.create(email=comment.email)
    message = Message.objects.create(
        name="Mallory", email=comment.email, subject="Mallory", body="x"
    )
    vote = make_rating(user=make_user(display_name="Mallory"))
    mail = Mail.objects.create(to=comment.email, subject="Mallory", key="comment:1")
    desk = reverse("admin:index")
    asked = client.get(f"{desk}comments/comment/{comment.pk}/delete/").content.decode()
    assert "Mallory: Mallory was here" in asked

    client.post(f"{desk}comments/comment/{comment.pk}/delete/", {"post": "yes"})
    client.post(f"{desk}comments/ban/{ban.pk}/change/", {"reason": "x"})
    client.post(f"{desk}pages/message/{message.pk}/change/", {"status": "read"})

    logged = sorted(LogEntry.objects.values_list("object_repr", flat=True))
    assert logged == [f"Ban {ban.pk}", f"Comment {comment.pk}", f"Message {message.pk}"]
    assert "allory" not in f"{vote} {mail}"


def test_older_pages_follow(client, monkeypatch):
    monkeypatch.setattr(activity, "PER_PAGE", 2)
    monkeypatch.setattr("blog.owner.views.PER_PAGE", 2)
    owner = make_staff()
    client.force_login(owner)
    now = timezone.now()
    for minutes in (5, 4, 3, 2, 1):
        entry = log(owner, SiteSettings, what=f"{minutes} ago")
        LogEntry.objects.filter(pk=entry.pk).update(action_time=now - timedelta(minutes=minutes))

    seen, query = [], "kind=settings"
    while query:
        response = client.get(f"{PAGE}?{query}")
        seen += [entry.what for entry in response.context["entries"]]
        query = response.context["older"]
        assert not query or parse_qs(query)["kind"] == ["settings"]

    assert seen == [f"{minutes} ago" for minutes in (1, 2, 3, 4, 5)]


def test_sign_ins_are_kept_for_ninety_days():
    owner = make_staff()
    old, new = (SignIn.objects.create(user=owner) for _ in range(2))
    SignIn.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=91))

    assert forget().sign_ins == 1
    assert SignIn.objects.get() == new
