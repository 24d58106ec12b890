"""Autosaves: what was typed and not saved is kept for its author, in order, and never for anybody else."""

import os
import signal
import warnings
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connections, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUTHOR, EDITOR, MODERATOR
from blog.articles import autosave, presence
from blog.articles.forms import MAX_BODY
from blog.articles.models import Article, EditingSession, Revision, Tag
from blog.articles.services import save_article, snapshot_of
from blog.articles.typed import typed_content
from blog.privacy.retention import forget
from tests.factories import (
    make_author,
    make_category,
    make_image,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
LIST = "/admin/articles/article/"
SAVE = "/admin/articles/article/autosave/"
SEE = f"{SAVE}presence/"
KEY = "a" * 32
OTHER_KEY = "b" * 32


def member(role: str = AUTHOR, **fields):
    user = make_user(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    make_author(user=user, name=f"Name of {user.pk}")
    return user


@pytest.fixture
def author(client):
    user = member(display_name="Ana Lima")
    client.force_login(user)
    return user


def own(user, **fields) -> Article:
    return save_article(article=Article(**{"title": "Mine"} | fields), editor=user)


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def typed(article: Article | None = None, *, session: str = KEY, sequence: int = 1, **fields):
    """Return what an open editor sends: the form, and who it is."""
    data = {
        "title": article.title if article else "A title",
        "body": "<p>Words.</p>",
        "status": "draft",
        "comment_policy": "open",
        "rating_policy": "open",
        "review_position": "bottom",
        "bylines-TOTAL_FORMS": "0",
        "bylines-INITIAL_FORMS": "0",
        "editing_session": session,
        "autosave_sequence": sequence,
    }
    if article:
        data |= {"slug": article.slug, "opened_version": article.version}
        data["autosave_article"] = article.pk
        for number, byline in enumerate(article.bylines.all()):
            data |= {
                "bylines-TOTAL_FORMS": number + 1,
                "bylines-INITIAL_FORMS": number + 1,
                f"bylines-{number}-author": byline.author_id,
                f"bylines-{number}-position": byline.position,
                f"bylines-{number}-id": byline.pk,
                f"bylines-{number}-article": article.pk,
            }
    return data | fields


def kept() -> Revision:
    return Revision.objects.get(kind="autosave")


def form_of(response):
    return response.context["adminform"].form


def test_what_is_typed_is_kept_and_nothing_else_changes(client, author):
    article = own(author, body="<p>Before.</p>")
    article.refresh_from_db()
    before = snapshot_of(article)

    answer = client.post(SAVE, typed(article, body="<p onclick=x>After.</p>")).json()

    row = kept()
    assert (answer["outcome"], answer["notice"]) == ("stored", "")
    assert answer["saved"] == timezone.localtime(row.updated_at).strftime("%H:%M")
    assert (row.article, row.author, row.session) == (article, author, KEY)
    assert (row.version, row.base_version) == (None, 1)
    assert row.data["body"] == "<p>After.</p>"
    article.refresh_from_db()
    assert (article.version, snapshot_of(article)) == (1, before)
    assert article.revisions.exclude(kind="autosave").count() == 1


def test_a_half_typed_form_comes_back_exactly(client, author):
    first, second, third = make_author(), make_author(), make_author()
    article = save_article(article=Article(title="Mine"), editor=author, authors=[first, second])
    category, tag, image = make_category(), make_tag(), make_image(alt="A hill")
    fields = {
        "title": " Half a ti",
        "slug": "not a slug!",
        "publish_at_0": "2026-1",
        "publish_at_1": "",
        "expire_at_0": "2030-02-01",
        "expire_at_1": "10:00:00",
        "canonical_url": "htt",
        "categories": [category.pk],
        "primary_category": category.pk,
        "tags": [tag.pk],
        "lead_image": image.pk,
        "lead_alt": "A hill in the mo",
        "is_sticky": "on",
        "bylines-TOTAL_FORMS": 3,
        "bylines-0-position": 1,
        "bylines-1-DELETE": "on",
        "bylines-2-author": third.pk,
        "bylines-2-position": 0,
    }
    client.post(SAVE, typed(article, **fields))
    save_article(article=article, editor=author, note="Meanwhile")

    response = client.get(f"{change_url(article)}?autosave={kept().pk}")

    form = form_of(response)
    shown = {name: form[name].value() for name in form.fields}
    assert {name: shown[name] for name in ("title", "slug", "canonical_url", "lead_alt")} == {
        "title": " Half a ti",
        "slug": "not a slug!",
        "canonical_url": "htt",
        "lead_alt": "A hill in the mo",
    }
    assert (shown["publish_at"], shown["expire_at"].year) == (["2026-1", ""], 2030)
    assert (shown["categories"], shown["tags"]) == ([category.pk], [tag.pk])
    assert (shown["primary_category"], shown["lead_image"]) == (category.pk, image.pk)
    assert (shown["is_sticky"], shown["body"], shown["opened_version"]) == (
        True,
        "<p>Words.</p>",
        1,
    )
    (bylines,) = response.context["inline_admin_formsets"]
    rows = [
        {name: row[name].value() for name in ("author", "position", "DELETE")}
        for row in bylines.formset.forms[:3]
    ]
    assert rows == [
        {"author": first.pk, "position": 1, "DELETE": None},
        {"author": second.pk, "position": 1, "DELETE": True},
        {"author": third.pk, "position": 0, "DELETE": None},
    ]
    assert 'value="2026-1"' in response.content.decode()


def test_what_the_form_opens_with_is_not_offered_as_something_typed(client, author):
    image = make_image(alt="A hill")
    article = own(author, lead_image=image, excerpt="One\r\ntwo", body="<p>Words.</p>")
    fields = {"lead_image": image.pk, "lead_alt": "A hill", "excerpt": "One\ntwo"}
    client.post(SAVE, typed(article, **fields))
    assert autosave.offers(user=author, article=article) == []

    client.post(SAVE, typed(article, sequence=2, **fields | {"body": "<p>One more word.</p>"}))
    (offer,) = autosave.offers(user=author, article=article)
    assert (offer.more_words, offer.is_behind) == (2, False)


def test_of_two_that_overtake_each_other_the_later_typed_stays(client, author):
    article = own(author)
    outcomes = [
        client.post(SAVE, typed(article, sequence=number, body=f"<p>{number}</p>")).json()[
            "outcome"
        ]
        for number in (2, 5, 3, 5)
    ]

    assert outcomes == ["stored", "stored", "older", "older"]
    assert (kept().data["body"], kept().sequence) == ("<p>5</p>", 5)


def test_the_last_of_many_at_once_stays(at_once):
    author = member()
    article = own(author)

    def save(number):
        return autosave.store(
            user=author,
            session=KEY,
            sequence=number,
            article=article,
            base_version=1,
            data={"body": str(number)},
        )

    at_once([lambda number=number: save(number) for number in (3, 1, 6, 2, 5, 4)])

    assert (kept().data, kept().sequence) == ({"body": "6"}, 6)


def test_two_windows_and_two_people_keep_a_text_each(client, author):
    article, editor = own(author), member(EDITOR)
    client.post(SAVE, typed(article, body="<p>One</p>"))
    client.post(SAVE, typed(article, body="<p>Two</p>", session=OTHER_KEY))
    client.force_login(editor)
    taken = client.post(SAVE, typed(article, body="<p>Mine now</p>", sequence=9))
    client.post(SAVE, typed(article, body="<p>Three</p>", session="c" * 32))

    assert taken.status_code == 403
    assert {
        (row.author, row.data["body"]) for row in Revision.objects.filter(kind="autosave")
    } == {
        (author, "<p>One</p>"),
        (author, "<p>Two</p>"),
        (editor, "<p>Three</p>"),
    }


def test_nobody_sees_or_drops_what_another_typed(client, author):
    article, editor = own(author), member(EDITOR)
    client.post(SAVE, typed(article, body="<p>A secret</p>"))
    client.force_login(editor)

    page = client.get(f"{change_url(article)}?autosave={kept().pk}")
    client.post(f"{SAVE}{kept().pk}/discard/")

    assert form_of(page)["body"].value() == ""
    assert page.context["autosave"]["offers"] == []
    assert kept().author == author


def test_only_who_may_write_keeps_something(client, author):
    foreign = own(member())
    assert client.post(SAVE, typed(foreign)).status_code == 403
    assert client.post(SEE, typed(foreign)).status_code == 403
    assert client.get(SAVE).status_code == 405
    client.force_login(member(MODERATOR))
    assert client.post(SAVE, typed()).status_code == 403
    client.logout()
    answer = client.post(SAVE, typed())

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
    assert not Revision.objects.filter(kind="autosave").exists()
    assert not EditingSession.objects.exists()


@pytest.mark.parametrize(
    "signs",
    [
        {"editing_session": "x" * 32},
        {"editing_session": ""},
        {"editing_session": KEY + "\n"},
        {"autosave_sequence": "soon"},
        {"autosave_sequence": 2**60},
        {"autosave_article": "1 OR 1"},
        {"autosave_article": 2**70},
        {"opened_version": -1},
        {"opened_version": "\0"},
    ],
)
def test_signs_that_no_page_sends_are_refused(client, author, signs):
    assert client.post(SAVE, typed() | signs).status_code == 400
    assert client.post(SEE, typed() | signs).status_code == 400


def test_hostile_fields_are_kept_harmless_and_make_nothing(client, author):
    fields = {
        "title": "<script>\0" + "x" * 20_000,
        "body": "<script>x</script><p onclick=x>A\0B</p>",
        "tags": ["999999", "1 OR 1", "-1", "9" * 40, "٣"],
        "lead_image": "../etc",
        "bylines-TOTAL_FORMS": "9" * 12,
        "bylines-0-author": "NaN",
        "publish_at_0": "\0" * 20_000,
        "publish_at_1": "٣٣:00",
    }
    answer = client.post(SAVE, typed(**fields))

    data = kept().data
    assert answer.json()["outcome"] == "stored"
    assert (len(data["title"]), data["body"]) == (9_999, "<p>AB</p>")
    assert (data["tags"], data["lead_image"], data["authors"]) == ([], None, [])
    assert data["typed"]["publish_at"] == ["", "٣٣:00"]
    assert Tag.objects.count() == 0
    assert client.get(f"{ADD}?autosave={kept().pk}").status_code == 200


def test_what_is_too_long_or_too_much_is_said_and_the_last_one_stays(client, author, monkeypatch):
    client.post(SAVE, typed(body="<p>Short</p>"))

    long = client.post(SAVE, typed(sequence=2, body="x" * (MAX_BODY + 1)))
    monkeypatch.setattr(autosave, "MOST_KEPT", 1)
    many = client.post(SAVE, typed(session=OTHER_KEY))

    assert (long.status_code, "500,000" in long.json()["error"]) == (413, True)
    assert (many.status_code, "Discard some" in many.json()["error"]) == (429, True)
    assert kept().data["body"] == "<p>Short</p>"


def test_saving_the_form_ends_what_was_kept_and_what_comes_late(client, author):
    article = own(author)
    client.post(SAVE, typed(article, body="<p>Typed</p>"))
    client.post(SAVE, typed(article, session=OTHER_KEY, body="<p>Recovered</p>"))
    recovered = Revision.objects.get(session=OTHER_KEY)
    fields = typed(article, body="<p>Saved</p>", autosave_recovered=recovered.pk)

    refused = client.post(change_url(article), fields | {"title": ""})
    assert refused.status_code == 200
    assert refused.context["autosave"]["session"] == KEY
    assert refused.context["autosave"]["recovered"] == recovered.pk
    assert Revision.objects.filter(kind="autosave").count() == 2
    client.post(change_url(article), fields)
    late = client.post(SAVE, typed(article, sequence=9))

    article.refresh_from_db()
    assert article.body == "<p>Saved</p>"
    assert late.json()["outcome"] == "over"
    assert not Revision.objects.filter(kind="autosave").exists()


def test_a_new_session_takes_over_what_it_was_opened_with(client, author):
    client.post(SAVE, typed(title="First"))
    first = kept()
    client.post(
        SAVE, typed(title="First, and more", session=OTHER_KEY, autosave_recovered=first.pk)
    )

    assert (kept().session, kept().data["title"]) == (OTHER_KEY, "First, and more")


def test_what_was_typed_is_offered_on_return(client, author):
    article = own(author, body="<p>One two three.</p>")
    client.post(SAVE, typed(article, body="<p>One two three four five.</p>"))
    client.post(SAVE, typed(title="On <b>hills</b>", session=OTHER_KEY))
    client.post(SAVE, typed(title="", body="", session="c" * 32))
    save_article(article=article, editor=author, note="Elsewhere")
    article.title = "Changed"
    save_article(article=article, editor=author)

    with_offer = client.get(change_url(article)).content.decode()
    compare = reverse("admin:articles_article_compare", args=[article.pk])
    compared = f"{compare}?after=autosave-{Revision.objects.get(session=KEY).pk}"
    added, listed = client.get(ADD).content.decode(), client.get(LIST).content.decode()

    assert "2 words more than in the version below" in with_offer
    assert f'href="{compared}"' in with_offer
    assert client.get(compared).status_code == 200
    assert "It was begun from version 1; the article was saved since." in with_offer
    for page in (added, listed):
        assert page.count("An article that was never saved:") == 1
        assert "“On &lt;b&gt;hills&lt;/b&gt;”" in page

    new = Revision.objects.get(session=OTHER_KEY)
    assert client.post(f"{SAVE}{new.pk}/discard/").url == LIST
    assert "never saved:" not in client.get(LIST).content.decode()


def test_who_saved_meanwhile_is_said(client, author):
    article, editor = own(author, body="<p>One.</p>"), member(EDITOR, display_name="Maria Silva")
    opened = typed(article)
    assert client.post(SEE, opened).json() == {"version": 1, "notice": "", "others": []}
    article.body = "<p>Two.</p>"
    save_article(article=article, editor=editor)

    at = timezone.localtime(article.current_revision.created_at).strftime("%H:%M")
    sentence = f"Maria Silva saved this article at {at}; you have version 1 before you."
    assert client.post(SEE, opened).json()["notice"] == sentence
    assert client.post(SAVE, opened).json()["notice"] == sentence


def test_who_else_has_the_article_open_is_told(client, author, time_machine):
    article, editor = own(author), member(EDITOR, display_name="Maria Silva")
    time_machine.move_to("2026-11-23T10:00:00Z", tick=False)
    client.get(change_url(article))
    assert not EditingSession.objects.exists()
    client.force_login(editor)
    client.post(SEE, typed(article))
    time_machine.move_to("2026-11-23T10:00:20Z", tick=False)
    client.force_login(author)
    client.post(SEE, typed(article, session=OTHER_KEY))

    sentence = "Maria Silva has this article open, last seen 20 seconds ago."
    page = client.get(change_url(article))
    assert [str(one) for one in page.context["autosave"]["others"]] == [
        "You have this article open in another window, last seen 0 seconds ago.",
        sentence,
    ]
    assert sentence in page.content.decode()
    answer = client.post(SEE, typed(article, session=OTHER_KEY))
    assert answer.json()["others"] == [{"name": "Maria Silva", "sentence": sentence}]

    time_machine.move_to("2026-11-23T10:01:05Z", tick=False)
    client.post(SEE, typed(article, session=OTHER_KEY, leave=1))
    assert client.get(change_url(article)).context["autosave"]["others"] == []
    assert EditingSession.objects.get().user == editor


def test_old_sessions_are_forgotten(author):
    now = timezone.now()
    for name, seen, saved in [
        ("open", 0, None),
        ("closed", 2, None),
        ("saved", 2, 2),
        ("saved long ago", 20, 16),
    ]:
        EditingSession.objects.create(
            key=name,
            user=author,
            seen_at=now - timedelta(days=seen),
            saved_at=None if saved is None else now - timedelta(days=saved),
        )

    assert forget().editors == 2
    assert set(EditingSession.objects.values_list("key", flat=True)) == {"open", "saved"}


def test_after_signing_in_elsewhere_a_page_gets_the_token_it_needs(client, author):
    client.handler.enforce_csrf_checks = True
    assert client.post(SAVE, typed()).status_code == 403

    answer = client.get(f"{SAVE}token/").json()
    stored = client.post(SAVE, typed(csrfmiddlewaretoken=answer["token"]))

    assert stored.json()["outcome"] == "stored"
    page = client.get(ADD)
    assert page.context["autosave"]["owner"] == answer["owner"]
    client.force_login(member())
    assert client.get(f"{SAVE}token/").json()["owner"] != answer["owner"]


def test_a_text_that_arrives_late_keeps_its_time(client, author):
    typed_at = timezone.now() - timedelta(hours=3)
    milliseconds = int(typed_at.timestamp() * 1000)

    answer = client.post(SAVE, typed(autosave_typed_at=milliseconds, offer=1)).json()

    assert abs(kept().updated_at - typed_at) < timedelta(seconds=1)
    assert "An article that was never saved: “A title”" in answer["offers"]
    client.post(SAVE, typed(sequence=2, autosave_typed_at=2**53))
    assert abs(kept().updated_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_server_killed_while_it_keeps_or_saves_a_text_leaves_the_last_one_whole():
    author = member()
    article = own(author)

    def save(number, text):
        values = {"user": author, "session": KEY, "article": article, "base_version": 1}
        autosave.store(sequence=number, data={"body": text}, **values)

    save(1, "Whole")
    before = Article.objects.get(pk=article.pk)
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of other tests
        child = os.fork()
    if not child:
        with transaction.atomic():
            save(2, "Torn" * 100_000)
            article.title, article.body = "Torn", "<p>Torn</p>" * 10_000
            save_article(article=article, editor=author)
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    assert (kept().data, kept().sequence) == ({"body": "Whole"}, 1)
    stored = Article.objects.get(pk=article.pk)
    assert (stored.title, stored.body, stored.version) == (before.title, before.body, 1)
    assert stored.revisions.filter(kind="saved").count() == 1
    save(3, "Next")
    assert kept().data == {"body": "Next"}


def test_keeping_and_opening_take_few_queries(client, author, django_assert_max_num_queries):
    category, tag, image = make_category(), make_tag(), make_image()
    article = own(author, lead_image=image)
    fields = {"categories": [category.pk], "tags": [tag.pk], "lead_image": image.pk}
    client.post(SAVE, typed(article, **fields))
    client.post(SEE, typed(article, session=OTHER_KEY))

    # Beside session, user and settings, which every page of the desk reads.
    with django_assert_max_num_queries(3 + 6):
        client.post(SAVE, typed(article, sequence=2, **fields))
    with django_assert_max_num_queries(3 + 6):
        client.post(SEE, typed(article, session=OTHER_KEY))
    with django_assert_max_num_queries(2):
        autosave.offers(user=author, article=article)
        presence.others(article=article, session=KEY, user=author)
    with django_assert_max_num_queries(1):
        typed_content_of(
            fields | {"bylines-TOTAL_FORMS": "1", "bylines-0-author": author.author.pk}
        )


def typed_content_of(fields):
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return typed_content(query, None)
