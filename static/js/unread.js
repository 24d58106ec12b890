// Mark the comments that are new since the last visit. What was seen is kept in this browser alone, as
// the highest number of a comment on the page.

const list = () => document.getElementById("comments"); // in another order it is another one
const KEY = `byline:seen:${list().dataset.comments}`;

const markNew = (before) => {
  const comments = [...list().querySelectorAll(".comment:not(.held)")];
  const number = (comment) => Number(comment.id.replace("comment-", ""));
  const seen = Number(localStorage.getItem(KEY));
  localStorage.setItem(KEY, String(Math.max(seen, ...comments.map(number))));
  if (!before) return;
  for (const comment of comments.filter((each) => number(each) > before)) {
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = list().dataset.new;
    comment.querySelector(".by")?.append(badge);
  }
};

try {
  const before = Number(localStorage.getItem(KEY));
  markNew(before);
  document.addEventListener("byline:comments", () => markNew(before));
} catch {
  // Storage is switched off: nothing is new, and everything else works.
}
