"""A change of the site's settings shows at once on every kept page that shows it."""

from datetime import timedelta

from django.utils import timezone

from blog.articles.models import Article, Byline
from blog.comments.models import Comment
from blog.reads.models import ReadTotal
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_category, make_comment, make_rating

ARTICLE, HOME, LIST = "/bridges/", "/", "/category/politics/"
# A setting, a value, and for each page what is on it before and after: (page, text, is it there after?).
CHANGES = [
    ("title", "The New Name", [(ARTICLE, "The New Name", True), ("/feed/", "The New Name", True)]),
    ("tagline", "A new line", [(HOME, "A new line", True), (LIST, "A new line", True)]),
    ("accent", "#005a9c", [(ARTICLE, "#005a9c", True), (HOME, "#005a9c", True)]),
    ("layout", "journal", [(HOME, ".front main{", True)]),
    ("date_format", "Y|m|d", [(ARTICLE, f"{timezone.now():%Y}|", True), (LIST, "|", True)]),
    ("articles_per_page", 1, [(LIST, "/category/politics/page/2/", True)]),
    ("feeds_in_full", False, [("/feed/", "The whole text.", False)]),
    ("comments_open", False, [(ARTICLE, 'name="body"', False)]),
    ("who_may_rate", "nobody", [(ARTICLE, 'name="stars"', False)]),
    ("likes_on", False, [(ARTICLE, "/like/", False)]),
    ("words_per_minute", 50, [(ARTICLE, "10 minutes read", True), (LIST, "10 minutes read", True)]),
    ("facts_on_articles", "", [(ARTICLE, 'rel="author"', False), (ARTICLE, "Last updated:", False)]),
    (
        "facts_on_articles",
        "author",
        [(ARTICLE, '</span></p>\n<p class="by"><time', False), (ARTICLE, " read</span>", False)],
    ),
    ("facts_on_articles", "updated", [(ARTICLE, 'href="#comments"', False)]),
    (
        "facts_on_articles",
        "reads rating",
        [(ARTICLE, "1,234 reads", True), (ARTICLE, 'href="#rating"', True)],
    ),
    (
        "facts_on_cards",
        "reads updated",
        [(HOME, "<b>Ana</b>", False), (HOME, "1,234 reads", True), (HOME, "Last updated:", True)],
    ),
    (
        "facts_on_cards",
        "author",
        [(HOME, "<time", False), (HOME, " read</span>", False), (HOME, "1 comment", False)],
    ),
    (
        "facts_in_lists",
        "reads updated",
        [(LIST, "<b>Ana</b>", False), (LIST, "1,234 reads", True), (LIST, "Last updated:", True)],
    ),
    (
        "facts_in_lists",
        "author",
        [(LIST, "<time", False), (LIST, " read</span>", False), (LIST, "1 comment", False)],
    ),
    ("dates_relative", True, [(ARTICLE, "js/ago.", True), (LIST, "js/ago.", True)]),
    ("breadcrumbs_shown", False, [(ARTICLE, '<li><a href="/">', False), (LIST, '<li><a href="/">', False)]),
    ("contents_shown", False, [(ARTICLE, 'class="toc', False)]),
    ("progress_shown", False, [(ARTICLE, 'class="progress"', False)]),
    ("theme_switch_shown", False, [(ARTICLE, "theme.js", False), (HOME, 'name="theme"', False)]),
    (
        "discourage_search_engines",
        True,
        [(ARTICLE, 'content="noindex"', True), ("/robots.txt", "Disallow: /\n", True)],
    ),
]  # fmt: skip


def test_every_setting_shows_at_once(server):
    SiteSettings.objects.create()
    politics = make_category(name="Politics", slug="politics")
    now = timezone.now()
    for slug, days in (("bridges", 3), ("songs", 9)):
        article = make_article(
            slug=slug,
            publish_at=now - timedelta(days=days),
            body="<p>The whole text.</p><h2>One</h2><p>x</p><h2>Two</h2><p>y</p>",
            primary_category=politics,
            lead_image=None,
        )
        article.categories.add(politics)
    bridges = Article.objects.get(slug="bridges")
    toc = [{"id": "one", "text": "One", "level": 2}, {"id": "two", "text": "Two", "level": 2}]
    Article.objects.update(toc=toc, word_count=500, updated_at=now)
    Byline.objects.all().delete()
    Byline.objects.create(article=bridges, author=make_author(name="Ana"), position=0)
    make_comment(article=bridges, status=Comment.Status.APPROVED)
    make_rating(article=bridges)
    ReadTotal.objects.create(article=bridges, week=7, month=7, ever=1234)

    for setting, value, shown in CHANGES:
        before = {page: server.ask(page).text for page, _text, _after in shown}
        usual = getattr(SiteSettings.objects.get(), setting)
        SiteSettings.objects.update(**{setting: value})
        server.store.changes.announce()
        for page, text, is_there_after in shown:
            assert (text in before[page]) is not is_there_after, (setting, page, "before")
            assert (text in server.ask(page).text) is is_there_after, (setting, page)
        SiteSettings.objects.update(**{setting: usual})
        server.store.changes.announce()
        assert server.ask(shown[0][0]).text == before[shown[0][0]], (setting, "taken back")
