"""Mail by the rules of a desk: when, to whom, in which words, and never twice."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from blog.articles.assigning import assign_article
from blog.articles.mail_days import tell_of_days
from blog.articles.models import Article, Assignment, MailRule, StageChange, WorkingStatus
from blog.articles.notes import add_note
from blog.articles.review import move_stage
from blog.articles.statuses import set_status
from blog.outbox.models import Mail
from tests.factories import make_article, make_author, make_staff

pytestmark = pytest.mark.django_db
DRAFT, Stage, Kind = Article.Status.DRAFT, Article.Stage, MailRule.Kind
ADD = "/admin/articles/mailrule/add/"


def make_rule(**fields):
    words = {"name": "Rule", "subject": "{to}: {title}", "text": "{who} {from} {note} {link}"}
    return MailRule.objects.create(**words | fields)


def told() -> dict[str, str]:
    """Return the subjects by address, without the site's name, and forget them."""
    rows = list(Mail.objects.values_list("to", "subject"))
    Mail.objects.all().delete()
    assert len({to for to, _subject in rows}) == len(rows)  # one for each person
    return {to: subject.partition("] ")[2] for to, subject in rows}


def test_steps_are_told_by_the_rule_in_place_of_the_usual_mail():
    editor, other, ann = make_staff("Editor"), make_staff("Editor"), make_staff("Author")
    stranger, silent = make_staff("Author"), make_staff("Editor", wants_desk_mail=False)
    author = make_author(user=ann, name="Ann {link}")
    article = make_article(status=DRAFT, title="On {note} kettles", authors=[author])
    pitch, progress = WorkingStatus.objects.filter(name__in=["Pitch", "In progress"])
    role = Group.objects.get(name="Editor")
    make_rule(from_status=pitch, to_status=progress, to_authors=True, address="Law@example.org")
    make_rule(to_stage=Stage.IN_REVIEW, role=role, text="By {author}\n\n\n{note}\n\n\n{link}")
    make_rule(to_stage=Stage.IN_REVIEW, role=role, address=stranger.email, subject="Twice")
    make_rule(to_stage=Stage.APPROVED, to_authors=True, is_active=False, subject="Off")

    set_status(article=article, status=progress, actor=editor)
    assert told() == {}  # it came from none
    set_status(article=article, status=pitch, actor=editor)
    assert told() == {}
    set_status(article=article, status=progress, actor=editor)
    assert told() == {
        ann.email: "In progress: On {note} kettles",
        "law@example.org": "In progress: On {note} kettles",
    }
    move_stage(article=article, to=Stage.IN_REVIEW, actor=ann, reason="Please.")
    mail = Mail.objects.get(to=editor.email)
    assert mail.body.startswith(
        "By Ann {link}\n\n> Please.\n\n/admin/"
    )  # nobody's words are filled
    assert told() == dict.fromkeys([editor.email, other.email], "In review: On {note} kettles")
    assert silent.email not in told()
    move_stage(article=article, to=Stage.APPROVED, actor=editor)
    assert told() == {ann.email: "Approved: “On {note} kettles”"}  # the usual mail
    assert StageChange.objects.count() == 5


@time_machine.travel("2026-11-02 10:00", tick=False)
def test_notes_and_days_are_told_once():
    editor, ann, bert = make_staff("Editor"), make_staff("Author"), make_staff("Editor")
    article = make_article(status=DRAFT, title="Teas", created_by=ann, publish_at=None)
    add_note(article=article, author=bert, text="First")
    assert told() == {ann.email: "Note on “Teas”"}
    make_rule(kind=Kind.NOTE, to_participants=True, subject="Said: {note}")
    add_note(article=article, author=editor, text="Why {title}?")
    assert told() == {bert.email: "Said: Why {title}?", ann.email: "Note on “Teas”"}

    make_rule(kind=Kind.BEFORE, days=3, to_authors=True, subject="On {day}")
    make_rule(kind=Kind.OVERDUE, to_writer=True, to_authors=True, subject="Late: {day}")
    assert tell_of_days.func() == 0
    coming, over = timezone.now() + timedelta(days=3), timezone.localdate() - timedelta(days=1)
    Article.objects.update(publish_at=coming)
    make_article(status=DRAFT, publish_at=timezone.now() + timedelta(days=4), created_by=ann)
    Assignment.objects.create(article=article, writer=bert, due_on=over)
    assert tell_of_days.func() == 3
    rows = sorted(Mail.objects.values_list("to", "subject"))
    assert [(to, subject.partition("] ")[2]) for to, subject in rows] == sorted(
        [
            (ann.email, "On 5 November 2026"),
            (ann.email, "Late: 1 November 2026"),
            (bert.email, "Late: 1 November 2026"),
        ]
    )
    tell_of_days.func()
    assert Mail.objects.count() == 3
    # Of what is planned for tomorrow both rules come due at once: one mail for a person, the nearer rule's.
    make_rule(kind=Kind.BEFORE, days=1, to_authors=True, subject="Tomorrow: {title}")
    make_rule(kind=Kind.BEFORE, days=7, to_authors=True, address="x@e.org", subject="{title} soon")
    Article.objects.filter(pk=article.pk).update(publish_at=timezone.now() + timedelta(days=1))
    before = set(Mail.objects.values_list("pk", flat=True))
    tell_of_days.func()
    tell_of_days.func()
    new = Mail.objects.exclude(pk__in=before).filter(key__startswith=f"before:{article.pk}:")
    assert sorted(mail.subject.partition("] ")[2] for mail in new) == [
        "Teas soon",  # to who hears of it by that rule alone
        "Tomorrow: Teas",
    ]


def test_the_form_says_what_is_wrong_and_a_sample_shows_how_it_reads(client):
    boss = make_staff("Administrator")
    client.force_login(boss)
    pitch = WorkingStatus.objects.get(name="Pitch")
    make_article(title="On <kettles>")
    assert "“{title}” is at “{to}”" in client.get(ADD).content.decode()
    right = {
        "name": "To the lawyer", "is_active": "on", "kind": "step", "days": "", "from_what": "",
        "to_what": f"status-{pitch.pk}", "to_authors": "on",
        "subject": "{title}", "text": "{who} {title} {to}",
    }  # fmt: skip
    for wrong, sentence in (
        ({"text": "Dear {name} {title.body}"}, "Nothing is known as {name}, {title.body}."),
        ({"from_what": "stage-approved"}, "two stages of the review, or two working statuses"),
        ({"to_authors": ""}, "Who gets the mail? Choose at least one."),
        ({"to_what": "status-9999"}, "Select a valid choice"),
        ({"kind": "before", "days": "99999"}, "less than or equal to 60"),
    ):
        response = client.post(ADD, right | wrong)
        assert sentence in response.content.decode(), sentence
    response = client.post(ADD, right | {"_sample": "1"})
    rule = MailRule.objects.get()
    page = reverse("admin:articles_mailrule_change", args=[rule.pk])
    assert (response.url, rule.to_status) == (page, pitch)
    mail = Mail.objects.get()
    assert mail.to == boss.email
    assert "On <kettles> Pitch" in mail.body
    html = client.get(page).content.decode()
    assert "On &lt;kettles&gt; Pitch" in html
    assert f'value="status-{pitch.pk}" selected' in html
    assert "anything → Pitch" in client.get("/admin/articles/mailrule/").content.decode()
    client.post(page, right | {"kind": "note"})
    rule.refresh_from_db()
    assert (rule.kind, rule.to_status) == ("note", None)  # of no use to a note
    refused = client.post(page, right | {"kind": "before", "days": "9" * 12})
    assert "less than or equal to 60" in refused.content.decode()


def test_what_is_handed_out_is_told_by_its_status_too():
    editor, ann = make_staff("Editor"), make_staff("Author")
    make_rule(
        to_status=WorkingStatus.objects.get(name="Assigned"), role=Group.objects.get(name="Editor")
    )
    other = make_staff("Editor")
    asked = {"due_on": None, "brief": "", "values": {}, "writer": ann, "actor": editor}
    assign_article(article=make_article(status=DRAFT, title="Teas"), **asked)
    assert told() == {other.email: "Assigned: Teas", ann.email: "For you: “Teas”"}
