"""The screen of the queue: what a moderator sees and does there, with scripts and without."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.comments.batches import decide_all
from blog.comments.models import Comment, Report, Rule, SavedFilter
from tests.factories import make_article, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/comments/comment/"
DECIDE = f"{LIST}decide/"
SCRIPT = {"HTTP_X_FRAGMENT": "queue"}
QUERIES = 20  # of a page: who asks, the tabs, the rows and what belongs to them
Status = Comment.Status
HOSTILE = Path(__file__).resolve().parents[3] / "shared/data/hostile"


@pytest.fixture
def moderator(client):
    user = make_staff("Moderator", display_name="Edda")
    client.force_login(user)
    return user


def pick(*comments):
    return [f"{comment.pk}.{comment.status}" for comment in comments]


def text_of(response):
    """Return the words of an answer, without markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(text.split())


def test_waiting_comments_come_first_and_the_oldest_of_them_first(client, moderator):
    article = make_article()
    for body, status in [
        ("An approved one", Status.APPROVED),
        ("First in line", Status.PENDING),
        ("Second in line", Status.PENDING),
    ]:
        make_comment(article=article, body=body, status=status)

    text = text_of(client.get(LIST))

    assert "An approved one" not in text
    assert text.index("First in line") < text.index("Second in line")


def test_row_shows_what_a_moderator_weighs(client, moderator):
    rule = Rule.objects.create(name="Sold here", kind="score", threshold=0.4, action="hold")
    parent = make_comment(name="Renske", body="We ate with them.")
    comment = make_comment(
        article=parent.article,
        parent=parent,
        name="Diplomas",
        body="Get your degree in 5 days",
        status=Status.PENDING,
        score=0.97,
        signals=[["words", ["degree"]], ["links", 2]],
        reason="Looks like spam.",
        rule=rule,
        report_count=1,
    )
    Report.objects.create(comment=comment, user=make_user(), reason="other", text="He sells.")

    response = client.get(LIST)
    text = text_of(response)

    for words in (
        "in reply to Renske: “We ate with them.”",
        "first comment here",
        "0.97 spam score, held from 0.40",
        "Looks like spam.",
        "Rule: Sold here",
        "2 links",
        "Something else “He sells.”",
    ):
        assert words in text
    assert "<mark>degree</mark>" in response.content.decode()


@pytest.mark.parametrize("to", [Status.APPROVED, Status.SPAM, Status.TRASH])
def test_button_decides_and_comes_back_to_its_page_with_an_undo(client, moderator, to):
    comment = make_comment(status=Status.PENDING, name="Lena")
    data = {"to": to, "pick": pick(comment), "query": "tab=pending&q=comment", "at": "5-1"}

    response = client.post(DECIDE, data)

    comment.refresh_from_db()
    decision = comment.decisions.first()
    assert (comment.status, decision.actor) == (to, moderator)
    assert (response.status_code, response["Location"]) == (
        303, f"{LIST}?tab=pending&q=comment&after=5-1&done={decision.batch}",
    )  # fmt: skip
    html = client.get(response["Location"]).content.decode()
    assert "The comment by Lena is" in html
    assert f'action="{LIST}undo/{decision.batch}/"' in html


@pytest.mark.parametrize(
    ("to", "before", "after"),
    [
        ("approved", Status.PENDING, Status.APPROVED),
        ("pending", Status.APPROVED, Status.PENDING),
        ("spam", Status.APPROVED, Status.SPAM),
        ("trash", Status.APPROVED, Status.TRASH),
        ("restore", Status.SPAM, Status.PENDING),
    ],
)
def test_many_are_decided_and_taken_back_by_one_click_each(client, moderator, to, before, after):
    comments = [make_comment(status=before) for _ in range(2)]
    other = make_comment(status=before)

    response = client.post(DECIDE, {"to": to, "pick": pick(*comments)}, follow=True)
    assert "2 comments" in text_of(response)
    assert [Comment.objects.get(pk=each.pk).status for each in comments] == [after] * 2
    assert Comment.objects.get(pk=other.pk).status == before

    batch = comments[0].decisions.first().batch
    response = client.post(f"{LIST}undo/{batch}/", follow=True)
    assert "Undone: 2 comments are what they were." in text_of(response)
    assert [Comment.objects.get(pk=each.pk).status for each in comments] == [before] * 2


def test_everything_that_matches_is_decided_at_once(client, moderator):
    article = make_article()
    made = [make_comment(article=article, status=Status.PENDING) for _ in range(25)]
    other = make_comment(status=Status.PENDING)
    data = {"to": "spam", "everything": "1", "query": f"article={article.pk}"}

    response = client.post(DECIDE, data, follow=True)

    assert "25 comments marked as spam." in text_of(response)
    assert Comment.objects.filter(status=Status.SPAM).count() == len(made)
    assert Comment.objects.get(pk=other.pk).status == Status.PENDING


def test_nothing_selected_is_said(client, moderator):
    response = client.post(DECIDE, {"to": "spam"}, follow=True)

    assert "Select some comments first." in text_of(response)


def test_script_gets_the_row_the_counts_and_who_comes_next(client, moderator):
    comments = [make_comment(status=Status.PENDING) for _ in range(22)]
    first_page = client.get(LIST).content.decode()
    last = re.findall(r'data-key="([^"]+)"', first_page)[-1]

    response = client.post(
        DECIDE, {"to": "approved", "pick": pick(comments[0]), "after": last}, **SCRIPT
    )

    html = response.content.decode()
    changed, fresh = html.split("data-fresh")
    assert f'id="comment-{comments[0].pk}"' in changed
    assert "by you, 0 s ago" in changed
    assert re.findall(r'id="comment-(\d+)"', fresh) == [str(comments[20].pk)]
    assert "Pending <b>21</b>" in html
    assert "<html" not in html


def test_slower_moderator_learns_who_was_quicker(client, moderator):
    comment = make_comment(status=Status.PENDING)
    ana = make_user(display_name="Ana")
    decide_all(comments=[comment], to=Status.APPROVED, actor=ana)
    data = {"to": "spam", "pick": f"{comment.pk}.pending"}

    assert "Somebody was quicker" in text_of(client.post(DECIDE, data, follow=True))
    assert "by Ana, 0 s ago" in text_of(client.post(DECIDE, data, **SCRIPT))
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED
    assert comment.decisions.count() == 1


def test_decision_about_a_text_its_writer_has_changed_since_is_not_taken(client, moderator):
    comment = make_comment(status=Status.PENDING)
    seen = f"{comment.pk}.pending.{comment.edition}"
    Comment.objects.filter(pk=comment.pk).update(body="Buy!", edited_at=timezone.now())

    assert "Somebody was quicker" in text_of(
        client.post(DECIDE, {"to": "approved", "pick": seen}, follow=True)
    )
    reply = reverse("admin:comments_comment_reply", args=[comment.pk])
    answer = client.post(reply, {"reply": "Thank you.", "pick": seen}, follow=True)
    assert "Its writer has changed the comment meanwhile." in text_of(answer)
    assert "Thank you." in text_of(answer)
    comment.refresh_from_db()
    assert (comment.status, comment.replies.count()) == (Status.PENDING, 0)

    now = f"{comment.pk}.pending.{comment.edition}"
    client.post(DECIDE, {"to": "approved", "pick": now})
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


def test_decision_about_a_deleted_comment_is_no_error(client, moderator):
    data = {"to": "spam", "pick": "12345.pending"}

    assert "Somebody was quicker" in text_of(client.post(DECIDE, data, follow=True))
    assert "deleted for good" in text_of(client.post(DECIDE, data, **SCRIPT))


def test_news_tell_what_others_decided_and_what_came(client, moderator):
    ana, article = make_user(display_name="Ana"), make_article()
    decided, waits = [make_comment(article=article, status=Status.PENDING) for _ in range(2)]
    shown = ",".join(pick(decided, waits))
    page = client.get(LIST).content.decode()
    last = re.findall(r'data-key="([^"]+)"', page)[-1]
    decide_all(comments=[decided], to=Status.APPROVED, actor=ana)
    new = make_comment(article=article, status=Status.PENDING)

    response = client.get(f"{LIST}news/", {"shown": shown, "after": last, "want": "18"})

    changed, fresh = response.content.decode().split("data-fresh")
    assert re.findall(r'id="comment-(\d+)"', changed) == [str(decided.pk)]
    assert "by Ana, 0 s ago" in changed
    assert re.findall(r'id="comment-(\d+)"', fresh) == [str(new.pk)]


def test_answer_is_published_and_approves_what_waited(client, moderator):
    comment = make_comment(status=Status.PENDING)

    response = client.post(
        f"{LIST}{comment.pk}/reply/", {"reply": "Thank *you*.", "pick": pick(comment)}, follow=True
    )

    comment.refresh_from_db()
    reply = comment.replies.get()
    assert (comment.status, reply.status, reply.user) == (
        Status.APPROVED, Status.APPROVED, moderator,
    )  # fmt: skip
    assert "Your reply is published." in text_of(response)


def test_answer_to_what_somebody_binned_comes_back_to_its_writer(client, moderator):
    comment = make_comment(status=Status.SPAM)
    data = {"reply": "Thank you.", "pick": f"{comment.pk}.pending"}
    address = f"{LIST}{comment.pk}/reply/"

    response = client.post(address, data, **SCRIPT)

    assert response.status_code == 422
    assert "Thank you." in text_of(client.post(address, data, follow=True))
    assert not comment.replies.exists()


@pytest.mark.parametrize("reply", ["", "x" * 65_526, "\x00"])
def test_answer_that_is_none_is_refused_with_a_sentence(client, moderator, reply):
    comment = make_comment(status=Status.PENDING)

    response = client.post(f"{LIST}{comment.pk}/reply/", {"reply": reply}, **SCRIPT)

    assert response.status_code == 422
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


def test_quick_edit_keeps_the_text_in_its_row_and_can_be_taken_back(client, moderator):
    comment = make_comment(status=Status.PENDING, body="Fiirst.", name="Ada", website="")
    fields = {"body": "First.", "name": "Ada L", "email": comment.email, "website": ""}
    address = f"{LIST}{comment.pk}/quick/"

    stale = client.post(address, fields | {"edition": 10**15}, **SCRIPT)
    wrong = client.post(address, fields | {"body": " ", "email": "nobody"}, **SCRIPT)
    saved = client.post(address, fields | {"edition": comment.edition}, **SCRIPT)

    assert (stale.status_code, wrong.status_code, saved.status_code) == (422, 422, 200)
    assert "Enter a valid email address." in wrong.content.decode()
    assert f'id="comment-{comment.pk}"' in saved.content.decode()
    comment.refresh_from_db()
    assert (comment.body, comment.name, comment.status) == ("First.", "Ada L", Status.PENDING)
    client.post(re.search(r'action="([^"]+)" data-undo', saved.content.decode())[1], **SCRIPT)
    comment.refresh_from_db()
    assert (comment.body, comment.name) == ("Fiirst.", "Ada")
    by_hand = f"{LIST}{comment.pk}/change/?_changelist_filters=tab%3Dpending"
    stale = client.post(by_hand, fields | {"edition": 1}).content.decode()
    assert "Its writer has changed the comment meanwhile." in stale
    assert client.post(by_hand, fields | {"edition": comment.edition}).status_code == 302
    comment.refresh_from_db()
    assert comment.body == "First."
    count = comment.decisions.count()
    client.post(by_hand, fields | {"edition": comment.edition})  # nothing was changed
    assert comment.decisions.count() == count


def test_filter_is_saved_used_and_forgotten_by_its_moderator_alone(client, moderator):
    theirs = SavedFilter.objects.create(user=make_user(), name="Theirs", query="tab=spam")

    client.post(f"{LIST}filters/save/", {"name": "Links", "query": "tab=all&q=link&evil=1"})
    client.post(f"{LIST}filters/save/", {"name": "Links", "query": "tab=all&q=links"})

    saved = SavedFilter.objects.get(user=moderator)
    assert (saved.name, saved.query) == ("Links", "tab=all&q=links")
    html = client.get(f"{LIST}?tab=all&q=links").content.decode()
    assert '<a href="?tab=all&amp;q=links" aria-current="true">Links</a>' in html
    assert "Theirs" not in html
    assert client.post(f"{LIST}filters/{theirs.pk}/drop/").status_code == 404
    client.post(f"{LIST}filters/{saved.pk}/drop/")
    assert list(SavedFilter.objects.all()) == [theirs]


def test_filter_of_any_question_is_saved(client, moderator):
    """Each of these letters is six characters in an address."""
    question = urlencode({"tab": "all", "q": "ü" * 200, "writer": "ä" * 245, "reason": "ö" * 300})

    client.post(f"{LIST}filters/save/", {"name": "Long", "query": question})

    assert moderator.saved_filters.get().query == question


def test_filter_without_a_name_is_refused_with_a_sentence(client, moderator):
    for name in ("", "x" * 61):
        response = client.post(f"{LIST}filters/save/", {"name": name}, follow=True)
        assert "messagelist" in response.content.decode()
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("count", [10, 2000])
def test_page_takes_the_same_queries_however_many_wait(client, moderator, count):
    article, now = make_article(), timezone.now()
    Comment.objects.bulk_create(
        Comment(
            article=article, body=f"Text {n}", html="<p>Text</p>", status=Status.PENDING,
            email=f"reader{n}@example.org", reason="2 links.", created_at=now,
        )
        for n in range(count)
    )  # fmt: skip

    with CaptureQueriesContext(connection) as captured:
        html = client.get(f"{LIST}?tab=pending&q=text").content.decode()

    assert len(captured) == QUERIES, [query["sql"] for query in captured]
    assert f"Pending <b>{'10' if count == 10 else '1,000+'}</b>" in html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("tab=spam", 200),
        ("status__exact=spam", 200),
        ("tab=nonsense", 200),
        ("tab=%00", 400),
        ("after=x&before=y", 200),
        ("after=99999999999999999-1", 200),
        ("since=x&until=9999-12-31", 200),
        ("rule=x&article=x&network=" + "n" * 500, 200),
        ("rule=9999999999999999999999&article=9999999999999999999999", 200),
        ("done=x", 200),
        ("q=" + "%22%27" * 99, 200),
        ("p=99999&o=1.-2.x&user__password__startswith=m", 200),
    ],
)
def test_question_that_was_typed_into_the_address_is_no_error_of_ours(
    client, moderator, query, status
):
    make_comment()

    assert client.get(f"{LIST}?{query}").status_code == status
    if status == 200:
        for want in ("x", "9" * 5000):  # of which int() makes nothing
            news = client.get(f"{LIST}news/?{query}&shown=x,1.y&want={want}")
            assert news.status_code == 200
        data = {"to": "spam", "pick": ["x", "1.y", "9" * 18 + ".spam"], "query": query}
        assert client.post(DECIDE, data).status_code == 303


@pytest.mark.parametrize("to", ["removed", "nonsense", ""])
def test_decision_that_does_not_exist_is_not_found(client, moderator, to):
    comment = make_comment()

    assert client.post(DECIDE, {"to": to, "pick": pick(comment)}).status_code == 404


def test_get_changes_nothing(client, moderator):
    comment = make_comment(status=Status.PENDING)
    batch = decide_all(comments=[comment], to=Status.APPROVED, actor=moderator).batch

    for address in (DECIDE, f"{LIST}undo/{batch}/", f"{LIST}{comment.pk}/reply/"):
        assert client.get(address, {"to": "spam", "pick": pick(comment)}).status_code == 405
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


def test_hostile_words_are_only_ever_text(client, moderator):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    parent = make_comment(
        article=make_article(title=attack[:190]), name=attack, body=attack, html=""
    )
    comment = make_comment(
        article=parent.article, parent=parent, name=attack, body=attack, html="<p>&lt;b&gt;</p>",
        website="javascript:alert(1)", reason=attack, status=Status.PENDING,
        signals=[["words", [attack, "b", "p"]], ["unknown", attack]], score=9.0,
    )  # fmt: skip
    Report.objects.create(comment=comment, user=make_user(), reason="other", text=attack)
    SavedFilter.objects.create(user=moderator, name=attack, query="tab=all&q=%22%3E%3Cscript%3E")

    for address in (LIST, f"{LIST}?tab=all", f"{LIST}news/?shown={comment.pk}.spam"):
        html = client.get(address, {"q": attack} if address == LIST else None).content.decode()
        html += client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html


def test_naughty_strings_can_be_asked_for(client, moderator):
    if not HOSTILE.is_dir():
        pytest.skip("The hostile strings of ../shared/data are not here.")
    make_comment()

    for text in json.loads((HOSTILE / "naughty-strings.json").read_text())[::10]:
        data = {"q": text, "writer": text, "reason": text}
        assert client.get(f"{LIST}news/", data).status_code in (200, 400), text
