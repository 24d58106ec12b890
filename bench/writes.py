"""Store comments and votes from many clients at once, count what was kept, and kill the server under it.

    uv run python bench/writes.py
    uv run python bench/writes.py --postgres
    uv run python bench/writes.py --kill            # SIGKILL in the middle: nothing acknowledged is lost
    uv run python bench/writes.py --kill --postgres

The server is the one of `quickstart` (granian, two workers of two threads) with a database of its own
and the limits on pace and networks switched off. Every answer that says "stored" is looked up
afterwards: a lost, doubled or miscounted row fails the run (exit code 1).

With --kill the server and the task worker are killed half-way and started again; the clients send
again what they got no answer to. Every comment is approved and mailed to the author of its article.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Timer
from urllib.parse import urlencode
from uuid import UUID

from clients import Clients, Load
from make_site import ROOT, configure
from pages import TICKS, own_server

ARTICLES = 20
MAIL_TIME = 20  # seconds that the worker has for what is left after the load
START_TIMEOUT = 60  # seconds, on a busy machine
VISITOR = re.compile(rb"set-cookie: visitor=([^;]+)", re.IGNORECASE)
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


def server_command(port: int) -> list[str]:
    """Return a command that runs the server of quickstart alone, loaded once and forked as there."""
    code = (
        "from blog.quickstart import serve; "
        f"serve.load('http://127.0.0.1:{port}'); serve.run_server('127.0.0.1', {port})"
    )
    return [sys.executable, "-c", code]


class Blog:
    """The server of quickstart, and its task worker where mail is to be sent: killed together."""

    def __init__(self, *, with_worker: bool = False) -> None:
        self.with_worker = with_worker
        self.processes: list[subprocess.Popen] = []

    def start(self) -> None:
        sys.path.insert(0, str(ROOT))
        from blog.quickstart.serve import _is_ready

        commands = [server_command(PORT)]
        if self.with_worker:
            commands.append([sys.executable, "manage.py", "db_worker", "--interval", "0.2"])
        self.processes = [
            subprocess.Popen(  # noqa: S603 (our own)
                command, cwd=ROOT, start_new_session=True, stderr=stderr
            )
            for command, stderr in zip(commands, (None, subprocess.DEVNULL), strict=False)
        ]
        if not _is_ready(lambda: self.processes[0].poll() is None, "127.0.0.1", PORT):
            raise SystemExit("The server did not start.")

    def kill(self) -> None:
        """Kill everything as a power cut would: no handler runs."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        while is_listening():  # a worker of the server, which has not noticed yet
            time.sleep(0.02)

    def kill_and_start(self, clients: Clients, seconds: float) -> None:
        """Kill everything, start it again, and let the clients go on for so many seconds."""
        clients.end += START_TIMEOUT
        self.kill()
        self.start()
        clients.end = time.monotonic() + seconds


@contextmanager
def server() -> Iterator[subprocess.Popen]:
    """Run the server alone, in a process group of its own."""
    blog = Blog()
    blog.start()
    try:
        yield blog.processes[0]
    finally:
        blog.kill()


def is_listening() -> bool:
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
    except OSError:
        return False
    return True


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
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists():
            continue  # such as nginx's loader of the cache, which ends after a minute
        fields = stat.read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def cpu_of(root: int | None) -> float:
    """Return the CPU seconds of a process and its children, those that have ended left out."""
    return cpu_seconds(family(root)) if root else 0


def prepare_mail() -> None:
    """Approve every comment, and give the articles an author who is told of each."""
    from accounts.models import Author, User
    from blog.articles.models import Article, Byline
    from blog.comments.models import Rule

    Rule.objects.update(is_active=False)
    user = User.objects.create_user(email="author@example.org")
    author = Author.objects.create(name="Author", slug="author", user=user)
    Byline.objects.bulk_create(
        Byline(article=article, author=author, position=0) for article in Article.objects.all()
    )


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
    from blog.comments.queries import thread_drift
    from blog.ratings.queries import drift

    found = [f"{status}: {count}" for status, count in load.answers.items() if status != "303"]
    if was_killed:
        found = [line for line in found if not line.startswith("no answer")]
    check = problems_of_comments if load.kind == "comments" else problems_of_votes
    return found + check(load) + [str(line) for line in [*thread_drift(), *drift()]]


def problems_of_comments(load: Load) -> list[str]:
    """Every acknowledged comment is there, once, and somebody has been told or will be."""
    from django_tasks_db.models import DBTaskResult

    from blog.comments.models import Comment
    from blog.outbox.models import Mail

    kept = Counter(Comment.objects.values_list("name", flat=True))
    lost = [marker for marker in load.stored if f"Reader {marker}" not in kept]
    twice = [name for name, count in kept.items() if count > 1]
    queued = {
        args["args"][0]
        for args in DBTaskResult.objects.values_list("args_kwargs", flat=True)
        if args["args"]
    }
    told = {int(key.split(":")[2]) for key in Mail.objects.values_list("key", flat=True)}
    untold = set(Comment.objects.values_list("pk", flat=True)) - queued - told
    found = {"lost": lost, "stored twice": twice, "nobody is told": untold}
    return [f"{what}: {len(which)}" for what, which in found.items() if which]


def problems_of_votes(load: Load) -> list[str]:
    """Every acknowledged vote is there, once: by the cookie that came with the answer."""
    from django.core import signing

    from accounts.visitors import _SALT
    from blog.ratings.models import Rating

    kept = Counter(Rating.objects.values_list("visitor", flat=True))
    answered = Counter(
        UUID(signing.loads(VISITOR.search(head)[1].decode(), salt=_SALT))
        for head in load.stored.values()
    )
    lost, twice = answered.keys() - kept.keys(), max(kept.values(), default=0) > 1
    unasked = len(kept) - len(answered) - sum(load.answers.values()) + load.answers["303"]
    found = {"lost": len(lost), "counted twice": twice, "nobody's": max(0, unasked)}
    return [f"{what}: {count}" for what, count in found.items() if count]


def mails_twice(folder: Path) -> list[str]:
    """Let the worker send what waits, for a while, and return what was sent more than once."""
    worker = [sys.executable, "manage.py", "db_worker", "--batch", "--interval", "0.2"]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 (our own)
            worker, cwd=ROOT, timeout=MAIL_TIME, check=True, stderr=subprocess.DEVNULL
        )
    sent = Counter(
        name
        for path in folder.glob("*")
        for name in re.findall(rb"^Message-ID:\s+(\S+)", path.read_bytes(), re.MULTILINE)
    )
    print(f"{'mails':10}{sent.total():>8,} sent")
    return [f"sent {count} times: {name.decode()}" for name, count in sent.items() if count > 1]


def measure(
    kind: str, options: argparse.Namespace, postgres: int | None
) -> tuple[Load, list[str]]:
    """Let the clients loose on a server of its own; *postgres* is the process that PostgreSQL began with."""
    load = Load(kind)
    make = comment_request if kind == "comments" else vote_request
    clients = Clients(load, options.clients, PORT, make)
    blog = Blog(with_worker=options.kill)
    blog.start()
    try:
        if options.kill:
            half = options.seconds / 2
            Timer(half, blog.kill_and_start, [clients, half]).start()
        before = cpu_of(blog.processes[0].pid), cpu_of(postgres)
        clients.run(options.seconds)
        if not options.kill:
            load.server_cpu = cpu_of(blog.processes[0].pid) - before[0]
            load.database_cpu = cpu_of(postgres) - before[1]
    finally:
        blog.kill()
    return load, problems(load, was_killed=options.kill)


def report(load: Load) -> None:
    """Print what was stored, and what one row has cost: the rate depends on what else the machine does."""
    count = max(1, len(load.stored))
    waits = sorted(load.waits) or [0]
    cpu = [load.server_cpu, load.database_cpu, load.client_cpu]
    server, database, client = (seconds / count * 1000 for seconds in cpu)
    print(
        f"{load.kind:10}{len(load.stored):>8,}{len(load.stored) / load.seconds:>10,.0f}"
        f"{server:>12.2f}{database:>13.2f}{client:>12.2f}"
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
        postgres = None
        if options.postgres:
            address = stack.enter_context(own_server())
            os.environ["DATABASE_URL"] = f"{address.rpartition('/')[0]}/postgres"
            socket_folder = address.removeprefix("postgres://byline@/").rpartition("/")[0]
            postgres = int(Path(socket_folder, "data/postmaster.pid").read_text().split()[0])
        configure()
        prepare()
        if options.kill:
            prepare_mail()
        name = "PostgreSQL" if options.postgres else "SQLite"
        print(f"{name}, {options.clients} clients{', killed half-way' * options.kill}")
        columns = (
            "stored",
            "a second",
            "server ms",
            "database ms",
            "client ms",
            "wait",
            "longest",
        )
        widths = (8, 10, 12, 13, 12, 9, 9)
        heads = (f"{name:>{width}}" for name, width in zip(columns, widths, strict=True))
        print(f"{'':10}{''.join(heads)}")
        for kind in ("comments", "votes"):
            load, wrong = measure(kind, options, postgres)
            report(load)
            if options.kill and kind == "comments":
                wrong += mails_twice(Path(folder, "mail"))
            for line in wrong:
                print(f"          {line}")
            failed = failed or bool(wrong)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
