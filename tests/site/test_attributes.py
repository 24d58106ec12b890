"""Our template of attributes says what Django's does."""

from pathlib import Path

import django.forms
import pytest
from django import forms
from django.template import engines
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

VALUES = {
    "plain": "words",
    "quoted": "\"><script>alert('1')</script>&amp;",
    "number": 12,
    "nothing": None,
    "empty": "",
    "required": True,
    "disabled": False,
    "lazy": gettext_lazy("Search"),
    "escaped": mark_safe(escape("a & b")),
}
NAMES = ["attrs.html", "widgets/attrs.html"]


@pytest.mark.parametrize("name", NAMES)
def test_attributes_are_drawn_as_django_draws_them(name):
    theirs = Path(django.forms.__file__).parent / "templates/django/forms" / name
    context = {"attrs": VALUES, "widget": {"attrs": VALUES}}
    django_template = engines["django"].from_string(theirs.read_text())
    ours = engines["django"].get_template(f"django/forms/{name}")

    assert "attributes" in Path(ours.origin.name).read_text()
    assert ours.render(context) == django_template.render(context)


def test_fields_are_drawn_with_them():
    field = forms.CharField(widget=forms.TextInput(attrs={"title": '"<b>'}))
    form = type("Form", (forms.Form,), {"name": field})()

    assert 'title="&quot;&lt;b&gt;" required id="id_name">' in str(form["name"])
    assert '<label for="id_name">' in form["name"].label_tag()
