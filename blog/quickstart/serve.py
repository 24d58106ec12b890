"""The running blog: granian and one task worker, started together and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

WORKER_PAUSE = 5  # seconds before a worker that died is started again
STOP_TIMEOUT = 10  # seconds for requests under way, then the group is killed
START_TIMEOUT = 300  # seconds; on a busy machine a start takes half a minute
SAY_AFTER = 10  # seconds of silence, then a line
_CONNECT_TO = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared, not bound)


class CannotServe(Exception):  # noqa: N818 - names what happened
    """The address cannot be served; the message says why and what to do."""


def check_address(host: str, port: int) -> None:
    """Raise CannotServe unless this process may listen on the address now."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError as error:
        raise CannotServe(
            f"You may not listen on port {port}. Choose one above 1023: --port 8000"
        ) from error
    except socket.gaierror as error:
        raise CannotServe(
            f"{host} is not an address of this machine. Try --host 127.0.0.1"
        ) from error
    except OSError as error:
        raise CannotServe(
            f"Cannot listen on {host}:{port}: {error.strerror or error}."
            f" Stop what uses it, or choose another port: --port {port + 1}"
        ) from error


def allowed_hosts(host: str) -> str | None:
    """Return ALLOWED_HOSTS for a server others can reach; None where the default or the owner decides.

    Listening everywhere (0.0.0.0, ::) answers to this machine's own names and addresses.
    """
    if os.environ.get("ALLOWED_HOSTS") or os.environ.get("SITE_URL"):
        return None
    names = {"127.0.0.1", "localhost", "[::1]"}
    try:
        address = ip_address(host)
    except ValueError:
        names.add(host)
    else:
        if address.is_loopback:
            return None
        names.add(f"[{address}]" if address.version == 6 else str(address))
        if address.is_unspecified:
            name, aliases, addresses = socket.gethostbyname_ex(socket.gethostname())
            names.update([name, *aliases, *addresses])
    return ",".join(sorted(names))


def address_shown(host: str, port: int) -> str:
    """Return the address to open in a browser: a server that listens everywhere is at 127.0.0.1, too."""
    shown = _CONNECT_TO.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def serve(host: str, port: int, *, manage_py: Path, on_ready: Callable[[], None]) -> int:
    """Serve until a signal comes; return the exit code, 0 for a stop that was asked for.

    Each child leads a process group of its own, so that the workers granian has started end with it
    whatever happens to granian.
    """
    environment = os.environ.copy()
    if hosts := allowed_hosts(host):
        environment["ALLOWED_HOSTS"] = hosts
    server = _start(_granian(host, port), environment, manage_py.parent)
    worker_command = [sys.executable, str(manage_py), "db_worker", "--interval", "2"]
    # Mails hold whole addresses: without SITE_URL those of this machine, which is all there is to know.
    site_url = environment.get("SITE_URL") or address_shown(host, port)
    worker_environment = environment | {"SITE_URL": site_url}
    worker = _start(worker_command, worker_environment, manage_py.parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop_asked)
    worker_again_at = 0.0
    try:
        if not _is_ready(server, host, port):
            return server.poll() or 1
        on_ready()
        while server.poll() is None:
            if worker.poll() is not None and not worker_again_at:
                worker_again_at = time.monotonic() + WORKER_PAUSE
                sys.stderr.write("The task worker stopped; it is started again in a moment.\n")
            elif worker_again_at and time.monotonic() >= worker_again_at:
                worker = _start(worker_command, worker_environment, manage_py.parent)
                worker_again_at = 0.0
            time.sleep(0.2)
        return server.returncode or 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop([server, worker])


def _granian(host: str, port: int) -> list[str]:
    return [
        *(
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            host,
            "--port",
            str(port),
        ),
        *("--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers"),
        *("--no-ws", "--log-level", "warning"),
        "blog.wsgi:application",
    ]


def _start(
    command: list[str], environment: dict[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 (our own command)
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _is_ready(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait for the server to listen; False where it ended, having said itself what kept it from it."""
    target = _CONNECT_TO.get(host, host)
    started, has_said = time.monotonic(), False
    while server.poll() is None:
        waited = time.monotonic() - started
        if waited > START_TIMEOUT:
            raise CannotServe(
                f"The server has not begun to listen within {START_TIMEOUT} seconds."
                " Look at what else this machine does, and try again."
            )
        if waited > SAY_AFTER and not has_said:
            has_said = True
            sys.stderr.write("The server takes its time to start; still waiting …\n")
        try:
            with socket.create_connection((target, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _stop_asked(number: int, frame: object) -> None:
    """Stop once: a second signal, such as uv's beside the shell's, must not interrupt the stopping."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_IGN)
    raise KeyboardInterrupt


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        _signal_group(child, signal.SIGTERM)
    end = time.monotonic() + STOP_TIMEOUT
    for child in children:
        try:
            child.wait(timeout=max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        _signal_group(child, signal.SIGKILL)
        child.wait()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass  # the whole group has ended already
