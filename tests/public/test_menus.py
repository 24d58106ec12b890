"""The menus as readers get them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.frame.menus import load_menus
from blog.frame.models import MenuItem
from blog.pages.models import Page
from tests.factories import make_article, make_category, make_menu_item, make_tag

pytestmark = pytest.mark.django_db


def part(html: str, element: str) -> str:
    return html.split(f"<{element} class=")[1].split(f"</{element}>", maxsplit=1)[0]


def links(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)', html)


def test_site_without_a_menu_shows_its_top_categories(client):
    zoo, art = make_category(name="Zoo"), make_category(name="Art")
    make_category(name="Within", parent=zoo)

    html = client.get("/privacy/").content.decode()

    own = [(category.get_absolute_url(), category.name) for category in (art, zoo)]
    assert links(part(html, "header"))[1:] == own
    assert links(part(html, "footer"))[:2] == own
    assert ("/feed/", "RSS") in links(part(html, "footer"))


def test_menu_is_a_list_with_lists_in_it(client):
    category, tag = make_category(name="Cities"), make_tag(name="Trams")
    article = make_article(title="The Number 9")
    top = make_menu_item(category=category)
    make_menu_item(tag=tag, parent=top)
    make_menu_item(article=article, label="Read this", parent=top)
    heading = make_menu_item(label="Elsewhere")
    make_menu_item(
        label="Friends", address="https://a.example/ü", opens_new_tab=True, parent=heading
    )
    make_menu_item(label="A heading over nothing")

    header = part(client.get("/privacy/").content.decode(), "header")

    assert links(header)[1:] == [
        (category.get_absolute_url(), "Cities"),
        (tag.get_absolute_url(), "Trams"),
        (article.get_absolute_url(), "Read this"),
        ("https://a.example/%C3%BC", "Friends"),
    ]
    assert header.count('target="_blank" rel="noopener"') == 1
    assert re.findall(r"<summary[^>]*>", header) == [
        "<summary>",
        '<summary aria-label="More under Cities">',
        "<summary>",
    ]
    assert "A heading over nothing" not in header


def test_page_that_is_open_is_marked_in_the_menu_and_on_its_further_pages(client):
    category = make_category()
    for _ in range(11):
        make_article(categories=[category])
    make_menu_item(category=category)
    make_menu_item(label="Top rated", address="/top-rated/")

    for path in (category.get_absolute_url(), f"{category.get_absolute_url()}page/2/"):
        header = part(client.get(path).content.decode(), "header")
        assert re.findall(r'href="([^"]*)" aria-current="page"', header) == [
            category.get_absolute_url()
        ]
    assert "aria-current" not in part(client.get("/privacy/").content.decode(), "header")


def test_what_strangers_may_not_read_is_in_no_menu(client):
    later = timezone.now() + timezone.timedelta(days=1)
    hidden = [
        make_article(title="Draft", status=Article.Status.DRAFT),
        make_article(title="Tomorrow", publish_at=later),
        make_article(title="In the bin", trashed_at=timezone.now()),
    ]
    pages = [
        Page.objects.create(title="Page in work", slug="work", path="work"),
        Page.objects.create(
            title="Old page", slug="old", path="old", status="published", trashed_at=timezone.now()
        ),
    ]
    for menu in MenuItem.Menu:
        over = make_menu_item(menu=menu, article=hidden[0])
        make_menu_item(menu=menu, label="Stays", address="/stays/", parent=over)
        for article in hidden[1:]:
            make_menu_item(menu=menu, article=article)
        for page in pages:
            make_menu_item(menu=menu, page=page)

    menus = load_menus()

    for shown in (menus.header, menus.footer, menus.mobile):
        assert [(link.label, link.address) for link in shown] == [("Stays", "/stays/")]


def test_rows_written_past_the_forms_make_no_trap():
    category = make_category()
    bad = make_menu_item(label="Bad", address="/x/")
    loop = [make_menu_item(category=category, label=name) for name in ("one", "two")]
    deep = make_menu_item(label="deep", address="/deep/", parent=loop[0])
    MenuItem.objects.filter(pk=bad.pk).update(address="javascript:alert(1)")
    MenuItem.objects.filter(pk=loop[0].pk).update(parent=loop[1])
    MenuItem.objects.filter(pk=loop[1].pk).update(parent=loop[0])

    assert [(link.label, link.within) for link in load_menus().header] == [
        ("one", ()),
        ("two", ()),
        ("deep", ()),
    ]
    assert deep.parent_id


def test_hostile_names_are_text(client):
    name = '<img src=x onerror="alert(1)">&\u202e'
    make_menu_item(label=name, address="/a/?b=1&c='\"<x>")
    make_menu_item(menu="footer", category=make_category(name=name))

    html = client.get("/privacy/").content.decode()

    assert html.count("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;\u202e</a>") == 2
    assert "<img src=x" not in html
    assert '/a/?b=1&amp;c=&#x27;%22%3Cx%3E"' in html


def test_small_screens_may_have_a_menu_of_their_own(client):
    make_menu_item(label="Wide", address="/wide/")
    html = client.get("/privacy/").content.decode()
    assert html.count('href="/wide/"') == 1
    assert "only-" not in html

    make_menu_item(menu="mobile", label="Narrow", address="/narrow/")
    html = client.get("/privacy/").content.decode()
    assert re.findall(r'<nav aria-label="Main" class="([^"]*)"', html) == [
        "only-wide",
        "only-narrow",
    ]


def test_newest_articles_of_a_category_open_under_it(client, django_assert_num_queries):
    cities = make_category(name="Cities", slug="cities")
    trams = make_category(name="Trams", slug="trams", parent=cities)
    day = timezone.now() - timedelta(days=1)
    for number in range(7):
        make_article(
            title=f"Line {number}",
            slug=f"line-{number}",
            publish_at=day - timedelta(hours=number),
            categories=[(cities, trams)[number % 2]],
        )
    Article.objects.filter(slug="line-1").update(status="draft")
    Article.objects.filter(slug="line-2").update(list_title="Two")
    item = make_menu_item(category=cities, shows_latest=True)
    make_menu_item(label="Map", address="/map/", parent=item)
    with django_assert_num_queries(2):
        (shown,) = load_menus().header

    names = ["Map", "Line 0", "Two", "Line 3", "Line 4", "Line 5"]
    assert [link.label for link in shown.within] == names
    header = part(client.get("/privacy/").content.decode(), "header")
    assert ("/line-0/", "Line 0") in links(header)


def test_footer_has_a_column_for_each_heading(client):
    make_menu_item(menu="footer", label="One", address="/one/")
    make_menu_item(menu="footer", label="Two", address="/two/")
    heading = make_menu_item(menu="footer", label="About us")
    make_menu_item(menu="footer", label="Team", address="/team/", parent=heading)

    footer = part(client.get("/privacy/").content.decode(), "footer")

    assert re.findall(r"<h2[^>]*>([^<]*)", footer) == ["About us"]
    columns = [links(column) for column in footer.split("<nav ")[1:]]
    assert columns[0] == [("/one/", "One"), ("/two/", "Two")]
    assert columns[1][0] == ("/team/", "Team")


def test_all_menus_are_one_query_for_two_hundred_items(django_assert_num_queries):
    category = make_category()
    top = make_menu_item(label="Top")
    MenuItem.objects.bulk_create(
        MenuItem(
            menu=menu, category=category, parent=top if menu == "header" else None, position=n
        )
        for menu in MenuItem.Menu
        for n in range(199)
    )
    with django_assert_num_queries(1):
        menus = load_menus()

    assert len(menus.header[0].within) == len(menus.footer) == len(menus.mobile) == 199


def test_change_is_in_the_next_page_of_the_same_process(client):
    category = make_category(name="Before")
    item = make_menu_item(category=category)

    def header() -> list:
        return links(part(client.get("/privacy/").content.decode(), "header"))[1:]

    assert header() == [(category.get_absolute_url(), "Before")]
    type(category).objects.filter(pk=category.pk).update(name="After")
    assert header() == [(category.get_absolute_url(), "After")]
    MenuItem.objects.filter(pk=item.pk).update(label="Label")
    assert header() == [(category.get_absolute_url(), "Label")]
    item.delete()
    make_menu_item(label="New", address="/new/")
    assert header() == [("/new/", "New")]
