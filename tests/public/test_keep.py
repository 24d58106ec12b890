"""Parts of pages that are rendered once per set of values."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.template import engines
from django.utils import timezone, translation

from blog.public.templatetags.byline import KeepNode


def template(source: str):
    return engines["django"].from_string("{% load byline i18n %}" + source)


def test_the_same_values_are_rendered_once():
    calls = []
    page = template("{% keep name %}{{ name }}{{ count }}{% endkeep %}")

    def count():
        calls.append(1)
        return ""

    assert [page.render({"name": "a", "count": count}) for _ in range(3)] == ["a", "a", "a"]
    assert len(calls) == 1


def test_other_values_give_another_text():
    page = template("{% keep name %}{{ name }}{% endkeep %}")

    assert [page.render({"name": name}) for name in "aba"] == ["a", "b", "a"]


def test_each_language_has_its_own():
    page = template("{% keep %}{% get_current_language as code %}{{ code }}{% endkeep %}")
    texts = []
    for code in ("en", "de", "en"):
        with translation.override(code):
            texts.append(page.render({}))

    assert texts == ["en", "de", "en"]


def test_each_zone_has_its_own():
    page = template("{% keep at %}{{ at|day }} {{ at|machine_time }}{% endkeep %}")
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    texts = []
    for zone in ("UTC", "Europe/Paris", "UTC"):
        with timezone.override(ZoneInfo(zone)):
            texts.append(page.render({"at": at}))

    assert texts == [
        "23 November 2026 2026-11-23T23:30:00+00:00",
        "24 November 2026 2026-11-24T00:30:00+01:00",
        "23 November 2026 2026-11-23T23:30:00+00:00",
    ]


def test_a_missing_value_is_a_value():
    page = template("{% keep name %}{{ name|default:'nobody' }}{% endkeep %}")

    assert (page.render({}), page.render({"name": "a"})) == ("nobody", "a")


def test_what_is_kept_is_bounded():
    page = template("{% keep name %}{{ name }}{% endkeep %}")
    node = page.template.nodelist.get_nodes_by_type(KeepNode)[0]
    for number in range(KeepNode.MOST * 2 + 1):
        page.render({"name": number})

    assert len(node.kept) == 1
