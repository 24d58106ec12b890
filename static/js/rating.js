// Rate without leaving the page: the server's answer takes the place of the box.

document.addEventListener("submit", async (event) => {
  const box = event.target.closest('[data-fragment="rating"]');
  if (!box) return;
  event.preventDefault();
  const form = event.target;
  const body = new FormData(form, event.submitter);
  body.set("seconds", Math.round(performance.now() / 1000)); // since the page came, for the authors' statistics
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "rating" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('[data-fragment="rating"]');
    // Fails where another page came, before the box is gone.
    const status = fresh.querySelector('[role="status"]');
    box.replaceWith(fresh);
    // A live region that arrives filled is not announced; focus is, and keyboard users stay in place.
    status.tabIndex = -1;
    (fresh.querySelector('[aria-invalid="true"]') ?? status).focus({ preventScroll: true });
  } catch {
    box.removeAttribute("aria-busy");
    box.querySelector('[role="status"]').textContent = box.dataset.offline;
  }
});
