"""Menus and sections at the desk."""

import re

import pytest
from django.test import Client

from blog.articles.models import Article
from blog.frame.forms import CHANGED_MEANWHILE
from blog.frame.models import MenuItem, Section
from tests.factories import (
    make_article,
    make_category,
    make_menu_item,
    make_section,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db

MENUS = "/admin/frame/menuitem/"
SECTIONS = "/admin/frame/section/"
HOSTILE = '<b onclick="x">& “\u202eRTL” \u0000 قائمة'


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_staff("Editor"))
    return client


def errors_of(response) -> dict:
    return response.context["adminform"].form.errors.get_json_data()


def test_only_editors_and_administrators_come_here():
    item, section = make_menu_item(), make_section()
    client = Client()
    client.force_login(make_staff("Author"))
    addresses = (MENUS, SECTIONS, f"{MENUS}add/", f"{MENUS}{item.pk}/change/")
    assert [client.get(address).status_code for address in addresses] == [403] * 4
    posts = (f"{MENUS}{item.pk}/move/", f"{SECTIONS}{section.pk}/move/", f"{MENUS}fill/footer/")
    assert [client.post(address).status_code for address in posts] == [403] * 3
    assert MenuItem.objects.count() == 1

    client.force_login(make_staff("Administrator"))
    assert [client.get(address).status_code for address in addresses] == [200] * 4


@pytest.mark.parametrize("kind", ["category", "tag", "article", "address", ""])
def test_new_item_stands_last_and_leads_there(desk, kind):
    first = make_menu_item()
    targets = {"category": make_category(), "tag": make_tag(), "article": make_article()}
    target = targets[kind].pk if kind in targets else "/archive/"
    # What the other boxes hold is not what was chosen.
    data = {"menu": "header", "kind": kind, "category": make_category().pk, kind or "x": target}

    response = desk.post(f"{MENUS}add/", data | {"label": "" if kind in targets else "Words"})

    assert response.status_code == 302, errors_of(response)
    assert response["Location"] == MENUS
    item = MenuItem.objects.exclude(pk=first.pk).get()
    assert item.kind == kind
    assert item.position > first.position
    assert str(item) == (str(targets[kind]) if kind in targets else "Words")
    # Also at once under another one.
    response = desk.post(f"{MENUS}add/", data | {"label": "Within", "parent": first.pk})
    assert response.status_code == 302, errors_of(response)
    assert first.children.get().label == "Within"


def test_page_of_the_menus_shows_every_item_and_what_is_hidden(desk):
    top = make_menu_item(label="Topics")
    make_menu_item(category=make_category(name=HOSTILE.replace("\0", "")), parent=top)
    draft = make_article(title="Not yet", status=Article.Status.DRAFT)
    make_menu_item(article=draft)

    html = desk.get(MENUS).content.decode()

    assert re.findall(r"<bdi>(.*?)</bdi></a>", html) == [
        "Topics",
        "&lt;b onclick=&quot;x&quot;&gt;&amp; “\u202eRTL”  قائمة",
        "Not yet",
    ]
    assert html.count("not shown: it is not published") == 1


def test_page_of_the_menus_costs_the_same_for_two_hundred(desk, django_assert_max_num_queries):
    category = make_category()
    make_menu_item(category=category)
    with django_assert_max_num_queries(12) as one:
        desk.get(MENUS)
    MenuItem.objects.bulk_create(
        MenuItem(menu="header", category=category, position=n) for n in range(199)
    )
    with django_assert_max_num_queries(12) as many:
        desk.get(MENUS)

    assert len(many) <= len(one)
    response = desk.post(f"{MENUS}add/", {"menu": "header", "kind": "", "label": "One more"})
    assert "There are 200 already" in str(errors_of(response))


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"kind": "address", "label": "x", "address": "javascript:alert(1)"}, "address"),
        ({"kind": "address", "label": "x", "address": "//evil.example/"}, "address"),
        ({"kind": "address", "address": "/a/"}, "label"),
        ({"kind": ""}, "label"),
        ({"kind": "category"}, "category"),
        ({"kind": "category", "category": "nonsense"}, "category"),
        ({"kind": "article", "article": "9" * 40}, "article"),
        ({"kind": "", "label": "x\x00y"}, "label"),
        ({"kind": "", "label": "x" * 101}, "label"),
        ({"kind": "nonsense", "label": "x"}, "kind"),
        ({"kind": "", "label": "x", "menu": "nonsense"}, "menu"),
        ({"kind": "", "label": "x", "parent": "child"}, "parent"),
        ({"kind": "", "label": "x", "parent": "elsewhere"}, "parent"),
    ],
)
def test_item_that_cannot_be_is_refused_with_what_was_typed(desk, data, where):
    top = make_menu_item()
    others = {
        "child": make_menu_item(parent=top).pk,
        "elsewhere": make_menu_item(menu="footer").pk,
    }
    if data.get("parent") in others:
        data = data | {"parent": others[data["parent"]]}
    count = MenuItem.objects.count()

    response = desk.post(f"{MENUS}add/", {"menu": "header"} | data)

    assert response.status_code == 200
    assert where in errors_of(response)
    assert MenuItem.objects.count() == count
    if "address" in data:
        assert f'value="{data["address"]}"' in response.content.decode()


def test_item_with_others_within_it_goes_under_no_other(desk):
    top, other = make_menu_item(), make_menu_item()
    make_menu_item(parent=top)

    data = {"kind": "", "label": "Top", "parent": other.pk, "seen": top.version}
    response = desk.post(f"{MENUS}{top.pk}/change/", data)

    assert "two levels" in str(errors_of(response)["parent"])


def test_second_of_two_editors_is_told_before_anything_is_lost(desk):
    item = make_menu_item(label="As it was")
    address = f"{MENUS}{item.pk}/change/"
    mine = {"kind": "", "label": "Mine", "seen": item.version}
    assert desk.post(address, {"kind": "", "label": "Theirs", "seen": 1}).status_code == 302

    response = desk.post(address, mine)

    assert str(CHANGED_MEANWHILE) in str(errors_of(response))
    html = response.content.decode()
    assert 'value="Mine"' in html
    assert MenuItem.objects.get().label == "Theirs"
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert desk.post(address, mine | {"seen": seen[1]}).status_code == 302
    assert MenuItem.objects.get().label == "Mine"


def test_moved_item_is_not_put_back_by_an_open_form(desk):
    top, item = make_menu_item(), make_menu_item(label="Moves")
    desk.post(f"{MENUS}{item.pk}/move/", {"to": "in"})

    response = desk.post(
        f"{MENUS}{item.pk}/change/", {"kind": "", "label": "x", "seen": item.version}
    )

    assert response.status_code == 200
    assert MenuItem.objects.get(pk=item.pk).parent == top


def test_buttons_move_and_come_back_to_the_item(desk):
    first, second = make_menu_item(), make_menu_item()

    response = desk.post(f"{MENUS}{second.pk}/move/", {"to": "up"})

    assert response["Location"] == f"{MENUS}#row-{second.pk}"
    assert list(MenuItem.objects.all()) == [second, first]
    desk.post(f"{MENUS}{second.pk}/move/", {"before": "", "parent": first.pk})
    assert list(first.children.all()) == [second]


@pytest.mark.parametrize("where", [{"before": "x"}, {"parent": "9" * 30}, {"before": "٣"}])
def test_nonsense_is_no_place(desk, where):
    item = make_menu_item()

    assert desk.post(f"{MENUS}{item.pk}/move/", where).status_code == 404
    assert desk.get(f"{MENUS}{item.pk}/move/").status_code == 405
    assert desk.post(f"{MENUS}{'9' * 40}/move/", {"to": "up"}).status_code == 302
    assert desk.post(f"{MENUS}fill/nonsense/").status_code == 404


def test_section_is_added_changed_and_deleted(desk):
    data = {
        "area": "home",
        "kind": "text",
        "length": 5,
        "body": "Hello **you** <script>x</script>",
    }
    response = desk.post(f"{SECTIONS}add/", data)
    assert response.status_code == 302, errors_of(response)
    section = Section.objects.get()
    assert section.body_html == '<p class="opening">Hello <strong>you</strong></p>\n'

    changed = data | {"heading": HOSTILE.replace("\0", ""), "body": "- One", "seen": 1}
    assert desk.post(f"{SECTIONS}{section.pk}/change/", changed).status_code == 302
    section.refresh_from_db()
    assert section.body_html == "<ul><li>One</li></ul>\n"
    assert section.heading == HOSTILE.replace("\0", "")
    assert "&lt;b onclick" in desk.get(SECTIONS).content.decode()

    desk.post(f"{SECTIONS}{section.pk}/delete/", {"post": "yes"})
    assert not Section.objects.exists()


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"kind": "category"}, "category"),
        ({"kind": "text"}, "body"),
        ({"kind": "latest", "length": 0}, "length"),
        ({"kind": "latest", "length": 10**9}, "length"),
        ({"kind": "nonsense"}, "kind"),
        ({"kind": "lead", "area": "sidebar"}, "kind"),
        ({"kind": "latest", "area": "attic"}, "area"),
        ({"kind": "text", "body": "x" * 10_001}, "body"),
    ],
)
def test_section_that_cannot_be_is_refused(desk, data, where):
    response = desk.post(f"{SECTIONS}add/", {"area": "home", "length": 5} | data)

    assert where in errors_of(response)
    assert not Section.objects.exists()
