"""What the environment says, read and checked: a wrong value is an ImproperlyConfigured that names it.

An empty variable counts as none, since that is what a compose file makes of one that is not set.
"""

import importlib.util
import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

env = environ.Env()
LABEL = r"[^\W_](?:[\w-]*\w)?"  # with letters beyond a to z, for names such as bücher.example
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*\.?|\[[0-9a-f:.]+\]", re.I)
# What Django takes for itself out of the options of a database; the rest goes to libpq.
DJANGOS_OWN = {"assume_role", "isolation_level", "pool", "server_side_binding"}


def env_value[Value](name: str, read: Callable[[str], Value]) -> Value:
    """Return what *read* makes of one variable, or stop with a line that names it."""
    try:
        return read(text(name))
    except (ValueError, RuntimeError, OSError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} has a wrong value: {error}") from error


def text(name: str) -> str:
    return env.str(name, default="").strip()


def switch(word: str) -> bool:
    """Return a switch that is off by default; a word that is neither on nor off is a mistake."""
    if word.lower() in {"1", "true", "yes", "on"}:
        return True
    if word.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"{word!r} is neither true nor false")


def folder(usual: Path) -> Callable[[str], Path]:
    """Return a reader of a folder's name; it need not exist yet."""

    def read(name: str) -> Path:
        path = (Path(name).expanduser() if name else usual).resolve()
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is not a folder")
        return path

    return read


def site_url(address: str) -> str:
    address = address.rstrip("/")
    if address and not _is_origin(address):
        raise ValueError(f"{address!r}. Write it like https://blog.example.org")
    return address


def _is_origin(address: str) -> bool:
    """Say whether *address* is a scheme and a host, and a port perhaps."""
    if not re.match("https?://", address):
        return False
    parts = _parts(address)
    return (
        f"{parts.scheme}://{parts.netloc}" == address
        and HOST.fullmatch(host_of(address)) is not None
        and parts.port != 0
    )


def host_of(address: str) -> str:
    """Return the host as ALLOWED_HOSTS names it: without a port, an IPv6 address in brackets."""
    return re.sub(r":[0-9]+$", "", urlsplit(address).netloc)


def hosts(usual: list[str]) -> Callable[[str], list[str]]:
    """Return a reader of host names; one with a scheme or a port would never match a request."""

    def read(names: str) -> list[str]:
        listed = _listed(names)
        for name in listed:
            if name != "*" and not HOST.fullmatch(name.removeprefix(".")):
                raise ValueError(f"{name!r} is not the name of a host, such as blog.example.org")
        return listed or usual

    return read


def networks(names: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(name, strict=False) for name in _listed(names)]


def _listed(names: str) -> list[str]:
    return [stripped for name in names.split(",") if (stripped := name.strip())]


def database(usual: Path) -> Callable[[str], dict]:
    """Return a reader of the one database; SQLite gets the options that make it a server's database.

    IMMEDIATE takes the write lock at the start of a transaction: with SQLite's default a read before
    the write makes concurrent writers fail at once with "database is locked", whatever the timeout.
    """

    def read(url: str) -> dict:
        scheme, _colon, place = (url or f"sqlite:///{usual}").partition("://")
        if scheme not in {"sqlite", "postgres", "postgresql"}:
            raise ValueError("use sqlite:///… or postgres://…")
        config = env.db_url_config(f"{scheme}://{place}")
        if scheme == "sqlite":
            if config["NAME"] in {"", ":memory:"}:  # each process would have one of its own
                raise ValueError("name a file: sqlite:////srv/byline/db.sqlite3")
            config["ENGINE"] = "blog.sqlite"
            config["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,  # seconds
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        else:
            if not config["NAME"]:
                raise ValueError("name a database: postgres://user:password@host/name")
            _check_options(config.get("OPTIONS", {}))
            config["CONN_HEALTH_CHECKS"] = True
        return config | {"CONN_MAX_AGE": None}

    return read


def _check_options(options: dict) -> None:
    """Raise ValueError for an option that PostgreSQL's library does not know."""
    import psycopg2  # SQLite does without
    from psycopg2.extensions import make_dsn

    try:
        make_dsn(**{name: options[name] for name in options if name not in DJANGOS_OWN})
    except psycopg2.ProgrammingError as error:
        raise ValueError(str(error).strip()) from error


def cache(folder: Path) -> Callable[[str], dict]:
    """Return a reader of the cache of sign-in throttles: files, or Redis for several servers."""

    def read(url: str) -> dict:
        if not url:
            return {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": folder,
                "OPTIONS": {"MAX_ENTRIES": 10_000},  # nobody may push the throttles of others out
            }
        if url.startswith(("redis://", "rediss://")) and _parts(url).hostname:
            _require("redis", extra="redis")
            return {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": url,
                # Seconds: whoever signs in waits for it.
                "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
            }
        if url == "locmem://":
            return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        raise ValueError("use redis://host:6379/0 or locmem://")

    return read


def mailer(folder: Path) -> Callable[[str], dict]:
    """Return a reader of the mailer: files in *folder* until EMAIL_URL names an SMTP server."""

    def read(url: str) -> dict:
        if not url:
            return {
                "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
                "OPTIONS": {"file_path": folder},
            }
        parts = _parts(url)
        if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
            raise ValueError("use smtp://, smtp+tls:// or smtps://user:password@host:port")
        return {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": parts.hostname,
                "port": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
                "username": unquote(parts.username or ""),
                "password": unquote(parts.password or ""),
                "use_tls": parts.scheme == "smtp+tls",
                "use_ssl": parts.scheme == "smtps",
                "timeout": 10,  # seconds
            },
        }

    return read


def sender(usual: str) -> Callable[[str], str]:
    """Return a reader of the address that mail comes from, the `from` of EMAIL_URL."""

    def read(url: str) -> str:
        address = dict(parse_qsl(_parts(url).query)).get("from") or usual
        if address != usual:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ValueError(f"from={address!r} is not an e-mail address") from error
        return address

    return read


def storage(url: str) -> dict:
    """Return where pictures lie: files in MEDIA_ROOT, or a bucket that several servers share."""
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = _parts(url)
    bucket, _slash, within = parts.path.strip("/").partition("/")
    schemes = {"s3": "https", "s3+http": "http"}
    if parts.scheme not in schemes or not (parts.hostname and parts.username and bucket):
        raise ValueError(
            "use s3://key:secret@host/bucket?region=…, or s3+http:// without encryption"
        )
    _require("storages", extra="s3")
    return {
        "BACKEND": "blog.media.bucket.BucketStorage",
        "OPTIONS": {
            "endpoint_url": f"{schemes[parts.scheme]}://{parts.netloc.rpartition('@')[2]}",
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password or ""),
            "region_name": dict(parse_qsl(parts.query)).get("region", "us-east-1"),
            "bucket_name": bucket,
            # What else lies in the bucket, such as backups, is in no folder of this site.
            "location": within or "media",
        },
    }


def _parts(url: str) -> SplitResult:
    """Return the parts of *url*; a port that is none is a ValueError now and not at its first use."""
    parts = urlsplit(url)
    _ = parts.port
    return parts


def _require(package: str, *, extra: str) -> None:
    """Raise ValueError unless an optional package is there."""
    if importlib.util.find_spec(package) is None:
        raise ValueError(f"it needs a package that is not installed: uv sync --extra {extra}")
