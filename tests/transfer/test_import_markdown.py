"""Articles out of Markdown files."""

import io
from datetime import UTC, datetime
from pathlib import Path

import PIL.Image
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Author
from blog.articles.models import Article, Category, Revision, Tag
from blog.articles.services import save_article, trash
from blog.media.models import Image
from blog.site.models import SiteSettings
from blog.transfer.markdown import MarkdownImport, import_markdown_file
from blog.transfer.problems import ImportProblem
from tests.articles.hostile import Reading, every_attack
from tests.factories import make_author, make_category, make_tag, make_user

REFERENCE = Path(__file__).parents[3] / "shared/data/reference/machine-learning-jobs.md"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def folder(tmp_path):
    """Return a folder of posts with two pictures."""
    folder = tmp_path / "posts"
    (folder / "pictures").mkdir(parents=True)
    for name, color in (("red", "red"), ("blue", "blue")):
        PIL.Image.new("RGB", (60, 40), color).save(folder / f"pictures/{name}.png")
    return folder


def post(folder: Path, head: str, text: str = "Words.", name: str = "post.md") -> Path:
    path = folder / name
    path.write_text(f"---\n{head}\n---\n\n{text}\n", encoding="utf-8")
    return path


def problem(path: Path, **options) -> str:
    with pytest.raises(ImportProblem) as caught:
        MarkdownImport(path, **options).run()
    return str(caught.value)


FULL = """
title: "A: title"
slug: a-title
subtitle: The dek
date: 2026-03-01T09:00:00Z
updated: 2026-03-05
categories: [Science / Physics, Culture]
tags: [machine learning, Zürich]
image: pictures/red.png
image_alt: A red surface
image_caption: Red
image_credit: Us
author:
  name: Bruce Wayne
  slug: bruce
  photo: pictures/blue.png
  bio: A student.
  website: https://bruce.example/
  links: {Mastodon: "https://social.example/@bruce"}
excerpt: In short.
review: {title: Rate it, summary: "How was it?", position: top}
comments: closed
ratings: off
sticky: true
seo_title: SEO
seo_description: Found
canonical_url: https://elsewhere.example/a
noindex: true
list_title: A
format: video
embed: https://youtu.be/dQw4w9WgXcQ
trending: true
"""


def test_everything_in_the_front_matter_arrives(folder):
    article = import_markdown_file(post(folder, FULL))

    article.refresh_from_db()
    assert {
        name: getattr(article, name)
        for name in (
            "title slug subtitle status publish_at updated_at excerpt review_title review_summary"
            " review_position comment_policy rating_policy is_sticky seo_title seo_description"
            " canonical_url is_noindex list_title post_format lead_embed is_trending"
        ).split()
    } == {
        "title": "A: title",
        "slug": "a-title",
        "subtitle": "The dek",
        "status": "published",
        "publish_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "updated_at": datetime(2026, 3, 5, 9, tzinfo=UTC),
        "excerpt": "In short.",
        "review_title": "Rate it",
        "review_summary": "How was it?",
        "review_position": "top",
        "comment_policy": "closed",
        "rating_policy": "off",
        "is_sticky": True,
        "seo_title": "SEO",
        "seo_description": "Found",
        "canonical_url": "https://elsewhere.example/a",
        "is_noindex": True,
        "list_title": "A",
        "post_format": "video",
        "lead_embed": "https://youtu.be/dQw4w9WgXcQ",
        "is_trending": True,
    }
    lead = article.lead_image
    assert (lead.alt, lead.caption, lead.credit, lead.width) == ("A red surface", "Red", "Us", 60)
    assert sorted(category.path for category in article.categories.all()) == [
        "culture",
        "science/physics",
    ]
    assert article.primary_category.name == "Physics"
    assert sorted(tag.slug for tag in article.tags.all()) == ["machine-learning", "zurich"]
    author = article.bylines.get().author
    assert (author.name, author.slug, author.bio) == ("Bruce Wayne", "bruce", "A student.")
    assert author.photo.alt == "Bruce Wayne"
    assert [(link.label, link.url) for link in author.links.all()] == [
        ("Website", "https://bruce.example/"),
        ("Mastodon", "https://social.example/@bruce"),
    ]
    assert article.current_revision.note == "Imported from post.md"


def test_pictures_of_the_text_are_stored_and_shown_with_their_size(folder):
    article = import_markdown_file(
        post(folder, "title: T", '![Red all over](pictures/red.png "A caption")')
    )

    image = Image.objects.get()
    assert image.alt == "Red all over"
    assert article.body_html == (
        f'<figure><img src="{image.file.url}" alt="Red all over" width="60" height="40" loading="lazy"'
        ' decoding="async"><figcaption><span>A caption</span></figcaption></figure>\n'
    )


def test_second_run_doubles_nothing(folder, media_root):
    path = post(folder, FULL, "![Red](pictures/red.png)\n\n![Blue](pictures/blue.png)")
    first = import_markdown_file(path)
    before = sorted(media_root.rglob("*.*"))
    job = MarkdownImport(path)

    second = job.run()

    assert job.outcome == "unchanged"
    assert (first.pk, second.version) == (second.pk, 1)
    assert sorted(media_root.rglob("*.*")) == before
    counts = [model.objects.count() for model in (Article, Image, Author, Tag, Category, Revision)]
    assert counts == [1, 2, 1, 2, 3, 1]


def test_changed_file_changes_the_article(folder):
    import_markdown_file(post(folder, "title: T\nslug: t\ndate: 2026-03-01"))
    job = MarkdownImport(post(folder, "title: U\nslug: t\ndate: 2026-03-01"))

    article = job.run()

    assert (job.outcome, article.title, article.version) == ("changed", "U", 2)
    assert article.was_updated


def test_article_is_found_under_the_address_it_had(folder):
    article = import_markdown_file(post(folder, "title: T\nslug: t"))
    article.slug = "other"
    save_article(article=article, editor=None)

    again = import_markdown_file(post(folder, "title: T\nslug: t"))

    assert (again.pk, again.slug) == (article.pk, "other")


def test_trashed_article_stays_in_the_trash(folder):
    article = trash(article=import_markdown_file(post(folder, "title: T")), editor=None)

    import_markdown_file(post(folder, "title: T", "Other words."))

    article.refresh_from_db()
    assert article.trashed_at is not None


def test_what_exists_already_is_used(folder):
    parent = make_category(name="Science", slug="science")
    category = make_category(name="Physics", slug="physics-2", parent=parent)
    tag = make_tag(name="Machine Learning")
    author = make_author(name="Bruce Wayne", slug="bruce", bio="Known.", user=make_user())

    article = import_markdown_file(post(folder, FULL))

    author.refresh_from_db()
    assert author.bio == "Known."
    assert article.bylines.get().author == author
    assert category in article.categories.all()
    assert tag in article.tags.all()


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("author: priya-c", ["Priya C"]),
        ("author: Priya C", ["Priya C"]),
        ("author: PRIYA C", ["Priya C"]),
        ("author: Somebody Else", ["Somebody Else"]),
        ("authors: [Somebody Else, priya-c]", ["Somebody Else", "Priya C"]),
        ("authors: [{name: X}, {name: Priya C}]", ["X", "Priya C"]),
        ("excerpt: none", []),
    ],
)
def test_authors_are_known_by_slug_or_name(folder, head, names):
    make_author(name="Priya C", slug="priya-c")

    article = import_markdown_file(post(folder, f"title: T\n{head}"))

    assert [str(byline) for byline in article.bylines.all()] == names


def test_editor_is_the_author_by_default(folder):
    editor = make_user()
    author = make_author(user=editor)

    article = import_markdown_file(post(folder, "title: T"), editor=editor)

    assert [byline.author for byline in article.bylines.all()] == [author]


@pytest.mark.parametrize(
    ("head", "status", "publish_at"),
    [
        ("date: 2026-03-01", "published", datetime(2026, 3, 1, 14, tzinfo=UTC)),
        ("date: 2026-03-01 18:30", "published", datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
        ('date: "2026-03-01T09:00:00+02:00"', "published", datetime(2026, 3, 1, 7, tzinfo=UTC)),
        ("days_ago: 2", "published", datetime(2026, 6, 28, 12, tzinfo=UTC)),
        ("days_ago: 0.5", "published", datetime(2026, 6, 30, 0, tzinfo=UTC)),
        ("date: 2026-03-01\nstatus: draft", "draft", datetime(2026, 3, 1, 14, tzinfo=UTC)),
        ("status: published", "published", datetime(2026, 6, 30, 12, tzinfo=UTC)),
        ("subtitle: s", "draft", None),
    ],
)
def test_time_of_publication(folder, head, status, publish_at):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "America/Bogota"})
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)

    article = import_markdown_file(post(folder, f"title: T\n{head}"), now=now)

    assert (article.status, article.publish_at) == (status, publish_at)


def test_days_ago_are_counted_once(folder):
    path = post(folder, "title: T\ndays_ago: 5\nupdated_days_ago: 1")
    first = import_markdown_file(path)

    second = import_markdown_file(path)

    assert (second.publish_at, second.updated_at) == (first.publish_at, first.updated_at)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Just words", "It does not begin with front matter: a first line of three hyphens."),
        (b"", "It does not begin with front matter: a first line of three hyphens."),
        (b"---\ntitle: T\n", "Its front matter has no end: a line of three hyphens."),
        (
            b"---\nslug: a\ntitle: A: b\n---\n",
            "Its front matter is not valid YAML, near line 3. Texts with a colon need quotes.",
        ),
        (
            b"---\ntitle: !!python/object/apply:os.system ['true']\n---\n",
            "Its front matter is not valid YAML, near line 2. Texts with a colon need quotes.",
        ),
        (b"---\n- a\n---\n", "Its front matter is not a list of names and values."),
        (b"---\ntitle: \xff\n---\n", "It is not in UTF-8. Save it in that encoding."),
        (b"---\nslug: x\n---\n", "“title”: This field cannot be blank."),
        (b"---\ntitle: [a]\n---\n", "“title” must be a text."),
        (b"---\ntitle: T\ndate: yesterday\n---\n",
         "“date” must be a date such as 2026-03-01 or 2026-03-01T09:00:00Z."),
        (b"---\ntitle: T\ndate: 2026-13-45\n---\n",
         "“date” must be a date such as 2026-03-01 or 2026-03-01T09:00:00Z."),
        (b"---\ntitle: T\ndate: 0001-01-01T00:00:00+09:00\n---\n",
         "“date” must be a date such as 2026-03-01 or 2026-03-01T09:00:00Z."),
        (b'---\ntitle: T\nauthor: {name: "a\\0b"}\n---\n',
         "Its front matter is not valid YAML, near line 3. Texts with a colon need quotes."),
        (b'---\ntitle: T\ntags: ["\\ud800"]\n---\n',
         "Its front matter is not valid YAML, near line 3. Texts with a colon need quotes."),
        (b"---\ntitle: T\ndays_ago: soon\n---\n", "“days_ago” must be a number of days."),
        (b"---\ntitle: T\naccess: password\n---\n", "“access” must be one of: open, private."),
        (b"---\ntitle: T\nhide: [all]\n---\n", "“hide” does not know: all."),
        (b"---\ntitle: T\nreview: {style: cats}\n---\n",
         "“review.style” must be one of: stars, percent, points."),
        (b"---\ntitle: T\nstatus: live\n---\n", "“status” must be one of: draft, published."),
        (b"---\ntitle: T\ncomments: maybe\n---\n", "“comments” must be one of: open, closed, off."),
        (b"---\ntitle: T\nsticky: maybe\n---\n", "“sticky” must be true or false."),
        (b"---\ntitle: T\ntags: [[a]]\n---\n", "“tags” must be a list of texts."),
        (b"---\ntitle: T\nreview: top\n---\n", "“review” must hold names and values."),
        (b"---\ntitle: T\nreview: {position: left}\n---\n",
         "“review.position” must be one of: top, bottom, off."),
        (b"---\ntitle: T\ncategories: [' / ']\n---\n", "“categories” holds an empty name."),
        (b"---\ntitle: T\nauthor: {bio: x}\n---\n", "“author” has no name."),
        (b"---\ntitle: T\nauthor: {name: x, website: 'javascript:alert(1)'}\n---\n",
         "“url”: Enter a valid URL."),
        (b"---\ntitle: T\nslug: feed\n---\n",
         "“slug”: This address belongs to the site itself. Choose another."),
        (b"---\ntitle: T\nimage: none.jpg\n---\n", "The picture none.jpg is missing."),
        (b"---\ntitle: T\nimage: broken.jpg\n---\n",
         "broken.jpg: This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file."),
        (b"---\ntitle: T\n---\n![x](none.jpg)", "The picture none.jpg is missing."),
        (b"---\ntitle: T\n---\n![x](" + b"n" * 300 + b".jpg)", f"The picture {'n' * 300}.jpg is missing."),
        (b"---\ntitle: T\n---\n![x](a%00b.jpg)", "The picture a\0b.jpg is missing."),
    ],
)  # fmt: skip
def test_broken_file_is_named_in_one_sentence_and_changes_nothing(folder, content, sentence):
    (folder / "broken.jpg").write_bytes(b"<svg>")
    path = folder / "post.md"
    path.write_bytes(content)

    assert problem(path) == sentence
    assert not any(model.objects.exists() for model in (Article, Category, Tag, Author, Image))


@pytest.mark.parametrize(
    "address",
    [
        "../secret.png",
        "pictures/../../secret.png",
        "%2e%2e/secret.png",
        "link.png",
        "linked/secret.png",
    ],
)
@pytest.mark.parametrize("where", ["image", "body", "photo"])
def test_pictures_outside_the_folder_are_refused(folder, address, where):
    PIL.Image.new("RGB", (9, 9)).save(folder.parent / "secret.png")
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "linked").symlink_to(folder.parent)
    head = {
        "image": f"title: T\nimage: '{address}'",
        "body": "title: T",
        "photo": f'title: T\nauthor: {{name: X, photo: "{address}"}}',
    }[where]

    sentence = problem(post(folder, head, f"![x]({address})"))

    assert sentence.endswith("lies outside the folder.")
    assert not Image.objects.exists()


def test_post_that_links_out_of_the_folder_is_refused(folder, tmp_path):
    outside = post(tmp_path, "title: Secret", name="outside.md")
    (folder / "post.md").symlink_to(outside)

    assert problem(folder / "post.md") == "It is a link to a place outside the folder."


def test_pictures_beside_the_folder_of_the_post_are_within_a_larger_root(folder):
    (folder / "en").mkdir()
    path = post(folder / "en", "title: T\nimage: ../pictures/red.png")

    MarkdownImport(path, root=folder).run()

    assert Image.objects.count() == 1


def test_failed_import_leaves_no_files(folder, media_root):
    assert problem(post(folder, "title: T", "![a](pictures/red.png)\n\n![b](none.png)"))

    assert not list(media_root.rglob("*.*"))


def test_every_attack_in_text_and_front_matter_is_harmless(folder):
    for number, attack in enumerate(every_attack()[:60]):
        text = attack.replace("\r", " ").replace("---", "")
        path = post(folder, f"title: T{number}\nslug: t{number}", f"{text}\n\n[x]({text})")
        try:
            article = import_markdown_file(path)
        except ImportProblem as problem_:
            assert str(problem_).startswith("The picture ")  # noqa: PT017 - most attacks raise nothing
            continue
        reading = Reading(article.body_html)
        assert "script" not in reading.tags
        assert not any(name.startswith("on") for _tag, name, _value in reading.found)
        assert reading.schemes <= {"", "http", "https", "mailto", "tel"}


def test_raw_html_in_markdown_keeps_what_articles_may_have(folder):
    text = '<figure><img src="pictures/red.png" alt="R"><figcaption>C</figcaption></figure>'

    article = import_markdown_file(post(folder, "title: T", text))

    assert article.body == (
        f'<figure><img src="{Image.objects.get().file.url}" alt="R"><figcaption>C</figcaption></figure>'
    )


def run(*args: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_markdown", *args, stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"CommandError: {error}")
    return out.getvalue(), err.getvalue()


def test_command_reports_each_file_and_goes_on_after_a_broken_one(folder):
    good = post(folder, "title: Good\nlayout: post", name="a.md")
    bad = post(folder, "title: [Bad", name="b.md")
    (folder / "more").mkdir()
    other = post(folder / "more", "title: Other", name="c.md")

    out, err = run(str(folder))

    assert out.splitlines() == [
        f"created   /good/ ({good})",
        "          Left out, since we do not know it: layout.",
        f"created   /other/ ({other})",
    ]
    assert err.splitlines() == [
        f"{bad}: Its front matter is not valid YAML, near line 2. Texts with a colon need quotes.",
        "CommandError: 1 problem.",
    ]


def test_command_names_what_is_not_there(tmp_path):
    (tmp_path / "empty").mkdir()

    _out, err = run(str(tmp_path / "nothing.md"), str(tmp_path / "empty"))

    assert err.splitlines() == [
        f"{tmp_path}/nothing.md: It cannot be read: No such file or directory.",
        f"{tmp_path}/empty: There is no .md file in this folder.",
        "CommandError: 2 problems.",
    ]


def test_dry_run_changes_nothing(folder, media_root):
    path = post(folder, FULL)

    out, err = run(str(path), "--dry-run")

    assert out.splitlines() == [
        f"created   /a-title/ ({path})",
        "Nothing was changed: this was a rehearsal.",
    ]
    assert err == ""
    assert not any(model.objects.exists() for model in (Article, Category, Tag, Author, Image))
    assert not list(media_root.rglob("*.*"))


@pytest.mark.skipif(not REFERENCE.is_file(), reason=f"{REFERENCE} is absent")
def test_reference_post_comes_out_as_the_reference_page():
    article = import_markdown_file(REFERENCE)

    assert article.title == "Machine Learning Jobs: Unlocking New Opportunities"
    assert [category.name for category in article.categories.all()] == ["Artificial Intelligence"]
    assert article.bylines.get().author.name == "Bruce Wayne"
    assert article.bylines.get().author.bio.endswith("gadgets, and how they work.")
    assert article.lead_image.alt == "A network of golden nodes over a blue ground"
    assert round(article.word_count / 250) == 3
    assert article.publish_at <= timezone.now()
    assert (article.review_title, article.review_position) == ("Rate Us!", "bottom")
    expected = (REFERENCE.parents[1] / "post-page.txt").read_text()
    lines = [
        line.strip().removeprefix("•").strip() for line in expected.splitlines() if line.strip()
    ]
    text = lines[2 : lines.index("Rate Us!")]
    assert text_of(article.body_html) == [" ".join(line.split()) for line in text]


def text_of(html: str) -> list[str]:
    """Return the text of a page block by block, as a person copies it."""
    for tag in ("</p>", "</h2>", "</li>", "</figcaption>"):
        html = html.replace(tag, f"{tag}\n")
    blocks = html.replace("\n\n", "\n").split("\n")
    reading = [TextOnly(block).text for block in blocks]
    return [" ".join(block.split()) for block in reading if block.strip()]


class TextOnly(Reading):
    def __init__(self, html: str) -> None:
        self.text = ""
        super().__init__(html)

    def handle_data(self, data: str) -> None:
        self.text += data
