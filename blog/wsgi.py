"""The WSGI application: granian and every other server start here."""

import gc
import os
from importlib import import_module

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

application = PageStore(
    django_application,
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
