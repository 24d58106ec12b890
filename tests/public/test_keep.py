"""Parts of pages that are rendered once per set of values."""

from django.template import engines
from django.utils import translation

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


def test_a_missing_value_is_a_value():
    page = template("{% keep name %}{{ name|default:'nobody' }}{% endkeep %}")

    assert (page.render({}), page.render({"name": "a"})) == ("nobody", "a")


def test_what_is_kept_is_bounded():
    page = template("{% keep name %}{{ name }}{% endkeep %}")
    node = page.template.nodelist.get_nodes_by_type(KeepNode)[0]
    for number in range(KeepNode.MOST * 2 + 1):
        page.render({"name": number})

    assert len(node.kept) == 1
