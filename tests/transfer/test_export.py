"""Everything that was written, in files that anybody can read."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Author, AuthorSlugHistory
from blog.articles.models import (
    Article,
    Category,
    CategoryPathHistory,
    ChecklistRule,
    DeskField,
    MailRule,
    RelatedPick,
    Series,
    SeriesPart,
    SeriesSlugHistory,
    SlugHistory,
    Snippet,
    Tag,
    TagSlugHistory,
    WorkingStatus,
)
from blog.articles.services import save_article, trash
from blog.comments.models import Comment, Rule
from blog.frame.models import MenuItem, Section
from blog.media.models import Image
from blog.pages.models import PagePathHistory
from blog.ratings.totals import bring_earlier
from blog.reads.models import DailyReads
from blog.redirects.models import Redirect
from blog.site.models import SiteSettings
from blog.transfer.markdown import import_markdown_file
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_page,
    make_rating,
    make_tag,
)

pytestmark = pytest.mark.django_db
FIELDS = (
    "title subtitle slug excerpt body body_html status publish_at expire_at updated_at access is_sticky"
    " is_trending list_title post_format lead_embed lead_placement highlights sources via hides_share"
    " hides_related hides_lead_image review_title review_summary review_position reviewed_type"
    " reviewed_name reviewed_url criteria criteria_style criteria_total comment_policy rating_policy"
    " seo_title seo_description canonical_url is_noindex"
).split()


# Every table is in the archive or has its reason here: a new one must be thought of.
IN_THE_ARCHIVE = """
    accounts.Author accounts.AuthorLink accounts.AuthorSlugHistory articles.Article articles.Byline
    articles.Category articles.CategoryPathHistory articles.ChecklistRule articles.DeskField
    articles.MailRule articles.RelatedPick articles.Series articles.SeriesPart articles.SeriesSlugHistory
    articles.SlugHistory articles.Snippet articles.Tag articles.TagSlugHistory articles.WorkingStatus
    comments.Comment comments.Rule frame.MenuItem frame.Section media.Image pages.Page
    pages.PagePathHistory ratings.Rating ratings.RatingSummary reads.DailyReads redirects.Redirect
    site.SiteSettings
""".split()
LEFT_OUT = {
    "whose account it is, and what it alone sees": """
        accounts.User accounts.SignUp accounts.SignIn accounts.ApplicationPassword comments.SavedFilter
        comments.MailChoice comments.Subscription comments.Avatar
    """,
    "what passes between people, or is not finished": """
        articles.Assignment articles.Note articles.Revision articles.EditingSession articles.DraftLink
        pages.PageRevision pages.Message outbox.Mail
    """,
    "who did what, kept for a while": """
        articles.StageChange articles.TagMerge comments.Decision comments.Ban comments.Like
        comments.Report ratings.Burst redirects.MissingAddress
    """,
    "worked out of the rest": """
        articles.Finding articles.Place articles.RelatedArticle articles.ShareCard comments.Thread
        media.OldAddress media.Rendition pagestore.Change reads.ReadTotal search.Document search.Index
        spam.Token
    """,
    "of this installation": """
        accounts.NetworkKey announcing.Standing announcing.Told pages.OpenPage reads.Pace reads.Visit
        spam.SpentChallenge transfer.ImportedComment transfer.ImportedItem
    """,
}


@pytest.fixture
def export(settings, tmp_path, capsys):
    """Write an archive, unpack it, and return the folder."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def run():
        call_command("export", to=tmp_path / "exports")
        (path,) = (tmp_path / "exports").iterdir()
        assert path.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path / "unpacked")
        return tmp_path / "unpacked"

    return run


def full_article() -> Article:
    picture, lead = (
        make_image(),
        make_image(color="red", alt="Red", caption="All red", credit="Me"),
    )
    article = Article(
        title='A "title": with – everything',
        subtitle="# no comment",
        slug="everything",
        body=f'<p>Words.</p><figure><img src="{picture.file.url}" alt="A plain surface"></figure>',
        status="published",
        publish_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        expire_at=datetime(2036, 3, 1, 9, tzinfo=UTC),
        lead_image=lead,
        lead_placement="above",
        post_format="image",
        highlights="One\nTwo: three",
        sources="A place https://x.example/a",
        via="Ana https://x.example/b",
        hides_share=True,
        review_title="on",
        criteria="Sound: 85\nLook: 70",
        criteria_style="points",
        criteria_total="All in all",
        reviewed_type="Book",
        reviewed_name="The book",
        reviewed_url="https://x.example/book",
        comment_policy="closed",
        rating_policy="off",
        is_sticky=True,
        is_trending=True,
        list_title="123",
        seo_title="null",
        canonical_url="https://x.example/first",
        is_noindex=True,
    )  # fmt: skip
    physics = make_category(name="Physics", parent=make_category(name="Science"))
    ana = make_author(
        name="Ana", slug="ana-b", bio="Writes:\nmuch.", photo=make_image(color="blue")
    )
    ana.links.create(label="Website", url="https://ana.example/")
    return save_article(
        article=article,
        editor=None,
        authors=[make_author(name="Zoe"), ana],
        categories=[make_category(name="Art"), physics],
        tags=[make_tag(name="yes"), make_tag(name="2026")],
        updated_at=datetime(2026, 3, 5, 9, tzinfo=UTC),
    )


def test_articles_come_back_as_they_were(export):
    article = full_article()
    before = {name: getattr(article, name) for name in FIELDS}
    authors = list(article.authors.order_by("bylines__position").values_list("name", "slug"))
    folder = export()
    for rows in (
        Article.objects,
        Author.objects,
        Category.objects.order_by("-path"),
        Tag.objects,
        Image.objects,
    ):
        for row in rows.all():
            row.delete()

    back = import_markdown_file(folder / "articles/everything.md")

    back.refresh_from_db()
    picture = Image.objects.get(pk__in=back.pictures.all())
    old_address = before["body"].partition('src="')[2].partition('"')[0]
    for name in ("body", "body_html"):
        before[name] = before[name].replace(old_address, picture.file.url)
    assert {name: getattr(back, name) for name in FIELDS} == before
    assert list(back.authors.order_by("bylines__position").values_list("name", "slug")) == authors
    ana = Author.objects.get(slug="ana-b")
    assert (ana.bio, ana.photo.alt) == ("Writes:\nmuch.", "Ana")
    assert ana.links.get().url == "https://ana.example/"
    assert {str(path) for path in back.categories.values_list("path", flat=True)} == {
        "art",
        "science/physics",
    }
    assert back.primary_category.name == "Art"
    assert set(back.tags.values_list("name", flat=True)) == {"yes", "2026"}
    lead = back.lead_image
    assert (lead.alt, lead.caption, lead.credit) == ("Red", "All red", "Me")


def test_into_the_same_blog_it_changes_nothing(export):
    full_article()
    save_article(
        article=Article(title="Secret", access="password", password_hash="x", status="published"),
        editor=None,
    )
    folder = export()
    pictures = Image.objects.count()
    before = list(Article.objects.order_by("pk").values_list("version", "access"))

    call_command("import_markdown", str(folder / "articles"))

    assert Image.objects.count() == pictures
    assert list(Article.objects.order_by("pk").values_list("version", "access")) == before


def test_nobody_reads_more_after_a_move(export):
    private = make_article(access="private")
    secret = make_article(access="password", password_hash="x")
    draft = make_article(status="draft", publish_at=None)
    later = make_article(publish_at=timezone.now() + timedelta(days=3))
    binned = make_article()
    trash(article=binned, editor=None)
    template = make_article(status="draft", publish_at=None, is_template=True)
    folder = export()
    Article.objects.all().delete()

    call_command("import_markdown", str(folder / "articles"))

    assert not Article.objects.published().exists()
    kept = {private.slug, secret.slug, draft.slug, later.slug}
    assert set(Article.objects.values_list("slug", flat=True)) == kept
    assert not {binned.slug, template.slug} & kept
    assert set(Article.objects.exclude(access="open").values_list("slug", flat=True)) == {
        private.slug,
        secret.slug,
    }


def test_no_table_is_forgotten():
    """Ghost's list silently left out what its readers had written (PAINS 3.17)."""
    named = [*IN_THE_ARCHIVE, *" ".join(LEFT_OUT.values()).split()]
    ours = {
        model._meta.label
        for config in apps.get_app_configs()
        if config.name.startswith(("accounts", "blog."))
        for model in config.get_models()
        if not model._meta.proxy
    }

    assert sorted(named) == sorted(ours)


def test_one_of_everything_is_in_the_archive(export):
    """Each row has a word of its own, which stands in the file named here."""
    article, category, page = make_article(), make_category(), make_page()
    series = Series.objects.create(title="Trilogy", slug="trilogy")
    for row in (
        Section(area="home", kind="category", category=category, heading="Upstairs"),
        Snippet(name="Disclaimer", body="<p>Nobody paid for this.</p>"),
        Rule(name="Gamblers", kind="words", entries="roulette", position=99),
        MailRule(name="Wake the desk", kind="stage", subject="Rise", text="and shine"),
        ChecklistRule(code="excerpt", level="required"),
        WorkingStatus(name="Pitched"),
        DeskField(name="Photographer", kind="text"),
        RelatedPick(article=article, other=make_article(slug="the-other"), position=0),
        SlugHistory(article=article, slug="was-an-article"),
        CategoryPathHistory(category=category, path="was-a-category"),
        TagSlugHistory(tag=make_tag(), slug="was-a-tag"),
        SeriesSlugHistory(series=series, slug="was-a-series"),
        AuthorSlugHistory(author=make_author(), slug="was-an-author"),
        PagePathHistory(page=page, path="was-a-page"),
        Redirect(path="/away/", target="/there/"),
        MenuItem(menu="header", label="Elsewhere", address="/elsewhere/"),
    ):
        row.save()
    DailyReads.objects.create(article=article, day=date(2026, 3, 1), count=17, finished=9)

    data = export() / "data"

    for name, words in {
        "sections": ["Upstairs", category.path],
        "snippets": ["Disclaimer", "Nobody paid"],
        "rules": ["Gamblers", "roulette"],
        "mail-rules": ["Wake the desk", "and shine"],
        "checklist": ["excerpt", "required"],
        "working-statuses": ["Pitched"],
        "own-fields": ["Photographer"],
        "related": [article.slug, "the-other"],
        "series": ["Trilogy"],
        "old-addresses": [
            *("was-an-article", "was-a-category", "was-a-tag", "was-a-series", "was-an-author"),
            "was-a-page",
        ],
        "redirects": ["/away/", "/there/"],
        "menus": ["Elsewhere"],
    }.items():
        text = (data / f"{name}.json").read_text()
        json.loads(text)
        assert [word for word in words if word not in text] == [], name
    (read,) = map(json.loads, (data / "reads.jsonl").read_text().splitlines())
    assert read == {"article": article.slug, "day": "2026-03-01", "count": 17, "finished": 9}


def test_what_is_in_the_trash_is_named_nowhere(export):
    article, binned = make_article(), make_article(slug="in-the-bin")
    series = Series.objects.create(title="Trilogy", slug="trilogy")
    for position, part in enumerate((article, binned)):
        SeriesPart.objects.create(series=series, article=part, position=position)
    for one, other in ((article, binned), (binned, article)):
        RelatedPick.objects.create(article=one, other=other, position=0)
        bring_earlier(one.pk, count=7, total=30)
        DailyReads.objects.create(article=one, day=date(2026, 3, 1), count=17)
    WorkingStatus.objects.create(name="Copy desk").roles.add(Group.objects.get(name="Editor"))
    trash(article=binned, editor=None)

    data = export() / "data"

    for name in ("series.json", "related.json", "earlier-ratings.json", "reads.jsonl"):
        assert "in-the-bin" not in (data / name).read_text(), name
    statuses = json.loads((data / "working-statuses.json").read_text())
    assert {"Editor"} in [set(row["roles"]) for row in statuses if row["name"] == "Copy desk"]


def test_all_else_is_json(export):
    article = make_article()
    comment = make_comment(article=article, name="Lena", body="First")
    make_comment(article=article, parent=comment, root=comment, status=Comment.Status.PENDING)
    make_rating(article=article, stars=5, feedback="More")
    bring_earlier(article.pk, count=7, total=30)
    picture = make_image(caption="All teal")
    body = f'<figure><img src="{picture.file.url}" alt="x"></figure>'
    page = make_page(body=body, parent=make_page())
    SiteSettings.objects.update_or_create(
        pk=1,
        defaults={"title": "Mine", "akismet_key": "hush", "logo": picture, "front_page": page},
    )

    folder = export()

    def lines(name: str) -> list[dict]:
        return [
            json.loads(line) for line in (folder / f"data/{name}.jsonl").read_text().splitlines()
        ]

    first, reply = lines("comments")
    assert (first["article"], first["name"], first["text"]) == (article.slug, "Lena", "First")
    assert (reply["in_reply_to"], reply["status"]) == (first["id"], "pending")
    (vote,) = lines("ratings")
    assert (vote["stars"], vote["feedback"]) == (5, "More")
    assert not {"user", "visitor"} & vote.keys()
    (earlier,) = json.loads((folder / "data/earlier-ratings.json").read_text())
    assert earlier == {"article": article.slug, "count": 7, "total": 30}
    about = json.loads((folder / "data/settings.json").read_text())
    assert (about["title"], about["front_page"]) == ("Mine", page.path)
    assert "akismet_key" not in about
    assert (folder / "articles" / about["logo"]).is_file()
    (words,) = json.loads((folder / "data/pictures.json").read_text())
    assert words["caption"] == "All teal"
    text = folder / f"pages/{page.path}.md"
    address = text.read_text().partition("](")[2].partition(")")[0]
    assert (text.parent / address).is_file()


def test_what_is_missing_is_said_and_the_rest_is_there(settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_article(slug="here")
    Image.objects.filter(pk=make_image().pk).update(file="pictures/gone.jpg")

    with pytest.raises(CommandError, match="All else"):
        call_command("export", to=tmp_path / "exports")

    assert "pictures/gone.jpg" in capsys.readouterr().err
    (path,) = (tmp_path / "exports").iterdir()
    with zipfile.ZipFile(path) as archive:
        assert "articles/here.md" in archive.namelist()


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="could not be written to"):
        call_command("export", to=tmp_path / "file")


def test_costs_the_same_however_many_articles(
    export, django_assert_max_num_queries, settings, tmp_path
):
    for _ in range(30):
        make_article(tags=[make_tag()], categories=[make_category()])

    with django_assert_max_num_queries(36) as asked:
        export()

    # A text is asked for where it is written, not with each comment and each vote on it.
    text = '"articles_article"."body"'
    (articles,) = [query["sql"] for query in asked if text in query["sql"]]
    assert ' FROM "articles_article" ' in articles
    assert '"body_html"' not in articles
