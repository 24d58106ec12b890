"""Somebody at the desk who has a public name, signed in."""

import pytest

from accounts.roles import AUTHOR, EDITOR
from tests.articles.desk import member


@pytest.fixture
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def author(client):
    user = member(AUTHOR)
    client.force_login(user)
    return user


@pytest.fixture
def editor(client):
    user = member(EDITOR)
    client.force_login(user)
    return user
