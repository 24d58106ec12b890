"""Categories and tags: addresses that stay right, whatever is renamed, moved or merged."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from blog.articles.models import (
    Category,
    CategoryPathHistory,
    Tag,
    TagMerge,
    TagSlugHistory,
)
from blog.articles.terms import (
    get_or_create_tag,
    merge_tags,
    place_category,
    save_tag,
    undo_merge,
)
from tests.factories import make_article, make_category, make_staff, make_tag

pytestmark = pytest.mark.django_db


def test_category_gets_its_path():
    parent = place_category(category=Category(name="Artificial Intelligence"))
    child = place_category(category=Category(name="Vision & Sound", parent=parent))

    assert (parent.path, child.path) == (
        "artificial-intelligence",
        "artificial-intelligence/vision-and-sound",
    )


def test_moving_a_category_takes_everything_within_it_along():
    a = place_category(category=Category(name="A"))
    ab = place_category(category=Category(name="A-B", slug="a-b"))
    b = place_category(category=Category(name="B", parent=a))
    place_category(category=Category(name="C", parent=b))

    a.slug, a.parent = "z", ab
    place_category(category=a)

    assert set(Category.objects.values_list("path", flat=True)) == {
        "a-b",
        "a-b/z",
        "a-b/z/b",
        "a-b/z/b/c",
    }


@pytest.mark.parametrize("target", ["itself", "child", "grandchild"])
def test_category_cannot_stand_within_itself(target):
    top = place_category(category=Category(name="Top"))
    child = place_category(category=Category(name="Child", parent=top))
    grandchild = place_category(category=Category(name="Grandchild", parent=child))

    top.parent = {"itself": top, "child": child, "grandchild": grandchild}[target]

    with pytest.raises(ValidationError, match="A category cannot stand within itself"):
        place_category(category=top)
    assert Category.objects.get(pk=top.pk).path == "top"


@pytest.mark.parametrize(
    ("name", "slug"), [("Page", "page-2"), ("日本", "category-1"), ("Feed", "feed-2")]
)
def test_category_stays_clear_of_the_addresses_of_its_lists(name, slug):
    assert place_category(category=Category(name=name)).slug == slug


def test_category_refuses_an_address_of_its_lists():
    with pytest.raises(ValidationError, match="belongs to the site itself"):
        place_category(category=Category(name="X", slug="page"))


def test_category_refuses_an_address_that_gets_too_long():
    deep = None
    for number in range(4):
        slug = str(number).ljust(100, "x")
        deep = place_category(category=Category(name="Deep", slug=slug, parent=deep))

    with pytest.raises(ValidationError, match="too deep"):
        place_category(category=Category(name="Deeper", slug="y" * 100, parent=deep))


def test_tag_is_found_in_whatever_case_it_is_written():
    tag = get_or_create_tag(name="Machine  learning")

    assert get_or_create_tag(name="machine Learning") == tag
    assert (tag.name, tag.slug) == ("Machine learning", "machine-learning")
    assert get_or_create_tag(name="machine-learning").slug == "machine-learning-2"
    assert Tag.objects.count() == 2


def test_old_paths_of_a_moved_branch_lead_to_the_new_ones():
    top = place_category(category=Category(name="Science"))
    place_category(category=Category(name="Robots", parent=top))

    top.slug = "research"
    place_category(category=top)

    assert set(CategoryPathHistory.objects.values_list("path", "category__path")) == {
        ("science", "research"),
        ("science/robots", "research/robots"),
    }


def test_a_path_in_use_forwards_nowhere():
    category = place_category(category=Category(name="Science"))
    for slug in ("research", "science"):
        category.slug = slug
        place_category(category=category)

    assert list(CategoryPathHistory.objects.values_list("path", flat=True)) == ["research"]


def test_old_address_of_a_tag_leads_to_it_and_is_not_given_away():
    tag = save_tag(tag=Tag(name="AI"))
    tag.slug = "machines"
    save_tag(tag=tag)

    assert list(tag.old_slugs.values_list("slug", flat=True)) == ["ai"]
    assert save_tag(tag=Tag(name="AI")).slug == "ai-2"


def make_merge() -> tuple[Tag, Tag, list[TagMerge]]:
    """Merge `js`, with articles 1 and 2, into `javascript`, with articles 2 and 3."""
    js, javascript = make_tag(name="JS", slug="js"), make_tag(name="JavaScript", slug="javascript")
    for number, tags in enumerate([[js], [js, javascript], [javascript]], start=1):
        make_article(slug=f"article-{number}").tags.set(tags)
    return js, javascript, merge_tags(tags=[js, javascript], into=javascript, actor=None)


def articles_of(tag: Tag) -> list[str]:
    return sorted(tag.articles.values_list("slug", flat=True))


def test_merged_tag_gives_its_articles_and_its_address():
    _js, javascript, _merges = make_merge()

    assert list(Tag.objects.all()) == [javascript]
    assert articles_of(javascript) == ["article-1", "article-2", "article-3"]
    assert list(javascript.old_slugs.values_list("slug", flat=True)) == ["js"]
    assert get_or_create_tag(name="js") == javascript


def test_undone_merge_leaves_everything_as_it_was():
    _js, javascript, [merge] = make_merge()

    js = undo_merge(merge=merge)

    assert (js.name, js.slug) == ("JS", "js")
    assert articles_of(js) == ["article-1", "article-2"]
    assert articles_of(javascript) == ["article-2", "article-3"]
    assert not TagSlugHistory.objects.exists()


def test_merge_is_undone_once():
    *_tags, [merge] = make_merge()
    undo_merge(merge=merge)

    with pytest.raises(ValidationError, match="again already"):
        undo_merge(merge=merge)


def test_merges_one_after_the_other_are_undone_the_other_way_round():
    _js, javascript, [first] = make_merge()
    code = make_tag(slug="code")
    [second] = merge_tags(tags=[javascript], into=code, actor=None)
    assert set(code.old_slugs.values_list("slug", flat=True)) == {"js", "javascript"}
    with pytest.raises(ValidationError, match="undo that first"):
        undo_merge(merge=first)

    javascript = undo_merge(merge=second)
    undo_merge(merge=first)

    assert articles_of(javascript) == ["article-2", "article-3"]
    assert articles_of(Tag.objects.get(slug="js")) == ["article-1", "article-2"]
    assert articles_of(code) == []


def test_editor_merges_tags_in_the_list_and_undoes_it(client):
    client.force_login(make_staff("Editor"))
    js, javascript = make_tag(name="JS"), make_tag(name="JavaScript")
    make_article().tags.add(js)
    address = reverse("admin:articles_tag_changelist")
    chosen = {"action": "merge", "_selected_action": [js.pk, javascript.pk]}

    asked = client.post(address, chosen)
    assert asked.status_code == 200
    assert f'value="{javascript.pk}"' in asked.content.decode()
    assert Tag.objects.count() == 2

    client.post(address, chosen | {"into": javascript.pk})
    assert [tag.name for tag in Tag.objects.all()] == ["JavaScript"]

    merges = reverse("admin:articles_tagmerge_changelist")
    undo = reverse("admin:articles_tagmerge_undo", args=[TagMerge.objects.get().pk])
    assert undo in client.get(merges).content.decode()
    client.post(undo)
    assert Tag.objects.get(name="JS").articles.count() == 1


def test_authors_can_neither_merge_nor_undo(client):
    _js, _javascript, [merge] = make_merge()
    client.force_login(make_staff("Author"))

    assert client.post(reverse("admin:articles_tagmerge_undo", args=[merge.pk])).status_code == 403
    assert TagMerge.objects.get().undone_at is None


def test_address_that_forwards_elsewhere_is_taken_over_knowingly(client):
    client.force_login(make_staff("Editor"))
    old = save_tag(tag=Tag(name="AI"))
    old.slug = "machines"
    save_tag(tag=old)
    address = reverse("admin:articles_tag_add")
    form = {"name": "Artificial insemination", "slug": "ai"}

    refused = client.post(address, form)
    assert "lead to “AI” now" in refused.content.decode()
    claimed = refused.context["adminform"].form.data["claimed_address"]
    client.post(address, form | {"claimed_address": claimed})

    assert Tag.objects.get(slug="ai").name == "Artificial insemination"
    assert not TagSlugHistory.objects.exists()


def test_path_that_forwards_elsewhere_is_taken_over_knowingly(client):
    client.force_login(make_staff("Editor"))
    top = make_category(slug="science")
    moved = place_category(category=Category(name="Robots", parent=top))
    moved.slug = "machines"
    place_category(category=moved)
    address = reverse("admin:articles_category_add")
    form = {"name": "Robots", "slug": "robots", "parent": top.pk, "position": 0}

    assert client.post(address, form).status_code == 200
    client.post(address, form | {"claimed_address": "science/robots"})

    assert Category.objects.get(path="science/robots").name == "Robots"
    assert not CategoryPathHistory.objects.exists()
