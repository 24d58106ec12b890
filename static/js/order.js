// Show the comments in the order that a reader wants. The page itself is the same for everybody, so the comments
// in that order take the place of those that came with it; who followed a link to a comment stays with it.
// comments.js loads this for those who have chosen one.

export const arrange = async (order) => {
  const list = document.getElementById("comments");
  const isFirstPage = list.dataset.comments === `${location.pathname}comments/` && !location.search;
  const other = [...list.querySelectorAll("a[data-order]")].find((link) => link.dataset.order === order);
  if (!other || !isFirstPage || location.hash.startsWith("#comment-")) return;
  const answer = await fetch(other.href).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page && page.getElementById("comments");
  // Somebody who is writing a reply there already is not disturbed.
  if (fresh && !list.contains(document.activeElement)) {
    list.replaceWith(fresh);
    document.dispatchEvent(new Event("byline:comments"));
  }
};
