// What this browser alone keeps about the comments: which were there on the last visit, as the highest number
// of a comment on the page, and in which order they are wanted. What is rarely needed is loaded when it is.

const list = () => document.getElementById("comments"); // in another order it is another one
const SEEN = `byline:seen:${list().dataset.comments}`;
const ORDER = "byline:order";

const markNew = (before) => {
  const comments = [...list().querySelectorAll(".comment:not(.held)")];
  const number = (comment) => Number(comment.id.replace("comment-", ""));
  const seen = Number(localStorage.getItem(SEEN));
  localStorage.setItem(SEEN, String(Math.max(seen, ...comments.map(number))));
  if (!before) return;
  for (const comment of comments.filter((each) => number(each) > before)) {
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = list().dataset.new;
    comment.querySelector(".by")?.append(badge);
  }
};

const { orderScript, newsScript } = list().dataset;

try {
  const before = Number(localStorage.getItem(SEEN));
  markNew(before);
  document.addEventListener("byline:comments", () => markNew(before));
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-order]");
    if (link) localStorage.setItem(ORDER, link.dataset.order);
  });
  const order = localStorage.getItem(ORDER);
  if (order && orderScript) import(orderScript).then(({ arrange }) => arrange(order));
} catch {
  // Storage is switched off: nothing is new, nothing is remembered, and everything else works.
}

// Who is still here after a minute is told what has come meanwhile.
if (newsScript) setTimeout(() => import(newsScript), 60_000);
