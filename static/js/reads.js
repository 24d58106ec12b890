// Tell the site that this article is being read, once it has been in sight for five seconds in all. Nothing
// is kept in the browser; the site counts a reader once a day, and bots and tests of pages not at all.

const { read } = document.querySelector("[data-read]").dataset;
let left = 5000; // milliseconds
let since = null; // while in sight: when that began
let timer;

const tell = () => {
  document.removeEventListener("visibilitychange", look);
  navigator.sendBeacon(read);
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
