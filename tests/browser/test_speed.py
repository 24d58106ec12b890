"""What makes pages quick: shown before their styles, fetched before the click, kept after it."""

from playwright.sync_api import Route, expect

from tests.factories import make_article, make_comment, make_image

PAINTED = """new Promise((resolve) =>
    new PerformanceObserver(() => resolve()).observe({ type: "paint", buffered: true }))"""
SHIFTS = """new Promise((resolve) => new PerformanceObserver((list) =>
    resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
  ).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 300, 0))"""


def test_the_first_screen_waits_for_no_styles_the_next_page_for_no_click_and_the_last_is_kept(
    browser_type, browser_type_launch_args, site, transactional_db
):
    article = make_article(title="Bridges", lead_image=make_image(size=(640, 480)))
    make_comment(article=article, status="approved")
    # Playwright switches the cache of going back off.
    browser = browser_type.launch(
        **browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = browser.new_page()
    devtools = page.context.new_cdp_session(page)
    fetched, reasons = [], []
    devtools.on("Preload.prefetchStatusUpdated", lambda event: fetched.append(event["status"]))
    devtools.on(
        "Page.backForwardCacheNotUsed",
        lambda event: reasons.extend(event["notRestoredExplanations"]),
    )
    for domain in ("Page", "Preload"):
        devtools.send(f"{domain}.enable")
    held: list[Route] = []
    page.route("**/*.css", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks it
    page.goto(f"{site}/", wait_until="commit")
    page.evaluate(PAINTED)
    lead = page.get_by_role("heading", name="Bridges", level=2)
    styled = "(lead) => [getComputedStyle(lead).fontFamily, JSON.stringify(lead.getBoundingClientRect())]"
    first_screen = lead.evaluate(styled)
    assert first_screen[0].startswith("Newsreader")
    assert page.locator("footer").count() == 0  # below the stylesheet, which is not there yet
    held.pop().continue_()
    page.unroute("**/*.css")
    page.wait_for_load_state()
    assert lead.evaluate(styled) == first_screen
    assert page.evaluate(SHIFTS) == 0
    link = page.get_by_role("link", name="Bridges").first
    link.hover()
    for _try in range(200):
        if "Ready" not in fetched:
            page.wait_for_timeout(20)
    link.click()
    expect(page.get_by_role("heading", name="Bridges", level=1)).to_be_visible()
    [visit] = page.evaluate("performance.getEntriesByType('navigation')")
    shifted = page.evaluate(SHIFTS)
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url(f"{site}/", wait_until="commit")
    page.evaluate("setTimeout(() => history.forward())")
    page.wait_for_url(f"{site}{article.get_absolute_url()}", wait_until="commit")
    browser.close()

    assert visit["deliveryType"] == "navigational-prefetch"
    assert shifted == 0
    # The browser of the tests may have no such cache; neither page gives it a reason.
    assert {reason["type"] for reason in reasons} <= {"Circumstantial"}, reasons
