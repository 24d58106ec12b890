// Remember the colours a reader chose. Choosing works without this; the choice then lasts one page.
// Loaded async before the stylesheets: from the cache it runs before the first paint and delays nothing.

const KEY = "byline:theme";
const root = document.documentElement;

const apply = (choice) => {
  if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  else delete root.dataset.theme;
  for (const radio of document.getElementsByName("theme")) radio.checked = radio.value === (choice ?? "system");
};

const kept = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off
  }
};

apply(kept());
// The radios may not be parsed yet.
document.addEventListener("DOMContentLoaded", () => apply(kept()));
// Back from the browser's page cache, or changed in another tab.
addEventListener("pageshow", (event) => event.persisted && apply(kept()));
addEventListener("storage", (event) => event.key === KEY && apply(event.newValue));

document.addEventListener("change", ({ target }) => {
  if (target.name !== "theme") return;
  apply(target.value);
  try {
    localStorage.setItem(KEY, target.value);
  } catch {
    // The choice holds for this page.
  }
});
