"""A blog out of WordPress's export."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Author
from blog.articles import many
from blog.articles.models import Article, Category, Finding, RelatedArticle, ShareCard
from blog.comments.deleting import delete_comment
from blog.comments.models import Comment
from blog.comments.queries import thread_drift
from blog.pages.models import Page
from blog.ratings.models import RatingSummary
from blog.ratings.queries import drift
from blog.ratings.services import clear_votes
from blog.redirects.models import Redirect
from blog.transfer.wordpress import moving
from blog.transfer.wordpress.moving import Move
from tests.factories import make_article, make_author, make_user
from tests.transfer.wordpress import BLOG, comment, export, item, move

EXPORTS = Path(__file__).parents[3] / "shared/data/wxr"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize(
    ("name", "articles", "pages", "comments"),
    [("small-export", 6, 5, 1), ("valid-wxr-1.0", 3, 3, 1), ("comments-only", 3, 0, 8)],
)
def test_real_exports_arrive_once(name, articles, pages, comments):
    file = EXPORTS / f"{name}.xml"
    if not file.exists():
        pytest.skip(f"{file} is not here")

    move(file)
    again = move(file)

    counts = Article.objects.count(), Page.objects.count(), Comment.objects.count()
    assert counts == (articles, pages, comments)
    assert f"Articles: {articles} there already" in again
    assert "new" not in again
    assert thread_drift() == []


def test_life_terms_authors_and_notes_of_plugins_arrive(tmp_path, client):
    head = (
        "<wp:author><wp:author_id>7</wp:author_id><wp:author_login>jane</wp:author_login>"
        "<wp:author_display_name>Jane</wp:author_display_name><wp:author_first_name>Jane"
        "</wp:author_first_name><wp:author_last_name>Doe</wp:author_last_name></wp:author>"
        "<wp:category><wp:term_id>5</wp:term_id><wp:category_nicename>physics</wp:category_nicename>"
        "<wp:category_parent>science</wp:category_parent><wp:cat_name>Physics</wp:cat_name></wp:category>"
        "<wp:category><wp:category_nicename>science</wp:category_nicename>"
        "<wp:category_parent/><wp:cat_name>Science</wp:cat_name></wp:category>"
    )
    terms = (
        '<category domain="category" nicename="aaa"><![CDATA[Aaa]]></category>'
        '<category domain="category" nicename="physics"><![CDATA[Physics]]></category>'
        '<category domain="post_tag" nicename="z%c3%bcrich"><![CDATA[Zürich]]></category>'
    )
    meta = {
        "_yoast_wpseo_title": "%%title%% on %%sitename%%",
        "_yoast_wpseo_metadesc": "Found",
        "_yoast_wpseo_primary_category": "5",
        "rank_math_robots": 'a:1:{i:0;s:7:"noindex";}',
        "_hostile": 'O:8:"stdClass":0:{}',
        "taq_review_title": "Rate it",
    }
    file = export(
        tmp_path,
        item(
            1,
            more=terms,
            meta=meta,
            wp__is_sticky="1",
            excerpt__encoded="<b>Short</b> &amp; sweet",
        ),
        item(2, wp__status="future", wp__post_date_gmt="2096-05-01 09:00:00"),
        item(3, wp__status="draft", wp__post_date_gmt="0000-00-00 00:00:00", wp__post_name=""),
        item(4, wp__status="pending"),
        item(5, wp__status="private"),
        item(6, wp__post_password="secret"),
        item(7, wp__status="trash", wp__post_name="post-7__trashed"),
        item(8, wp__status="future"),
        item(9, title="<em>M</em> &amp; " + 60 * "long ", wp__comment_status="closed"),
        item(10, wp__status="auto-draft"),
        item(11, wp__post_type="nav_menu_item"),
        head=head,
    )

    report = move(file)

    articles = {article.slug: article for article in Article.objects.all()}
    one = articles["post-1"]
    assert (one.publish_at, one.is_sticky, one.excerpt, one.seo_title, one.seo_description) == (
        datetime(2020, 5, 1, 9, tzinfo=UTC), True, "Short & sweet", "", "Found",
    )  # fmt: skip
    assert (one.is_noindex, one.review_title) == (True, "Rate it")
    assert one.primary_category.path == "science/physics"
    assert [tag.slug for tag in one.tags.all()] == ["zurich"]
    author = one.bylines.get().author
    assert (author.name, author.slug, author.user) == ("Jane", "jane-doe", None)
    assert {
        slug: (str(a.state), a.access) for slug, a in articles.items() if slug != "post-1"
    } == {
        "post-2": ("scheduled", "open"),
        "post-3": ("draft", "open"),
        "post-4": ("draft", "open"),
        "post-5": ("published", "private"),
        "post-6": ("published", "password"),
        "post-7": ("trash", "open"),
        "post-8": ("draft", "open"),
        "post-9": ("published", "open"),
    }
    assert articles["post-4"].stage == Article.Stage.IN_REVIEW
    assert articles["post-9"].title.startswith("M & long")
    assert articles["post-9"].comment_policy == "closed"
    assert "Menu items: make the menus anew under Menus: 1" in report
    assert "was scheduled for a day that is over" in report
    assert client.get("/author/jane/").headers["Location"] == "/author/jane-doe/"
    assert client.get("/?cat=5").headers["Location"] == "/category/science/physics/"
    assert client.get("/post-5/").status_code == 404


def test_a_named_author_is_taken_and_a_wrong_name_stops_it(tmp_path):
    author = make_author(name="Other", slug="other")
    file = export(tmp_path, item(1))

    with pytest.raises(CommandError, match="no author with the address “nobody”"):
        move(file, "--author", "jane=nobody")
    assert not Article.objects.exists()
    move(file, "--author", "jane=other")

    assert Article.objects.get().bylines.get().author == author
    assert Author.objects.count() == 1


def test_links_and_old_addresses_lead_to_the_new_ones(tmp_path, client):
    make_article(slug="post-2", title="Ours")
    links = [
        f"{BLOG}/2020/05/post-2/#part", "http://www.old.example/?p=2", "/about/team/",
        f"{BLOG}/tag/x/", f"{BLOG}/file.pdf", "https://elsewhere.example/2020/05/post-2/",
        f"{BLOG}/?p={'9' * 5000}",
    ]  # fmt: skip
    text = "\n\n".join(f'<a href="{link}">w</a>' for link in links)
    file = export(
        tmp_path,
        item(1, text, link=f"{BLOG}/news/post-1.html", meta={"_wp_old_slug": "once"}),
        item(2, wp__post_name="post-2"),
        item(3, wp__post_name="search"),
        item(4, wp__post_type="page", wp__post_name="team", wp__post_parent=5, wp__menu_order=2),
        item(5, wp__post_type="page", wp__post_name="about", link=f"{BLOG}/about/"),
        item(6, wp__post_type="page", wp__post_name="crew", wp__post_parent=5, wp__menu_order=1),
    ).read_text()
    file = export(
        tmp_path, head=file.partition("</wp:base_blog_url>")[2].partition("</channel>")[0]
    )
    Path(file).write_text(
        Path(file).read_text().replace(f"{BLOG}/2020/05/post-4/", f"{BLOG}/about/team/")
    )

    report = move(file)

    body = Article.objects.get(slug="post-1").body
    assert [part.partition('"')[0] for part in body.split('href="')[1:]] == [
        "/post-2-2/#part", "/post-2-2/", "/about/team/", "/tag/x/", *links[4:],
    ]  # fmt: skip
    assert "“Post 2”: /post-2/ is now post-2-2" in report
    for old, new in {
        "/?p=1": "/post-1/",
        "/news/post-1.html": "/post-1/",
        "/2020/05/post-1/": "/post-1/",
        "/once/": "/post-1/",
        "/?p=2": "/post-2-2/",
        "/2020/05/post-3/": "/search-2/",
        "/?page_id=4": "/about/team/",
    }.items():
        assert client.get(old).headers.get("Location") == new, old
    pages = Page.objects.exclude(parent=None).order_by("position")
    assert [page.path for page in pages] == ["about/crew", "about/team"]


def test_comments_keep_their_threads_times_and_statuses(tmp_path):
    first = [
        comment(
            1, 'See <a href="https://a.example/">this</a>.\n\n<strong>Bold</strong> &lt;b&gt;'
        ),
        comment(3, "Third", parent=2),
        comment(2, "Second", parent=1),
        comment(4, "Held", approved="0"),
        comment(5, "Spam", approved="spam"),
        comment(6, "Ping", kind="pingback"),
        comment(7, " "),
        comment(8, "Of nothing", parent=99),
    ]
    report = move(export(tmp_path, item(1, more="".join(first))))

    rows = {each.body: each for each in Comment.objects.select_related("parent", "root")}
    top = rows["See [this](https://a.example/).\n\n**Bold** <b>"]
    assert (top.name, top.email, top.website, top.network_hash) == (
        "Ann", "ann@example.org", "http://ann.example/", "",
    )  # fmt: skip
    assert top.created_at == datetime(2020, 5, 2, 10, 0, 1, tzinfo=UTC)
    assert (rows["Second"].parent, rows["Third"].parent, rows["Third"].root) == (
        top, rows["Second"], top,
    )  # fmt: skip
    assert rows["Of nothing"].parent is None
    statuses = {body: each.status for body, each in rows.items()}
    assert (statuses["Held"], statuses["Spam"], statuses["Third"]) == (
        "pending",
        "spam",
        "approved",
    )
    assert "Pingbacks, trackbacks and notes of plugins: 1" in report
    assert thread_drift() == []

    delete_comment(comment=rows["Third"], actor=None)
    again = move(export(tmp_path, item(1, more="".join([*first, comment(9, "Late", parent=2)]))))

    assert "Comments: 1 new, 6 there already" in again
    assert Comment.objects.get(body="Late").parent == rows["Second"]
    assert not Comment.objects.filter(body="Third").exists()
    assert thread_drift() == []


def test_what_is_no_export_changes_nothing(tmp_path):
    whole = export(tmp_path, item(1), item(2)).read_bytes().lstrip()
    bad = {
        b"": "It is broken or incomplete",
        whole[:-60]: "It is broken or incomplete in line",
        b"<rss><channel><title>News</title></channel></rss>": "It is no export of WordPress",
        whole.replace(
            b"<rss", b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss'
        ): "<!DOCTYPE",
        b"<a>" * 40: "nested too deeply",
    }
    file = tmp_path / "bad.xml"

    for content, sentence in bad.items():
        file.write_bytes(content)
        with pytest.raises(CommandError, match=sentence):
            move(file)

    assert not Article.objects.exists()
    # What plugins leave in an export does no harm: controls, bytes that are no UTF-8.
    file.write_bytes(whole.replace(b"Words.", b"Wo\x0brds \xff."))
    move(file)
    assert Article.objects.first().body == "<p>Words \ufffd.</p>"


def test_one_bad_post_stops_no_other_and_a_rehearsal_changes_nothing(tmp_path):
    file = export(tmp_path, item(1, "x" * 500_001), item(2, more=comment(1)), item(3, title=""))

    with pytest.raises(CommandError, match="What failed is named above"):
        move(file, "--dry-run")
    assert not Article.objects.exists()
    assert not Category.objects.exists()
    assert not Redirect.objects.exists()
    with pytest.raises(CommandError):
        move(file)

    assert sorted(Article.objects.values_list("title", flat=True)) == ["Post 2", "Words."]


def test_what_a_bad_post_had_made_is_made_by_the_next_one(tmp_path):
    tag = '<category domain="post_tag" nicename="z%c3%bcrich"><![CDATA[Zürich]]></category>'
    bad = {"_yoast_wpseo_canonical": "https://elsewhere.example/no address"}
    file = export(tmp_path, item(1, more=tag, meta=bad), item(2, more=tag))
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_wordpress", file, stdout=out)

    article = Article.objects.get()
    assert [tag.name for tag in article.tags.all()] == ["Zürich"]
    assert [line.author.name for line in article.bylines.all()] == ["jane"]
    assert Redirect.objects.get(path="/tag/zürich/").target == "/tag/zurich/"
    assert "Articles: 1 new, 1 failed\n" in out.getvalue()
    assert "Tags: 1 new\n" in out.getvalue()


@pytest.mark.parametrize("few", [0, 50])
def test_what_follows_from_all_is_done_when_all_are_there(tmp_path, monkeypatch, few):
    monkeypatch.setattr(many, "FEW", few)
    later = f'<a href="{BLOG}/2020/05/post-2/">later</a> <a href="/?p=9">never</a>'
    move(export(tmp_path, item(1, later), item(2), item(9, wp__status="draft")))

    first, second = Article.objects.exclude(status="draft").order_by("pk")
    dead = Finding.objects.filter(code="dead-links").values_list("article", "detail")
    assert list(dead) == [(first.pk, "/post-9/")]
    related = RelatedArticle.objects.values_list("article", "other").order_by("article")
    assert list(related) == [(first.pk, second.pk), (second.pk, first.pk)]
    assert ShareCard.objects.count() == 2


def test_a_run_that_was_killed_leaves_nothing_to_nobody(tmp_path, monkeypatch):
    tag = '<category domain="post_tag" nicename="z%c3%bcrich"><![CDATA[Zürich]]></category>'
    file = export(tmp_path, item(1, more=tag), item(2), item(3))
    whole = Move._article

    def killed(self, thing, record):
        whole(self, thing, record)
        if thing.number == 2:
            monkeypatch.setattr(moving, "follow_up", lambda keys: None)
            raise KeyboardInterrupt

    monkeypatch.setattr(Move, "_article", killed)
    with pytest.raises(KeyboardInterrupt):
        move(file)
    monkeypatch.undo()
    assert list(Article.objects.values_list("slug", flat=True)) == ["post-1"]
    move(file)

    assert Redirect.objects.filter(path="/tag/zürich/", target="/tag/zurich/").exists()
    assert ShareCard.objects.count() == 3


def test_a_second_run_reads_no_text_that_is_here(tmp_path, django_assert_max_num_queries):
    posts = [item(number, more=comment(number)) for number in range(1, 6)]
    file = export(tmp_path, *posts, item(9, wp__post_type="page"))
    move(file)

    # Five for each article at the most, with those that begin and end its transaction.
    with django_assert_max_num_queries(45) as asked:
        move(file)

    texts = ('"body"', '"body_html"')
    assert not [sql for query in asked if any(text in (sql := query["sql"]) for text in texts)]


def test_what_is_not_as_it_was_is_in_the_report(tmp_path):
    counted = {"kk": {"_kksr_casts": "7"}, "rmp": {"rmp_vote_count": "3"}}
    long = "x" * 500_001
    file = export(
        tmp_path,
        item(1, meta=counted["kk"], wp__post_date_gmt="0000-00-00 00:00:00"),
        item(2, meta=counted["rmp"]),
        item(3, meta=counted["rmp"]),
        item(4, long, more=comment(1) + comment(2)),
    )
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_wordpress", file, stdout=out)

    report = [line.strip() for line in out.getvalue().splitlines()]
    lost = "Votes that {} has counted, without a sum that one to five stars make: {}"
    assert lost.format("kk Star Ratings", 7) in report
    assert lost.format("Rate My Post", 6) in report
    assert "“Post 1” had no date: it has today’s." in report
    assert (
        "Post 4: Its text has 500008 characters, and the editor takes 500000: divide it there and export it"
        " once more. Its comments (2) wait for it."
    ) in report


def test_what_readers_had_rated_counts_here(tmp_path):
    plugins = [
        {"tie_users_num": "4", "tie_user_rate": "17.5"},
        {"ratings_users": "10", "ratings_score": "44", "ratings_average": "4.4"},
        {"_kksr_count_default": "3", "_kksr_ratings_default": "13.333", "_kksr_casts": "2"},
        {"_kksr_casts": "2", "_kksr_ratings": "9"},
        {"rmp_vote_count": "5", "rmp_rating_val_sum": "5"},
        {"ratings_users": "7", "ratings_score": "7"},  # thumbs up
        {"ratings_users": "2", "ratings_score": "19"},  # of ten stars
        {"tie_users_num": "1" * 12, "tie_user_rate": "1" * 12},
        {"rmp_vote_count": "3", "rmp_rating_val_sum": "-3"},
    ]
    file = export(tmp_path, *(item(n, meta=meta) for n, meta in enumerate(plugins, 1)))

    report = move(file)

    found = RatingSummary.objects.order_by("article").values_list("earlier_count", "earlier_total")
    assert list(found) == [(4, 18), (10, 44), (3, 13), (2, 9), (5, 5)]
    assert "Votes of readers: 24 new" in report
    assert drift() == []
    cleared = Article.objects.get(slug="post-1").pk
    clear_votes(articles=[cleared])
    move(file)
    assert RatingSummary.objects.get(article=cleared).count == 0


def test_an_editors_answer_is_theirs_only_where_the_author_was_named(tmp_path):
    user = make_user()
    make_author(name="Jane Here", slug="jane-here", user=user)
    head = "<wp:author><wp:author_id>7</wp:author_id><wp:author_login>jane</wp:author_login></wp:author>"
    answer = comment(1).replace(
        "</wp:comment>", "<wp:comment_user_id>7</wp:comment_user_id></wp:comment>"
    )

    move(export(tmp_path, item(1, more=answer), head=head), "--author", "jane=jane-here")

    assert Comment.objects.get().user == user
