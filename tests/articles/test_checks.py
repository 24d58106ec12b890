"""The checklist: what each check finds and leaves alone, where it is kept, and how much it counts."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles.checks import Content, Picture, failed, failures, levels
from blog.articles.findings import refresh_findings, set_levels
from blog.articles.markup import DECORATIVE
from blog.articles.models import Article, ChecklistRule, Finding, Series, SlugHistory
from blog.articles.rendering import render_body, sanitise_body
from blog.articles.services import save_article
from blog.pages.models import PagePathHistory
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_page,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db
REPORT = reverse("admin:articles_article_checks")
LEVELS = reverse("admin:articles_article_levels")
PIER = "/static/img/pier.jpg"


def figure(alt: str = "A pier", src: str = PIER, caption: str = "", role: str = "") -> str:
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{src}" alt="{alt}" role="{role}">{words}</figure>'


def content(**fields) -> Content:
    """Return an article that passes every check, but for these fields."""
    good = {
        "title": "Low tide",
        "slug": "low-tide",
        "excerpt": "What the sea leaves.",
        "body": f"<h2>Mud</h2><h3>Deep mud</h3><p>Words.</p><h2>Sand</h2>{figure()}",
        "lead_image": Picture("pictures/boat.jpg", "A boat", ""),
        "has_category": True,
    }
    return Content(**good | fields | {"body": sanitise_body(fields.get("body", good["body"]))})


def found(**fields) -> list[tuple[str, str]]:
    return [(failure.code, failure.detail) for failure in failures(content(**fields))]


LONG = " ".join(["word"] * 61)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"lead_image": None}, [("lead-image", "")]),
        ({"excerpt": " "}, [("excerpt", "")]),
        ({"has_category": False}, [("category", "")]),
        ({"slug": "a" * 60}, []),
        ({"slug": "a" * 61}, [("slug-length", "a" * 61)]),
        ({"slug": "", "title": "ö" * 61}, [("slug-length", "o" * 61)]),
        ({"title": "t" * 70}, []),
        ({"title": "t" * 71}, [("title-length", "t" * 71)]),
        # Alternative text
        ({"lead_image": Picture("a.jpg", "", "")}, [("alt-text", "a.jpg")]),
        ({"body": figure("") + figure(" ", "/static/b.png")},
         [("alt-text", PIER), ("alt-text", "/static/b.png")]),
        ({"body": figure("", role="presentation")}, []),
        ({"body": figure("", role="none")}, [("alt-text", PIER)]),
        ({"body": f'<figure class="gallery">{figure("")}{figure("A gull")}</figure>'},
         [("alt-text", PIER)]),
        # Words that are there already
        ({"body": figure("Low – Tide!")}, [("repetition", "Low – Tide!")]),
        ({"body": "<h2>Mud</h2>" + figure("A pier", caption="mud.")}, [("repetition", "mud.")]),
        ({"body": figure("Pier")}, [("repetition", "Pier")]),
        ({"body": figure("IMG_2041.JPG")}, [("repetition", "IMG_2041.JPG")]),
        ({"body": figure("DSC 0042")}, [("repetition", "DSC 0042")]),
        ({"lead_image": Picture("a.jpg", "low tide", "")}, [("repetition", "low tide")]),
        ({"body": figure("The pier at low tide", caption="Mud as far as one sees")}, []),
        # Headings
        ({"body": "<h3>First</h3>"}, [("heading-order", "First")]),
        ({"body": "<h2>A</h2><h4>B</h4><h2>C</h2><h3>D</h3>"}, [("heading-order", "B")]),
        ({"body": "<h2> </h2><h2>A</h2>"}, []),  # the empty one is not kept
        # Lists
        ({"body": f"<ul><li>{LONG}</li><li>b</li></ul>"}, [("lists", LONG[:200])]),
        ({"body": f"<ul><li>a<ul><li>{LONG[5:]}</li></ul></li></ul>"}, []),
        ({"body": "<p>• one</p><p>• two</p>"}, [("lists", "• one"), ("lists", "• two")]),
        ({"body": "<p>1. one</p><p>2) two</p>"}, [("lists", "1. one"), ("lists", "2) two")]),
        ({"body": "<p>– said she</p><p>2026 was wet.</p>"}, []),
    ],
)  # fmt: skip
def test_checks(fields, expected):
    assert found(**fields) == expected


def test_links_within_the_site(settings):
    settings.SITE_URL = "https://blog.example.org"
    now = timezone.now()
    live = make_article(slug="live")
    SlugHistory.objects.create(article=live, slug="was-live")
    make_article(slug="draft", status="draft")
    make_article(slug="tomorrow", publish_at=now + timedelta(days=1))
    make_article(slug="trashed", trashed_at=now)
    parent = make_category(slug="sea")
    make_category(slug="tides", parent=parent)
    make_tag(slug="mud")
    make_author(slug="ada")
    about = make_page(slug="about")
    make_page(slug="team", parent=about)
    make_page(slug="plans", status="draft")
    PagePathHistory.objects.create(page=about, path="we")
    Series.objects.create(title="Shore", slug="shore")
    image = make_image()
    shown, held = make_comment(article=live), make_comment(article=live, status="pending")
    hidden = make_comment(article=make_article(slug="quiet", comment_policy="off"))
    good = [
        *("/", "/live/", "/live/?x=1#top", "/was-live/", "/live/feed/", "/low-tide/"),
        *("/category/sea/", "/category/sea/tides/feed/", "/category/tides/", "/tag/mud/"),
        *("/author/ada/page/2/", "/search/?q=mud", "/feed/", "/privacy/", "/2026/"),
        *(f"/live/comments/{shown.pk}/", f"/live/#comment-{shown.pk}", f"/media/{image.file}"),
        *("https://blog.example.org", "https://blog.example.org/live/", "/static/gone.css"),
        *("https://example.org/nowhere/", "//example.org/nowhere/", "mailto:a@example.org"),
        *("https://blog.example.org.evil.example/x/", "#anchor", "relative/"),
        *("/about/", "/about/team/", "/we/", "/series/shore/", "/series/shore/feed/"),
    ]
    dead = [
        *("/nowhere/", "/draft/", "/tomorrow/", "/trashed/", "/no/such/page/", "/live"),
        *("/category/land/", "/tag/sand/", "/author/bob/", "/media/pictures/gone.jpg"),
        *(f"/live/comments/{held.pk}/", f"/live/#comment-{held.pk}", "/live/#comment-999"),
        f"/quiet/#comment-{hidden.pk}",
        *("/admin/", "/preview/1/", "/nowhere%00/", "/draft/abc/"),
        *("https://blog.example.org/nowhere/", "/live/comments/999999999/"),
        *("/plans/", "/about/plans/", "/series/sky/"),
    ]
    body = "".join(f'<p><a href="{href}">x</a></p>' for href in good + dead)

    with CaptureQueriesContext(connection) as captured:
        assert found(body=body) == [("dead-links", href) for href in dead]
    assert len(captured) <= 12  # one for each kind of page, however many links there are
    at = now + timedelta(days=2)
    assert found(body='<p><a href="/tomorrow/">x</a></p>', goes_live_at=at) == []


def test_decoration_is_kept_where_it_was_chosen_and_only_there():
    for role, alt, kept in (
        (DECORATIVE, "", f'role="{DECORATIVE}"'),
        (DECORATIVE, "A pier", ""),
        ("button", "", ""),
        ('presentation" onerror="x', "", ""),
    ):
        body = sanitise_body(f"<img src='/static/a.jpg' alt='{alt}' role='{role}'>")
        assert (
            body == f'<figure><img src="/static/a.jpg" alt="{alt}"{kept and " " + kept}></figure>'
        )
        assert sanitise_body(body) == body
        assert ("role=" in render_body(body).html) == bool(kept)


def test_findings_are_kept_with_every_save():
    article = save_article(article=Article(title="T", body=figure("")), editor=None)
    first = dict(Finding.objects.values_list("code", "pk"))
    assert set(first) == {"alt-text", "category", "lead-image", "excerpt"}

    article.excerpt = "Now there is one."
    article.body += "<h4>Deep</h4>"
    with CaptureQueriesContext(connection) as captured:
        save_article(article=article, editor=None)

    own = [
        query for query in captured if "_finding" in query["sql"] or "_checklist" in query["sql"]
    ]
    assert len(own) == 4
    now = dict(Finding.objects.values_list("code", "pk"))
    assert set(now) == {"alt-text", "category", "lead-image", "heading-order"}
    assert first["alt-text"] == now["alt-text"]  # and was not written again
    with CaptureQueriesContext(connection) as captured:
        save_article(article=article, editor=None)
    changes = [query["sql"] for query in captured if 'INTO "articles_finding"' in query["sql"]]
    assert changes == []


def test_what_changed_elsewhere_is_found_by_the_task_and_by_the_command():
    target, other = make_article(slug="target"), make_article(status="draft", excerpt="x")
    article = save_article(
        article=Article(
            title="T", excerpt="x", status="published", body='<p><a href="/target/">x</a></p>'
        ),
        editor=None,
        categories=[make_category()],
    )
    assert list(article.findings.values_list("code", flat=True)) == ["lead-image"]
    target.delete()
    output = StringIO()

    with pytest.raises(CommandError, match="Required checks are failed"):
        call_command("check_articles", "--required", stdout=output)

    assert output.getvalue().splitlines() == [
        "/t/  T",
        "  required: A link or a picture of this site leads to nothing that readers can open.  /target/",
        "articles with findings: 1, of a required check: 1",
    ]
    assert not other.findings.exists()
    assert refresh_findings.func() == 2
    assert set(other.findings.values_list("code", flat=True)) == {"lead-image", "category"}
    Article.objects.filter(pk=article.pk).update(body="<p>x</p>")
    call_command("check_articles", stdout=output)


def test_waiting_changes_are_checked_with_the_words_typed_for_their_picture():
    image = make_image(alt="")
    article = save_article(article=Article(title="T", lead_image=image), editor=None)
    data = article.current_revision.data

    assert next(iter(failed(article, data))).code == "alt-text"
    typed = data | {"typed": {"lead_alt": "A boat"}, "excerpt": "x", "body": ""}
    assert [failure.code for failure in failed(article, typed)] == ["category"]


def test_editors_say_how_much_a_check_counts(client, django_capture_on_commit_callbacks):
    article = save_article(
        article=Article(title="T", status="published", body=figure("")), editor=None
    )
    client.force_login(make_staff("Editor"))
    chosen = levels() | {"alt-text": "recommended", "excerpt": "off", "category": "required"}
    assert chosen["length"] == "off"  # unless a site asks for it
    chosen["length"] = "recommended"

    assert client.get(LEVELS).context["form"]["alt-text"].initial == "required"
    assert client.post(LEVELS, chosen | {"lists": "sometimes"}).status_code == 422
    assert not ChecklistRule.objects.exists()
    assert client.post(LEVELS, chosen).url == REPORT

    assert levels() == chosen
    assert {(one.code, one.level) for one in failed(article)} == {
        ("alt-text", "recommended"),
        ("category", "required"),
        ("lead-image", "recommended"),
        ("length", "recommended"),
    }
    assert not Finding.objects.filter(code="excerpt").exists()
    with django_capture_on_commit_callbacks(execute=True):
        set_levels(chosen | {"excerpt": "recommended"})
    assert Finding.objects.filter(code="excerpt").count() == 1

    for role in ("Author", "Moderator"):
        client.force_login(make_staff(role))
        assert client.post(LEVELS, chosen).status_code == 403


def test_the_report_shows_live_articles_by_check(client):
    author = make_staff("Author")
    own = make_article(title="Own", created_by=author)
    other = make_article(title="Other")
    draft = make_article(title="Draft", status="draft")
    for article in (own, other, draft):
        Finding.objects.create(article=article, code="excerpt")
        Finding.objects.create(article=article, code="gone-check")
    Finding.objects.create(article=other, code="dead-links", detail="/<b>nowhere</b>/")
    client.force_login(make_staff("Editor"))

    page = client.get(REPORT)
    assert [(article.title, failure.code) for article, failure in page.context["findings"]] == [
        ("Other", "excerpt"),
        ("Other", "dead-links"),
        ("Own", "excerpt"),
    ]
    counts = {code: count for code, _name, _level, count in page.context["rules"]}
    assert (counts["excerpt"], counts["dead-links"], counts["lists"]) == (2, 1, 0)
    assert "/&lt;b&gt;nowhere&lt;/b&gt;/" in page.content.decode()
    one = client.get(REPORT, {"check": "dead-links", "page": "x"}).context["findings"]
    assert [article.title for article, _failure in one] == ["Other"]
    client.force_login(author)
    assert [article.title for article, _failure in client.get(REPORT).context["findings"]] == [
        "Own"
    ]
    client.force_login(make_staff("Moderator"))
    assert client.get(REPORT).status_code == 403
