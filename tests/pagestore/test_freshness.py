"""Every door through which something is written: each page that shows it is new, the others are kept."""

from datetime import timedelta
from threading import Event, Thread
from urllib.parse import urlencode

import brotli
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Author
from blog.articles.models import Article, Byline, Category, Series, SlugHistory, Tag
from blog.articles.series import put_in_series, save_series
from blog.comments.deciding import transition
from blog.comments.deleting import delete_comment
from blog.comments.models import Comment
from blog.pages.models import Page
from blog.pagestore.server import HELD_LATELY, OFTEN
from blog.redirects.models import Redirect
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_menu_item,
    make_page,
)


@pytest.fixture
def blog(server):
    """Two articles in sections, years and lists of their own, and a server that has rendered all."""
    politics, art = (make_category(name=name, slug=name) for name in ("politics", "art"))
    tag = Tag.objects.create(name="Rivers", slug="rivers")
    ana, ben = (make_author(name=name, slug=name.lower()) for name in ("Ana", "Ben"))
    now = timezone.now()
    bridges = make_article(title="Bridges", slug="bridges", publish_at=now - timedelta(days=3))
    songs = make_article(title="Songs", slug="songs", publish_at=now - timedelta(days=800))
    bridges.categories.add(politics)
    bridges.tags.add(tag)
    songs.categories.add(art)
    Byline.objects.create(article=bridges, author=ana, position=0)
    Byline.objects.create(article=songs, author=ben, position=0)
    return server


PAGES = (
    "/",
    "/bridges/",
    "/songs/",
    "/category/politics/",
    "/category/art/",
    "/tag/rivers/",
    "/author/ana/",
    "/author/ben/",
    "/feed/",
    "/comments/feed/",
    "/sitemap.xml",
    "/robots.txt",
)


def rendered_after(server, write) -> set[str]:
    """Return which of the pages are rendered anew after the write, all having been kept before."""
    for path in PAGES:
        assert server.ask(path).status == 200, path
    server.rendered.paths.clear()
    write()
    server.store.changes.announce()  # what a POST does; others are seen within 200 ms
    for path in PAGES:
        server.ask(path)
    return set(server.rendered.paths)


def test_nothing_written_nothing_rendered(blog):
    assert rendered_after(blog, lambda: None) == set()


def test_a_comment_shows_where_it_is_shown_and_counted(blog):
    bridges = Article.objects.get(slug="bridges")

    assert rendered_after(
        blog, lambda: make_comment(article=bridges, status=Comment.Status.APPROVED)
    ) == {
        "/",
        "/bridges/",
        "/category/politics/",
        "/tag/rivers/",
        "/author/ana/",
        "/feed/",
        "/comments/feed/",
    }


def test_a_waiting_comment_shows_nowhere(blog):
    bridges = Article.objects.get(slug="bridges")

    assert (
        rendered_after(blog, lambda: make_comment(article=bridges, status=Comment.Status.PENDING))
        == set()
    )


def test_a_decision_shows_at_once(blog):
    comment = make_comment(article=Article.objects.get(slug="songs"), status="pending")

    found = rendered_after(blog, lambda: transition(comment=comment, to="approved", actor=None))

    assert {"/", "/songs/", "/author/ben/", "/comments/feed/"} <= found
    assert not {"/bridges/", "/category/politics/", "/robots.txt"} & found


def test_a_deleted_comment_is_gone(blog):
    comment = make_comment(
        article=Article.objects.get(slug="songs"), status="approved", body="Gone!"
    )
    assert "Gone!" in blog.ask("/songs/").text

    delete_comment(comment=comment, actor=None)
    blog.store.changes.announce()
    assert "Gone!" not in blog.ask("/songs/").text


def test_a_vote_shows_with_its_article(blog):
    def vote():
        answer = blog.ask("/bridges/rating/", "POST", urlencode({"stars": 4}))
        assert answer.status == 303

    assert rendered_after(blog, vote) == {
        "/bridges/rating/",
        "/",
        "/bridges/",
        "/category/politics/",
        "/tag/rivers/",
        "/author/ana/",
        "/feed/",
    }


def test_a_title_shows_wherever_it_stands(blog):
    def rename():
        Article.objects.filter(slug="bridges").update(title="Tunnels")  # as raw as the ORM gets

    found = rendered_after(blog, rename)

    assert "Tunnels" in blog.ask("/").text
    assert {"/", "/bridges/", "/songs/", "/category/politics/", "/sitemap.xml"} <= found
    assert not {"/category/art/", "/author/ben/", "/robots.txt"} & found


def test_raw_sql_is_noticed_too(blog):
    def rename():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_article SET title = 'Tunnels' WHERE slug = 'bridges'")

    assert "/bridges/" in rendered_after(blog, rename)


def test_a_new_article_stands_in_its_lists(blog):
    def publish():
        article = make_article(title="Canals", slug="canals")
        article.categories.add(Category.objects.get(slug="politics"))

    found = rendered_after(blog, publish)

    assert "Canals" in blog.ask("/category/politics/").text
    assert {"/", "/category/politics/", "/feed/", "/sitemap.xml", "/bridges/"} <= found
    assert not {"/author/ana/", "/tag/rivers/", "/category/art/", "/robots.txt"} & found


def test_a_new_article_stands_in_the_menu_of_every_page(blog):
    politics, art = (Category.objects.get(slug=slug) for slug in ("politics", "art"))
    within = make_category(name="Cities", slug="cities", parent=politics)
    make_menu_item(category=politics, shows_latest=True)

    def publish(category):
        article = make_article()
        article.categories.add(category)

    assert "/author/ben/" not in rendered_after(blog, lambda: publish(art))
    assert "/author/ben/" in rendered_after(blog, lambda: publish(within))
    bridges = Article.objects.filter(slug="bridges")
    assert "/author/ben/" in rendered_after(blog, lambda: bridges.update(title="Tunnels"))
    assert "Tunnels" in blog.ask("/author/ben/").text


def test_a_draft_shows_nowhere_public(blog):
    found = rendered_after(blog, lambda: make_article(slug="later", status=Article.Status.DRAFT))

    assert found <= {"/sitemap.xml", "/comments/feed/"}


def test_a_trashed_article_is_gone_everywhere(blog):
    rendered_after(
        blog, lambda: Article.objects.filter(slug="bridges").update(trashed_at=timezone.now())
    )

    for path in ("/", "/category/politics/", "/author/ana/", "/feed/", "/sitemap.xml", "/songs/"):
        assert "Bridges" not in blog.ask(path).text, path
    assert blog.ask("/bridges/").status == 404


def test_an_article_of_a_section_within_shows_in_the_one_above(blog):
    within = make_category(
        name="Cities", slug="cities", parent=Category.objects.get(slug="politics")
    )
    article = make_article(title="Squares", slug="squares")
    for path in PAGES:
        blog.ask(path)
    article.categories.add(within)
    blog.store.changes.announce()

    assert "Squares" in blog.ask("/category/politics/").text


@pytest.mark.parametrize(
    ("write", "path", "text"),
    [
        (lambda: Category.objects.filter(slug="art").update(name="Arts"), "/bridges/", "Arts"),
        (lambda: Tag.objects.filter(slug="rivers").update(name="Streams"), "/bridges/", "Streams"),
        (lambda: Author.objects.filter(slug="ana").update(name="Anna"), "/bridges/", "Anna"),
        (lambda: Author.objects.filter(slug="ana").update(bio="Walks."), "/bridges/", "Walks."),
        (
            lambda: Author.objects.get(slug="ana").links.create(
                label="Notes", url="https://a.example"
            ),
            "/bridges/",
            "Notes",
        ),
        (
            lambda: SiteSettings.objects.update_or_create(pk=1, defaults={"title": "The Ferry"}),
            "/songs/",
            "The Ferry",
        ),
        (
            lambda: Article.objects.filter(slug="songs").update(
                lead_image=make_image(alt="A harp")
            ),
            "/songs/",
            "A harp",
        ),
        (
            lambda: Article.objects.get(slug="songs").tags.add(Tag.objects.get()),
            "/tag/rivers/",
            "Songs",
        ),
    ],
    ids=["category", "tag", "author", "bio", "link", "site", "picture", "tagged"],
)
def test_a_change_shows_on_the_very_next_request(blog, write, path, text):
    for page in PAGES:
        blog.ask(page)
    assert text not in blog.ask(path).text

    write()
    blog.store.changes.announce()
    assert text in blog.ask(path).text


def test_a_page_that_was_missing_is_found_once_it_is_there(blog):
    assert blog.ask("/tag/ports/").status == 404
    Tag.objects.create(name="Ports", slug="ports")
    blog.store.changes.announce()
    assert blog.ask("/tag/ports/").status == 200


def test_a_comment_is_found_once_it_is_approved(blog):
    comment = make_comment(article=Article.objects.get(slug="bridges"), status="pending")
    assert blog.ask(comment.get_absolute_url()).status == 404
    transition(comment=comment, to="approved", actor=None)
    blog.store.changes.announce()
    assert blog.ask(comment.get_absolute_url()).status == 302


def test_an_old_address_forwards_once_it_is_known(blog):
    assert blog.ask("/viaducts/").status == 404
    SlugHistory.objects.create(article=Article.objects.get(slug="bridges"), slug="viaducts")
    blog.store.changes.announce()
    assert blog.ask("/viaducts/").status == 301


def test_a_redirect_works_from_when_it_is_made_until_it_goes(blog):
    assert blog.ask("/old/page/").status == 404
    redirect = Redirect.objects.create(path="/old/page/")
    blog.store.changes.announce()
    assert blog.ask("/old/page/").status == 410
    blog.renderings("")
    Redirect.objects.update(hits=9)  # counting makes no page old
    blog.store.changes.announce()
    assert (blog.ask("/old/page/").status, blog.renderings("/old/page/")) == (410, 0)
    redirect.target = "/bridges/"
    redirect.save()
    blog.store.changes.announce()
    assert blog.ask("/old/page/").status == 301
    redirect.delete()
    blog.store.changes.announce()
    assert blog.ask("/old/page/").status == 404


def test_the_other_worker_sees_a_posted_comment_at_once(blog, other_server):
    make_comment(article=Article.objects.get(slug="songs"), status="approved", **KNOWN)
    for server in (blog, other_server):
        server.ask("/bridges/")
    form = urlencode(KNOWN | {"body": "I walked across it."})
    SiteSettings.objects.update_or_create(pk=1, defaults={"seconds_between_comments": 0})

    assert blog.ask("/bridges/comments/", "POST", form).status == 303
    assert "I walked across it." in other_server.ask("/bridges/").text


KNOWN = {"name": "Marta", "email": "marta@example.org"}


def test_a_write_of_another_machine_is_seen_after_the_next_poll(blog, time_machine):
    assert "Tunnels" not in blog.ask("/bridges/").text
    Article.objects.filter(slug="bridges").update(title="Tunnels")

    blog.store.changes.read_at -= 0.2  # the next poll is due
    assert "Tunnels" in blog.ask("/bridges/").text


def test_what_changes_while_a_page_is_rendered_is_not_kept(blog):
    application = blog.rendered.application

    def slow(environ, start_response):
        response = application(environ, start_response)
        blog.rendered.application = application
        Article.objects.filter(slug="bridges").update(title="Tunnels")
        return response

    blog.rendered.application = slow
    assert "Tunnels" not in blog.ask("/bridges/").text
    assert "Tunnels" in blog.ask("/bridges/").text


def test_a_transaction_that_commits_late_is_not_missed(blog):
    """On PostgreSQL ids are not committed in order: the one that began first ends last."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    began, may_commit = Event(), Event()

    def write_slowly():
        try:
            with transaction.atomic():
                Article.objects.filter(slug="bridges").update(title="Tunnels")
                began.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = Thread(target=write_slowly)
    thread.start()
    began.wait(10)
    Article.objects.filter(slug="songs").update(title="Hymns")  # a higher number, committed first
    blog.store.changes.announce()
    assert "Hymns" in blog.ask("/songs/").text
    assert "Bridges" in blog.ask("/bridges/").text
    may_commit.set()
    thread.join()
    blog.store.changes.announce()

    assert "Tunnels" in blog.ask("/bridges/").text


def test_a_page_on_disk_that_is_out_of_date_is_not_taken(blog, other_server):
    blog.ask("/bridges/")
    Article.objects.filter(slug="bridges").update(title="Tunnels")

    assert "Tunnels" in other_server.ask("/bridges/").text


def test_who_may_read_it_shows_at_once_and_an_opened_one_is_never_kept(blog):
    def protect(access):
        Article.objects.filter(slug="bridges").update(access=access, password_hash="md5$$x")

    found = rendered_after(blog, lambda: protect("password"))

    assert {"/", "/bridges/", "/songs/", "/category/politics/", "/feed/", "/sitemap.xml"} <= found
    assert "Protected: Bridges" in blog.ask("/").text
    blog.rendered.paths.clear()
    blog.ask("/bridges/", HTTP_COOKIE="unlocked=x")
    assert blog.renderings("/bridges/") == 1

    protect("private")
    blog.store.changes.announce()
    assert blog.ask("/bridges/").status == 404
    assert "Bridges" not in blog.ask("/").text


def test_pages_follow_each_other_and_what_they_list(blog):
    about = make_page(slug="about", title="About")
    team = make_page(slug="team", title="Team", parent=about, status="draft")
    make_page(slug="archives", kind="archives")
    make_page(slug="contact", kind="contact")
    own = ("/about/", "/about/team/", "/archives/", "/contact/")

    def rendered(write) -> set[str]:
        for path in own:
            blog.ask(path)
        blog.rendered.paths.clear()
        write()
        blog.store.changes.announce()
        for path in own:
            blog.ask(path)
        return set(blog.rendered.paths)

    assert rendered(lambda: None) == set()
    assert blog.ask("/about/team/").status == 404
    pages = Page.objects
    found = rendered(lambda: pages.filter(pk=team.pk).update(status="published"))
    assert found == {"/about/", "/about/team/"}
    assert "Team" in blog.ask("/about/").text
    found = rendered(lambda: pages.filter(pk=about.pk).update(title="Who we are"))
    assert found == {"/about/", "/about/team/"}
    found = rendered(lambda: make_article(publish_at=timezone.now() - timedelta(days=400)))
    assert found == {"/archives/"}
    SiteSettings.objects.update_or_create(pk=1, defaults={"front_page": about})
    blog.store.changes.announce()
    assert "Who we are" in blog.ask("/").text
    pages.filter(pk=about.pk).update(body_html="<p>New words.</p>")
    blog.store.changes.announce()
    assert "New words." in blog.ask("/").text
    pages.filter(pk=about.pk).update(status="draft")
    blog.store.changes.announce()
    assert "Bridges" in blog.ask("/").text


def test_a_series_shows_on_its_page_and_on_those_of_its_parts(blog):
    series = save_series(series=Series(title="The tide"))
    parts = [make_article(title=title, slug=title.lower()) for title in ("Ebb", "Flow", "Moon")]
    for article in parts[:2]:
        put_in_series(article=article, series=series)
    own = ("/ebb/", "/flow/", "/series/the-tide/", "/songs/")
    writes = (
        lambda: put_in_series(article=parts[2], series=series, number=1),
        lambda: Series.objects.update(title="The sea"),
        lambda: Article.objects.filter(slug="moon").update(title="The moon"),
        lambda: Article.objects.filter(slug="moon").update(status="draft"),
    )
    for write in writes:
        for path in own:
            blog.ask(path)
        blog.rendered.paths.clear()
        write()
        blog.store.changes.announce()
        for path in own[:3]:
            blog.ask(path)
        assert {"/ebb/", "/flow/", "/series/the-tide/"} <= set(blog.rendered.paths)
    assert "Part 1 of 2" in blog.ask("/ebb/").text


def test_a_page_that_readers_change_all_the_time_is_made_a_few_times_a_second(
    blog, other_server, time_machine, monkeypatch
):
    now, clock = timezone.now(), [1_000.0]
    time_machine.move_to(now, tick=False)
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    bridges = Article.objects.get(slug="bridges")

    def comment(body: str) -> None:
        make_comment(article=bridges, status=Comment.Status.APPROVED, body=body)
        blog.store.changes.announce()

    for number in range(OFTEN):
        comment(f"Number {number}.")
        assert f"Number {number}." in blog.ask("/bridges/").text
    kept = blog.store.files.get(("http", "testserver", "/bridges/"))
    assert list(kept.bodies) == ["identity"]  # packed as somebody asks
    packed = blog.ask("/bridges/", HTTP_ACCEPT_ENCODING="br").body
    assert brotli.decompress(packed) == kept.bodies["identity"]
    comment("Another.")
    blog.renderings("")
    for server in (blog, other_server):
        assert "Another." not in server.ask("/bridges/").text
        assert server.renderings("/bridges/") == 0
    # Who may have written it sees it; the other worker takes what the first one has made.
    for server, renderings in ((blog, 1), (other_server, 0)):
        assert "Another." in server.ask("/bridges/", HTTP_COOKIE="visitor=x").text
        assert server.renderings("/bridges/") == renderings

    comment("One more.")
    assert "One more." not in blog.ask("/bridges/").text
    clock[0] += HELD_LATELY
    time_machine.move_to(now + timedelta(seconds=HELD_LATELY), tick=False)
    assert "One more." in blog.ask("/bridges/").text
    comment("The last.")
    Article.objects.filter(slug="bridges").update(title="Tunnels")  # no reader can
    blog.store.changes.announce()
    assert all(text in blog.ask("/bridges/").text for text in ("The last.", "Tunnels"))
