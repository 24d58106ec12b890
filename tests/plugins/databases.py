"""Choose the databases of a test run: SQLite, PostgreSQL, or both.

pytest loads this with `-p`, because the settings are read before any conftest. With both, this
process runs the database tests on SQLite while a second pytest runs them on a PostgreSQL of its own.
Browsers wait a lot, so a third one begins with what runs once, file by file; whichever of the other two
is through with the database takes from it. The results of both are then reported here as if they had
happened here.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from argparse import SUPPRESS
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.plugins import postgres

NO_POSTGRES = (
    "PostgreSQL is not installed, so no test ran on it. Install it: apt-get install postgresql"
)
# Every variable that blog/settings.py reads: a test run must never see a real deployment's.
SETTINGS = (
    "ALLOWED_HOSTS CACHE_URL DATABASE_URL DATA_DIR DEBUG DJANGO_SUPERUSER_EMAIL DJANGO_SUPERUSER_PASSWORD "
    "COUNTRY_HEADER EMAIL_URL MEDIA_ROOT SECRET_KEY SITE_URL STORAGE_URL TRUSTED_PROXIES"
).split()
CLAIMS = "taken"  # the folder beside the reports
RAN = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
SLOW = ("tests/quickstart", "tests/browser")  # worth a process of their own
other_runs_key = pytest.StashKey["OtherRuns"]()
claims_key = pytest.StashKey["Claims"]()
missing_key = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("byline")
    group.addoption(
        "--database",
        choices=["sqlite", "postgres", "both"],
        default="both",
        help="Run the tests on SQLite, on PostgreSQL, or on both (the default).",
    )
    group.addoption("--other-run-reports", metavar="FILE", help=SUPPRESS)
    group.addoption("--what-runs-once", action="store_true", help=SUPPRESS)


@pytest.hookimpl(tryfirst=True)  # before pytest-django reads the settings
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the environment is the one that the controlling process made
    options = early_config.known_args_namespace
    # `timeout` and CI systems send SIGTERM: end as with Ctrl-C, so that what was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    prepare_environment(stack)
    if options.database == "sqlite" or options.help or options.version or options.collectonly:
        return
    binaries = postgres.find_binaries()
    if binaries is None:
        if options.database == "postgres" or os.environ.get("CI") == "true":
            raise pytest.UsageError(NO_POSTGRES)
        early_config.stash[missing_key] = NO_POSTGRES
    elif options.database == "postgres":
        try:
            os.environ["DATABASE_URL"] = stack.enter_context(postgres.running_server(binaries))
        except postgres.ServerError as error:
            raise pytest.UsageError(str(error)) from error


def prepare_environment(stack: ExitStack) -> None:
    """Give the settings what they need, and a data folder that is gone after the run."""
    data = Path(tempfile.mkdtemp(prefix="byline-tests-"))
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    (data / "static").mkdir()  # WhiteNoise warns when STATIC_ROOT does not exist
    for name in SETTINGS:
        os.environ.pop(name, None)
    os.environ.update(DATA_DIR=str(data), SECRET_KEY="only-for-tests", CACHE_URL="locmem://")
    if sys.dont_write_bytecode:
        # Ten processes would compile Django each for itself, and the tests three: they share what the
        # first one compiles, in a folder that goes with the run.
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(data / "bytecode")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    if path := config.getoption("other_run_reports"):
        config.pluginmanager.register(ReportWriter(config, Path(path)))
        folder = Path(path).with_name(CLAIMS)
        if folder.is_dir():
            config.stash[claims_key] = Claims(folder)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("other_run_reports"):
        chosen = [item for item in items if belongs_to_other_run(config, item)]
        config.hook.pytest_deselected(items=list(set(items).difference(chosen)))
        items[:] = chosen
    # What is shared comes last, and of that the slow ones first: then all runs end together.
    items.sort(key=lambda item: (not runs_twice(item), not starts_a_blog(item), not is_slow(item)))


def belongs_to_other_run(config: pytest.Config, item: pytest.Item) -> bool:
    """Say whether this other run may take the test; what runs once is shared by claims alone."""
    if runs_twice(item):
        return not config.option.what_runs_once
    return claims_key in config.stash


def runs_twice(item: pytest.Item) -> bool:
    """Say whether the test touches the database; the browser's tests are too slow for a second time."""
    fixtures = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    test_case = getattr(getattr(item, "cls", None), "databases", None)
    uses_database = fixtures or test_case or item.get_closest_marker("django_db")
    return bool(uses_database) and not uses_browser(item)


def uses_browser(item: pytest.Item) -> bool:
    """Say whether Playwright runs from this test on: by its event loop Django takes another connection."""
    return "playwright" in getattr(item, "fixturenames", ())


def is_slow(item: pytest.Item) -> bool:
    """Say whether the test drives a browser, or starts the blog as a newcomer does."""
    return uses_browser(item) or starts_a_blog(item)


def starts_a_blog(item: pytest.Item) -> bool:
    """Say whether the test is of the one file that takes a minute: begun last, it would be waited for."""
    return item.path.parent.name == "quickstart"


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Start the other runs at once where all tests run: reading them keeps one processor busy, not two."""
    config = session.config
    if may_share(config) and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.stash[other_runs_key] = OtherRuns(config, whole=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Start the other run of some tests once it is clear that there is something to run."""
    config = session.config
    if other_runs_key in config.stash or not may_share(config) or session.testsfailed:
        return
    # The controlling process of xdist does not know what its workers will run.
    if config.pluginmanager.hasplugin("dsession") or any(map(runs_twice, session.items)):
        config.stash[other_runs_key] = OtherRuns(config, whole=False)


def may_share(config: pytest.Config) -> bool:
    """Say whether this run may start others: it runs tests, on both databases, and is not one of them."""
    return (
        not config.option.collectonly
        and "PYTEST_XDIST_WORKER" not in os.environ
        and config.option.database == "both"
        and missing_key not in config.stash
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Leave a test that runs once to the other run where that one was first to take its file."""
    claims = item.config.stash.get(claims_key, None)
    if claims is None or runs_twice(item) or claims.is_ours(item.path):
        return None
    item.session.testscollected -= 1
    # What the last test left for this one, a package's fixtures, the next one may not need.
    item.session._setupstate.teardown_exact(nextitem)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    runs = session.config.stash.get(other_runs_key, None)
    if runs is None:
        return
    if exitstatus not in RAN or session.shouldfail or session.shouldstop:
        runs.stop()
        return
    runs.report(session)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if missing_key in config.stash:
        terminalreporter.write_line(f"SKIPPED {config.stash[missing_key]}", yellow=True)


class Claims:
    """Which files with tests that run once are this run's: the first to make a mark of that name has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[Path, bool] = {}

    def is_ours(self, path: Path) -> bool:
        if path not in self.known:
            try:
                (self.folder / "-".join(path.parts[1:])).touch(exist_ok=False)
                self.known[path] = True
            except FileExistsError:
                self.known[path] = False
        return self.known[path]


class ReportWriter:
    """In another run: write every test report to a file, one per line."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self.config = config
        self.path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        with self.path.open("a") as file:
            file.write(json.dumps(data, default=str) + "\n")


class OtherRuns:
    """In the first run: the other processes, with the same arguments, and what they report."""

    def __init__(self, config: pytest.Config, *, whole: bool) -> None:
        self.config = config
        self.folder = Path(tempfile.mkdtemp(prefix="byline-other-runs-"))
        config.add_cleanup(self.stop)
        # From the other end: what both collect at the same time, each rewrites but half of.
        backwards = sorted(tests_in(config.rootpath / "tests"), reverse=True) if whole else []
        self.runs = [OtherRun(config, self.folder, "postgres", paths=backwards)]
        if not config.pluginmanager.hasplugin(
            "dsession"
        ):  # xdist's workers share among themselves
            claims = self.folder / CLAIMS
            claims.mkdir()
            config.stash[claims_key] = Claims(claims)
            if whole:
                # Their files alone: reading the others takes as long as some tests.
                paths = [config.rootpath / folder for folder in SLOW]
                self.runs.append(
                    OtherRun(config, self.folder, "sqlite", "--what-runs-once", paths=paths)
                )
        for run in self.runs:
            run.start()

    def stop(self) -> None:
        for run in self.runs:
            run.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def report(self, session: pytest.Session) -> None:
        """Wait for their ends and report their tests as this run's, those on PostgreSQL marked."""
        terminal: pytest.TerminalReporter = self.config.pluginmanager.getplugin("terminalreporter")
        writer = self.config.get_terminal_writer()
        if writer.width_of_current_line:
            writer.line()
        terminal.write_sep("-", "the database tests on PostgreSQL, and what runs once")
        for run in self.runs:
            exit_code = run.process.wait()
            reports = list(run.read_reports())
            session.testscollected += len({report.nodeid for report in reports})
            for report in reports:
                self.config.hook.pytest_runtest_logreport(report=report)
            if exit_code not in RAN:
                terminal.ensure_newline()
                terminal.write_line(
                    f"The run on {run.database} ended with {exit_code}. Its output:", red=True
                )
                terminal.write(run.output.read_text(errors="replace"))
            if exit_code not in RAN or session.testsfailed:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED


def tests_in(folder: Path) -> Iterator[Path]:
    """Yield the files with tests and the folders of such files, each without what is below it."""
    for path in folder.iterdir():
        if path.match("test_*.py") or next(path.rglob("test_*.py"), None):
            yield path


class OtherRun:
    """Another pytest, which writes its reports to a file."""

    process: subprocess.Popen

    def __init__(
        self,
        config: pytest.Config,
        folder: Path,
        database: str,
        *options: str,
        paths: Sequence[Path] = (),
    ) -> None:
        self.config = config
        self.database = database
        self.options = options
        self.paths = paths  # where the first run names none
        self.reports = folder / f"{database}.jsonl"
        self.output = folder / f"{database}.txt"

    def start(self) -> None:
        # Its own session: Ctrl-C must reach it once, through stop(), while it may be cleaning up.
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.config.invocation_params.dir,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def command(self) -> list[str]:
        args = [
            arg for arg in self.config.invocation_params.args if arg not in {"--pdb", "--trace"}
        ]
        # The last of a repeated option counts.
        args += [
            f"--database={self.database}",
            f"--other-run-reports={self.reports}",
            "--junit-xml=",
        ]
        args += [*self.options, *self.paths]
        if self.config.pluginmanager.hasplugin("xdist"):
            args.append("-n0")
        if self.config.pluginmanager.hasplugin("cacheprovider"):
            args.append(f"-ocache_dir=.pytest_cache/{self.database}")
        return [sys.executable, "-m", "pytest", *map(str, args)]

    def stop(self) -> None:
        # More than once: Python drops a KeyboardInterrupt that arrives in a finalizer.
        while self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)

    def read_reports(self) -> Iterator[pytest.TestReport]:
        if not self.reports.exists():
            return
        for line in self.reports.read_text().splitlines():
            report = self.config.hook.pytest_report_from_serializable(
                config=self.config, data=json.loads(line)
            )
            if isinstance(report.longrepr, list):  # a tuple before it was JSON
                report.longrepr = tuple(report.longrepr)
            if self.database == "postgres":
                file, line_number, name = report.location
                report.nodeid = on_postgres(report.nodeid)
                report.location = (file, line_number, on_postgres(name))
            yield report


def on_postgres(name: str) -> str:
    """Write the database into a test's name, as a parameter of it."""
    return f"{name[:-1]}-PostgreSQL]" if name.endswith("]") else f"{name}[PostgreSQL]"
