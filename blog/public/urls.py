"""The public addresses: WordPress's defaults where it has one (DESIGN §5)."""

from collections.abc import Callable

from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView

from blog.public import converters, sitemaps  # noqa: F401 (converters registers its own)
from blog.public.views import (
    articles,
    comments,
    contact,
    drafts,
    faces,
    feeds,
    following,
    home,
    lists,
    look,
    machines,
    marks,
    me,
    moderation,
    moderation_links,
    oembed,
    overviews,
    pages,
    privacy,
    rankings,
    ratings,
    reads,
    receipts,
    search,
    threads,
    unlocking,
    voices,
    work,
)


def pages_and_feeds(prefix: str, name: str, page: Callable, feed: Callable) -> list[URLPattern]:
    """Return the addresses below one kind of list."""
    return [
        path(f"{prefix}page/<page:number>/", page, name=f"{name}-page"),
        path(f"{prefix}feed/", feed, {"form": "rss"}, name=f"{name}-feed"),
        path(f"{prefix}feed/atom/", feed, {"form": "atom"}, name=f"{name}-feed-atom"),
        path(f"{prefix}feed/json/", feed, {"form": "json"}, name=f"{name}-feed-json"),
    ]


def ranking(place: str, page: Callable, span: str) -> list[URLPattern]:
    """Return the addresses of one ranking: of a time, page by page."""
    options = {"span": span}
    return [
        path(f"{place}/", page, options, name=place.replace("/", "-")),
        path(f"{place}/page/<page:number>/", page, options),
    ]


urlpatterns: list[URLPattern] = [
    path("robots.txt", machines.robots, name="robots"),
    re_path(r"^(?P<key>[0-9a-f]{32})\.txt$", machines.indexnow_key, name="indexnow-key"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("speculation-rules.json", machines.speculation_rules, name="speculation-rules"),
    path("healthz", machines.healthz, name="healthz"),
    path("look/<slug:digest>.css", look.stylesheet, name="look"),
    path("site.webmanifest", look.manifest, name="manifest"),
    path("media/<path:path>", machines.media, name="media"),
    path("oembed", oembed.oembed, name="oembed"),
    # Where WordPress and others have their doors; what an owner may want to redirect is not among them.
    re_path(
        r"^(?:wp-(?:admin|json|includes)(?:/|$)|(?:wp-[a-z-]+|xmlrpc)\.php|wp-content/.*\.php$"
        r"|\.(?:env|git|svn|aws|ht))",
        machines.nothing,
    ),
    re_path(
        r"^(?:wp-)?sitemap(?:_index)?\.xml$",
        RedirectView.as_view(url="/sitemap.xml", permanent=True),
    ),
    re_path(r"^feed/(?:rss2?|rdf)/$", RedirectView.as_view(url="/feed/", permanent=True)),
    re_path(r"^(?:.*/)?page/1/$", lists.first_page),
    path("", home.home, name="home"),
    path("page/<page:number>/", home.home, name="home-page"),
    path("latest/", home.latest, name="latest"),
    path("latest/page/<page:number>/", home.latest, name="latest-page"),
    path("search/", search.search, name="search"),
    path("search/feed/", feeds.search, {"form": "rss"}, name="search-feed"),
    path("search/feed/atom/", feeds.search, {"form": "atom"}, name="search-feed-atom"),
    path("search/feed/json/", feeds.search, {"form": "json"}, name="search-feed-json"),
    path("search/suggest/<str:text>/", search.suggestions, name="search-suggestions"),
    path("feed/", feeds.site, {"form": "rss"}, name="feed"),
    path("feed/atom/", feeds.site, {"form": "atom"}, name="feed-atom"),
    path("feed/json/", feeds.site, {"form": "json"}, name="feed-json"),
    path("comments/feed/", feeds.comments, {"form": "rss"}, name="comments-feed"),
    path("comments/feed/atom/", feeds.comments, {"form": "atom"}, name="comments-feed-atom"),
    path("comments/feed/json/", feeds.comments, {"form": "json"}, name="comments-feed-json"),
    *pages_and_feeds("category/<category:path>/", "category", lists.category, feeds.category),
    path("category/<category:path>/", lists.category, name="category-detail"),
    *pages_and_feeds("tag/<slug:slug>/", "tag", lists.tag, feeds.tag),
    path("tag/<slug:slug>/", lists.tag, name="tag-detail"),
    *pages_and_feeds("author/<slug:slug>/", "author", lists.author, feeds.author),
    path("author/<slug:slug>/", lists.author, name="author-detail"),
    *pages_and_feeds("series/<slug:slug>/", "series", lists.series, feeds.series),
    path("series/<slug:slug>/", lists.series, name="series-detail"),
    *pages_and_feeds("<year:year>/", "year", lists.year, feeds.year),
    path("<year:year>/", lists.year, name="year-archive"),
    *pages_and_feeds("<year:year>/<month:month>/", "month", lists.month, feeds.month),
    path("<year:year>/<month:month>/", lists.month, name="month-archive"),
    path("top-rated/", rankings.top_rated, name="top-rated"),
    path("top-rated/page/<page:number>/", rankings.top_rated, name="top-rated-page"),
    *ranking("most-read", rankings.most_read, "week"),
    *ranking("most-read/month", rankings.most_read, "month"),
    *ranking("most-read/ever", rankings.most_read, "ever"),
    *ranking("most-discussed", rankings.most_discussed, "month"),
    *ranking("most-discussed/ever", rankings.most_discussed, "ever"),
    path("tags/", overviews.tags, name="tags"),
    path("comments/", overviews.recent_comments, name="recent-comments"),
    path(
        "comments/before/<page:before>/", overviews.recent_comments, name="recent-comments-before"
    ),
    path("comments/pictures/<page:pk>.webp", faces.picture, name="comment-picture"),
    path("comments/decide/", moderation.decide, name="comment-decide"),
    path("comments/undo/<uuid:batch>/", moderation.take_back, name="comment-take-back"),
    path("comments/<page:pk>/mark/", marks.mark, name="comment-mark"),
    path("comments/closing/<int:article_id>/", marks.closing, name="comments-closing"),
    path("comments/<page:pk>/like/", voices.like, name="comment-like"),
    path("comments/<page:pk>/report/", voices.report, name="comment-report"),
    path("comments/<page:pk>/follow/", following.person, name="person-follow"),
    path("comments/count/<int:article_id>/", threads.count, name="comment-count"),
    path("comments/reported/<int:article_id>/", voices.reported, name="comment-reported"),
    path("moderate/<token>/", moderation_links.moderate, name="moderate"),
    path("following/", following.ask, name="following"),
    path("following/confirm/<token>/", following.confirm, name="following-confirm"),
    path("following/end/<token>/", following.end, name="following-end"),
    path("following/<token>/", following.manage, name="following-manage"),
    path("privacy/", privacy.policy, name="privacy"),
    path("privacy/mine/", privacy.mine, name="privacy-mine"),
    path("privacy/mine/<token>/", privacy.person, name="privacy-person"),
    path("privacy/mine/<token>/download/", privacy.download, name="privacy-download"),
    path("draft/<token>/", drafts.draft, name="draft"),
    path("draft/<token>/media/<path:path>", drafts.media, name="draft-media"),
    path("draft/<path:rest>/", drafts.gone),
    path("preview/", drafts.preview, name="article-preview-new"),
    path("preview/page/", pages.preview, name="page-preview"),
    path("preview/<page:article_id>/", drafts.preview, name="article-preview"),
    path("preview/revision/<page:pk>/", drafts.revision, name="revision-preview"),
    path("receipt/vote/<int:article_id>/", receipts.own_vote, name="receipt-vote"),
    path("receipt/<token>/", receipts.receipt, name="receipt"),
    path("message/<page:pk>/", contact.message, name="page-message"),
    path("me/<int:article_id>/", me.me, name="me"),
    path("reads/<page:article_id>/", reads.read, name="article-read"),
    path("comments/challenge/<int:article_id>/", work.challenge, name="comment-challenge"),
    path("<slug:slug>/feed/", feeds.article_comments, {"form": "rss"}, name="article-feed"),
    path(
        "<slug:slug>/feed/atom/",
        feeds.article_comments,
        {"form": "atom"},
        name="article-feed-atom",
    ),
    path(
        "<slug:slug>/feed/json/",
        feeds.article_comments,
        {"form": "json"},
        name="article-feed-json",
    ),
    path("<slug:slug>/comments/", comments.post, name="article-comment"),
    path("<slug:slug>/comments/<page:pk>/", threads.permalink, name="comment"),
    path("<slug:slug>/comments/after/<page:after>/", threads.page, name="comments-after"),
    path("<slug:slug>/comments/thread/<page:only>/", threads.page, name="comment-thread"),
    path(
        "<slug:slug>/comments/thread/<page:only>/after/<page:after>/",
        threads.page,
        name="comment-thread-after",
    ),
    path("<slug:slug>/comment-page-<page:number>/", threads.numbered, name="comments-numbered"),
    path("<slug:slug>/comments/<order:order>/", threads.page, name="comments-order"),
    path(
        "<slug:slug>/comments/<order:order>/after/<page:after>/",
        threads.page,
        name="comments-order-after",
    ),
    path("<slug:slug>/unlock/", unlocking.enter, name="article-unlock"),
    path("<slug:slug>/embed/", oembed.card, name="article-embed"),
    path("<slug:slug>/rating/", ratings.rating, name="article-rate"),
    path("<slug:slug>/rating/feedback/", ratings.tell, name="article-feedback"),
    path("<slug:slug>/<page:number>/", articles.text_page, name="article-text-page"),
    path("<slug:slug>/", articles.detail, name="article-detail"),
    path("<pages:path>/", pages.page, name="page"),
]
