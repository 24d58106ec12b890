"""The demo content: every post, comment and vote fits together, before a database sees it."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import ImageChops

from blog import quickstart
from blog.quickstart import pictures

CONTENT = Path(quickstart.__file__).parent / "content"
REQUIRED = {
    "title", "slug", "subtitle", "days_ago", "categories", "tags", "author", "excerpt", "review",
    "comments", "ratings", "sticky",
}  # fmt: skip
LEAD_IMAGE = {"image", "image_alt", "image_caption", "image_credit"}
FIGURE = re.compile(r'^!\[([^\]]+)\]\(pictures/([a-z-]+)\.jpg "([^"]+)"\)$', re.MULTILINE)


def load(name: str) -> Any:
    return yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))


def parse(path: Path) -> dict[str, Any]:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(head) | {"body": body}


POSTS = {path.stem: parse(path) for path in sorted(CONTENT.glob("*.md"))}
PEOPLE = load("people.yaml")
CATEGORIES = load("categories.yaml")
COMMENTS = load("comments.yaml")
RATINGS = load("ratings.yaml")


def test_demo_has_nine_posts_by_three_authors_in_four_categories():
    assert len(POSTS) == 9
    assert {post["author"] for post in POSTS.values()} == set(PEOPLE)
    assert len(PEOPLE) == 3
    names = {category["name"] for category in CATEGORIES}
    assert {name for post in POSTS.values() for name in post["categories"]} == names
    assert len(names) == 4


def test_at_least_four_posts_are_about_artificial_intelligence():
    about = [
        slug for slug, post in POSTS.items() if "Artificial Intelligence" in post["categories"]
    ]
    assert len(about) >= 4


@pytest.mark.parametrize("slug", POSTS)
def test_post_has_every_field_and_is_named_by_its_slug(slug):
    post = POSTS[slug]
    optional = LEAD_IMAGE | {"updated_days_ago", "body"}

    assert post["slug"] == slug
    assert post.keys() - optional == REQUIRED
    assert post.keys() & LEAD_IMAGE in (LEAD_IMAGE, set())
    assert {post["comments"], post["ratings"]} <= {"open", "closed"}
    assert post["review"]["position"] in {"top", "bottom"}
    assert 0 < post.get("updated_days_ago", 1) <= post["days_ago"]


@pytest.mark.parametrize("slug", POSTS)
def test_post_is_as_long_as_a_post_and_fits_its_columns(slug):
    post = POSTS[slug]
    limits = {"title": 200, "subtitle": 300, "excerpt": 500, "slug": 200}

    assert 500 <= len(post["body"].split()) <= 1150
    assert [field for field, limit in limits.items() if len(post[field]) > limit] == []


@pytest.mark.parametrize("slug", POSTS)
def test_pictures_of_a_post_exist_and_are_described(slug):
    post = POSTS[slug]
    names = [name for _, name, _ in FIGURE.findall(post["body"])]
    if "image" in post:
        names.append(re.fullmatch(r"pictures/([a-z-]+)\.jpg", post["image"])[1])
        assert post["image_alt"]

    assert post["body"].count("![") == len(FIGURE.findall(post["body"]))
    assert set(names) <= set(pictures.NAMES)


@pytest.mark.parametrize("slug", POSTS)
def test_related_articles_have_something_to_go_by(slug):
    others = [post for other, post in POSTS.items() if other != slug]
    assert any(set(POSTS[slug]["tags"]) & set(other["tags"]) for other in others)


def test_posts_show_every_state_of_the_page():
    posts = POSTS.values()

    assert [post["slug"] for post in posts if post["comments"] == "closed"] == [
        "the-library-that-lends-saws"
    ]
    assert [post["slug"] for post in posts if post["ratings"] == "closed"] == [
        "a-glossary-for-relatives"
    ]
    assert [post["slug"] for post in posts if "image" not in post] == [
        "nobody-reads-the-changelog"
    ]
    top = [post["slug"] for post in posts if post["review"]["position"] == "top"]
    assert top == ["teaching-a-machine-to-say-it-is-not-sure"]
    assert [post["slug"] for post in posts if post["sticky"]] == top


@pytest.mark.parametrize(
    "element",
    [r"^## ", r"^### ", r"^- ", r"^1\. ", r"^\|", r"^> ", r"^```[a-z]", r"\]\(https://"],
)
def test_posts_use_the_whole_vocabulary(element):
    assert [post for post in POSTS.values() if re.search(element, post["body"], re.MULTILINE)]


def test_people_have_what_an_author_box_shows():
    fields = {"name", "email", "photo", "website", "bio"}

    assert [person for person in PEOPLE.values() if person.keys() != fields] == []
    assert {Path(person["photo"]).stem for person in PEOPLE.values()} <= set(pictures.NAMES)


def test_comments_are_in_every_state():
    counts = Counter(comment["status"] for comment in COMMENTS)

    assert counts.keys() == {"approved", "pending", "spam", "trash", "removed"}
    assert 25 <= len(COMMENTS) <= 40


def test_comment_keys_are_unique():
    assert [key for key, n in Counter(c["key"] for c in COMMENTS).items() if n > 1] == []


@pytest.mark.parametrize("comment", COMMENTS, ids=lambda comment: comment["key"])
def test_comment_has_a_writer_and_a_text(comment):
    if comment.get("as_author"):
        assert not comment.keys() & {"name", "email", "website"}
    else:
        assert comment["name"]
        assert comment["email"].endswith("@example.org")
    assert bool(comment["body"]) == (comment["status"] != "removed")


@pytest.mark.parametrize("comment", COMMENTS, ids=lambda comment: comment["key"])
def test_comment_comes_after_its_post_and_its_parent(comment):
    earlier = {c["key"]: c for c in COMMENTS[: COMMENTS.index(comment)]}

    assert 0 < comment["minutes"] < POSTS[comment["post"]]["days_ago"] * 24 * 60
    if "parent" in comment:
        parent = earlier[comment["parent"]]
        assert parent["post"] == comment["post"]
        assert parent["minutes"] < comment["minutes"]
        assert parent["status"] in {"approved", "removed"}


def test_threads_are_up_to_four_deep_and_a_removed_comment_has_replies():
    depth: dict[str, int] = {}
    for comment in COMMENTS:
        depth[comment["key"]] = depth.get(comment.get("parent"), 0) + 1
    removed = {comment["key"] for comment in COMMENTS if comment["status"] == "removed"}
    answered = {c.get("parent") for c in COMMENTS if c["status"] == "approved"}

    assert {3, 4} <= set(depth.values())
    assert removed <= answered


def test_ratings_cover_every_post():
    assert RATINGS.keys() == POSTS.keys()
    assert {len(votes) for votes in RATINGS.values()} == {5}
    totals = Counter(sum(votes) for votes in RATINGS.values())
    assert (totals[0], totals[1]) == (1, 1)


def test_every_picture_is_used():
    used = {name for post in POSTS.values() for _, name, _ in FIGURE.findall(post["body"])}
    paths = [post["image"] for post in POSTS.values() if "image" in post]
    paths += [person["photo"] for person in PEOPLE.values()]

    assert used | {Path(path).stem for path in paths} == set(pictures.NAMES)


@pytest.mark.parametrize("name", pictures.NAMES)
def test_picture_is_of_its_kind_and_light_enough(name):
    picture = pictures.draw(name)
    file = BytesIO()
    picture.save(file, "JPEG", quality=85, optimize=True)

    assert picture.mode == "RGB"
    assert picture.size == expected_size(name)
    assert len(file.getvalue()) <= 150_000


def test_picture_is_the_same_every_time():
    first, second = pictures.draw("night-sea"), pictures.draw("night-sea")
    assert ImageChops.difference(first, second).getbbox() is None


def expected_size(name: str) -> tuple[int, int]:
    if name in PEOPLE:
        return (480, 480)
    if any(post.get("image") == f"pictures/{name}.jpg" for post in POSTS.values()):
        return (1600, 900)
    return (1400, 788)


def test_menus_and_series_lead_to_what_there_is():
    pages = set()
    for page in load("pages.yaml"):
        within = next((path for path in pages if path == page.get("parent")), "")
        pages.add(f"{within}/{page['slug']}".strip("/"))
    sections = {category["slug"] for category in CATEGORIES}

    for items in load("menus.yaml").values():
        for item in [*items, *(child for top in items for child in top.get("within", ()))]:
            assert item.get("page") in {None, *pages}
            assert item.get("category") in {None, *sections}
            assert item.keys() & {"page", "category", "address"} or item["within"]
    for series in load("series.yaml"):
        assert set(series["posts"]) <= POSTS.keys()
