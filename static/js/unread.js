// Mark the comments that are new since the last visit. What was seen is kept in this browser alone, as
// the time of the newest comment on the page.

const list = document.getElementById("comments");
const KEY = `byline:seen:${list.dataset.comments}`;

const markNew = () => {
  const before = localStorage.getItem(KEY);
  const times = [...list.querySelectorAll(".comment:not(.held) .by time")];
  const at = (time) => new Date(time.dateTime).getTime();
  localStorage.setItem(KEY, String(Math.max(Number(before), ...times.map(at))));
  if (!before) return;
  for (const time of times.filter((each) => at(each) > Number(before))) {
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = list.dataset.new;
    time.closest(".by").append(badge);
  }
};

try {
  markNew();
} catch {
  // Storage is switched off: nothing is new, and everything else works.
}
