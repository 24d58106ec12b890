"""What others show of an article: titles and descriptions by template, the picture of a shared link."""

import io
from functools import partial

import PIL.Image
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article, ShareCard
from blog.articles.share_cards import (
    HEIGHT,
    WIDTH,
    can_be_written,
    draw,
    make_share_card,
    refresh_share_cards,
)
from blog.site.models import SiteSettings
from blog.site.naming import named, validate_naming
from tests.factories import make_article, make_author, make_category, make_image, make_staff


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("{title} – {site}", {"title": "Ports", "site": "Byline"}, "Ports – Byline"),
        ("{title} – {category} – {site}", {"title": "Ports", "site": "Byline"}, "Ports – Byline"),
        ("{category} | {title}", {"title": "Ports"}, "Ports"),
        ("{title} – {site}", {"title": "Ports"}, "Ports"),
        ("{title} – {site}", {}, ""),
        ("{title}: {subtitle}", {"title": "A – B", "subtitle": "C"}, "A – B: C"),
        ("{title}", {"title": "{site} and {braces}", "site": "x"}, "{site} and {braces}"),
        ("well-known {title}", {"title": "well-read"}, "well-known well-read"),
    ],
)
def test_template_is_filled_in(template, values, expected):
    assert named(template, values) == expected


def test_template_names_only_what_there_is():
    validate_naming("{title} {subtitle} {excerpt} {category} {author} {site} {tagline}")
    with pytest.raises(ValidationError, match=r"There is no \{colour\}"):
        validate_naming("{colour}")


def head_of(client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode().partition("</head>")[0]


@pytest.mark.django_db
def test_page_takes_its_words_from_the_templates(client):
    SiteSettings.objects.create(
        title="Harbour",
        title_template="{title} by {author} in {category} – {site}",
        description_template="{site}: {excerpt}",
    )
    article = make_article(
        title="Ports & Ships",
        excerpt="All about ports.",
        authors=[make_author(name="Ada")],
        categories=[make_category(name="Sea")],
    )

    head = head_of(client, article)

    assert "<title>Ports &amp; Ships by Ada in Sea – Harbour</title>" in head
    assert '<meta name="description" content="Harbour: All about ports.">' in head
    assert '<meta property="og:title" content="Ports &amp; Ships">' in head


@pytest.mark.django_db
def test_own_words_of_an_article_count_more(client):
    article = make_article(title="Ports", seo_title="Ports, explained", seo_description="Why.")

    head = head_of(client, article)

    assert "<title>Ports, explained – Byline</title>" in head
    assert '<meta property="og:description" content="Why.">' in head


@pytest.mark.django_db
@pytest.mark.parametrize("has_picture", [True, False])
def test_card_is_made_from_the_title(has_picture):
    article = make_article(
        title="What bridges remember when nobody looks, and what the people under them never forget",
        lead_image=make_image(size=(900, 700)) if has_picture else None,
    )

    content, extension = draw(article, SiteSettings.objects.current())

    card = PIL.Image.open(io.BytesIO(content))
    assert (card.size, extension) == ((WIDTH, HEIGHT), "jpg" if has_picture else "png")
    assert card.convert("RGB").getpixel((80, 75))[0] > 150  # the mark in the accent colour
    assert len(content) < 150_000


@pytest.mark.django_db
def test_title_of_any_length_stays_on_the_card():
    for title in ("A", "x" * 200, "word " * 40):
        content, _extension = draw(Article(title=title), SiteSettings.objects.current())
        card = PIL.Image.open(io.BytesIO(content)).convert("L")
        right_margin = card.crop((WIDTH - 60, 0, WIDTH, HEIGHT))
        assert right_margin.getextrema()[0] > 200


def test_letters_that_the_font_lacks_are_seen():
    assert can_be_written("Was Brücken erinnern – “ñ”")
    assert not can_be_written("日本")


@pytest.mark.django_db
def test_card_is_made_once_and_again_when_the_title_changes(django_capture_on_commit_callbacks):
    article = make_article(title="Before")
    assert make_share_card.call(article.pk) is True
    assert make_share_card.call(article.pk) is False
    old = ShareCard.objects.get().file.name

    Article.objects.update(title="After")
    with django_capture_on_commit_callbacks(execute=True):
        assert refresh_share_cards.call() == 1

    assert ShareCard.objects.get().file.name != old
    assert not default_storage.exists(old)


def test_two_workers_with_one_article_make_one_card(at_once):
    article = make_article()

    made = at_once([partial(make_share_card.call, article.pk)] * 2)

    assert sorted(made) == [False, True]
    assert ShareCard.objects.get(article=article).digest


@pytest.mark.django_db
def test_page_shows_the_chosen_picture_before_the_card_before_the_lead_picture(client):
    article = make_article(lead_image=make_image())
    shown = [article.lead_image.file.url]
    assert shown[0] in head_of(client, article)
    make_share_card.call(article.pk)
    shown.append(ShareCard.objects.get().file.url)
    assert shown[1] in head_of(client, article)
    article.share_image = make_image()
    article.save()

    head = head_of(client, article)

    assert f'content="http://testserver{article.share_image.file.url}"' in head
    assert not any(address in head for address in shown)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 200), ({"status": "draft"}, 404), ({"trashed_at": timezone.now()}, 404)],
)
def test_card_opens_and_closes_with_its_article(client, fields, status):
    article = make_article()
    make_share_card.call(article.pk)
    chosen = article.share_image = make_image()
    article.save()
    Article.objects.filter(pk=article.pk).update(**fields)

    answers = [client.get(ShareCard.objects.get().file.url), client.get(chosen.file.url)]

    assert [answer.status_code for answer in answers] == [status, status]
    for answer in answers:
        if answer.streaming:
            answer.getvalue()


@pytest.mark.django_db
def test_preview_stands_below_the_form(client):
    client.force_login(make_staff("Editor"))
    article = make_article(title="Ports", excerpt="All about ports.")

    for address in (
        reverse("admin:articles_article_change", args=[article.pk]),
        reverse("admin:articles_article_add"),
    ):
        assert "data-seo" in client.get(address).content.decode()


@pytest.mark.django_db
def test_every_setting_of_the_site_can_be_changed_at_the_desk(client):
    client.force_login(make_staff("Administrator"))

    page = client.get(reverse("admin:site_sitesettings_change", args=[1]))

    fields = {field.name for field in SiteSettings._meta.fields if field.editable}
    assert set(page.context["adminform"].form.fields) == fields
