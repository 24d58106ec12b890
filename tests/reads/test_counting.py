"""A read counts once per reader and day, exactly, and nothing is left of the reader."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import NetworkKey
from accounts.visitors import remembered_keys
from blog.articles.models import Article
from blog.privacy.retention import forget
from blog.reads import counting
from blog.reads.models import DailyReads, Pace, ReadTotal, Visit
from blog.reads.totals import let_old_days_go
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HERE = {"Sec-Fetch-Site": "same-origin"}


def read(article, *, agent=FIREFOX, address="192.0.2.7", headers=HERE, client=None, at=""):
    """Send what the script of a page sends."""
    pk = article if isinstance(article, int) else article.pk
    return (client or Client()).post(
        f"/reads/{pk}/", {"at": at}, headers={"User-Agent": agent, **headers}, REMOTE_ADDR=address
    )


def counted(article):
    """Return what the days come to; the totals must say the same."""
    days = sum(DailyReads.objects.filter(article=article).values_list("count", flat=True))
    totals = list(ReadTotal.objects.filter(article=article).values_list("week", "month", "ever"))
    assert totals == ([(days, days, days)] if days else [])
    return days


def test_reader_counts_once_a_day():
    article, other = make_article(), make_article()
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False) as clock:
        Article.objects.update(publish_at=timezone.now())
        responses = [read(article), read(article), read(article, address="192.0.2.8")]
        read(article, agent=FIREFOX.replace("140", "139"))
        read(other)
        assert (counted(article), counted(other)) == (3, 1)
        clock.shift(timedelta(days=1))
        read(article)

    days = DailyReads.objects.filter(article=article).order_by("day")
    assert list(days.values_list("day", "count")) == [(date(2026, 3, 4), 3), (date(2026, 3, 5), 1)]
    assert {(r.status_code, r.content, len(r.cookies)) for r in responses} == {(204, b"", 0)}


def test_end_of_the_text_counts_once_and_after_the_read_alone():
    article = make_article()

    read(article, at="end")
    assert DailyReads.objects.count() == 0
    for at in ("", "end", "end", "middle"):
        read(article, at=at)
    read(article, at="end", address="192.0.2.8")
    read(article, address="192.0.2.9")

    assert list(DailyReads.objects.values_list("count", "finished")) == [(2, 1)]


def test_the_day_is_that_of_the_site():
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False):
        read(make_article())

    assert DailyReads.objects.get().day == date(2026, 3, 5)


def test_only_what_readers_may_see_and_only_from_its_own_page():
    now = timezone.now()
    article = make_article()
    hidden = [
        make_article(status=Article.Status.DRAFT),
        make_article(publish_at=now + timedelta(days=1)),
        make_article(publish_at=now - timedelta(days=2), expire_at=now - timedelta(days=1)),
        make_article(trashed_at=now),
    ]

    answers = [read(each) for each in hidden] + [read(article.pk + 1000)]
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {},  # no browser
    ):
        answers.append(read(article, headers=headers))
    for agent in (
        "",
        "curl/8.5",
        "Googlebot/2.1",
        "Mozilla/5.0 HeadlessChrome/140.0",
        "AhrefsBot",
    ):
        answers.append(read(article, agent=agent))

    assert {answer.status_code for answer in answers} == {204}
    assert Client().get(f"/reads/{article.pk}/").status_code == 405
    assert not DailyReads.objects.exists()
    assert not Visit.objects.exists()
    read(article, headers={"Origin": "http://testserver"}, agent="Android 9; CUBOT X19 Chrome/99")
    assert counted(article) == 1


def test_one_network_moves_a_ranking_only_so_far(monkeypatch):
    monkeypatch.setattr(counting, "OF_ARTICLE_FROM_NETWORK", 2)
    monkeypatch.setattr(counting, "FROM_NETWORK", 3)
    articles = [make_article(), make_article()]

    for article in articles:
        for number in range(4):
            read(article, agent=f"{FIREFOX} {number}", address=f"2001:db8:1:2::{number}")
    read(articles[1], address="198.51.100.1")

    assert [counted(article) for article in articles] == [2, 2]  # two and one, and a stranger's
    assert Visit.objects.count() == 4  # what did not count left no mark


def test_nothing_of_the_reader_outlives_the_day():
    article = make_article()
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        Article.objects.update(publish_at=timezone.now())
        read(article, address="192.0.2.99")
    stored = [bytes(mark) for mark in Visit.objects.values_list("mark", flat=True)]
    assert all(len(mark) == 16 and b"192.0" not in mark for mark in stored)
    read(article)

    forgotten = forget()

    assert (forgotten.visits, Visit.objects.count(), Pace.objects.count()) == (3, 1, 2)
    assert NetworkKey.objects.count() == 1
    assert counted(article) == 2


def test_every_reader_counts_when_all_come_at_once(at_once):
    article = make_article()
    remembered_keys.clear()

    answers = at_once(
        [lambda n=n: read(article, agent=f"{FIREFOX} {n % 8}").status_code for n in range(16)]
    )

    assert set(answers) == {204}
    assert counted(article) == Visit.objects.count() == 8


def test_a_read_costs_nine_queries_and_outdates_no_page(client, django_assert_num_queries):
    from blog.pagestore.models import Change

    article = make_article()
    read(article)
    before = Change.objects.count()

    with django_assert_num_queries(9):  # settings, article, savepoint and back, five statements
        read(article, address="192.0.2.8")

    assert Change.objects.count() == before


def test_script_comes_with_pages_that_count(client):
    user = make_user(is_staff=True)
    article = make_article(authors=[make_author(user=user)])
    address = article.get_absolute_url()
    script, target = "js/reads.js", f'data-read="/reads/{article.pk}/"'

    html = client.get(address).content.decode()
    assert script in html
    assert target in html
    client.force_login(make_user())
    assert target in client.get(address).content.decode()
    client.force_login(user)
    assert script not in client.get(address).content.decode()  # their own article
    assert "how often an article is read" in client.get("/privacy/").content.decode()

    SiteSettings.objects.update_or_create(pk=1, defaults={"reads_counted": False})
    client.logout()
    assert script not in client.get(address).content.decode()
    assert read(article).status_code == 204
    assert counted(article) == 0
    assert "how often an article is read" not in client.get("/privacy/").content.decode()


def test_old_days_leave_the_rankings_and_totals_are_proved(capsys):
    article, other = make_article(), make_article()
    today = date(2026, 3, 31)
    for ago, count in ((0, 1), (6, 2), (7, 4), (29, 8), (30, 16)):
        DailyReads.objects.create(article=article, day=today - timedelta(days=ago), count=count)
    ReadTotal.objects.create(article=article, week=31, month=31, ever=31)
    DailyReads.objects.create(article=other, day=today, count=5)

    assert let_old_days_go(today) == 1
    totals = ReadTotal.objects.values_list("week", "month", "ever")
    assert totals.get(article=article) == (3, 15, 31)

    with pytest.raises(CommandError, match="1 total differs"):
        call_command("recount")
    ReadTotal.objects.update(ever=3)
    with time_machine.travel(datetime(2026, 3, 31, 12, tzinfo=UTC)):
        call_command("recount", fix=True)
    assert totals.get(article=article) == (3, 15, 31)
    assert totals.get(article=other) == (5, 5, 5)
    call_command("recount")
    assert "All totals equal their rows." in capsys.readouterr().out
