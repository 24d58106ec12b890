"""Pages in their tree: addresses, moves, the trash."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from blog.articles.models import SlugHistory
from blog.media.queries import uses_of
from blog.pages.models import Page
from blog.pages.services import delete_page, empty_old_trash, move, place, save_page, trash
from blog.pages.tasks import show_picture_on_pages
from blog.public.urls import urlpatterns
from tests.factories import make_article, make_image, make_page

pytestmark = pytest.mark.django_db


def saved(**fields) -> Page:
    return save_page(page=Page(**fields), editor=None)


def test_address_is_made_from_the_title_and_stays_clear_of_all_others():
    make_article(slug="about")

    about = saved(title="About")
    assert about.path == "about-2"
    assert saved(title="About").path == "about-3"
    assert saved(title="Search").path == "search-2"  # the site's own
    assert saved(title="Rating", parent=about).path == "about-2/rating-2"
    assert saved(title="About", parent=about).path == "about-2/about"
    assert saved(title="未来").path == "page-2"  # /page/ is the site’s own


def test_page_within_another_has_no_address_of_an_article():
    about = saved(title="About")
    begins = [str(each.pattern).partition("<slug:slug>/") for each in urlpatterns]
    words = {rest.partition("/")[0] for start, _mark, rest in begins if not start and rest}
    words = {word for word in words if "<" not in word}
    assert {"rating", "embed", "unlock", "feed", "comments"} <= words

    for word in sorted(words):
        assert saved(title=word, parent=about).path == f"about/{word}-2"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"slug": "taken"}, "Taken page"),
        ({"slug": "bridges"}, "On bridges"),
        ({"slug": "binned"}, "trash"),
    ],
)
def test_address_that_is_taken_is_refused(fields, word):
    make_page(slug="taken", title="Taken page")
    make_page(slug="binned", trashed_at=timezone.now())
    make_article(slug="bridges", title="On bridges")

    with pytest.raises(ValidationError, match=word):
        saved(title="New", **fields)


def test_page_cannot_stand_within_itself_nor_get_too_long():
    top = saved(title="Top")
    within = saved(title="Within", parent=top)
    top.parent = within
    with pytest.raises(ValidationError, match="within itself"):
        save_page(page=top, editor=None)

    deep = top = Page.objects.get(pk=top.pk)
    for number in range(4):
        deep = saved(title=f"Deep {number}", slug=f"{'d' * 99}{number}", parent=deep)
    top.slug = "t" * 100
    with pytest.raises(ValidationError, match="too long"):
        save_page(page=top, editor=None)
    assert Page.objects.get(pk=deep.pk).path == deep.path


def test_page_that_gets_an_old_address_back_forwards_no_more():
    page = saved(title="One")
    for slug in ("two", "one"):
        page.slug = slug
        save_page(page=page, editor=None)

    assert list(page.old_paths.values_list("path", flat=True)) == ["two"]
    assert page.version == 3


def tree(parent: Page | None = None) -> list:
    """Return the titles of the pages, each with those within it."""
    pages = Page.objects.filter(parent=parent)
    return [(page.title, within) if (within := tree(page)) else page.title for page in pages]


def test_pages_move_by_steps():
    one, two, three = (saved(title=title) for title in ("One", "Two", "Three"))
    saved(title="Within", parent=two)
    for page, to, after in (
        (three, "up", ["One", "Three", ("Two", ["Within"])]),
        (two, "down", ["One", "Three", ("Two", ["Within"])]),  # the last one already
        (two, "sideways", ["One", "Three", ("Two", ["Within"])]),
        (one, "down", ["Three", "One", ("Two", ["Within"])]),
        (three, "in", ["Three", "One", ("Two", ["Within"])]),  # nothing stands before it
        (two, "in", ["Three", ("One", [("Two", ["Within"])])]),
        (three, "out", ["Three", ("One", [("Two", ["Within"])])]),
        (Page.objects.get(title="Within"), "out", ["Three", ("One", ["Two", "Within"])]),
        (two, "out", ["Three", ("One", ["Within"]), "Two"]),
    ):
        move(page=page, to=to, editor=None)
        assert tree() == after, (page, to)


def test_page_goes_where_it_was_dragged_and_old_addresses_follow():
    about, team, work = (saved(title=title) for title in ("About", "Team", "Work"))
    saved(title="Jobs", parent=team)

    place(page=team, before=None, parent=about.pk, editor=None)
    place(page=work, before=about.pk, parent=None, editor=None)

    assert tree() == ["Work", ("About", [("Team", ["Jobs"])])]
    jobs = Page.objects.get(slug="jobs")
    assert jobs.path == "about/team/jobs"
    assert list(jobs.old_paths.values_list("path", flat=True)) == ["team/jobs"]
    team.refresh_from_db()
    assert (team.version, team.revisions.count()) == (2, 2)
    work.refresh_from_db()
    assert work.version == 1  # no form that is open elsewhere shows its place


def test_impossible_place_is_refused():
    about, team, work = (saved(title=title) for title in ("About", "Team", "Work"))
    saved(title="Team", parent=about)
    jobs = saved(title="Jobs", parent=team)
    binned = make_page(title="Binned", trashed_at=timezone.now())
    old = saved(title="Old", parent=work)
    SlugHistory.objects.create(slug="old", article=make_article())
    stood = tree()

    for page, before, parent, word in (
        (team, None, jobs, "within itself"),
        (team, None, team, "within itself"),
        (team, None, about, "has this address"),
        (team, jobs, None, "meanwhile"),  # stands elsewhere
        (team, None, binned, "meanwhile"),
        (binned, None, about, "meanwhile"),
        (old, None, None, "lead to something else"),
    ):
        with pytest.raises(ValidationError, match=word):
            place(
                page=Page.objects.get(pk=page.pk),
                before=before and before.pk,
                parent=parent and parent.pk,
                editor=None,
            )
        assert tree() == stood


def test_trash_is_emptied_after_a_month_from_the_deepest_up():
    old = timezone.now() - timedelta(days=31)
    top = make_page(trashed_at=old)
    make_page(parent=top, trashed_at=old)
    keeper = make_page(trashed_at=old)
    child = make_page(parent=keeper)
    recent = make_page()
    trash(page=recent)

    assert empty_old_trash() == 2

    assert set(Page.objects.all()) == {keeper, child, recent}
    with pytest.raises(ValidationError, match="stands within"):
        delete_page(page=keeper)
    with pytest.raises(ValidationError, match="trash first"):
        delete_page(page=child)


def test_text_is_sanitised_and_its_pictures_are_in_use():
    image = make_image()
    page = saved(
        title="About",
        body=f'<p onclick="x()">Hi<script>x()</script></p><figure><img src="{image.file.url}"></figure>',
    )

    assert page.body.startswith("<p>Hi</p>")
    assert "<script" not in page.body_html
    assert uses_of([image.pk])[image.pk] == [page]
    Page.objects.update(body_html="")
    assert show_picture_on_pages.func(image.pk) == 1
    page.refresh_from_db()
    assert image.file.url in page.body_html
