"""Measure how pages, admin lists and feeds grow with a site: 1,000 articles beside 100,000.

    uv run python bench/growth.py
    uv run python bench/growth.py --postgres
    uv run python bench/growth.py --only /tag/tag-1/

Two sites are made on the first run, with ten comments and ten votes for each article, and kept in
var/bench-growth. Each has a process of its own; the two measure in turn, so that what else the machine
does falls on both. A figure is CPU of process and database for one page made afresh, least of the rounds.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from make_site import ROOT, configure, make_site
from pages import ask, collect_static, database_seconds, own_server

SMALL, LARGE = 1_000, 100_000
MOST = 1.3  # times
FLOOR = 1.0  # milliseconds: less is noise, whatever the ratio says
ROUNDS = 3
ROUND_SECONDS = 0.3  # for each page
PUBLIC = """
    / /page/2/ /page/50/ /latest/ /category/section-1/ /category/section-1/page/2/ /tag/tag-1/
    /author/author-1/ /2025/ /2025/12/ /with-50-comments/ /with-500-comments/ /article-500/
    /with-500-comments/comments/newest/ /with-50-comments/embed/
    /top-rated/ /top-rated/page/2/ /most-read/ /most-read/ever/ /most-discussed/ /most-discussed/ever/
    /tags/ /comments/ /comments/before/5000/ /privacy/ /no-such-page/ /robots.txt
    /search/ /search/?q=article /search/?q=bridge /search/?q=bridge&type=comment /search/suggest/bri/
    /feed/ /feed/atom/ /feed/json/ /comments/feed/ /category/section-1/feed/ /tag/tag-1/feed/
    /author/author-1/feed/ /2025/feed/ /with-50-comments/feed/
    /sitemap.xml /sitemap.xml?section=articles /oembed?url=http://127.0.0.1:8000/with-50-comments/
""".split()
DEEPEST = ("/page/{}/", "/category/section-1/page/{}/", "/tag/tag-1/page/{}/", "/2025/page/{}/")


def deepest(application, pattern: str) -> str:
    """Return the address of the last page of a list, found by halving."""
    low, high = 1, 1 << 15
    while high - low > 1:
        middle = (low + high) // 2
        if ask(application, pattern.format(middle)).status == 200:
            low = middle
        else:
            high = middle
    return pattern.format(low)


def addresses(application) -> dict[str, str]:
    """Return what is measured: a name that both sites share, and the address on this one."""
    found = {address: address for address in PUBLIC}
    found |= {pattern.format("last"): deepest(application, pattern) for pattern in DEEPEST}
    return found | admin_addresses()


def admin_addresses() -> dict[str, str]:
    from django.contrib import admin
    from django.urls import NoReverseMatch, reverse

    from blog.articles.models import Article

    found = {"/admin/": "/admin/"}
    for model in admin.site._registry:
        try:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        except NoReverseMatch:
            continue
        found[address] = address
    article = Article.objects.get(slug="with-50-comments")
    change = reverse("admin:articles_article_change", args=[article.pk])
    return found | {"/admin/articles/article/…/change/": change}


def signed_in() -> str:
    """Return the cookie of an administrator, made where there is none yet."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    email = "bench@example.org"
    user = User.objects.filter(email=email).first() or User.objects.create_superuser(
        email, "bench"
    )
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def cost(page) -> float:
    """Return milliseconds of CPU, of this process and of the database's, for one call."""
    started = time.perf_counter()
    page()
    times = max(1, min(100, int(ROUND_SECONDS / (time.perf_counter() - started))))
    database, cpu = database_seconds(), time.process_time()
    for _ in range(times):
        page()
    spent = time.process_time() - cpu + database_seconds() - database
    return spent / times * 1000


def serve_measurements(only: str) -> None:
    """Measure each page of this process's site whenever a line comes in; print it as JSON."""
    configure()
    collect_static()
    from blog.wsgi import django_application as application

    cookie = signed_in()
    pages = {
        name: partial(ask, application, address, cookie=cookie if "/admin/" in address else "")
        for name, address in addresses(application).items()
        if not only or name == only
    }
    statuses = {name: page().status for name, page in pages.items()}
    print(json.dumps(statuses), flush=True)
    for line in sys.stdin:
        print(cost(pages[line.strip()]), flush=True)


class Site:
    """A process that measures the pages of one site."""

    def __init__(self, size: int, environment: dict[str, str], only: str) -> None:
        self.size = size
        self.process = subprocess.Popen(  # noqa: S603 (our own)
            [sys.executable, __file__, "--measure", "--only", only],
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.statuses: dict[str, int] = json.loads(self.process.stdout.readline())

    def cost(self, name: str) -> float:
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def environment_of(size: int, postgres: str) -> dict[str, str]:
    folder = ROOT / "var" / "bench-growth" / ("postgres" if postgres else "") / str(size)
    folder.mkdir(parents=True, exist_ok=True)
    database = f"{postgres}/site_{size}" if postgres else f"sqlite:///{folder}/db.sqlite3"
    return {"DATA_DIR": str(folder), "DATABASE_URL": database}


def make(size: int, postgres: str) -> None:
    """Fill a site in a process of its own, unless that was done before."""
    environment = environment_of(size, postgres)
    if not postgres and Path(environment["DATA_DIR"], "made").exists():
        return
    if postgres:
        folder = postgres.removeprefix("postgres://byline@/")
        psql = ["psql", "-q", "-h", folder, "-U", "byline", "postgres"]
        subprocess.run(  # noqa: S603
            [*psql, "-c", f"CREATE DATABASE site_{size}"], check=True
        )
    print(f"making {size:,} articles, {size * 10:,} comments …", flush=True)
    subprocess.run(  # noqa: S603 (our own)
        [sys.executable, __file__, "--make", str(size)], env=os.environ | environment, check=True
    )
    Path(environment["DATA_DIR"], "made").touch()


def report(small: Site, large: Site) -> int:
    """Print a line for each page; return how many grow too much."""
    too_much = 0
    print(f"{'CPU ms of one page':44}{small.size:>10,}{large.size:>10,}{'ratio':>8}")
    for name, status in small.statuses.items():
        if large.statuses.get(name) != status:
            print(f"{name:44}answers {status} and {large.statuses.get(name)}")
            continue
        rounds = [(small.cost(name), large.cost(name)) for _ in range(ROUNDS)]
        before, after = (min(column) for column in zip(*rounds, strict=True))
        ratio = after / before
        grows = ratio > MOST and after - before > FLOOR
        too_much += grows
        note = "" if status == 200 else f"  ({status})"
        print(f"{name:44}{before:>10.1f}{after:>10.1f}{ratio:>7.2f}{'!' if grows else ' '}{note}")
    return too_much


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--only", default="", help="measure this page alone")
    parser.add_argument("--large", type=int, default=LARGE, help="articles of the larger site")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return serve_measurements(options.only)
    if options.make:
        configure()
        return make_site(
            articles=options.make, comments=options.make * 10, ratings=options.make * 10
        )
    with ExitStack() as stack:
        postgres = ""
        if options.postgres:
            postgres = stack.enter_context(own_server()).rpartition("/")[0]
        sizes = (SMALL, options.large)
        for size in sizes:
            make(size, postgres)
        sites = [Site(size, environment_of(size, postgres), options.only) for size in sizes]
        for site in sites:
            stack.callback(site.close)
        too_much = report(*sites)
    print(f"{too_much} grow more than {MOST} times.")
    raise SystemExit(bool(too_much))


if __name__ == "__main__":
    main()
