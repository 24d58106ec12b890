"""What the owner lays over templates and static files."""

import copy
from pathlib import Path

import pytest
from django.core.checks import run_checks

from blog.pagestore.version import version
from blog.site import theme
from blog.site.theme import template_for
from tests.factories import make_article, make_category, make_page, make_tag


@pytest.fixture
def themed(settings, tmp_path):
    """Write templates of a theme, then use it."""
    settings.THEME = tmp_path / "theme"

    def use(**templates: str) -> Path:
        for name, text in templates.items():
            path = settings.THEME / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        changed = copy.deepcopy(settings.TEMPLATES)
        changed[0]["DIRS"] = [settings.THEME / "templates", settings.BASE_DIR / "templates"]
        settings.TEMPLATES = changed
        return settings.THEME

    theme._own.cache_clear()
    yield use
    theme._own.cache_clear()


@pytest.mark.django_db
def test_templates_of_a_theme_replace_and_extend_the_sites(client, themed):
    science = make_category(slug="science", name="Science")
    physics = make_category(slug="physics", name="Physics", parent=science)
    tag = make_tag(slug="rail")
    one = make_article(slug="on-bridges", title="On bridges", categories=[physics], tags=[tag])
    other = make_article(slug="on-roads")
    page = make_page(slug="about")
    themed(
        **{
            "base.html": '{% extends "base.html" %}{% block own_foot %}<p>Soy ink</p>'
            "{% endblock %}",
            "articles/detail-on-bridges.html": '{% extends "articles/detail.html" %}'
            "{% block main %}<p>Alone</p>{{ block.super }}{% endblock %}",
            "articles/archive-category-science.html": "Of science: {{ heading }}",
            "pages/page-about.html": "All about: {{ page.title }}",
        }
    )

    text = client.get(one.get_absolute_url()).text
    assert "<p>Alone</p>" in text
    assert "On bridges" in text
    assert "<p>Soy ink</p>" in text
    assert "<p>Alone</p>" not in client.get(other.get_absolute_url()).text
    assert client.get(physics.get_absolute_url()).text == "Of science: Physics"
    assert "<p>Soy ink</p>" in client.get(tag.get_absolute_url()).text
    assert client.get(page.get_absolute_url()).text == f"All about: {page.title}"


@pytest.mark.django_db
def test_nothing_that_a_theme_shows_is_kept(client, themed):
    article = make_article()
    themed(
        **{"articles/_share.html": "", "articles/_author.html": "<i>{{ article.word_count }}</i>"}
    )
    for words in (7, 8):
        type(article).objects.filter(pk=article.pk).update(word_count=words)
        assert f"<i>{words}</i>" in client.get(article.get_absolute_url()).text


def test_nearest_template_is_found(themed):
    themed(**{"articles/archive-author.html": "", "articles/archive-author-ana.html": ""})

    assert (
        template_for("articles/archive.html", "/author/ana/") == "articles/archive-author-ana.html"
    )
    assert template_for("articles/archive.html", "/author/bo/") == "articles/archive-author.html"
    assert template_for("articles/archive.html", "/2026/03/") == "articles/archive.html"


@pytest.mark.django_db  # the checks ask SQLite what it can do
def test_a_slip_of_the_pen_is_named_before_the_start(themed):
    folder = themed(**{"_mast.html": "{% if site.title %}", "_foot.html": "fine"})

    (error,) = [found for found in run_checks() if found.id == "byline.theme"]

    assert str(folder / "templates/_mast.html") in error.msg
    assert "if" in error.msg


def test_another_theme_is_another_release(themed):
    before = version()
    themed(**{"_mast.html": "mine"})

    assert version() != before
