"""The editorial calendar: what stands on which day, for whom, and what moves where."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from blog.articles.calendar import Kind, Question, month_named, month_of, on_day
from blog.articles.models import Article, Revision
from blog.articles.rescheduling import move_to_day
from blog.articles.services import save_article, snapshot_of
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_category, make_staff

pytestmark = pytest.mark.django_db
PAGE = "/admin/articles/article/calendar/"
MOVE, NEW = f"{PAGE}move/", f"{PAGE}new/"
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)
DRAFT = Article.Status.DRAFT


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def at(day, hour=9, month=11):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def make_changes(article, publish_at):
    article.version += 1
    article.draft_revision = Revision.objects.create(
        article=article,
        kind=Revision.Kind.DRAFT,
        version=article.version,
        data=snapshot_of(article),
        publish_at=publish_at,
    )
    article.save(update_fields=["version", "draft_revision"])
    return article


def shown(month):
    """Return what stands in a month as (day of November, kind, title, may move)."""
    return [
        (day.date.day, entry.kind, entry.article.title, entry.may_move)
        for week in month.weeks
        for day in week
        for entry in day.entries
        if day.is_of_month
    ]


def fill_november(**fields):
    make_article(title="Out", publish_at=at(2), **fields)
    make_article(title="To come", publish_at=at(20), expire_at=at(25), **fields)
    make_article(title="Planned", status=DRAFT, publish_at=at(20, 8), **fields)
    make_article(title="Vague", status=DRAFT, publish_at=None, **fields)
    make_article(title="Over", publish_at=at(1, month=10), expire_at=at(3), **fields)
    make_changes(make_article(title="Changing", publish_at=at(1, month=9), **fields), at(30, 23))
    make_article(title="Binned", publish_at=at(20), trashed_at=NOW, **fields)


NOVEMBER_OF_EDITORS = [
    (2, Kind.PUBLISHED, "Out", False),
    (3, Kind.EXPIRY, "Over", False),
    (20, Kind.DRAFT, "Planned", True),
    (20, Kind.SCHEDULED, "To come", True),
    (25, Kind.EXPIRY, "To come", True),
    (30, Kind.CHANGES, "Changing", True),
]


def test_editors_see_everything_and_others_what_readers_see():
    fill_november()
    editor, author = make_staff("Editor"), make_staff("Author")

    whole = month_of(NOVEMBER, user=editor, may_publish=True)
    bound = month_of(NOVEMBER, user=editor, may_publish=False)
    others = month_of(NOVEMBER, user=author, may_publish=True)

    assert shown(whole) == NOVEMBER_OF_EDITORS
    assert [entry.article.title for entry in whole.undated] == ["Vague"]
    assert [row[2] for row in shown(bound) if row[3]] == ["Planned"]
    assert (shown(others), others.undated) == ([(2, Kind.PUBLISHED, "Out", False)], [])


def test_questions_narrow_the_month():
    author, parent = make_author(), make_category()
    inner = make_category(parent=parent)
    fill_november()
    make_article(title="Asked", publish_at=at(21), authors=[author], categories=[inner])
    editor = make_staff("Editor")

    def titles(**question):
        month = month_of(NOVEMBER, user=editor, may_publish=True, question=Question(**question))
        return [row[2] for row in shown(month)] + [e.article.title for e in month.undated]

    assert titles(author=author.pk) == ["Asked"]
    assert titles(category=parent) == ["Asked"]
    assert titles(kind=Kind.EXPIRY) == ["Over", "To come"]
    assert titles(kind=Kind.DRAFT) == ["Planned", "Vague"]


def test_days_are_those_of_the_zone_and_weeks_begin_as_the_language_does():
    make_article(title="Late", publish_at=at(5, 23))
    editor = make_staff("Editor")

    with timezone.override(ZoneInfo("Asia/Tokyo")):
        month = month_of(NOVEMBER, user=editor, may_publish=True)
    with override("de"):
        german = month_of(NOVEMBER, user=editor, may_publish=True)

    assert shown(month) == [(6, Kind.PUBLISHED, "Late", False)]
    assert [day.date.day for week in month.weeks for day in week if day.is_today] == [10]
    assert month.weeks[0][0].date == date(2026, 11, 1)  # a Sunday
    assert german.weeks[0][0].date == date(2026, 10, 26)  # a Monday
    assert (month.previous, month.next) == (date(2026, 10, 1), date(2026, 12, 1))


def test_month_that_is_none_is_the_present_one():
    wrong = [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "0000-01",
        "9999-12",
        "2026-1",
        "٢٠٢٦-11",
        "-026-11",
    ]

    assert {month_named(name) for name in wrong} == {NOVEMBER}
    assert month_named("2027-02") == date(2027, 2, 1)


def test_moving_keeps_the_time_by_the_clock_over_daylight_saving():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        summer = datetime(2026, 10, 24, 7, 30, tzinfo=UTC)  # 9:30
        skipped = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)  # 2:30
        moved = [on_day(summer, date(2026, 10, 26)), on_day(skipped, date(2026, 3, 29))]
        moved.append(on_day(datetime(2026, 10, 24, 0, 30, tzinfo=UTC), date(2026, 10, 25)))
        moved.append(on_day(None, date(2026, 12, 1)))

    assert [time.astimezone(UTC).isoformat()[:16] for time in moved] == [
        "2026-10-26T08:30", "2026-03-29T01:30", "2026-10-25T00:30", "2026-12-01T08:00",
    ]  # fmt: skip
    assert [time.isoformat()[11:16] for time in moved] == ["09:30", "03:30", "02:30", "09:00"]


def move(article, kind, day, **fields):
    article.refresh_from_db()
    seen = {Kind.EXPIRY: article.expire_at, Kind.CHANGES: None}.get(kind, article.publish_at)
    if kind == Kind.CHANGES and article.draft_revision:
        seen = article.draft_revision.publish_at
    return move_to_day(
        **{"article": article, "editor": None, "kind": kind, "day": date(2026, 11, day)}
        | {"seen_version": article.version, "seen_at": seen}
        | fields
    )


def test_everything_to_come_moves():
    scheduled = make_article(publish_at=at(20), expire_at=at(25))
    planned = make_article(status=DRAFT, publish_at=at(1))
    vague = make_article(status=DRAFT, publish_at=None)
    live = save_article(article=make_article(expire_at=at(26)), editor=None)
    make_changes(live, at(12))

    moves = [
        (scheduled, Kind.SCHEDULED), (scheduled, Kind.EXPIRY), (planned, Kind.DRAFT),
        (vague, Kind.DRAFT), (live, Kind.CHANGES), (live, Kind.EXPIRY),
    ]  # fmt: skip
    times = [move(*entry, day=24 + number) for number, entry in enumerate(moves)]

    assert times == [at(24), at(25), at(26), at(27), at(28), at(29)]
    for article in (scheduled, planned, vague, live):
        article.refresh_from_db()
    assert (scheduled.publish_at, scheduled.expire_at) == (at(24), at(25))
    assert (planned.publish_at, vague.publish_at) == (at(26), at(27))
    assert (vague.status, scheduled.current_revision.note) == (DRAFT, "Moved in the calendar")
    draft = live.draft_revision
    # The waiting changes do not take the end back to where it was.
    assert (draft.publish_at, live.expire_at) == (at(28), at(29))
    assert draft.data["expire_at"] == at(29).isoformat()


def test_what_is_over_or_was_changed_does_not_move():
    out, scheduled = make_article(publish_at=at(2)), make_article(publish_at=at(20))
    ends_first = make_article(publish_at=at(20), expire_at=at(22))
    draft, binned = make_article(status=DRAFT, publish_at=at(20)), make_article(trashed_at=NOW)
    before = list(Article.objects.values())
    refused = [
        (out, Kind.PUBLISHED, 20, {}), (out, Kind.SCHEDULED, 20, {}), (out, Kind.DRAFT, 20, {}),
        (scheduled, Kind.PUBLISHED, 21, {}),
        (scheduled, Kind.SCHEDULED, 9, {}), (scheduled, Kind.SCHEDULED, 10, {}),
        (scheduled, Kind.EXPIRY, 20, {}), (scheduled, Kind.CHANGES, 20, {}),
        (scheduled, Kind.SCHEDULED, 21, {"seen_version": 0}),
        (scheduled, Kind.SCHEDULED, 21, {"seen_at": at(19)}),
        (ends_first, Kind.SCHEDULED, 23, {}), (ends_first, Kind.EXPIRY, 19, {}),
        (draft, Kind.DRAFT, 9, {}), (draft, Kind.SCHEDULED, 21, {}),
        (binned, Kind.DRAFT, 20, {"seen_at": None}),
    ]  # fmt: skip

    for article, kind, day, fields in refused:
        with pytest.raises(ValidationError):
            move(article, kind, day, **fields)

    assert list(Article.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_move_it_at_once_one_is_told(at_once):
    article = make_article(publish_at=at(20))

    def mover(day):
        def run():
            try:
                return move_to_day(
                    article=article, editor=None, kind=Kind.SCHEDULED, day=date(2026, 11, day),
                    seen_version=1, seen_at=at(20),
                )  # fmt: skip
            except ValidationError:
                return None

        return run

    moved = at_once([mover(21), mover(22)])

    article.refresh_from_db()
    assert [time for time in moved if time] == [article.publish_at]


# The page


def fields_of(article, kind, day, **fields):
    return {
        "article": article.pk, "kind": kind, "version": article.version, "day": day,
        "at": article.publish_at.isoformat() if article.publish_at else "",
    } | fields  # fmt: skip


def test_page_moves_by_its_form_and_says_where_to(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Berlin"})
    client.force_login(make_staff("Editor"))
    article = make_article(title="To <come>", publish_at=at(20))

    moved = client.post(
        f"{MOVE}?month=2026-11&kind=scheduled",
        fields_of(article, Kind.SCHEDULED, "2026-11-21", at="2026-11-20T10:00:00+01:00"),
    )
    html = client.get(moved["Location"]).content.decode()

    assert moved["Location"] == f"{PAGE}?month=2026-11&kind=scheduled#scheduled-{article.pk}"
    assert "“To &lt;come&gt;”: 21 November 2026, 10:00." in html
    assert f'id="scheduled-{article.pk}"' in html
    assert "Times are those of Europe/Berlin." in html

    refused = client.post(MOVE, fields_of(article, Kind.SCHEDULED, "2026-11-22"))

    assert refused.status_code == 422
    assert "Somebody changed “To &lt;come&gt;” meanwhile." in refused.content.decode()
    article.refresh_from_db()
    assert article.publish_at == at(21)


def test_page_refuses_what_is_not_allowed(client):
    author = make_staff("Author")
    own = [make_author(user=author)]
    scheduled, draft = (
        make_article(authors=own, publish_at=at(20)),
        make_article(authors=own, status=DRAFT, publish_at=at(20)),
    )
    foreign = make_article(publish_at=at(20))
    client.force_login(author)
    ok = "2026-11-21"

    def post(article, kind, day=ok, **fields):
        return client.post(MOVE, fields_of(article, kind, day, **fields)).status_code

    nonsense = [post(draft, "x"), post(draft, "draft", "soon"), post(draft, "draft", version="x")]
    nonsense += [post(draft, "draft", day) for day in ("0001-01-01", "9999-12-31")]
    assert nonsense == [422] * 5
    assert post(draft, "draft", version=10**30) == 422
    assert post(draft, "draft", at="0001-01-01T00:00+14:00") == 422
    assert post(foreign, "scheduled") == 404
    group = author.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="publish_article"))
    assert [post(scheduled, "scheduled"), post(draft, "draft")] == [403, 302]
    assert client.get(MOVE).status_code == 405
    client.force_login(make_staff("Moderator"))
    assert client.get(PAGE).status_code == 403
    assert [post(draft, "draft"), client.post(NEW, {}).status_code] == [404, 403]
    foreign.refresh_from_db()
    assert foreign.publish_at == at(20)


def test_draft_is_made_for_a_day(client):
    client.force_login(make_staff("Author"))
    link = client.get(f"{PAGE}?new=2026-11-17").content.decode()

    made = client.post(NEW, {"title": " A kettle ", "day": "2026-11-17"})
    refused = client.post(NEW, {"title": "x" * 201, "day": ""})

    article = Article.objects.get()
    assert made["Location"] == f"{PAGE}#draft-{article.pk}"
    assert (article.title, article.status, article.publish_at) == ("A kettle", DRAFT, at(17))
    assert 'value="2026-11-17"' in link
    assert (refused.status_code, "x" * 201 in refused.content.decode()) == (422, True)


def test_month_costs_the_same_whatever_is_in_it(client, django_assert_num_queries):
    editor = make_staff("Editor")
    client.force_login(editor)
    client.get(PAGE)

    def count():
        user = User.objects.get(pk=editor.pk)
        user.get_all_permissions()
        with django_assert_num_queries(5):
            month_of(NOVEMBER, user=user, may_publish=True)
        with django_assert_num_queries(11):  # those, two of choices; session, person, rights, site
            client.get(PAGE)

    fill_november()
    count()
    for _ in range(3):
        fill_november(categories=[make_category()])
    count()


def test_strange_questions_are_answered(client):
    client.force_login(make_staff("Editor"))
    strange = ["month=x", "author=x&category=y&kind=z", "author=٣", f"author={10**18}", "new=%00x"]
    strange += ["month=2999-12", "month=1970-01", "new=soon"]

    assert {client.get(f"{PAGE}?{query}").status_code for query in strange} <= {200, 400}
