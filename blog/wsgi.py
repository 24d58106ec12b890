"""The WSGI application: granian and every other server start here."""

import gc
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after the settings are there

from accounts.visitors import COOKIE as VISITOR_COOKIE  # noqa: E402
from blog.pagestore.server import PageStore  # noqa: E402
from blog.pagestore.version import version  # noqa: E402
from blog.public.schedule import next_event  # noqa: E402
from blog.public.shown import READERS  # noqa: E402

# All views and forms: the first request would load them anyhow, and a worker that is forked shares them.
import_module(settings.ROOT_URLCONF)

# What is there now stays as long as the process. Looking it through for garbage again and again costs a
# request a twentieth of its time.
gc.collect()
gc.freeze()

# Of each request: a variable of the process that is called the same does not hide it.
_ASKED = frozenset(
    "CONTENT_LENGTH CONTENT_TYPE GATEWAY_INTERFACE PATH_INFO QUERY_STRING REMOTE_ADDR REQUEST_METHOD"
    " SCRIPT_NAME SERVER_NAME SERVER_PORT SERVER_PROTOCOL SERVER_SOFTWARE".split()
)
_OF_THE_PROCESS = frozenset(
    name
    for name in os.environ
    if name not in _ASKED and (not name.startswith("HTTP_") or name == "HTTP_PROXY")
)


def without_environment(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """Ask Django without the variables of the process, which servers put into every request (PEP 3333).

    Among them are the secret key and the passwords of the database and of the mail. Whatever keeps or reports
    a request would keep those: allauth puts one into the session while it asks for the password again.
    """
    asked = {name: value for name, value in environ.items() if name not in _OF_THE_PROCESS}
    return django_application(asked, start_response)


application = PageStore(
    without_environment,
    folder=settings.DATA_DIR / "pages",
    version=version(),
    next_event=next_event,
    apart=(
        "/admin/",
        "/accounts/",
        "/api/",
        "/me/",
        settings.STATIC_URL,
        settings.MEDIA_URL,
        "/healthz",
    ),
    session_cookie=settings.SESSION_COOKIE_NAME,
    writer_cookie=VISITOR_COOKIE,
    often=READERS,
)
