// What the browser can do itself, before the plain links: its own share sheet, the clipboard, the printer.

const section = document.querySelector("[data-share]");

if (section) {
  const { share: url, title, copy, copied, sheet, print } = section.dataset;
  const list = section.querySelector("ul");

  const add = (label, act) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = label;
    button.addEventListener("click", () => act(button));
    item.append(button);
    list.prepend(item);
  };

  add(print, () => window.print());
  if (navigator.share) add(sheet, () => navigator.share({ title, url }).catch(() => {})); // closed again
  if (navigator.clipboard) {
    add(copy, async (button) => {
      await navigator.clipboard.writeText(url);
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 3000);
    });
  }
}
