"""Send a page that was rendered already: nginx with a file, Byline's store, and Byline behind nginx.

    uv run python bench/served.py

wrk asks each in turn, three rounds, 16 connections, gzip accepted; the table has medians. CPU is that
of the whole server per request. Needs wrk and nginx (apt-get install wrk nginx-light).
"""

import argparse
import gzip
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from make_site import ROOT, configure, make_site
from pages import ARTICLE
from writes import PORT, cpu_seconds, family, server

NGINX_FILE, NGINX_PROXY = 8124, 8125


@dataclass
class Peer:
    name: str
    port: int
    pids: list[int]
    requests: list[float] = field(default_factory=list)  # per second
    cpu: list[float] = field(default_factory=list)  # milliseconds of the server for each


def nginx_conf(folder: Path, body: bytes) -> Path:
    """Return a configuration of two servers: one file, and the shipped one in front of Byline."""
    root = folder / "files"
    root.mkdir()
    (root / "page.html").write_bytes(body)
    (root / "page.html.gz").write_bytes(gzip.compress(body, 6))
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    lines = [line for line in shipped.splitlines() if "ssl_" not in line and "[::]" not in line]
    text = "\n".join(lines).replace("443 ssl http2", str(NGINX_PROXY)).replace("listen 80;", "")
    text = re.sub(r"server \{\s*server_name [^}]*return 301[^}]*\}", "", text)
    text = text.replace("/var/cache/nginx/byline", f"{folder}/cache")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{PORT}").replace(
        "$host;", f"127.0.0.1:{PORT};"
    )
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; daemon off; user root;\n"
        "events { worker_connections 512; }\n"
        f"http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; {temporary}\n"
        f"server {{ listen {NGINX_FILE}; root {root}; gzip_static on;"
        f" location / {{ try_files /page.html =404; default_type text/html; }} }}\n{text}\n}}\n"
    )
    return conf


@contextmanager
def nginx(conf: Path) -> Iterator[int]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("nginx is not installed. Install it: apt-get install nginx-light")
    process = subprocess.Popen([program, "-p", str(conf.parent), "-c", str(conf)])  # noqa: S603
    try:
        time.sleep(1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def ask(peer: Peer, seconds: float) -> None:
    before = cpu_seconds(peer.pids)
    done = subprocess.run(  # noqa: S603 (our own command)
        [
            *("wrk", "-t1", "-c16", f"-d{seconds}s", "-H", "Accept-Encoding: gzip"),
            *("-H", f"Host: 127.0.0.1:{PORT}", f"http://127.0.0.1:{peer.port}{ARTICLE}"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    if bad := re.search(r"Non-2xx or 3xx responses: \d+", done.stdout):
        raise SystemExit(f"{peer.name}: {bad[0]}")
    requests = int(re.search(r"(\d+) requests in", done.stdout)[1])
    peer.requests.append(float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]))
    peer.cpu.append((cpu_seconds(peer.pids) - before) / requests * 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=4, help="for each round")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed. Install it: apt-get install wrk")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="byline-served-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ |= {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
        configure()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        make_site(articles=100, comments=2000, ratings=500)
        byline = stack.enter_context(server())
        address = f"http://127.0.0.1:{PORT}{ARTICLE}"
        body = urllib.request.urlopen(address).read()
        front = stack.enter_context(nginx(nginx_conf(folder, body)))
        peers = [
            Peer("nginx, precompressed file", NGINX_FILE, family(front)),
            Peer("Byline's store under granian", PORT, family(byline.pid)),
            Peer("Byline behind the shipped nginx.conf", NGINX_PROXY, family(front)),
        ]
        for round_number in range(4):
            for peer in peers:
                ask(peer, options.seconds if round_number else 1)  # the first one warms up
        print(f"{'article, 50 comments, gzip':40}{'requests/s':>12}{'of nginx':>10}{'CPU ms':>9}")
        for peer in peers:
            per_second = statistics.median(peer.requests[1:])
            share = per_second / statistics.median(peers[0].requests[1:])
            print(
                f"{peer.name:40}{per_second:>12,.0f}{share:>10.2f}{statistics.median(peer.cpu[1:]):>9.3f}"
            )


if __name__ == "__main__":
    main()
