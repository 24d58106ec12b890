// Remember in which order a reader wants comments. The page itself is the same for everybody, so the comments
// in that order take the place of those that came with it; who followed a link to a comment stays with it.

const KEY = "byline:order";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-order]");
  try {
    if (link) localStorage.setItem(KEY, link.dataset.order);
  } catch {
    // Storage is switched off: the link works for this page.
  }
});

const chosen = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

const list = document.getElementById("comments");
const isFirstPage = list.dataset.comments === `${location.pathname}comments/` && !location.search;
const other = [...list.querySelectorAll("a[data-order]")].find((link) => link.dataset.order === chosen());

if (other && isFirstPage && !location.hash.startsWith("#comment-")) {
  const answer = await fetch(other.href).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page && page.getElementById("comments");
  // Somebody who is writing a reply there already is not disturbed.
  if (fresh && !list.contains(document.activeElement)) {
    list.replaceWith(fresh);
    document.dispatchEvent(new Event("byline:comments"));
  }
}
