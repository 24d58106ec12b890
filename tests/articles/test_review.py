"""The review: who may take which step, what is told, and which doors publish nothing without asking."""

from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles.drafts import save_draft
from blog.articles.models import Article, Note, Revision, StageChange
from blog.articles.review import BlockedError, NotAllowedError, assign, move_stage, publishing
from blog.articles.services import (
    publish,
    restore,
    save_article,
    set_sticky,
    trash,
    unpublish,
)
from blog.outbox.models import Mail
from tests.factories import make_article, make_author, make_staff, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("admin:articles_article_changelist")
UNDESCRIBED = '<figure><img src="/static/img/icon.svg" alt=""></figure>'
STAGES = ["writing", "in_review", "changes", "approved"]


def draft_of(user, **fields) -> Article:
    return make_article(status="draft", created_by=user, authors=[], **fields)


def told() -> list[tuple[str, str]]:
    """Return to whom mails were written since the last question, with their subjects."""
    mails = sorted(Mail.objects.values_list("to", "subject"))
    Mail.objects.all().delete()
    return [(to, subject.removeprefix("[Byline] ")) for to, subject in mails]


def url(page: str, article: Article) -> str:
    return reverse(f"admin:articles_article_{page}", args=[article.pk])


def form_of(article: Article, **fields) -> dict:
    """Return what a browser sends of an article that nobody changed."""
    at = timezone.localtime(article.publish_at or timezone.now())
    return {
        "title": article.title,
        "body": article.body,
        "slug": article.slug,
        "status": article.status,
        "publish_at_0": at.strftime("%Y-%m-%d"),
        "publish_at_1": at.strftime("%H:%M:%S"),
        "comment_policy": "open",
        "rating_policy": "open",
        "review_position": "bottom",
        "opened_version": article.version,
        "bylines-TOTAL_FORMS": "0",
        "bylines-INITIAL_FORMS": "0",
    } | fields


def test_who_may_take_which_step():
    contributor, author, other = (
        make_staff(role) for role in ("Contributor", "Author", "Contributor")
    )
    editor, moderator = make_staff("Editor"), make_staff("Moderator")
    own = {contributor: draft_of(contributor), author: draft_of(author)}
    writing = {
        ("writing", "in_review"),
        ("in_review", "writing"),
        ("changes", "in_review"),
        ("approved", "writing"),
    }
    deciding = {("in_review", "approved"), ("in_review", "changes"), ("approved", "changes")}

    def allowed(actor, article) -> set[tuple[str, str]]:
        steps = set()
        for before, to in product(STAGES, STAGES):
            Article.objects.filter(pk=article.pk).update(stage=before)
            try:
                move_stage(article=article, to=to, actor=actor, reason="So.")
            except NotAllowedError:
                continue
            assert Article.objects.get(pk=article.pk).stage == to
            steps.add((before, to))
        return steps

    assert allowed(contributor, own[contributor]) == writing
    assert allowed(author, own[author]) == writing
    assert allowed(editor, own[author]) == writing | deciding
    assert allowed(editor, draft_of(editor)) == writing | deciding  # may publish it anyway
    assert allowed(other, own[contributor]) == allowed(moderator, own[author]) == set()
    assert allowed(make_user(), own[contributor]) == set()


def test_an_editor_who_may_not_publish_does_not_approve_own_work():
    proofreader = make_staff("Contributor")
    proofreader.user_permissions.add(Permission.objects.get(codename="edit_any_article"))
    own, others = (draft_of(user, stage="in_review") for user in (proofreader, make_user()))

    with pytest.raises(NotAllowedError):
        move_stage(article=own, to="approved", actor=proofreader)
    move_stage(article=others, to="approved", actor=proofreader)


def test_every_step_is_logged_and_told_to_those_it_concerns():
    contributor = make_staff("Contributor", display_name="Con\nnie")
    editors = [make_staff("Editor"), make_staff("Administrator")]
    make_staff("Editor", is_active=False)
    article = draft_of(contributor, title="Low\ntide")
    first, second = (editor.email for editor in editors)
    step = {"article": article, "actor": contributor}

    move_stage(**step, to="in_review")
    assert told() == [
        (first, "Please review: “Low tide”"),
        (second, "Please review: “Low tide”"),
    ]
    move_stage(article=article, to="changes", actor=editors[0], reason="A source,\nplease.")
    assert "> A source,\n> please.\n\n/admin/" in Mail.objects.get().body
    assert told() == [(contributor.email, "Changes requested: “Low tide”")]
    move_stage(**step, to="in_review")
    assert told() == [(first, "Please review: “Low tide”")]  # who decided is asked again
    move_stage(article=article, to="approved", actor=editors[0])
    assert told() == [(contributor.email, "Approved: “Low tide”")]
    move_stage(**step, to="writing")
    assert told() == []
    move_stage(**step, to="in_review", reviewer=editors[1])
    assert told() == [(second, "Please review: “Low tide”")]
    publish(article=article, editor=editors[0])
    assert told() == [(contributor.email, "Published: “Low tide”")]
    log = article.stage_changes.order_by("pk").values_list("before", "after", "actor", "reason")
    assert list(log) == [
        ("writing", "in_review", contributor.pk, ""),
        ("in_review", "changes", editors[0].pk, "A source,\nplease."),
        ("changes", "in_review", contributor.pk, ""),
        ("in_review", "approved", editors[0].pk, ""),
        ("approved", "writing", contributor.pk, ""),
        ("writing", "in_review", contributor.pk, ""),
        ("in_review", "published", editors[0].pk, ""),
    ]
    assert Article.objects.get().stage == "writing"


def test_who_wants_no_mail_gets_none(client):
    editor, contributor = make_staff("Editor"), make_staff("Contributor")
    silent = make_staff("Editor", wants_desk_mail=False)
    article = draft_of(contributor)

    move_stage(article=article, to="in_review", actor=contributor)
    assert [to for to, _subject in told()] == [editor.email]
    client.force_login(contributor)
    profile = client.get(reverse("profile"))
    assert profile.context["form"]["wants_desk_mail"].value() is True
    Article.objects.update(stage="writing")
    move_stage(article=article, to="in_review", actor=contributor, reviewer=silent)
    assert told() == []
    client.force_login(make_user())
    assert "wants_desk_mail" not in client.get(reverse("profile")).context["form"].fields


def test_another_reviewer_is_asked():
    editor, other, contributor = (make_staff(role) for role in ("Editor", "Editor", "Contributor"))
    article = draft_of(contributor, stage="in_review", reviewer=editor)

    assign(article=article, reviewer=other, actor=editor)
    assert assign(article=article, reviewer=other, actor=editor) is None

    assert told() == [(other.email, f"Please review: “{article}”")]
    with pytest.raises(ValidationError, match="may not review"):
        assign(article=article, reviewer=contributor, actor=editor)
    with pytest.raises(NotAllowedError):
        assign(article=article, reviewer=editor, actor=contributor)


def test_what_a_step_needs():
    editor, contributor = make_staff("Editor"), make_staff("Contributor")
    article = draft_of(contributor, stage="in_review", version=3)

    with pytest.raises(ValidationError, match="Say what is to be changed"):
        move_stage(article=article, to="changes", actor=editor, reason=" \n")
    with pytest.raises(ValidationError, match="saved since you opened"):
        move_stage(article=article, to="approved", actor=editor, seen_version=2)
    live = make_article(created_by=contributor)
    with pytest.raises(NotAllowedError, match="nothing to review"):
        move_stage(article=live, to="in_review", actor=contributor)
    trashed = draft_of(contributor, trashed_at=timezone.now())
    with pytest.raises(NotAllowedError, match="in the trash"):
        move_stage(article=trashed, to="in_review", actor=contributor)
    assert not StageChange.objects.exists()


def test_two_decisions_at_once_are_one(at_once):
    editor, other = make_staff("Editor"), make_staff("Editor")
    article = draft_of(make_staff("Contributor"), stage="in_review")

    def decide(to, actor):
        def take_step():
            try:
                return move_stage(
                    article=Article.objects.get(), to=to, actor=actor, reason="So."
                ).after
            except NotAllowedError:
                return None

        return take_step

    results = at_once([decide("approved", editor), decide("writing", other)])

    # Taken back first, nothing is left to approve; approved first, that can be taken back.
    log = list(article.stage_changes.order_by("pk").values_list("after", flat=True))
    assert (sorted(filter(None, results)), log) in [
        (["writing"], ["writing"]),
        (["approved", "writing"], ["approved", "writing"]),
    ]


def test_a_change_takes_back_the_approval_of_who_may_not_publish():
    contributor, author = make_staff("Contributor"), make_staff("Author")
    for user, stage in ((contributor, "writing"), (author, "approved")):
        article = save_article(article=Article(title="T", body="<p>A</p>"), editor=user)
        Article.objects.update(stage="approved")
        same = save_article(article=Article.objects.get(pk=article.pk), editor=user)
        assert same.stage == "approved"
        same.body = "<p>B</p>"
        save_article(article=same, editor=user)
        assert Article.objects.get(pk=article.pk).stage == stage
        article.delete()
    live = make_article(created_by=contributor, stage="approved")
    live.title = "Another"
    save_draft(article=live, editor=contributor)
    assert Article.objects.get().stage == "writing"


def test_who_may_not_publish_changes_nothing_that_readers_see(client):
    contributor = make_staff("Contributor")
    live, draft = make_article(created_by=contributor), draft_of(contributor)
    trashed = make_article(created_by=contributor, trashed_at=timezone.now())
    for service, article, options in (
        (trash, live, {}),
        (unpublish, live, {}),
        (restore, trashed, {}),
        (set_sticky, live, {"is_sticky": True}),
        (publish, draft, {}),
    ):
        with pytest.raises(NotAllowedError):
            service(article=article, editor=contributor, **options)
    client.force_login(contributor)

    for data in ({"title": "New"}, {"_publish": "1"}, {"_trash": "1"}, {"status": "draft"}):
        client.post(url("change", live), form_of(live, **data))
    client.post(url("change", draft), form_of(draft, _publish="1", status="published"))
    for action in ("publish", "unpublish", "make_sticky", "move_to_trash"):
        client.post(LIST, {"action": action, "_selected_action": [live.pk, draft.pk]})
    client.post(url("quick", live), {"title": "New"})

    for article in (live, draft):
        stored = Article.objects.get(pk=article.pk)
        assert (stored.title, stored.status) == (article.title, article.status)
    stored = Article.objects.get(pk=live.pk)
    assert (stored.is_live, stored.is_sticky) == (True, False)
    trash(article=draft, editor=contributor)  # one's own draft is


def test_required_checks_are_published_over_by_editors_with_a_reason():
    author, editor = make_staff("Author"), make_staff("Editor")
    article = draft_of(author, body=UNDESCRIBED)

    for actor, reason in ((author, "Please"), (editor, " ")):
        with pytest.raises(BlockedError) as blocked:
            publishing(article=article, actor=actor, reason=reason)
        assert [failure.code for failure in blocked.value.failures] == ["alt-text"]
    assert not StageChange.objects.exists()
    publish(article=article, editor=editor, reason="The words come tomorrow.")
    change = StageChange.objects.get()
    assert (change.reason, change.overridden) == ("The words come tomorrow.", ["alt-text"])
    assert publish(article=draft_of(author, body=UNDESCRIBED), editor=None).is_live  # an import


@pytest.mark.parametrize("button", [{"_publish": "1"}, {"status": "published"}])
def test_blocked_form_comes_back_with_everything(client, button):
    editor = make_staff("Editor")
    client.force_login(editor)
    article = draft_of(editor)
    data = form_of(article, body=UNDESCRIBED, title="What I typed", **button)

    page = client.post(url("change", article), data)

    assert page.status_code == 422
    assert page.context["adminform"].form["title"].value() == "What I typed"
    assert [shown.failure.code for shown in page.context["blocked"]["findings"]] == ["alt-text"]
    assert 'name="publish_reason"' in page.content.decode()
    stored = Article.objects.get()
    assert (stored.title, stored.status, stored.version) == (article.title, "draft", 1)

    client.post(url("change", article), data | {"publish_reason": "So be it."})

    stored = Article.objects.get()
    assert (stored.title, stored.is_live) == ("What I typed", True)
    change = StageChange.objects.get()
    assert (change.after, change.reason, change.overridden) == (
        "published",
        "So be it.",
        ["alt-text"],
    )


def test_scheduling_asks_like_publishing_and_names_who_can_help(client):
    author = make_staff("Author")
    client.force_login(author)
    article = draft_of(author, publish_at=timezone.now() + timedelta(days=3))

    page = client.post(
        url("change", article),
        form_of(article, body=UNDESCRIBED, status="published", publish_reason="Mine"),
    )

    assert page.status_code == 422
    assert 'name="publish_reason"' not in page.content.decode()
    assert Article.objects.get().status == "draft"


def test_planned_changes_are_published_when_planned_and_no_contributor_changes_them(client):
    contributor, editor = make_staff("Contributor"), make_staff("Editor")
    article = save_article(article=Article(title="Before", status="published"), editor=None)
    Article.objects.update(publish_at=timezone.now() - timedelta(days=1), created_by=contributor)
    article.refresh_from_db()
    at = timezone.localtime(timezone.now() + timedelta(days=2))
    plan = {"changes_at_0": at.strftime("%Y-%m-%d"), "changes_at_1": at.strftime("%H:%M:%S")}

    client.force_login(editor)
    client.post(url("change", article), form_of(article, title="After", _schedule="1", **plan))
    draft = Revision.objects.get(kind="draft")
    assert draft.publish_at is not None
    assert StageChange.objects.get().after == "published"

    client.force_login(contributor)
    client.post(url("change", article), form_of(article, title="Mine", opened_version=2, **plan))
    stored = Article.objects.get()
    assert (stored.title, stored.draft_revision.data["title"]) == ("Before", "Mine")
    assert not Revision.objects.filter(publish_at__isnull=False).exists()


def test_buttons_of_the_panel(client):
    contributor, editor = make_staff("Contributor"), make_staff("Editor")
    article = save_article(article=Article(title="T"), editor=contributor)
    client.force_login(contributor)

    client.post(url("change", article), form_of(article, title="New", _review="1"))
    article.refresh_from_db()
    assert (article.title, article.stage) == ("New", "in_review")
    html = client.get(reverse("admin:articles_article_changelist")).content.decode()
    assert "“New” is in review." in html
    assert '<span class="quiet">In review</span>' in html

    client.force_login(editor)
    seen = {"review-seen_version": article.version}
    page = client.post(url("review", article), {"to": "changes", "review-reason": "", **seen})
    assert page.status_code == 422
    assert "Say what is to be changed." in page.content.decode()
    page = client.post(url("review", article), {"to": "approved", "review-seen_version": 1})
    assert "saved since you opened" in page.content.decode()
    for wrong in ({}, {"to": "published"}, {"to": "x" * 999}, {"assign": "1"}):
        assert client.post(url("review", article), wrong).status_code == 422
    response = client.post(url("review", article), {"to": "approved", **seen})
    assert response.url == url("change", article) + "#review"
    assert Article.objects.get().stage == "approved"

    client.force_login(contributor)
    data = form_of(article, title="Newer", opened_version=article.version)
    page = client.post(url("change", article), data, follow=True)
    assert "send it to review again" in page.content.decode()


def test_only_who_may_edit_an_article_reaches_its_review_and_notes(client):
    author = make_staff("Author")
    article = draft_of(author, stage="in_review")
    doors = {"review": {"to": "writing"}, "notes": {"note-text": "Hello"}}
    for user, status in (
        (None, 302),
        (make_user(), 302),
        (make_staff("Moderator"), 404),
        (make_staff("Contributor"), 404),
        (make_staff("Author"), 404),
    ):
        client.logout()
        if user:
            client.force_login(user)
        for page, data in doors.items():
            assert client.post(url(page, article), data).status_code == status, (user, page)
            assert client.get(url(page, article)).status_code == status
    assert Article.objects.get().stage == "in_review"
    assert not Note.objects.exists()


def test_the_list_shows_what_waits_for_whom(client):
    editor, contributor = make_staff("Editor"), make_staff("Contributor")
    asked = draft_of(contributor, stage="in_review", reviewer=editor)
    draft_of(contributor, stage="in_review")
    back = draft_of(contributor, stage="changes")
    make_article(stage="in_review", reviewer=editor)  # nothing of it waits

    def found(user, value):
        client.force_login(user)
        return set(client.get(LIST, {"review": value}).context["cl"].queryset)

    assert found(editor, "mine") == {asked}
    assert found(contributor, "mine") == {back}
    assert len(found(editor, "in_review")) == 2


def test_the_panels_cost_four_queries_however_much_there_is(client):
    editor, contributor = make_staff("Editor"), make_staff("Contributor")
    client.force_login(editor)
    article = save_article(
        article=Article(title="T", body="<h4>Words</h4>"),
        editor=contributor,
        authors=[make_author()],
    )

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url("change", article))
        tables = ("stagechange", "note", "finding", "checklistrule")
        own = [
            query
            for query in captured
            if any(f'FROM "articles_{name}"' in query["sql"] for name in tables)
            or "edit_any_article" in query["sql"]
        ]
        return len(own)

    few = queries()
    for _round in range(3):
        move_stage(article=article, to="in_review", actor=contributor)
        move_stage(article=article, to="changes", actor=editor, reason="More.")
        Note.objects.create(article=article, author=editor, text="A", quote="Words")
    Revision.objects.bulk_create(
        Revision(article=article, version=number, data={}, author=editor)
        for number in range(2, 200)
    )
    assert queries() == few == 4
