"""The running blog: granian and one task worker, started together and stopped together.

A program of its own, `python -m blog.quickstart.serve HOST PORT`. It loads the site once and forks, so
that all processes share what was loaded. It has neither threads nor connections, so nothing of the kind
crosses a fork. On macOS, where forking is not safe, each child loads the site itself.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn
from wsgiref.util import setup_testing_defaults

# From the keyboard, from a service manager, from a terminal that is closed.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BASE_DIR = Path(__file__).resolve().parent.parent.parent
CAN_FORK = sys.platform == "linux"
WORKER_LOOKS_EVERY = 2  # seconds
WORKER_PAUSE = 5  # seconds before a worker that died is started again
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
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


def hand_over(host: str, port: int) -> NoReturn:
    """Become the program that serves; what the set-up has loaded goes with this one."""
    if hosts := allowed_hosts(host):
        os.environ["ALLOWED_HOSTS"] = hosts
    # In the folder that is entered below, a relative path would be another one.
    for name in ("DATA_DIR", "MEDIA_ROOT"):
        if (folder := os.environ.get(name, "")) and not folder.startswith("~"):
            os.environ[name] = str(Path(folder).resolve())
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # of glibc: one for each thread costs some MB
    os.chdir(BASE_DIR)
    command = [sys.executable, "-m", "blog.quickstart.serve", host, str(port)]
    os.execv(sys.executable, command)  # noqa: S606


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog.settings")
    multiprocessing.set_start_method("fork" if CAN_FORK else "spawn")
    for number in STOPS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _stop_asked)
    address = os.environ.get("SITE_URL", "").rstrip("/") or address_shown(host, port)

    def say_where() -> None:
        sys.stdout.write(
            f"Your blog is at    {address}/\nSign in to it at   {address}/admin/\nStop it with Ctrl+C.\n"
        )
        sys.stdout.flush()

    try:
        if CAN_FORK:
            load(address)
        sys.exit(serve(host, port, address=address, on_ready=say_where))
    except CannotServe as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(0)


def load(address: str) -> None:
    """Import the whole site and render its first page, with all that the first page of each process loads."""
    gc.disable()  # looking through what is only being loaded: a fifteenth of the start
    import granian  # noqa: F401
    from django.conf import settings
    from django.db import connections
    from django.utils.module_loading import import_string

    store = import_string(settings.WSGI_APPLICATION)
    scheme, _colon, host = address.partition("://")
    asked: dict[str, Any] = {"wsgi.url_scheme": scheme, "HTTP_HOST": host}
    setup_testing_defaults(asked)  # the rest of a GET of the first page
    store.application(asked, lambda *_head: None).close()  # Django, behind the store
    connections.close_all()
    gc.collect()
    gc.freeze()  # looking these through for garbage would write to them, and give each process a copy
    gc.enable()


def serve(host: str, port: int, *, address: str, on_ready: Callable[[], None]) -> int:
    """Serve until a signal raises KeyboardInterrupt, or return the exit code of a server that ended.

    Each child leads a process group of its own, so that the workers granian has started end with it
    whatever happens to granian.
    """
    server = worker = None
    worker_again_at = 0.0
    try:
        server = _start(run_server, host, port)
        worker = _start(run_worker, address)
        if not _is_ready(server.is_alive, host, port):
            return server.exitcode or 1
        on_ready()
        while server.is_alive():
            if worker.exitcode == 0:
                worker = _start(run_worker, address)
            elif not worker.is_alive() and not worker_again_at:
                worker_again_at = time.monotonic() + WORKER_PAUSE
                sys.stderr.write("The task worker stopped; it is started again in a moment.\n")
            elif worker_again_at and time.monotonic() >= worker_again_at:
                worker = _start(run_worker, address)
                worker_again_at = 0.0
            time.sleep(0.2)
        return server.exitcode or 1
    finally:
        _stop([child for child in (server, worker) if child])


def run_server(host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.errors import FatalError
    from granian.log import LogLevels

    server = Granian(
        "blog.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=2,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    )
    try:
        server.serve()
    except FatalError:
        sys.exit(1)


def run_worker(address: str) -> None:
    """Wait for tasks, run all there are, and end: the next fork begins without what they left in memory.

    Mails hold whole addresses: without SITE_URL *address*, which is all there is to know.
    """
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import close_old_connections

    django.setup()
    from django_tasks_db.models import DBTaskResult

    settings.SITE_URL = address
    if not CAN_FORK:  # beginning anew takes seconds there
        call_command("db_worker", queue_name="*", interval=WORKER_LOOKS_EVERY, reload=False)
    while not DBTaskResult.objects.ready().exists():
        close_old_connections()
        time.sleep(WORKER_LOOKS_EVERY)
    call_command("db_worker", queue_name="*", batch=True, startup_delay=False, reload=False)


def _start(run: Callable[..., None], *arguments: object) -> BaseProcess:
    process = multiprocessing.Process(target=_run_apart, args=(run, *arguments))
    process.start()
    return process


def _run_apart(run: Callable[..., None], *arguments: object) -> None:
    """Run as the leader of a process group, deaf to what the terminal says to the parent."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    if sys.platform == "linux":
        _end_with_parent()
    run(*arguments)


def _end_with_parent() -> None:
    """Let the kernel ask this process to stop when the parent is gone: one that was killed cannot ask."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    parent = multiprocessing.parent_process()
    if parent and os.getppid() != parent.pid:  # it went before the kernel knew
        sys.exit(1)


def _is_ready(is_running: Callable[[], bool], host: str, port: int) -> bool:
    """Wait for the server to listen; False where it ended, having said itself what kept it from it."""
    target = _CONNECT_TO.get(host, host)
    started, has_said = time.monotonic(), False
    while is_running():
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
    for asked in STOPS:
        signal.signal(asked, signal.SIG_IGN)
    raise KeyboardInterrupt


def _stop(children: list[BaseProcess]) -> None:
    for child in children:
        _signal_group(child, signal.SIGTERM)
    end = time.monotonic() + STOP_TIMEOUT
    for child in children:
        child.join(timeout=max(0.1, end - time.monotonic()))
        _signal_group(child, signal.SIGKILL)
        child.join()


def _signal_group(child: BaseProcess, number: int) -> None:
    assert child.pid  # noqa: S101 - it has been started
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass  # the whole group has ended already


if __name__ == "__main__":
    main()
