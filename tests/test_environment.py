"""A wrong value of each variable is refused when the site starts, and says which it is."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from blog import environment as read
from blog.environment import env_value

HERE = Path("/srv/byline")
WRONG = [
    (read.switch, "maybe 2"),
    (read.folder(HERE), f"~nobody-of-that-name {__file__} {'x' * 300}"),
    (
        read.site_url,
        "blog ftp://x https:// https://x:0 https://x:99999 https://x:abc https://x: https://[::1"
        " https://[] https://x]y[ https://.. http://:80 https://x/path https://user@host https://x?y",
    ),
    (read.hosts([]), "https://x x:8000 [::1 x/y .."),
    (read.networks, "my-proxy 10.0.0.0/99 ::1/129"),
    (
        read.database(HERE),
        "x mysql://a/b postgres:// postgres://h:99999/x postgres://h/x?foo=bar sqlite:// sqlite:///:memory:",
    ),
    (read.cache(HERE), "x redis:// redis://h:99999/0 redis://[::1 memcached://x"),
    (read.mailer(HERE), "pigeon://coop smtp:// smtp://h:99999 smtp://[::1"),
    (read.sender("byline@localhost"), "smtp://h?from=nobody smtp://h?from=a%0Ab@example.org"),
    (read.storage, "x s3:// s3://k:s@h s3://k:s@h:99999/b s3://[::1 ftp://x"),
]


@pytest.mark.parametrize(("reader", "values"), WRONG)
def test_wrong_value_is_one_line_that_names_the_variable(monkeypatch, reader, values):
    for value in values.split():
        monkeypatch.setenv("NAME", value)
        with pytest.raises(ImproperlyConfigured, match=r"^NAME has a wrong value: [^\n]+$"):
            pytest.fail(f"{value} was taken: {env_value('NAME', reader)}")


def test_empty_variable_counts_as_none(monkeypatch):
    """A compose file hands over what is not set as an empty text."""
    monkeypatch.setenv("NAME", " ")

    assert env_value("NAME", read.switch) is False
    assert env_value("NAME", read.folder(HERE)) == HERE
    assert env_value("NAME", read.hosts(["localhost"])) == ["localhost"]
    assert env_value("NAME", read.networks) == []
    assert env_value("NAME", read.database(HERE / "db"))["NAME"] == str(HERE / "db")
    assert env_value("NAME", read.sender("byline@localhost")) == "byline@localhost"


def test_spaces_between_names_do_no_harm(monkeypatch):
    monkeypatch.setenv("NAME", "a.example, b.example ,[::1],*")

    assert env_value("NAME", read.hosts([])) == ["a.example", "b.example", "[::1]", "*"]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://blog.example.org/", "blog.example.org"),
        ("http://[fd00::1]:8000", "[fd00::1]"),
        ("https://b\u00fccher.example:8443", "b\u00fccher.example"),
    ],
)
def test_site_answers_to_the_host_of_its_address(address, host):
    assert read.host_of(read.site_url(address)) == host
