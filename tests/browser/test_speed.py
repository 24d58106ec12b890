"""What makes the next page quick, and the last one: fetched before the click, and kept after it."""

from playwright.sync_api import expect

from tests.factories import make_article, make_comment, make_image

SHIFTS = """new Promise((resolve) => new PerformanceObserver((list) =>
    resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
  ).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 300, 0))"""


def test_the_next_page_is_fetched_before_the_click_and_the_last_one_may_be_kept(
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
    page.goto(f"{site}/")
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
