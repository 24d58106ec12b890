"""The API described for programs that read such descriptions: OpenAPI 3.1, at `/api/v1/openapi.json`.

What may be sent is asked of the form itself; what is told is kept by hand, and a test compares it with that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, JsonResponse

from blog.api import payload
from blog.api.article_form import fields
from blog.api.lists import LIMIT, MOST
from blog.articles.models import Article
from blog.public.addresses import absolute

if TYPE_CHECKING:
    from accounts.models import User

    Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
NUMBER_OR_NONE: Schema = {"type": ["integer", "null"]}
NUMERIC_OR_NONE: Schema = {"type": ["number", "null"]}
STARS: Schema = {"type": "integer", "minimum": 1, "maximum": 5}
NAMES: Schema = {"type": "array", "items": {"type": ["string", "integer"]}}
_OF_READER: dict[Any, Schema] = {
    payload.text: TEXT,
    payload.flag: FLAG,
    payload.number: NUMBER,
    payload.number_or_none: NUMBER_OR_NONE,
    payload.moment: MOMENT,
    payload.names: NAMES,
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def thing(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


NAMED = thing(id=NUMBER, name=TEXT, slug=TEXT, url=ADDRESS)
ARTICLE = thing(
    id=NUMBER,
    url=ADDRESS,
    title=TEXT,
    subtitle=TEXT,
    slug=TEXT,
    excerpt=TEXT,
    is_protected=FLAG,
    is_sticky=FLAG,
    post_format=TEXT,
    published_at=MOMENT,
    updated_at=MOMENT,
    word_count=NUMBER_OR_NONE,
    lead_image=maybe(ref("Picture")),
    authors=many(ref("Named")),
    categories=many(ref("Named")),
    primary_category=NUMBER_OR_NONE,
    tags=many(ref("Named")),
    comments=maybe(thing(count=NUMBER, policy=TEXT)),
    rating=maybe(thing(count=NUMBER, average=NUMERIC_OR_NONE)),
)
DESK = {
    **dict.fromkeys(("stage", "body", "access", "comment_policy", "rating_policy"), TEXT),
    **dict.fromkeys(("seo_title", "seo_description", "list_title"), TEXT),
    "status": {"type": "string", "enum": Article.State.values},
    "version": NUMBER,
    "draft": {"type": ["object", "null"]},
    "is_noindex": FLAG,
    "publish_at": MOMENT,
    "expire_at": MOMENT,
}
SCHEMAS: dict[str, Schema] = {
    "Named": NAMED,
    "Picture": thing(
        id=NUMBER, url=ADDRESS, width=NUMBER, height=NUMBER, alt=TEXT, caption=TEXT, credit=TEXT
    ),
    "Article": ARTICLE,
    "WholeArticle": {
        "allOf": [ref("Article"), thing(html=TEXT, canonical_url=TEXT)],
        "description": "Whoever may edit it sees the other fields, too.",
        "properties": DESK,
    },
    "Comment": thing(
        id=NUMBER,
        url=ADDRESS,
        parent=NUMBER_OR_NONE,
        name=TEXT,
        html=TEXT,
        written_at=MOMENT,
        edited_at=MOMENT,
        is_pinned=FLAG,
        likes=NUMBER,
    ),
    "Rating": thing(
        policy=TEXT,
        count=NUMBER,
        average=NUMERIC_OR_NONE,
        distribution=many(thing(stars=STARS, votes=NUMBER, percent=NUMBER)),
        earlier=thing(count=NUMBER, average=NUMERIC_OR_NONE),
    ),
    "OwnRating": {
        "allOf": [ref("Rating"), thing(mine=NUMBER_OR_NONE, may_rate=FLAG)],
        "description": "What an application password is told.",
    },
    "Category": {
        "allOf": [ref("Named"), thing(path=TEXT, parent=NUMBER_OR_NONE, description=TEXT)]
    },
    "Tag": ref("Named"),
    "Author": {
        "allOf": [
            ref("Named"),
            thing(about=TEXT, photo=maybe(ref("Picture")), links=many(thing(name=TEXT, url=TEXT))),
        ]
    },
    "Page": thing(id=NUMBER, url=ADDRESS, title=TEXT, parent=NUMBER_OR_NONE, updated_at=MOMENT),
    "WholePage": {"allOf": [ref("Page"), thing(html=TEXT)]},
    "Me": thing(name=TEXT, author=NUMBER_OR_NONE, may={"type": "object"}),
    "Errors": thing(errors={"type": "object", "additionalProperties": many(TEXT)}),
}
_NEEDS_KEY: list[dict[str, list[str]]] = [{"basic": []}, {"bearer": []}]


def openapi(request: HttpRequest, _asker: User | None) -> JsonResponse:
    schemas = SCHEMAS | {
        "SentArticle": {
            "type": "object",
            "properties": {name: _OF_READER[read] for name, read in fields().items()},
            "additionalProperties": False,
        }
    }
    server = absolute(request, request.path.removesuffix("openapi.json")).rstrip("/")
    return JsonResponse(
        {
            "openapi": "3.1.0",
            "info": {"title": "Byline", "version": "1"},
            "servers": [{"url": server}],
            "paths": _paths(),
            "components": {
                "schemas": schemas,
                "securitySchemes": {
                    "basic": {"type": "http", "scheme": "basic"},
                    "bearer": {"type": "http", "scheme": "bearer"},
                },
            },
        }
    )


def _paths() -> dict[str, Any]:
    asked = [_asked(name) for name in ("category", "tag", "author", "search", "status")]
    key = {"name": "pk", "in": "path", "required": True, "schema": NUMBER}
    picture = {"upload": {"type": "string", "format": "binary"}, "alt": TEXT, "caption": TEXT}
    form = {"type": "object", "properties": picture | {"credit": TEXT, "folder": TEXT}}
    sent, whole = ref("SentArticle"), ref("WholeArticle")
    return {
        "/": {"get": _tells({"type": "object"})},
        "/openapi.json": {"get": _tells({"type": "object"})},
        "/me/": {"get": _tells(ref("Me"), security=_NEEDS_KEY)},
        "/articles/": {
            "get": _lists("Article", *asked),
            "post": _takes(sent, whole, status="201"),
        },
        "/articles/{pk}/": {
            "parameters": [key],
            "get": _tells(whole),
            "patch": _takes(sent | {"required": ["version"]}, whole),
            "delete": _removes("In the trash"),
        },
        "/articles/{pk}/comments/": {"parameters": [key], "get": _lists("Comment")},
        "/articles/{pk}/rating/": {
            "parameters": [key],
            "get": _tells({"anyOf": [ref("OwnRating"), ref("Rating")]}),
            "put": _takes(thing(stars=STARS) | {"additionalProperties": False}, ref("OwnRating")),
            "delete": _removes("Withdrawn"),
        },
        "/media/": {
            "post": _takes(form, ref("Picture"), status="201", kind="multipart/form-data")
        },
        "/categories/": {"get": _lists("Category")},
        "/tags/": {"get": _lists("Tag")},
        "/authors/": {"get": _lists("Author")},
        "/pages/": {"get": _lists("Page")},
        "/pages/{pk}/": {"parameters": [key], "get": _tells(ref("WholePage"))},
    }


def _tells(schema: Schema, **more: Any) -> dict[str, Any]:
    return more | {"responses": {"200": _answer(schema), "default": _refusal()}}


def _lists(name: str, *asked: Schema) -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
    page = thing(items=many(ref(name)), next=maybe(ADDRESS))
    parameters = [*asked, _asked("cursor"), _asked("limit") | {"schema": limit}]
    return _tells(page, parameters=parameters)


def _takes(
    sent: Schema, told: Schema, *, status: str = "200", kind: str = "application/json"
) -> dict[str, Any]:
    return {
        "security": _NEEDS_KEY,
        "requestBody": {"required": True, "content": {kind: {"schema": sent}}},
        "responses": {status: _answer(told), "default": _refusal()},
    }


def _removes(what: str) -> dict[str, Any]:
    responses = {"204": {"description": what}, "default": _refusal()}
    return {"security": _NEEDS_KEY, "responses": responses}


def _asked(name: str) -> Schema:
    return {"name": name, "in": "query", "schema": TEXT}


def _answer(schema: Schema) -> dict[str, Any]:
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _refusal() -> dict[str, Any]:
    return _answer(ref("Errors")) | {"description": "Refused, and why"}
