"""Which changes of which tables outdate which pages (shown.py). The database remembers; the code need not."""

from blog.pagestore.outdates import Outdates
from blog.site.triggers import Trigger

# A category's page shows what stands in those within it: all categories above are told.
_ABOVE = (
    "SELECT 'in:category:' || above.id FROM articles_category AS above JOIN articles_category AS own"
    " ON own.path = above.path OR own.path LIKE above.path || '/%' WHERE own.id "
)
# The places an article stands in. A day is added and taken: the year of a page is that of the site's zone.
_PLACES: tuple[str | dict[str, str], ...] = (
    "'in:all'",
    _ABOVE
    + "IN (SELECT category_id FROM articles_article_categories WHERE article_id = {row}.id)",
    "SELECT 'in:tag:' || tag_id FROM articles_article_tags WHERE article_id = {row}.id",
    "SELECT 'in:author:' || author_id FROM articles_byline WHERE article_id = {row}.id",
    "SELECT 'series:' || series_id FROM articles_seriespart WHERE article_id = {row}.id",
    *(
        {
            "sqlite": f"'in:year:' || strftime('%Y', {{row}}.publish_at, '{day} day')",
            "postgresql": f"'in:year:' || extract(year FROM {{row}}.publish_at + interval '{day} day')",
        }
        for day in ("-1", "+1")
    ),
)
# A menu under which the newest articles of a category open stands on every page.
_LATEST_IN_A_MENU = (
    "SELECT 'site' FROM frame_menuitem AS item JOIN articles_category AS above ON above.id = item.category_id"
    " JOIN articles_category AS own ON own.path = above.path OR own.path LIKE above.path || '/%'"
    " WHERE item.shows_latest AND own.id "
)
_TALK = "'talk:' || {row}.article_id"
_IN_A_MENU = "SELECT 'site' FROM frame_menuitem WHERE {target}_id = {{row}}.id"
_THROUGH = "'article:' || {row}.article_id"

OUTDATES = [
    Outdates("articles_article", ["'article:' || {row}.id", "'articles'"]),
    Outdates(
        "articles_article",
        _PLACES,
        columns=(
            *("status", "publish_at", "expire_at", "trashed_at", "slug", "is_sticky"),
            *("comment_policy", "is_noindex", "access"),
        ),
        when="{row}.status = 'published'",
        what="places",
    ),
    # Which articles come before and after another one of their category.
    Outdates(
        "articles_article",
        ["'in:category:' || {row}.primary_category_id"],
        columns=("primary_category_id",),
        what="sections",
    ),
    Outdates("articles_article_categories", [_THROUGH, _ABOVE + "= {row}.category_id"]),
    Outdates("articles_article_tags", [_THROUGH, "'in:tag:' || {row}.tag_id", "'tags'"]),
    Outdates("articles_byline", [_THROUGH, "'in:author:' || {row}.author_id", "'bylines'"]),
    Outdates("articles_category", ["'site'"]),
    Outdates("frame_menuitem", ["'site'"]),
    Outdates("frame_section", ["'site'"]),
    # What a menu leads to: its name stands on every page.
    Outdates(
        "articles_article",
        [_IN_A_MENU.format(target="article")],
        columns=("title", "slug", "status", "publish_at", "expire_at", "trashed_at", "access"),
        what="menus",
    ),
    Outdates(
        "articles_article",
        [
            _LATEST_IN_A_MENU
            + "IN (SELECT category_id FROM articles_article_categories WHERE article_id = {row}.id)"
        ],
        columns=(
            "title",
            "list_title",
            "slug",
            "status",
            "publish_at",
            "expire_at",
            "trashed_at",
            "access",
        ),
        when="{row}.status = 'published'",
        what="latest_in_menus",
    ),
    Outdates(
        "articles_article_categories",
        [_LATEST_IN_A_MENU + "= {row}.category_id"],
        what="latest_in_menus",
    ),
    Outdates("articles_tag", [_IN_A_MENU.format(target="tag")], what="menus"),
    Outdates(
        "pages_page",
        [_IN_A_MENU.format(target="page")],
        columns=("title", "path", "status", "trashed_at"),
        what="menus",
    ),
    Outdates(
        "pages_page",
        ["'page:' || {row}.id", "'page:' || {row}.parent_id"],
        columns=(
            *(
                "title",
                "path",
                "parent_id",
                "kind",
                "status",
                "trashed_at",
                "position",
                "body_html",
            ),
            *("seo_description", "is_noindex"),
        ),
    ),
    Outdates(
        "pages_page",
        ["'addresses'"],
        columns=("path", "status", "trashed_at", "is_noindex"),
        what="places",
    ),
    Outdates(
        "pages_page",
        ["'pages'"],
        columns=("title", "path", "status", "trashed_at"),
        what="titles",
    ),
    Outdates("pages_pagepathhistory", ["'addresses'"]),
    Outdates("articles_sharecard", [_THROUGH]),
    Outdates("articles_relatedarticle", ["'related:' || {row}.article_id"]),
    # One that was prepared comes into sight, or goes.
    Outdates(
        "articles_article",
        ["SELECT 'related:' || article_id FROM articles_relatedarticle WHERE other_id = {row}.id"],
        columns=("status", "publish_at", "expire_at", "trashed_at", "access"),
        what="related",
    ),
    Outdates("articles_series", ["'series:' || {row}.id", "'addresses'"]),
    Outdates("articles_seriespart", ["'series:' || {row}.series_id", _THROUGH]),
    Outdates("articles_seriesslughistory", ["'addresses'"]),
    Outdates("articles_slughistory", ["'addresses'"]),
    Outdates("articles_categorypathhistory", ["'addresses'"]),
    Outdates("articles_tagslughistory", ["'addresses'"]),
    Outdates("accounts_authorslughistory", ["'addresses'"]),
    # Not when one is counted.
    Outdates("redirects_redirect", ["'addresses'"], columns=("path", "target")),
    Outdates("articles_tag", ["'tag:' || {row}.id", "'addresses'", "'tags'"]),
    Outdates("accounts_author", ["'author:' || {row}.id", "'addresses'"]),
    Outdates("accounts_authorlink", ["'author:' || {row}.author_id"]),
    Outdates(
        "media_image",
        [
            "'picture:' || {row}.id",
            "'pictures'",
            # Its name, logo and icon are on every page.
            "SELECT 'site' FROM site_sitesettings WHERE {row}.id IN (logo_id, logo_dark_id, icon_id)",
        ],
    ),
    Outdates(
        "comments_comment",
        [_TALK, "'comments'"],
        columns=(
            *(
                "article_id",
                "parent_id",
                "user_id",
                "avatar_id",
                "name",
                "email",
                "website",
                "html",
                "status",
            ),
            *("is_pinned", "is_featured", "is_closed", "is_question", "answer_id", "like_count"),
            *("created_at", "edited_at"),
        ),
        when="{row}.status IN ('approved', 'removed')",
    ),
    Outdates(
        "comments_thread",
        [_TALK],
        columns=("approved_count", "closes_at", "mail_is_off"),
        when="{row}.approved_count > 0 OR {row}.closes_at IS NOT NULL OR {row}.mail_is_off",
    ),
    Outdates("ratings_ratingsummary", [_TALK, "'ratings'"]),
    Outdates("site_sitesettings", ["'site'"]),
]


def _triggers(outdates: Outdates) -> list[Trigger]:
    return [
        Trigger(
            name=outdates.name(event),
            table=outdates.table,
            sqlite=outdates.statements(event, "sqlite"),
            postgresql=outdates.statements(event, "postgresql"),
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


TRIGGERS = [trigger for outdates in OUTDATES for trigger in _triggers(outdates)]
