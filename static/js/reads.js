// Tell the site that this article is being read, once it has been in sight for five seconds in all, and once
// more when the end of its text comes into sight after that. Nothing is kept in the browser; the site counts
// a reader once a day, and bots and tests of pages not at all.

const { read } = document.querySelector("[data-read]").dataset;
const prose = document.querySelector(".prose");
const text = prose.querySelector(":scope > details.more") ?? prose;
let left = 5000; // milliseconds
let since = null; // while in sight: when that began
let timer;

// The last part of a text that is still folded is nowhere, and not in sight.
const watchEnd = () => {
  const end = new IntersectionObserver((places) => {
    if (!places.some((place) => place.isIntersecting)) return;
    end.disconnect();
    navigator.sendBeacon(read, new URLSearchParams({ at: "end" }));
  });
  // Of a text on several pages only the last one has its end.
  if (text.lastElementChild && !("goesOn" in prose.dataset)) end.observe(text.lastElementChild);
};

const tell = () => {
  document.removeEventListener("visibilitychange", look);
  navigator.sendBeacon(read);
  watchEnd();
};

const look = () => {
  clearTimeout(timer);
  if (since !== null) left -= performance.now() - since;
  since = document.visibilityState === "visible" ? performance.now() : null;
  if (since !== null) timer = setTimeout(tell, left);
};

if (!navigator.webdriver) {
  document.addEventListener("visibilitychange", look);
  look();
}
