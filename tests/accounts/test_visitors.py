"""Network hashes: the same for a day, another one the next day, and nobody can make them afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import RequestFactory

from accounts.models import NetworkKey
from accounts.visitors import (
    forget_network_keys,
    network_hash,
    network_key,
    remembered_keys,
    stored_network_key,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def hash_of(address, method="post"):
    return network_hash(getattr(RequestFactory(), method)("/", REMOTE_ADDR=address))


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one household
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_networks_are_told_apart(one, other, are_same):
    assert (hash_of(one) == hash_of(other)) is are_same


def test_next_day_a_network_is_another_one():
    with time_machine.travel(NOON, tick=False) as clock:
        before = hash_of("192.0.2.7")
        clock.shift(timedelta(hours=11, minutes=59))
        assert hash_of("192.0.2.7") == before
        clock.shift(timedelta(minutes=1))
        assert hash_of("192.0.2.7") != before


def test_key_has_nothing_to_do_with_the_secret_key():
    one = network_key(date(2026, 3, 1))
    NetworkKey.objects.all().delete()
    remembered_keys.clear()

    assert network_key(date(2026, 3, 1)) != one


def test_destroyed_key_cannot_be_made_again():
    with time_machine.travel(NOON, tick=False) as clock:
        before = hash_of("192.0.2.7")
        clock.shift(timedelta(days=1))
        hash_of("192.0.2.7")
        assert forget_network_keys() == 1
        assert NetworkKey.objects.get().day == date(2026, 3, 2)
        clock.shift(timedelta(days=-1))
        assert hash_of("192.0.2.7") != before


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_reading_makes_no_key_and_asks_nothing(method, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert hash_of("192.0.2.7", method) == ""
    assert NetworkKey.objects.count() == 0


def test_key_is_read_once_a_day(django_assert_num_queries):
    hash_of("192.0.2.7")

    with django_assert_num_queries(0):
        hash_of("192.0.2.8")


def test_processes_that_begin_the_day_at_once_agree(at_once):
    day = date(2026, 3, 1)

    keys = at_once([lambda: stored_network_key(day)] * 8)

    assert len(set(keys)) == NetworkKey.objects.count() == 1
