"""Working statuses: who chooses which, where they are seen, and that readers never see one."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from blog.articles.assigning import assign_article
from blog.articles.models import Article, WorkingStatus
from blog.articles.statuses import set_status, statuses_for
from tests.articles.desk import form_data
from tests.articles.test_admin_lists import LIST, form_of, quick, titles
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
DRAFT = Article.Status.DRAFT


@pytest.fixture
def statuses():
    """Return the three that a desk begins with; of them only editors choose the last."""
    WorkingStatus.objects.all().delete()
    rows = [
        WorkingStatus.objects.create(name=name, position=number, colour="amber")
        for number, name in enumerate(("Pitch", "Assigned", "In progress"))
    ]
    rows[1].is_for_assigned = True
    rows[1].save()
    rows[2].roles.add(Group.objects.get(name="Editor"))
    return rows


def test_a_new_desk_has_three():
    names = WorkingStatus.objects.values_list("name", "is_for_assigned")

    assert list(names) == [("Pitch", False), ("Assigned", True), ("In progress", False)]


def test_roles_decide_who_chooses_it_and_the_log_knows(client, statuses):
    pitch, assigned, in_progress = statuses
    ann, editor = make_staff("Author"), make_staff("Editor")
    article = make_article(status=DRAFT, created_by=ann, title="On kettles")
    page = reverse("admin:articles_article_change", args=[article.pk])

    assert statuses_for(ann, article) == [pitch, assigned]
    with pytest.raises(ValidationError, match="Your role may not"):
        set_status(article=article, status=in_progress, actor=ann)
    assert set_status(article=article, status=in_progress, actor=editor)
    assert not set_status(article=article, status=in_progress, actor=ann)  # nothing changes
    assert statuses_for(ann, article) == statuses  # what it has stays offered

    client.force_login(ann)
    assert '<span class="badge is-amber">In progress</span>' in client.get(page).content.decode()
    for address in (page.replace("change", "history"), page):
        assert "no status → In progress" in client.get(address).content.decode()
    assert titles(client.get(LIST, {"status": in_progress.pk})) == {"On kettles"}
    assert titles(client.get(LIST, {"status": pitch.pk})) == set()
    assert "is-amber" in client.get(f"{LIST}calendar/").content.decode()
    article.refresh_from_db()
    article.stage = Article.Stage.IN_REVIEW
    article.save()
    with pytest.raises(ValidationError, match="past being written"):
        set_status(article=article, status=pitch, actor=editor)
    html = client.get(page).content.decode()
    assert ("desk_status" in html, "badge" in html) == (False, False)
    assert titles(client.get(LIST, {"status": in_progress.pk})) == set()
    in_progress.delete()
    article.refresh_from_db()
    assert article.working_status is None


def test_text_is_kept_that_is_saved_while_somebody_sends_it_to_review(
    client, statuses, monkeypatch
):
    client.force_login(make_staff("Editor"))
    article = make_article(status=DRAFT)
    asked = {"desk_status": statuses[0].pk, "initial-desk_status": ""}

    def meanwhile(**asked):
        Article.objects.update(stage=Article.Stage.IN_REVIEW)
        return set_status(**asked)

    monkeypatch.setattr("blog.articles.admin.article.set_status", meanwhile)
    sent = form_data(title="Pots", opened_version=article.version, **asked)
    page = reverse("admin:articles_article_change", args=[article.pk])
    response = client.post(page, sent, follow=True)

    assert "past being written" in response.content.decode()
    assert Article.objects.get().title == "Pots"


def test_an_old_form_takes_nothing_back(client, statuses):
    pitch, assigned, in_progress = statuses
    ann = make_staff("Author")
    article = make_article(status=DRAFT, created_by=ann, working_status=pitch)
    client.force_login(ann)

    def send(status, before, **changes):
        asked = {"desk_status": status, "initial-desk_status": before}
        sent = form_of(Article.objects.get(), **asked, **changes)
        return client.post(quick(article), sent)

    def now():
        return Article.objects.get().working_status

    Article.objects.update(working_status=assigned)
    assert send(pitch.pk, pitch.pk, title="Kettles").status_code == 302
    assert (now(), Article.objects.get().title) == (assigned, "Kettles")
    assert send(in_progress.pk, pitch.pk).status_code == 422  # not this role's
    assert send("x", pitch.pk).status_code == 422
    assert send(pitch.pk, assigned.pk).status_code == 302
    assert now() == pitch
    assert send("", pitch.pk).status_code == 302
    assert now() is None
    # Sent to review in another window: the text of this one is saved all the same.
    Article.objects.update(working_status=pitch, stage=Article.Stage.IN_REVIEW)
    sent = form_data(
        **{"title": "Pots", "desk_status": pitch.pk, "initial-desk_status": pitch.pk},
        opened_version=Article.objects.get().version,
    )
    page = reverse("admin:articles_article_change", args=[article.pk])
    assert client.post(page, sent).status_code == 302
    assert Article.objects.get().title == "Pots"


def test_text_is_kept_when_the_status_was_moved_to_where_this_role_may_not_go_back(
    client, statuses
):
    pitch, assigned, in_progress = statuses
    ann = make_staff("Author")
    article = make_article(status=DRAFT, created_by=ann, working_status=in_progress)
    page = reverse("admin:articles_article_change", args=[article.pk])
    client.force_login(ann)

    def send(chosen):
        asked = {"desk_status": chosen, "initial-desk_status": in_progress.pk}
        asked["opened_version"] = Article.objects.get().version
        Article.objects.update(working_status=pitch)  # by an editor, since the form was opened
        return client.post(page, form_data(title="Kettles", **asked), follow=True)

    assert "Its working status was changed meanwhile" in send(in_progress.pk).content.decode()
    assert (Article.objects.get().title, Article.objects.get().working_status) == (
        "Kettles",
        pitch,
    )
    sent = form_of(Article.objects.get(), desk_status=in_progress.pk)
    sent["initial-desk_status"] = in_progress.pk
    assert client.post(quick(article), sent).status_code == 302
    send("")
    assert Article.objects.get().working_status is None  # who chose another one changes it
    send(assigned.pk)
    assert Article.objects.get().working_status == assigned


def test_many_get_one_at_once_and_what_is_live_none(client, statuses):
    pitch = statuses[0]
    client.force_login(make_staff("Editor"))
    drafts = [make_article(status=DRAFT), make_article(status=DRAFT), make_article()]
    chosen = {"action": "change_many", "change_many": "1"}
    chosen["_selected_action"] = [article.pk for article in drafts]

    response = client.post(LIST, chosen | {"desk_status": pitch.pk}, follow=True)
    assert "1 article is past being written" in response.content.decode()
    assert list(Article.objects.order_by("pk").values_list("working_status", flat=True)) == [
        pitch.pk, pitch.pk, None,
    ]  # fmt: skip
    client.post(LIST, chosen | {"desk_status": "none"})
    assert not Article.objects.exclude(working_status=None).exists()


def test_what_is_handed_out_is_assigned_unless_it_has_a_status(statuses):
    editor, ann = make_staff("Editor"), make_staff("Author")
    pitch, assigned, _in_progress = statuses

    def hand_out(article):
        asked = {"due_on": None, "brief": "", "values": {}}
        assign_article(article=article, actor=editor, writer=ann, **asked)
        return Article.objects.get(pk=article.pk).working_status

    assert hand_out(make_article(status=DRAFT)) == assigned
    assert hand_out(make_article(status=DRAFT, working_status=pitch)) == pitch
    assert hand_out(make_article()) is None  # live already
    assigned.delete()
    assert hand_out(make_article(status=DRAFT)) is None


def test_readers_never_see_one_and_a_desk_without_them_is_not_asked(client, statuses):
    WorkingStatus.objects.filter(pk=statuses[0].pk).update(name="Zugzwang")
    article = make_article(working_status=statuses[0])
    for address in (
        article.get_absolute_url(),
        "/",
        "/feed/",
        "/feed/json/",
        "/search/?q=zugzwang",
    ):
        html = (
            client.get(address)
            .content.decode()
            .replace("q=zugzwang", "")
            .replace('"zugzwang"', "")
        )
        assert "Zugzwang" not in html
    WorkingStatus.objects.all().delete()
    client.force_login(make_staff("Editor"))
    assert "desk_status" not in client.get(reverse("admin:articles_article_add")).content.decode()
