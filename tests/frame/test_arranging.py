"""Moving items and sections, and rows that would make no menu."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from blog.frame.addresses import is_address
from blog.frame.arranging import move, place, put_last
from blog.frame.filling import fill_menu
from blog.frame.models import MenuItem, Section
from tests.factories import make_category, make_menu_item, make_section

pytestmark = pytest.mark.django_db


def tree(menu: str = "header") -> list:
    """Return the labels of the menu, each with those within it."""
    items = list(MenuItem.objects.filter(menu=menu))
    return [
        (item.label, [child.label for child in items if child.parent_id == item.pk])
        if any(child.parent_id == item.pk for child in items)
        else item.label
        for item in items
        if item.parent_id is None
    ]


@pytest.fixture
def menu() -> dict[str, MenuItem]:
    """a, b with c and d within it, e; and an item of another menu."""
    items = {}
    for label, parent in (("a", None), ("b", None), ("c", "b"), ("d", "b"), ("e", None)):
        items[label] = make_menu_item(label=label, parent=items.get(parent))
    make_menu_item(label="elsewhere", menu="footer")
    return items


@pytest.mark.parametrize(
    ("label", "to", "after"),
    [
        ("b", "up", [("b", ["c", "d"]), "a", "e"]),
        ("a", "down", [("b", ["c", "d"]), "a", "e"]),
        ("e", "down", ["a", ("b", ["c", "d"]), "e"]),
        ("d", "up", ["a", ("b", ["d", "c"]), "e"]),
        ("c", "up", ["a", ("b", ["c", "d"]), "e"]),
        ("e", "in", ["a", ("b", ["c", "d", "e"])]),
        ("c", "out", ["a", ("b", ["d"]), "c", "e"]),
        ("a", "out", ["a", ("b", ["c", "d"]), "e"]),
        ("a", "sideways", ["a", ("b", ["c", "d"]), "e"]),
    ],
)
def test_item_moves_by_one_step(menu, label, to, after):
    move(row=menu[label], to=to)

    assert tree() == after
    assert tree("footer") == ["elsewhere"]


@pytest.mark.parametrize(
    ("label", "before", "parent", "after"),
    [
        ("e", "a", None, ["e", "a", ("b", ["c", "d"])]),
        ("a", None, None, [("b", ["c", "d"]), "e", "a"]),
        ("e", "d", "b", ["a", ("b", ["c", "e", "d"])]),
        ("d", "a", None, ["d", "a", ("b", ["c"]), "e"]),
        ("d", None, "a", [("a", ["d"]), ("b", ["c"]), "e"]),
    ],
)
def test_item_goes_where_it_was_dragged(menu, label, before, parent, after):
    place(
        row=menu[label],
        before=before and menu[before].pk,
        parent=parent and menu[parent].pk,
    )

    assert tree() == after


@pytest.mark.parametrize(
    ("label", "before", "parent"),
    [
        ("b", None, "a"),  # what is within b would be on a third level
        ("a", None, "c"),
        ("b", None, "b"),
        ("b", None, "c"),  # within what is within it
        ("a", "d", "e"),  # d stands elsewhere
        ("a", None, "elsewhere"),
    ],
)
def test_impossible_place_is_refused(menu, label, before, parent):
    menu["elsewhere"] = MenuItem.objects.get(label="elsewhere")
    stood = tree()

    with pytest.raises(ValidationError):
        place(row=menu[label], before=before and menu[before].pk, parent=menu[parent].pk)
    assert tree() == stood


def test_move_of_what_is_gone_says_so(menu):
    MenuItem.objects.filter(pk=menu["a"].pk).delete()

    with pytest.raises(ValidationError, match="moved or deleted"):
        move(row=menu["a"], to="down")
    with pytest.raises(ValidationError, match="moved or deleted"):
        place(row=menu["e"], before=menu["a"].pk)


def test_what_is_within_a_deleted_item_stays_in_the_menu(menu):
    menu["b"].delete()

    assert tree() == ["a", "c", "d", "e"]


def test_two_editors_move_different_items_at_once(at_once):
    items = [make_menu_item(label=label) for label in "abcdef"]

    at_once(
        [
            lambda: place(row=items[5], before=items[0].pk),
            lambda: place(row=items[1], before=None),
            lambda: put_last(row=MenuItem(menu="header", label="g")),
        ]
    )

    order = tree()
    assert sorted(order) == list("abcdefg")
    assert order[0] == "f"
    assert order.index("b") > order.index("e")


def test_two_editors_make_no_third_level(at_once):
    a, b, c = (make_menu_item(label=label) for label in "abc")

    def try_to(row: MenuItem, parent: MenuItem) -> bool:
        try:
            place(row=row, before=None, parent=parent.pk)
        except ValidationError:
            return False
        return True

    results = at_once([lambda: try_to(a, b), lambda: try_to(b, c)])

    assert sorted(results) == [False, True]


def test_sections_move_within_their_area():
    first, second = make_section(kind="lead"), make_section(kind="latest")
    other = make_section(area="sidebar", kind="search")

    move(row=second, to="up")
    move(row=other, to="up")

    assert list(Section.objects.values_list("pk", flat=True)) == [second.pk, first.pk, other.pk]


def test_database_refuses_items_that_make_no_sense():
    category, item = make_category(), make_menu_item(label="Itself")
    senseless = [
        {"label": ""},
        {"label": "Two places", "address": "/a/", "category": category},
        {"parent": item},
    ]
    for fields in senseless:
        with pytest.raises(IntegrityError), transaction.atomic():
            MenuItem.objects.filter(pk=item.pk).update(**fields)


@pytest.mark.parametrize("menu", ["header", "footer", "mobile"])
def test_menu_starts_with_what_is_shown(menu):
    art, zoo = make_category(name="Art", position=1), make_category(name="Zoo", position=2)
    make_category(name="Within", parent=art)

    assert fill_menu(menu=menu) is True
    assert fill_menu(menu=menu) is False

    items = MenuItem.objects.filter(menu=menu, category__isnull=False)
    assert [item.category for item in items] == [art, zoo]
    if menu == "footer":
        assert [name for name, _within in tree("footer")] == ["Sections", "Follow", "Desk"]
    else:
        assert all(item.parent is None for item in items)


def test_menu_of_small_screens_starts_as_the_headers(menu):
    fill_menu(menu="mobile")

    assert tree("mobile") == tree("header") == ["a", ("b", ["c", "d"]), "e"]


GOOD_ADDRESSES = """
    / /about/ /about/#team /search/?q=a&type=page /über/ https://example.com http://example.com/a?b=c#d
    https://пример.рф/путь HTTPS://EXAMPLE.COM/
""".split()
BAD_ADDRESSES = [
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@b.example"),
    *("//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example"),
    *("/\t/evil.example", "/\n/evil.example", " /about/", "/a b/", "java\nscript:alert(1)"),
    *("https://bank.example@evil.example/", "https://", "http:///a", "ftp://a.example/"),
    *("\x01/a/", "/a\x00/", "example.com", "about/", "#top", "?q=1", "x" * 500),
    *("https://a.example/\u2028x", "https://a.example\\@b.example/"),
]  # fmt: skip


def test_addresses_that_readers_may_follow():
    assert [address for address in GOOD_ADDRESSES if not is_address(address)] == []
    assert [address for address in BAD_ADDRESSES if is_address(address)] == []
