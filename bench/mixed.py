"""Read and write at once: 95 of 100 requests read a page, the others leave a comment or a vote.

    uv run python bench/mixed.py
    uv run python bench/mixed.py --postgres

The same clients first only read, then do both, in turns; the rate of the second is laid beside the first's.
A page asked for 300 ms after a comment was acknowledged must count it; what was acknowledged must be there.
"""

import argparse
import os
import re
import shutil
import statistics
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from clients import Client, Clients, Load
from make_site import configure
from pages import own_server
from writes import (
    ARTICLES,
    PORT,
    comment_request,
    cpu_of,
    prepare,
    prepare_mail,
    server,
    vote_request,
)

WRITES = 20  # one request of so many
SEEN_WITHIN = 0.3  # seconds
LEAST = 0.3  # of the rate of reads alone
COUNTED = re.compile(rb'id="comments-title">(\d+) Comment')


class Readers(Clients):
    """Clients that read, and where `writes` is set, write now and then."""

    def __init__(self, name: str, clients: int, *, writes: bool, acknowledged: dict) -> None:
        super().__init__(Load(name), clients, PORT, self.request)
        self.writes = writes
        self.sent = 0
        self.acknowledged: dict[int, list[float]] = acknowledged  # times, by article
        self.what: dict[int, tuple[str, int]] = {}  # that each client waits for: kind and article
        self.stale: list[float] = []
        self.counts = {"read": 0, "comment": 0, "vote": 0}

    def send(self, client: Client) -> None:
        self.sent += 1
        number = client.number + client.count * 7
        turn = self.sent % (2 * WRITES) if self.writes else 1
        kind = {0: "comment", WRITES: "vote"}.get(turn, "read")
        self.what[client.number] = (kind, number % ARTICLES)
        super().send(client)

    def request(self, marker: str, number: int) -> bytes:
        kind, article = self.what[int(marker[1:].partition("x")[0])]
        if kind == "comment":
            return comment_request(marker, article)
        if kind == "vote":
            return vote_request(marker, article)
        return f"GET /article-{article}/ HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n\r\n".encode()

    def note(self, client: Client) -> None:
        kind, article = self.what[client.number]
        status = client.answer[9:12]
        self.counts[kind] += status == (b"200" if kind == "read" else b"303")
        if kind == "comment" and status == b"303":
            self.acknowledged[article].append(time.monotonic())
        elif kind == "read" and self.writes:
            self.check(client, article)
        super().note(client)

    def check(self, client: Client, article: int) -> None:
        """Note a page that leaves out a comment which was acknowledged long enough before."""
        found = COUNTED.search(client.answer)
        shown = int(found[1]) if found else 0
        due = bisect_left(self.acknowledged[article], client.sent_at - SEEN_WITHIN)
        if shown < due:
            self.stale.append(client.sent_at - self.acknowledged[article][shown])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5, help="for each round")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="byline-mixed-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ["DATA_DIR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder, 'db.sqlite3')}"
        if options.postgres:
            address = stack.enter_context(own_server())
            os.environ["DATABASE_URL"] = f"{address.rpartition('/')[0]}/postgres"
        configure()
        prepare()
        prepare_mail()
        blog = stack.enter_context(server())
        acknowledged: dict[int, list[float]] = defaultdict(list)
        rates: dict[bool, list[float]] = {False: [], True: []}
        runs = []
        for number in range(6):
            writes = bool(number % 2)
            run = Readers(
                "abcdef"[number], options.clients, writes=writes, acknowledged=acknowledged
            )
            before = cpu_of(blog.pid)
            run.run(options.seconds)
            run.load.server_cpu = cpu_of(blog.pid) - before
            rates[writes].append(sum(run.counts.values()) / run.load.seconds)
            runs.append(run)
        raise SystemExit(report(runs, rates))


def report(runs: list[Readers], rates: dict[bool, list[float]]) -> bool:
    from blog.comments.models import Comment
    from blog.comments.queries import thread_drift
    from blog.ratings.queries import drift

    pure, mixed = (statistics.median(rates[writes]) for writes in (False, True))
    written = sum(run.counts["comment"] + run.counts["vote"] for run in runs)
    acknowledged = sum(run.counts["comment"] for run in runs)
    lost = acknowledged - Comment.objects.count()
    stale = [seconds for run in runs for seconds in run.stale]
    refused = sum((run.load.answers for run in runs), start=runs[0].load.answers.__class__())
    wrong = {status: n for status, n in refused.items() if status not in ("200", "303")}
    print(f"{'reads alone, a second':40}{pure:>10,.0f}")
    print(
        f"{'reads and writes, a second':40}{mixed:>10,.0f}   {mixed / pure:.2f} (at least {LEAST})"
    )
    busy = sum(run.load.server_cpu for run in runs[1::2]) / sum(
        run.load.seconds for run in runs[1::2]
    )
    print(f"{'processors the server had meanwhile':40}{busy:>10.2f}")
    print(f"{'comments and votes stored':40}{written:>10,}")
    print(f"{'comments lost':40}{max(0, lost):>10}")
    print(
        f"{'pages stale for more than 300 ms':40}{len(stale):>10}   {max(stale, default=0):.2f} s"
    )
    for line in [*thread_drift(), *drift(), *wrong.items()]:
        print(line)
    return bool(lost > 0 or stale or wrong or mixed / pure < LEAST)


if __name__ == "__main__":
    main()
