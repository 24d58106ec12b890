"""Measure what a page costs: queries, CPU time, bytes; and lay it beside the budgets.

    uv run python bench/pages.py
    uv run python bench/pages.py --postgres
    uv run python bench/pages.py --profile /with-50-comments/

Pages are made in this process through the WSGI application, all middleware included, with the settings
of production. An empty database is filled first (make_site.py).
"""

import argparse
import cProfile
import gzip
import json
import os
import pstats
import re
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from make_site import add_size_options, configure, make_site

ARTICLE = "/with-50-comments/"
# address: (what it is, most queries, most CPU milliseconds)
PAGES: dict[str, tuple[str, int | None, float | None]] = {
    "/with-1-comments/": ("article, 1 comment", 12, None),
    ARTICLE: ("article, 50 comments", 12, 8),
    "/with-500-comments/": ("article, 500 comments", 12, None),
    "/": ("home", 10, None),
    "/page/50/": ("home, page 50", 10, None),
    "/category/section-1/": ("category", 10, None),
    "/tag/tag-1/": ("tag", 10, None),
    "/author/author-1/": ("author", 10, None),
    "/2025/12/": ("month", 10, None),
    "/feed/": ("feed", None, None),
}
MOST_PAGE_BYTES = 19_000  # HTML (12,000) and CSS (7,000) of the first view, compressed
MOST_SCRIPT_BYTES = 4_000
BATCH_SECONDS = 0.4
BATCHES = 7
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    application: Callable, address: str, encoding: str = "identity", cookie: str = ""
) -> Answer:
    """Return what the WSGI application answers to a GET."""
    head = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        head.update(headers, status=status)

    path, _, query = address.partition("?")
    answer = application(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_ACCEPT_ENCODING": encoding,
            "HTTP_COOKIE": cookie,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
        },
        start_response,
    )
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    return Answer(int(head.pop("status").split()[0]), head, body)


def database_seconds() -> float:
    """Return the CPU time of PostgreSQL's process for our connection; 0 on SQLite, which is within ours."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():  # on another machine
        return float("nan")
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(call: Callable[[], object]) -> tuple[float, float, float]:
    """Return CPU, wall and database milliseconds of one call: medians of several batches."""
    for _ in range(5):
        call()
    start = time.perf_counter()
    call()
    times = max(3, int(BATCH_SECONDS / (time.perf_counter() - start)))
    cpu, wall = [], []
    database = database_seconds()
    for _ in range(BATCHES):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        for _ in range(times):
            call()
        cpu.append((time.process_time() - cpu_start) / times * 1000)
        wall.append((time.perf_counter() - wall_start) / times * 1000)
    database = (database_seconds() - database) / (times * BATCHES) * 1000
    return statistics.median(cpu), statistics.median(wall), database


def calls_of(call: Callable[[], object]) -> int:
    """Return how many functions Python calls: a figure that does not depend on what else the machine does."""
    call()
    profiler = cProfile.Profile()
    profiler.runcall(call)
    return sum(entry.callcount for entry in profiler.getstats())


def queries_of(application: Callable, address: str) -> list[str]:
    from django.db import connection

    connection.force_debug_cursor = True
    ask(application, address)  # Django empties the log when a request begins
    connection.force_debug_cursor = False
    return [query["sql"] for query in connection.queries_log]


def yardstick() -> Callable[[], str]:
    """Return a page as small as such a page can be: figures of different machines compare by it.

    An article, its section, author and 50 comments in a plain template; no middleware, no markup to
    speak of.
    """
    from django.template import engines

    from blog.articles.models import Article

    template = engines["django"].from_string(
        "<title>{{ article.title }}</title><h1>{{ article.title }}</h1>"
        "<p>{{ article.publish_at|date:'j F Y' }} {{ article.primary_category.name }}"
        "{% for byline in bylines %} {{ byline.author.name }}{% endfor %}</p>{{ article.body_html|safe }}"
        "{% for comment in comments %}<p><b>{{ comment.name }}</b> {{ comment.created_at|date:'j F Y, H:i' }}"
        "</p>{{ comment.body|linebreaks }}{% endfor %}"
    )

    def page() -> str:
        article = (
            Article.objects.published()
            .select_related("primary_category")
            .get(slug=ARTICLE.strip("/"))
        )
        return template.render(
            {
                "article": article,
                "bylines": article.bylines.select_related("author"),
                "comments": article.comments.approved().order_by("created_at"),
            }
        )

    return page


def print_table(application: Callable) -> None:
    import brotli

    print(
        f"{'page':24}{'queries':>8}{'calls':>9}{'CPU ms':>9}{'+ gzip':>8}{'+ db':>7}{'wall ms':>9}"
        f"{'bytes':>10}{'gzip':>8}{'br':>8}"
    )
    for address, (name, most_queries, most_cpu) in PAGES.items():
        plain = ask(application, address)
        if plain.status != 200:
            print(f"{name:24}answers {plain.status}")
            continue
        queries = len(queries_of(application, address))
        page = partial(ask, application, address)
        cpu, wall, database = measure(page)
        packing, _wall, _database = measure(partial(gzip.compress, plain.body, 6))
        print(
            f"{name:24}{queries:>7}{flag(queries, most_queries)}{calls_of(page):>9,}"
            f"{cpu:>8.1f}{flag(cpu, most_cpu)}"
            f"{packing:>7.1f} {database:>6.1f} {wall:>8.1f} {len(plain.body):>9,}"
            f"{len(ask(application, address, 'gzip').body):>8,}"
            f"{len(brotli.compress(plain.body, quality=6)):>8,}"
        )
    minimal = yardstick()
    cpu, wall, database = measure(minimal)
    print(
        f"{'(minimal Django page)':24}{3:>7} {calls_of(minimal):>9,}{cpu:>8.1f} {'':8}{database:>6.1f}"
        f" {wall:>8.1f}"
    )
    print(
        "! is over the budget. CPU is this process; + gzip, + db (PostgreSQL's process) come on top."
    )


def flag(value: float, most: float | None) -> str:
    return "!" if most is not None and value > most else " "


def print_first_view(application: Callable) -> None:
    """Print what a phone loads before it can show an article, compressed."""
    from django.conf import settings

    print(f"\n{'first view of an article, bytes':40}{'gzip':>8}{'br':>8}")
    html = ask(application, ARTICLE).body
    [styles] = re.findall(rb"<style>(.*?)</style>", html, re.DOTALL)
    page = [
        ("HTML", sizes(html.replace(styles, b""))),
        ("styles in it", sizes(styles, quality=11)),
    ]
    files = re.findall(rb'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"', html)
    page += [(name.decode(), static_sizes(name.decode())) for name in files]
    scripts = {name.decode() for name in re.findall(rb'<script[^>]+src="([^"]+)"', html)}
    scripts |= {name for script in list(scripts) for name in imported_by(script)}
    for rows, title, most in (
        (page, "HTML and CSS", MOST_PAGE_BYTES),
        ([(name, static_sizes(name)) for name in sorted(scripts)], "scripts", MOST_SCRIPT_BYTES),
    ):
        for name, (gzipped, br) in rows:
            print(f"  {name.removeprefix(settings.STATIC_URL):38}{gzipped:>8,}{br:>8,}")
        total = [sum(column) for column in zip(*(size for _name, size in rows), strict=True)] or [
            0,
            0,
        ]
        print(
            f"{title + f' (at most {most:,})':40}{total[0]:>8,}{total[1]:>8,}{flag(total[1], most)}"
        )


def sizes(content: bytes, quality: int = 6) -> tuple[int, int]:
    import brotli

    return len(gzip.compress(content, 6)), len(brotli.compress(content, quality=quality))


def static_file(address: str) -> Path:
    from django.conf import settings

    return Path(settings.STATIC_ROOT, address.removeprefix(settings.STATIC_URL))


def static_sizes(address: str) -> tuple[int, int]:
    """Return the sizes as WhiteNoise sends them; a file too small to gain is sent as it is."""
    file = static_file(address)
    packed = [file.with_name(file.name + end) for end in (".gz", ".br")]
    gzipped, br = ((one if one.exists() else file).stat().st_size for one in packed)
    return gzipped, br


def imported_by(address: str) -> set[str]:
    found: set[str] = set()
    for name in re.findall(
        r"""(?:from|import)\s*["'](\.[^"']+)["']""", static_file(address).read_text()
    ):
        imported = os.path.normpath(f"{Path(address).parent}/{name}")
        found |= {imported} | imported_by(imported)
    return found


def collect_static() -> None:
    """Hash and compress the static files again if one of ours is newer than the last time."""
    from django.conf import settings
    from django.core.management import call_command

    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    ours = [file for folder in settings.STATICFILES_DIRS for file in Path(folder).rglob("*")]
    newest = max(file.stat().st_mtime for file in ours)
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def profile(application: Callable, address: str, by: str) -> None:
    for _ in range(5):
        ask(application, address)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(50):
        ask(application, address)
    profiler.disable()
    print(f"50 × {address}")
    pstats.Stats(profiler).strip_dirs().sort_stats(by).print_stats(40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_size_options(parser)
    parser.add_argument(
        "--postgres", action="store_true", help="measure on a PostgreSQL server of its own"
    )
    parser.add_argument("--profile", metavar="ADDRESS", help="show where the time of a page goes")
    parser.add_argument(
        "--sort", default="tottime", help="order of the profile (tottime, cumulative)"
    )
    parser.add_argument("--queries", metavar="ADDRESS", help="print the queries of a page")
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.postgres:
            server = stack.enter_context(own_server())
            # A new server has this one database; the tests make theirs themselves.
            os.environ["DATABASE_URL"] = f"{server.rpartition('/')[0]}/postgres"
        configure()
        run(options)


def own_server():
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.plugins import postgres

    binaries = postgres.find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed. Install it: apt-get install postgresql")
    return postgres.running_server(binaries)


def run(options: argparse.Namespace) -> None:
    from django.db import OperationalError, ProgrammingError, connection

    from blog.articles.models import Article

    try:
        is_filled = Article.objects.exists()
    except (OperationalError, ProgrammingError):  # no tables yet
        is_filled = False
    if not is_filled:
        make_site(articles=options.articles, comments=options.comments, ratings=options.ratings)
    collect_static()
    from blog.wsgi import django_application as application  # without the store: pages made afresh

    if options.profile:
        profile(application, options.profile, options.sort)
    elif options.queries:
        print(json.dumps(queries_of(application, options.queries), indent=1))
    else:
        print(f"{connection.vendor}, {Article.objects.count():,} articles")
        print_table(application)
        print_first_view(application)


if __name__ == "__main__":
    main()
