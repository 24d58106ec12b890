// Mark the comments that are new since the last visit. What was seen is kept in this browser alone, as
// the highest number of a comment on the page.

const list = document.getElementById("comments");
const KEY = `byline:seen:${list.dataset.comments}`;

const markNew = () => {
  const before = Number(localStorage.getItem(KEY));
  const comments = [...list.querySelectorAll(".comment:not(.held)")];
  const number = (comment) => Number(comment.id.replace("comment-", ""));
  localStorage.setItem(KEY, String(Math.max(before, ...comments.map(number))));
  if (!before) return;
  for (const comment of comments.filter((each) => number(each) > before)) {
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = list.dataset.new;
    comment.querySelector(".by")?.append(badge);
  }
};

try {
  markNew();
} catch {
  // Storage is switched off: nothing is new, and everything else works.
}
