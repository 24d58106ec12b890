"""A real Chromium against a real server. A test fails by itself on whatever the browser complains of."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, WebError, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from blog.wsgi import application

NO_CHROMIUM = "Chromium is not installed. Install it: apt-get install chromium-headless-shell"
# The shell is Chromium without a window to draw, and takes a third less of the processor.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
# Nothing but the page under test may use the network; --no-sandbox because root has no sandbox.
CHROMIUM_ARGS = """
    --no-sandbox --disable-gpu --disable-background-networking --disable-component-update
    --disable-sync --no-first-run --disable-quic
""".split()
TIMEOUT = 10_000  # milliseconds, on a machine that runs PostgreSQL's tests meanwhile
STORED = "local_storage,indexeddb,cache_storage,service_workers"  # in a browser, by pages
AXE_RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="session", autouse=True)
def allow_database_beside_playwright() -> Iterator[None]:
    """Let tests use the ORM: Playwright keeps an event loop in their thread, which Django mistrusts."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None and os.environ.get("CI") == "true":
        pytest.fail(NO_CHROMIUM, pytrace=False)
    if chromium is None:
        pytest.skip(NO_CHROMIUM)
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_ARGS}


@pytest.fixture(autouse=True)
def no_pages_kept() -> None:
    """Start without rendered pages: the database of the last test was emptied without any trigger."""
    application.forget()


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Let `page.goto("/")` do without the address of the running site."""
    return live_server.url


@pytest.fixture(scope="session")
def site(base_url: str) -> str:
    """Return the address of the running site, without a slash at its end."""
    return base_url


@pytest.fixture
def problems() -> list[str]:
    """Return what the browser complained of so far. A test that provokes it on purpose clears the list."""
    return []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], site: str, problems: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Open browser contexts on the site; fail on console and CSP errors, broken files, other hosts."""

    def open_context(**options: Any) -> BrowserContext:
        context = new_context(**{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(TIMEOUT)
        watch(context, site, problems)
        return context

    yield open_context
    assert problems == []


def watch(context: BrowserContext, site: str, problems: list[str]) -> Callable[[], None]:
    """Note in *problems* what the browser complains of, until the function that is returned is called."""

    def on_console(message: Any) -> None:
        # Failed requests are judged below: a refused form is a page, though the console says "error".
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(f"{message.page and message.page.url}: {message.text}")

    def on_response(response: Response) -> None:
        may_refuse = response.request.resource_type in {"document", "fetch", "xhr"}
        if response.status >= (500 if may_refuse else 400):
            problems.append(f"{response.status} {response.url}")

    def on_request(request: Any) -> None:
        uses_network = request.url.startswith(("http:", "https:", "ws:", "wss:"))
        if uses_network and not request.url.startswith(f"{site}/"):
            problems.append(f"asked another host: {request.url}")

    def on_error(error: WebError) -> None:
        problems.append(f"{error.page and error.page.url}: {error.error}")

    handlers: dict[str, Any] = {
        "console": on_console,
        "weberror": on_error,
        "response": on_response,
        "request": on_request,
    }
    for event, handler in handlers.items():
        context.on(event, handler)

    def stop() -> None:
        for event, handler in handlers.items():
            context.remove_listener(event, handler)

    return stop


@pytest.fixture(scope="session")
def kept_context(
    browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[BrowserContext]:
    """Open the context of all tests of a single page: with the editor's scripts kept and compiled."""
    context = browser.new_context(**{"reduced_motion": "reduce"} | browser_context_args)
    context.set_default_timeout(TIMEOUT)
    yield context
    context.close()


@pytest.fixture
def context(
    kept_context: BrowserContext, site: str, problems: list[str]
) -> Iterator[BrowserContext]:
    """Lend the kept context to a test; take it back without cookies, and without what pages stored."""
    stop_watching = watch(kept_context, site, problems)
    yield kept_context
    stop_watching()
    kept_context.set_offline(False)
    last = kept_context.pages[0] if kept_context.pages else kept_context.new_page()
    kept_context.new_cdp_session(last).send(
        "Storage.clearDataForOrigin", {"origin": site, "storageTypes": STORED}
    )
    for page in kept_context.pages:
        page.close()
    kept_context.clear_cookies()
    assert problems == []


@pytest.fixture
def no_js_page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """Open a page on a phone of 360 × 740 pixels."""
    return new_context(
        viewport={"width": 360, "height": 740},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    ).new_page()


@pytest.fixture
def sign_in(site: str) -> Callable[[Page, User], None]:
    """Sign a user in without the form, which has tests of its own."""

    def with_session(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])

    return with_session


@pytest.fixture
def axe() -> Callable[..., None]:
    """Return a check: `axe(page)` fails with a readable list of what axe-core finds."""

    def check(page: Page, context: str | None = None) -> None:
        if page.evaluate("!window.axe"):
            page.evaluate(AXE_SCRIPT)
        arguments = ", ".join(
            json.dumps(argument) for argument in (context, AXE_RULES) if argument
        )
        # The whole report takes as long to bring over as to write.
        found = page.evaluate(f"axe.run({arguments}).then((report) => report.violations)")
        assert not found, f"axe on {page.url}:\n" + "\n".join(map(describe, found))

    return check


@pytest.fixture
def axe_in_both_looks(axe: Callable[..., None]) -> Callable[[Page], None]:
    """Return a check of a page on a phone in the dark and on a desk in the light, loaded once.

    Both widths and both schemes, but not every pair: what may fail fails in one of these.
    """

    def check(page: Page) -> None:
        for width, scheme in ((360, "dark"), (1280, "light")):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            # Else links are still on their way from one colour to the other.
            page.evaluate("document.getAnimations().forEach((change) => change.finish())")
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    return check


def describe(violation: dict[str, Any]) -> str:
    places = [
        f"    {' '.join(map(str, node['target']))}\n        {node['html']}"
        for node in violation["nodes"]
    ]
    return "\n".join([f"{violation['id']} ({violation['impact']}): {violation['help']}", *places])
