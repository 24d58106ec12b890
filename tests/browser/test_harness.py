"""The browser tests' own foundation: what the fixtures promise, they do."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_user


def show(page: Page, body: str, **headers: str) -> None:
    """Let the site answer with this page."""
    page.route(
        "**/test-page",
        lambda route: route.fulfill(body=body, content_type="text/html", headers=headers),
    )
    page.goto("/test-page")


def test_staff_see_the_styled_admin(page, sign_in):
    sign_in(page, make_user(is_staff=True, is_superuser=True, display_name="Ada"))
    page.goto("/admin/")

    expect(page.locator("#user-tools")).to_contain_text("Ada")
    assert page.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length)")


@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        ("<script>console.error('no good')</script>", {}, "no good"),
        ("<script>noSuchName()</script>", {}, "noSuchName is not defined"),
        (
            "<script>1</script>",
            {"Content-Security-Policy": "script-src 'self'"},
            "violates the following",
        ),
        ("<img src='/no-such-picture'>", {}, "404"),
        (
            "<img src='http://other.invalid/x.png'>",
            {},
            "asked another host: http://other.invalid/x.png",
        ),
    ],
)
def test_watcher_notices(page, problems, body, headers, problem):
    show(page, body, **headers)

    assert any(problem in noticed for noticed in problems)
    problems.clear()


def test_refused_form_is_no_problem(page, problems):
    page.route("**/refused", lambda route: route.fulfill(status=422, body="Write something."))
    page.goto("/refused")

    assert problems == []


def test_axe_names_the_place(page, axe):
    show(page, "<html lang=en><title>A</title><main><h1>A</h1><img src='data:,'></main>")

    with pytest.raises(AssertionError, match=r"(?s)image-alt.*<img"):
        axe(page)


def test_page_without_scripts_runs_none(no_js_page):
    show(no_js_page, "<p id=p>before</p><script>p.textContent = 'after'</script>")

    expect(no_js_page.locator("p")).to_have_text("before")


def test_phone_is_360_pixels_wide(phone):
    show(phone, "<meta name=viewport content='width=device-width'>")

    assert phone.evaluate("innerWidth") == 360
