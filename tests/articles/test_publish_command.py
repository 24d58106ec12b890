"""`manage.py publish`."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog.articles.models import Article
from blog.articles.services import trash
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def test_articles_go_out_and_come_back(capsys):
    draft = make_article(status="draft", publish_at=None)
    later = make_article(status="draft", publish_at=timezone.now() + timedelta(days=2))

    call_command("publish", draft.slug, f"/{later.slug}/")

    assert list(Article.objects.published()) == [draft]
    assert "Scheduled" in capsys.readouterr().out
    call_command("publish", draft.slug, back=True)
    assert not Article.objects.published().exists()


def test_what_cannot_be_is_said_and_the_rest_is_done(capsys):
    draft, binned = make_article(status="draft", publish_at=None), make_article()
    trash(article=binned, editor=None)

    with pytest.raises(CommandError):
        call_command("publish", "nowhere", binned.slug, draft.slug)

    said = capsys.readouterr().err
    assert "No article has the address /nowhere/." in said
    assert "is in the trash" in said
    assert list(Article.objects.published()) == [draft]
