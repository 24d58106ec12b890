"""A blog out of WordPress's export."""

import io
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread as Thread_

import PIL.Image
import pytest
from django.core.management import CommandError, call_command

from accounts.models import Author
from blog.articles.models import Article, Category
from blog.articles.rendering import sanitise_body
from blog.articles.services import save_article
from blog.comments.deleting import delete_comment
from blog.comments.models import Comment
from blog.comments.queries import thread_drift
from blog.media.models import Image
from blog.pages.models import Page
from blog.redirects.models import Redirect
from blog.transfer.wordpress import pictures
from blog.transfer.wordpress.comments import text_of
from blog.transfer.wordpress.text import Surroundings, convert
from tests.factories import make_article, make_author, make_user

EXPORTS = Path(__file__).parents[3] / "shared/data/wxr"
BLOG = "https://old.example"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def export(tmp_path: Path, *items: str, head: str = "") -> Path:
    file = tmp_path / "export.xml"
    file.write_text(
        '\n<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">'
        f"<channel><title>Old</title><wp:wxr_version>1.2</wp:wxr_version>"
        f"<wp:base_blog_url>{BLOG}</wp:base_blog_url>{head}{''.join(items)}</channel></rss>",
        encoding="utf-8",
    )
    return file


def item(number: int, text: str = "Words.", *, more: str = "", meta: dict | None = None, **given):
    values = {
        "title": f"Post {number}",
        "link": f"{BLOG}/2020/05/post-{number}/",
        "guid": f"{BLOG}/?p={number}",
        "dc:creator": "jane",
        "wp:post_id": number,
        "wp:post_date_gmt": "2020-05-01 09:00:00",
        "wp:post_name": f"post-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
        "content:encoded": text,
    }
    values |= {name.replace("__", ":"): value for name, value in given.items()}
    fields = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())
    for key, value in (meta or {}).items():
        fields += (
            f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
            f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        )
    return f"<item>{fields}{more}</item>"


def picture(number: int, name: str, **given) -> str:
    url = f"{BLOG}/wp-content/uploads/{name}"
    given = {
        "wp__post_type": "attachment",
        "wp__status": "inherit",
        "wp__attachment_url": url,
    } | given
    meta = {"_wp_attachment_image_alt": f"Alt {number}"}
    return item(number, "", meta=meta, excerpt__encoded=f"Caption {number}", **given)


def comment(number: int, text: str = "Yes.", parent: int = 0, approved: str = "1", kind: str = ""):
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>Ann</wp:comment_author>"
        "<wp:comment_author_email>ann@example.org</wp:comment_author_email>"
        "<wp:comment_author_url>http://ann.example/</wp:comment_author_url>"
        "<wp:comment_author_IP>203.0.113.9</wp:comment_author_IP>"
        f"<wp:comment_date_gmt>2020-05-02 10:00:0{number % 10}</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        f"<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
    )


def move(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_wordpress", file, *options, stdout=out)
    return out.getvalue()


def title_of(**given) -> dict:
    return {"title": "T", "wp__post_name": "t"} | given


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


@pytest.fixture
def uploads(tmp_path):
    folder = tmp_path / "uploads"
    (folder / "2020/05").mkdir(parents=True)
    for name, color in (("red", "red"), ("blue", "blue"), ("loose", "green")):
        PIL.Image.new("RGB", (60, 40), color).save(folder / f"2020/05/{name}.png")
    PIL.Image.new("RGB", (60, 40), "black").save(tmp_path / "secret.png")
    (folder / "2020/05/broken.png").write_bytes(b"no picture")
    return folder


TEXT = f"""[caption id="attachment_11" width="300"]<a href="{BLOG}/wp-content/uploads/2020/05/red.png"><img
 src="{BLOG}/wp-content/uploads/2020/05/red-30x20.png" /></a> Red words[/caption]

<img src="/wp-content/uploads/2020/05/loose-30x20.png" alt="Loose">

[gallery ids="12,11"]

<img src="https://elsewhere.example/x.png" alt="Not ours">"""


def test_pictures_come_with_the_first_run_or_with_a_later_one(tmp_path, uploads):
    file = export(
        tmp_path,
        item(1, TEXT, meta={"_thumbnail_id": "12"}),
        item(2, TEXT),
        picture(11, "2020/05/red.png"),
        picture(12, "2020/05/blue.png"),
        picture(13, "2020/05/broken.png"),
        picture(14, "2020/05/none.png"),
        picture(15, "../../secret.png"),
        picture(16, "2020/05/paper.pdf"),
    )

    report = move(file)

    one = Article.objects.get(slug="post-1")
    assert "<img" not in one.body
    assert f'<a href="{BLOG}/wp-content/uploads/2020/05/red-30x20.png">Alt 11</a>' in one.body
    assert "Pictures: 6 missing" in report
    assert "Files that are no pictures (pdf): 1" in report
    assert "Pictures on other hosts; links to them stand in the texts: 1" in report
    edited = Article.objects.get(slug="post-2")
    edited.title = "Edited here"
    save_article(article=edited, editor=None)

    rehearsed = move(file, "--uploads", str(uploads), "--dry-run")
    assert Image.objects.count() == 0
    report = move(file, "--uploads", str(uploads))

    counted = "Pictures: 3 new, 1 failed, 2 missing"
    assert counted in rehearsed
    assert counted in report
    assert "Articles: 1 completed with pictures, 1 there already" in report
    assert "“Edited here” was edited here: its missing pictures were not added." in report
    one.refresh_from_db()
    images = {image.alt: image for image in Image.objects.all()}
    assert images.keys() == {"Alt 11", "Alt 12", ""}
    red, blue, loose = images["Alt 11"], images["Alt 12"], images[""]
    assert (one.lead_image, red.caption) == (blue, "Caption 11")
    assert not one.was_updated
    figure = '<figure><img src="{0}" alt="{1}"><figcaption>{2}</figcaption></figure>'.format
    assert one.body.split("\n") == [
        figure(red.file.url, "Alt 11", "Red words"),
        f'<figure><img src="{loose.file.url}" alt="Loose"></figure>',
        '<figure class="gallery">'
        + figure(blue.file.url, "Alt 12", "Caption 12")
        + figure(red.file.url, "Alt 11", "Caption 11")
        + "</figure>",
        '<p><a href="https://elsewhere.example/x.png">Not ours</a></p>',
    ]
    assert "Pictures: 3 there already" in move(file)


class Host(BaseHTTPRequestHandler):
    """The old blog: a picture, one that has moved within it and one that has moved away."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        away = {"moved.png": "/new/red.png", "away.png": "http://inner.example/red.png"}
        if target := away.get(self.path.rpartition("/")[2]):
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()
            return
        content = io.BytesIO()
        PIL.Image.new("RGB", (60, 40), "red").save(content, "PNG")
        self.send_response(200 if self.path.endswith("red.png") else 404)
        self.end_headers()
        self.wfile.write(content.getvalue())

    def log_message(self, *args):
        pass


def test_pictures_are_fetched_from_the_blogs_own_host_alone(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    Thread_(target=server.serve_forever, daemon=True).start()
    own = f"http://127.0.0.1:{server.server_port}"
    names = ("red.png", "moved.png", "away.png", "gone.png")
    urls = [
        *(f"{own}/wp-content/uploads/{name}" for name in names),
        "http://169.254.169.254/x.png",
    ]
    urls.append("file:///etc/x.png")
    file = export(
        tmp_path,
        *(picture(number, "", wp__attachment_url=url) for number, url in enumerate(urls, 11)),
    )
    file.write_text(file.read_text().replace(f"url>{BLOG}<", f"url>{own}<"))

    refused = move(file, "--download")
    asked_inside = [*Host.asked]
    monkeypatch.setattr(pictures, "MAY_FETCH_INSIDE", True)
    report = move(file, "--download")
    server.shutdown()
    server.server_close()

    assert asked_inside == []
    assert "Its address names a port" in refused
    assert "Pictures: 2 new, 3 failed, 1 missing" in report
    assert "It is on inner.example, not the blog’s own host" in report
    assert "It is on 169.254.169.254" in report
    assert [path.rpartition("/")[2] for path in Host.asked] == [
        "red.png", "moved.png", "red.png", "away.png", "gone.png",
    ]  # fmt: skip


def test_a_private_network_is_not_asked(tmp_path):
    file = export(tmp_path, picture(11, "", wp__attachment_url="http://127.0.0.1/red.png"))
    file.write_text(file.read_text().replace(f"url>{BLOG}<", "url>http://127.0.0.1<"))

    assert "127.0.0.1 is in a private network, which is not asked." in move(file, "--download")


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


AROUND = Surroundings(
    address_of=lambda link: link,
    pictures=lambda numbers: [(f"/{number}.png", "", "") for number in numbers],
    attached=lambda: [7, 8],
    picture_at=lambda address: (address, ""),
)
TEXTS = {
    "One\ntwo\n\nThree": "<p>One<br>two</p>|<p>Three</p>",
    "A\n<ul>\n\t<li>x\n\ny</li>\n</ul>\nB": "<p>A</p>|<ul><li><p>x</p><p>y</p></li></ul>|<p>B</p>",
    "<table>\n<tr>\n<td>a</td>\n\n<td>b</td>\n</tr>\n</table>": (
        "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    ),
    "<pre>a\n\nb</pre>": "<pre><code>a\n\nb</code></pre>",
    "<b>a\n\nb</b>": "<p><strong>a</strong></p>|<p><strong>b</strong></p>",
    "A<!--more-->B\n\n<!--nextpage-->C": (
        '<p>A</p>|<hr class="more">|<p>B</p>|<hr class="nextpage">|<p>C</p>'
    ),
    "https://youtu.be/dQw4w9WgXcQ": (
        '<figure data-embed="youtube"><a href="https://youtu.be/dQw4w9WgXcQ">https://youtu.be/dQw4w9WgXcQ</a></figure>'
    ),
    "[embed width=3]https://youtu.be/dQw4w9WgXcQ[/embed]": (
        '<figure data-embed="youtube"><a href="https://youtu.be/dQw4w9WgXcQ">https://youtu.be/dQw4w9WgXcQ</a></figure>'
    ),
    "https://a.example/x": '<p><a href="https://a.example/x">https://a.example/x</a></p>',
    "[gallery exclude=9]": (
        '<figure class="gallery"><figure><img src="/7.png" alt=""></figure>'
        '<figure><img src="/8.png" alt=""></figure></figure>'
    ),
    "[[gallery]] [sic] [foo_bar a=1]": "<p>[gallery] [sic] [foo_bar a=1]</p>",
    "[audio https://a.example/b%20c.mp3]": '<p><a href="https://a.example/b%20c.mp3">b c.mp3</a></p>',
    "<script>x</script><p onclick=x>a</p><iframe src='javascript:x'></iframe>": "<p>a</p>",
    "<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:latest-posts /-->": "<p>a b</p>",
    '<!-- wp:gallery -->\n<ul class="wp-block-gallery"><li><figure><img src="/1.png">'
    '<figcaption>one</figcaption></figure></li><li><figure><img src="/2.png"></figure></li></ul>': (
        '<figure class="gallery"><figure><img src="/1.png" alt=""><figcaption>one</figcaption></figure>'
        '<figure><img src="/2.png" alt=""></figure></figure>'
    ),
    '<!-- wp:video --><figure><video src="https://a.example/f.mp4"></video></figure>': (
        '<p><a href="https://a.example/f.mp4">f.mp4</a></p>'
    ),
    '<!-- wp:verse --><pre class="wp-block-verse">a <em>b</em>\nc</pre>': "<p>a b<br>c</p>",
}  # fmt: skip


def test_texts_come_in_our_form():
    found = {
        text: sanitise_body(convert(text, AROUND).html).replace("\n<", "|<") for text in TEXTS
    }

    assert found == TEXTS
    assert convert("[foo_bar a=1] [sic]", AROUND).unknown == {"foo_bar": 1}
    assert convert("<!-- wp:latest-posts /-->", AROUND).dynamic == {"latest-posts": 1}
    assert convert('[contact-form-7 id="1"]', AROUND).has_form


def test_comments_are_written_as_one_types_them_here():
    assert {html: text_of(html) for html in COMMENTS} == COMMENTS


COMMENTS = {
    "a &amp; b\n\n\n\nc": "a & b\n\nc",
    "<em>a</em><br>b": "*a*\nb",
    "x<blockquote>a\nb</blockquote>y": "x\n\n> a\n> b\n\ny",
    "<pre>if a < b:\n  c</pre>": "```\nif a < b:\n  c\n```",
    '<a href="https://a.example/">https://b.example/</a>': "https://a.example/",
    '<a href="javascript:x">w</a><script>y</script>': "w",
    "1 < 2": "1 < 2",
}


def test_an_editors_answer_is_theirs_only_where_the_author_was_named(tmp_path):
    user = make_user()
    make_author(name="Jane Here", slug="jane-here", user=user)
    head = "<wp:author><wp:author_id>7</wp:author_id><wp:author_login>jane</wp:author_login></wp:author>"
    answer = comment(1).replace(
        "</wp:comment>", "<wp:comment_user_id>7</wp:comment_user_id></wp:comment>"
    )

    move(export(tmp_path, item(1, more=answer), head=head), "--author", "jane=jane-here")

    assert Comment.objects.get().user == user
