import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_small_letters():
    assert make_user(email=" Ada@Example.ORG ").email == "ada@example.org"


def test_the_database_refuses_capitals_in_an_address():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Ada@example.org")


def test_an_address_is_one_account_in_any_case():
    make_user(email="ada@example.org")

    with pytest.raises(ValidationError) as refusal:
        User(email="ADA@example.org", password="!").full_clean()
    assert refusal.value.messages == ["Somebody signs in with this address already."]


def test_an_account_is_found_by_its_address_in_any_case():
    ada = make_user(email="ada@example.org")

    assert User.objects.get_by_natural_key("ADA@example.org") == ada


def test_createsuperuser_asks_for_nothing_but_the_address(monkeypatch, capsys):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", interactive=False, email="Root@example.org")

    root = User.objects.get()
    assert (root.email, root.is_staff, root.is_superuser) == ("root@example.org", True, True)
    assert root.check_password(PASSWORD)


def test_an_account_without_a_password_lets_nobody_in(client):
    make_user(email="ada@example.org", password=None)

    assert not client.login(email="ada@example.org", password="")
    assert not client.login(email="ada@example.org", password="None")
