"""The description for programs says what there is: every address, and every field of the answers."""

import re

import pytest

from accounts.application_passwords import make_application_password
from blog.api.urls import urlpatterns
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_page,
    make_rating,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def fits(value, schema, schemas):
    """Say whether a value is as the schema says, and has no field beside those it names."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return any(fits(value, one, schemas) for one in schema["anyOf"])
    properties, required = all_of(schema, schemas)
    kinds = schema.get("type", "object")
    types = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list}
    types |= {"object": dict, "null": type(None)}
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if type(value) not in [types[kind] for kind in kinds]:
        return False
    if isinstance(value, list):
        return all(fits(item, schema["items"], schemas) for item in value)
    if isinstance(value, dict) and properties:
        if not set(required) <= value.keys() <= properties.keys():
            return False
        return all(fits(item, properties[name], schemas) for name, item in value.items())
    return True


def all_of(schema, schemas):
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    properties, required = dict(schema.get("properties", {})), list(schema.get("required", []))
    for part in schema.get("allOf", []):
        more, needed = all_of(part, schemas)
        properties, required = properties | more, required + needed
    return properties, required


def test_description_holds_for_every_address_and_field(client):
    fields = {"categories": [make_category()], "tags": [make_tag()], "lead_image": make_image()}
    article = make_article(authors=[make_author(photo=make_image(), bio="x")], **fields)
    make_comment(article=article)
    make_rating(article=article)
    page = make_page()
    secret = make_application_password(user=make_staff("Editor"), name="Test")
    told = client.get(f"{API}openapi.json").json()
    paths, schemas = told["paths"], told["components"]["schemas"]

    assert told["servers"] == [{"url": "http://testserver/api/v1"}]
    known = {f"/{re.sub('<page:pk>', '{pk}', str(each.pattern))}" for each in urlpatterns}
    assert paths.keys() == known - {"/<path:rest>"}
    for path, methods in paths.items():
        key = page.pk if path.startswith("/pages/") else article.pk
        address = API + path[1:].replace("{pk}", str(key))
        offered = client.options(address)["Allow"].lower().split(", ")
        assert set(methods) - {"parameters"} == set(offered) - {"head", "options"}, path
        for header in ({}, {"Authorization": f"Bearer {secret}"}):
            if "get" not in methods or (path == "/me/" and not header):
                continue
            answer = client.get(address, headers=header).json()
            content = methods["get"]["responses"]["200"]["content"]
            assert fits(answer, content["application/json"]["schema"], schemas), path
            assert answer.get("items") != [], path
    sent = schemas["SentArticle"]["properties"]
    assert {"title", "markdown", "publish", "version", "password", "tags"} <= sent.keys()
    assert sent.keys().isdisjoint({"status", "opened_version", "new_password", "lead_upload"})
