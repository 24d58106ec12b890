// Remember the colours a reader chose. Choosing works without this; the choice then lasts one page.
//
// The one script that is no module: loaded async before the stylesheets it delays nothing, and from
// the cache it runs before the first paint, where a module came too late in one case out of six.

{
  const KEY = "byline:theme";

  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is switched off
    }
  };

  const apply = (choice) => {
    const root = document.documentElement;
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
    for (const radio of document.getElementsByName("theme")) radio.checked = radio.value === (choice ?? "system");
  };

  apply(kept());
  // The radios may not be there yet.
  document.addEventListener("DOMContentLoaded", () => apply(kept()));
  // Back from the browser's page cache, or with radios as they stood when this page was left; changed in
  // another tab.
  addEventListener("pageshow", () => apply(kept()));
  addEventListener("storage", (event) => event.key === KEY && apply(event.newValue));

  // A field that suggests loads what it needs when somebody goes there.
  document.addEventListener("focusin", ({ target }) => {
    if (target.dataset.suggest) import(target.dataset.suggest).then(({ suggest }) => suggest(target));
  });

  document.addEventListener("change", ({ target }) => {
    if (target.name !== "theme") return;
    apply(target.value);
    try {
      localStorage.setItem(KEY, target.value);
    } catch {
      // The choice holds for this page.
    }
  });
}
