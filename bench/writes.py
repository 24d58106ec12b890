"""Store comments and votes from many clients at once, count what was kept, and kill the server under it.

    uv run python bench/writes.py
    uv run python bench/writes.py --postgres
    uv run python bench/writes.py --kill            # SIGKILL in the middle: nothing acknowledged is lost

The server is the one of `quickstart` (granian, two workers of two threads) with a database of its own
and the limits on pace and networks switched off. Every answer that says "stored" is looked up
afterwards: a lost, doubled or miscounted row fails the run (exit code 1).
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer
from urllib.parse import urlencode

from clients import Clients, Load
from make_site import ROOT, configure
from pages import TICKS, own_server

ARTICLES = 20
PORT = 8123


def comment_request(marker: str, number: int) -> bytes:
    form = {
        "body": f"What {marker} says about this is short and to the point.",
        "name": f"Reader {marker}",
        "email": f"{marker}@example.org",
    }
    return post(f"/article-{number % ARTICLES}/comments/", form)


def vote_request(_marker: str, number: int) -> bytes:
    return post(f"/article-{number % ARTICLES}/rating/", {"stars": 1 + number % 5})


def post(address: str, form: dict[str, object]) -> bytes:
    body = urlencode(form).encode()
    return (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nUser-Agent: Mozilla/5.0 (bench)\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@contextmanager
def server() -> Iterator[subprocess.Popen]:
    """Run the server of quickstart, in a process group of its own."""
    sys.path.insert(0, str(ROOT))
    from blog.quickstart.serve import _granian, _is_ready

    process = subprocess.Popen(  # noqa: S603 (our own command)
        _granian("127.0.0.1", PORT), cwd=ROOT, start_new_session=True
    )
    if not _is_ready(process, "127.0.0.1", PORT):
        raise SystemExit("The server did not start.")
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """Kill the server and its workers as a power cut would: no handler runs."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def family(pid: int) -> list[int]:
    """Return the process and its children."""
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += family(int(path.parent.name))
    return found


def cpu_seconds(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def prepare() -> None:
    """Make an empty site with articles and without the limits that would stop one machine's clients."""
    from django.core.management import call_command
    from django.utils import timezone

    from blog.articles.models import Article
    from blog.site.models import SiteSettings

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    site = SiteSettings.objects.current()
    for name in ("seconds_between_comments", "comments_per_network_and_minute"):
        setattr(site, name, 0)
    site.votes_per_network_and_hour = site.votes_believed_per_network = 0
    site.save()
    now = timezone.now()
    Article.objects.bulk_create(
        Article(
            title=f"Article {number}",
            slug=f"article-{number}",
            body_html="<p>Text.</p>",
            status=Article.Status.PUBLISHED,
            publish_at=now,
        )
        for number in range(ARTICLES)
    )


def problems(load: Load, *, was_killed: bool) -> list[str]:
    """Return what does not fit: acknowledged and missing, stored twice, totals that differ."""
    from django.db.models import Count

    from blog.comments.models import Comment
    from blog.comments.queries import thread_drift
    from blog.ratings.models import Rating
    from blog.ratings.queries import drift

    found = [f"{status}: {count}" for status, count in load.answers.items() if status != "303"]
    if was_killed:
        found = [line for line in found if not line.startswith("no answer")]
    if load.kind == "comments":
        kept = set(Comment.objects.values_list("name", flat=True))
        lost = [marker for marker in load.stored if f"Reader {marker}" not in kept]
        twice = Comment.objects.values("name").annotate(n=Count("pk")).filter(n__gt=1).count()
        found += [f"lost: {len(lost)}"] if lost else []
        found += [f"stored twice: {twice}"] if twice else []
    elif (rows := Rating.objects.count()) < len(load.stored) or (
        rows > len(load.stored) and not was_killed
    ):
        found.append(f"votes: {rows} rows for {len(load.stored)} answers")
    return found + [str(line) for line in [*thread_drift(), *drift()]]


def measure(kind: str, options: argparse.Namespace, database: list[int]) -> tuple[Load, list[str]]:
    """Let the clients loose on a server of its own; *database* are the processes to count with it."""
    load = Load(kind)
    make = comment_request if kind == "comments" else vote_request
    with server() as process:
        roots = [process.pid, *database]
        clients = Clients(load, options.clients, PORT, make)
        if options.kill:
            Timer(options.seconds / 2, kill, [process]).start()
        before = sum(cpu_seconds(family(pid)) for pid in roots)
        clients.run(options.seconds)
        if not options.kill:
            load.server_cpu = sum(cpu_seconds(family(pid)) for pid in roots) - before
    return load, problems(load, was_killed=options.kill)


def report(load: Load) -> None:
    """Print what was stored, and what one row has cost: the rate depends on what else the machine does."""
    count = max(1, len(load.stored))
    waits = sorted(load.waits) or [0]
    print(
        f"{load.kind:10}{len(load.stored):>8,}{len(load.stored) / load.seconds:>10,.0f}"
        f"{load.server_cpu / count * 1000:>12.2f}{load.client_cpu / count * 1000:>12.2f}"
        f"{statistics.median(waits) * 1000:>9.0f}{waits[-1] * 1000:>9.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--kill", action="store_true", help="kill the server half-way")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10, help="for each kind")
    options = parser.parse_args()
    failed = False
    with ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="byline-writes-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ["DATA_DIR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder, 'db.sqlite3')}"
        database = []
        if options.postgres:
            address = stack.enter_context(own_server())
            os.environ["DATABASE_URL"] = f"{address.rpartition('/')[0]}/postgres"
            socket_folder = address.removeprefix("postgres://byline@/").rpartition("/")[0]
            database = [int(Path(socket_folder, "data/postmaster.pid").read_text().split()[0])]
        configure()
        prepare()
        name = "PostgreSQL" if options.postgres else "SQLite"
        print(f"{name}, {options.clients} clients{', killed half-way' * options.kill}")
        print(
            f"{'':10}{'stored':>8}{'a second':>10}{'server ms':>12}{'client ms':>12}{'wait':>9}{'longest':>9}"
        )
        for kind in ("comments", "votes"):
            load, wrong = measure(kind, options, database)
            report(load)
            for line in wrong:
                print(f"          {line}")
            failed = failed or bool(wrong)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
