"""Start the blog cold and ask for a page: how long that takes, and the memory all its processes have.

    uv run python bench/start.py

It is quickstart as a newcomer runs it, task worker included, on a folder of its own with the demo content.
Memory is PSS (what is shared counts once) after each of 20 pages was asked for ten times: at once, while the
task worker makes the pictures of the demo, and when it has done so.
"""

import argparse
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from make_site import ROOT
from writes import family, server_command

PORT = 8126
MOST_SECONDS, MOST_MEGABYTES = 1.5, 200
PAGES = 20


def get(address: str) -> str:
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.01)


def megabytes(pid: int) -> dict[str, float]:
    """Return the memory of each process. All are forks of the first: the order tells them apart."""
    found: dict[str, float] = {}
    names = ["the parent", "granian", "worker", "worker", "task worker"]
    for name, each in zip_longest(names, family(pid), fillvalue="one more"):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        number = int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1024
        found[f"{name} {each}"] = number
    return found


def wait_for_tasks(database: Path, since: datetime) -> None:
    """Wait until nothing is left of what the demo content gave the task worker to do.

    What rounds before *since* (UTC) have cut short is begun again a quarter of an hour later.
    """
    left = (
        "SELECT count(*) FROM django_tasks_database_dbtaskresult"
        " WHERE status = 'RUNNING' AND started_at > ? OR status = 'READY' AND run_after > '9999-'"
    )
    with closing(sqlite3.connect(database)) as connection:
        while connection.execute(left, [since.isoformat(" ")]).fetchone()[0]:
            time.sleep(1)
    time.sleep(1)  # the next worker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="byline-start-")
    ours = ("SECRET_KEY", "DATABASE_URL", "CACHE_URL", "STORAGE_URL", "SITE_URL")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment["DATA_DIR"] = folder
    # As wherever Python may write: the first start compiles, the others find what it has compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(Path(folder, "bytecode"))
    command = [sys.executable, "manage.py", "quickstart", "--port", str(PORT)]
    quiet = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    address = f"http://127.0.0.1:{PORT}"
    took, server, while_working = [], 0.0, 0.0
    try:
        subprocess.run([*command, "--no-serve"], check=True, **quiet)  # noqa: S603
        for number in range(options.rounds):
            started, since = time.perf_counter(), datetime.now(UTC).replace(tzinfo=None)
            process = subprocess.Popen(command, **quiet)  # noqa: S603
            page = get(f"{address}/")
            took.append(time.perf_counter() - started)
            if number == options.rounds - 1:
                paths = sorted(set(re.findall(r'href="(/[^"#?.]*)"', page)))[:PAGES]
                for path in paths * 10:
                    get(address + path)
                while_working = sum(megabytes(process.pid).values())
                wait_for_tasks(Path(folder, "db.sqlite3"), since)
                memory = megabytes(process.pid)
            process.send_signal(signal.SIGINT)
            process.wait()
        environment["DATA_DIR"] = folder
        server = server_alone(environment, address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"first page after quickstart        {statistics.median(took):6.2f} s")
    print(f"first page after the server alone  {server:6.2f} s (at most {MOST_SECONDS})")
    for name, number in memory.items():
        print(f"{name:34} {number:6.0f} MB")
    print(f"{'together':34} {sum(memory.values()):6.0f} MB (at most {MOST_MEGABYTES})")
    print(f"{'while pictures were encoded':34} {while_working:6.0f} MB")


def server_alone(environment: dict[str, str], address: str) -> float:
    """Return the same for what runs a site that is set up: the server, without migrations and the like."""
    environment |= {"SECRET_KEY": "only-for-measuring", "DJANGO_SETTINGS_MODULE": "blog.settings"}
    took = []
    for _round in range(3):
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            server_command(PORT), cwd=ROOT, env=environment, start_new_session=True
        )
        get(f"{address}/")
        took.append(time.perf_counter() - started)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(1)  # its workers, too
    return statistics.median(took)


if __name__ == "__main__":
    main()
