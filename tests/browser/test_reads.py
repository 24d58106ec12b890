"""A read is told of after five seconds in sight; the clock is the test's, so nobody waits for it."""

import pytest

from blog.reads.models import DailyReads
from tests.factories import make_article

READER = """
  Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
  let state = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  window.show = (isShown) => {
    state = isShown ? "visible" : "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
  };
"""


@pytest.mark.django_db(transaction=True)
def test_reader_counts_after_five_seconds_in_sight(new_context):
    article = make_article(body_html="<p>Once.</p>" * 200 + "<p>The end.</p>")
    context = new_context(user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36")
    context.add_init_script(READER)
    page = context.new_page()
    told = []
    page.on("request", lambda request: "/reads/" in request.url and told.append(request.method))
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(article.get_absolute_url())

    page.clock.run_for(3000)
    page.evaluate("show(false)")
    page.clock.run_for(60_000)
    page.evaluate("show(true)")
    page.clock.run_for(1000)
    assert told == []
    with page.expect_response("**/reads/*/") as answer:
        page.clock.run_for(2000)
    page.clock.run_for(60_000)
    assert (told, answer.value.status) == (["POST"], 204)
    with page.expect_response("**/reads/*/"):
        page.get_by_text("The end.").scroll_into_view_if_needed()

    assert list(DailyReads.objects.values_list("count", "finished")) == [(1, 1)]
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
