// Suggestions under a search field as one types: a combobox with a list, as WAI-ARIA's practices have it.
// theme.js loads this when a field gets the focus; without it the field is a plain form.

const LEAST_LETTERS = 2;
const PAUSE = 150; // milliseconds after a key
const answers = new Map();

// What the server makes of it, so that "Über " and "uber" are one address, which it can keep.
const folded = (text) =>
  text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize("NFC").toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ").trim().slice(0, 60);

const ask = async (address, signal) => {
  if (!answers.has(address)) {
    const answer = await fetch(address, { signal });
    if (!answer.ok) return ""; // too many at once: the form still works
    answers.set(address, await answer.text());
  }
  return answers.get(address);
};

export const suggest = (input) => {
  if (input.role === "combobox") return;
  const { found, style } = input.dataset;
  const box = document.createElement("div");
  box.className = "suggestions";
  box.hidden = true;
  const status = document.createElement("p");
  status.className = "vh";
  status.role = "status";
  const place = input.closest(".search");
  place.append(box, status);
  place.classList.add("suggesting");
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false", autocomplete: "off" });
  if (!document.querySelector(`link[href="${style}"]`)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
  }

  let timer, request, shown = "";
  const options = () => [...box.querySelectorAll("[role=option]")];
  const active = () => box.querySelector("[aria-selected=true]");

  const choose = (option) => {
    active()?.removeAttribute("aria-selected");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const show = (isShown) => {
    box.hidden = !isShown;
    input.ariaExpanded = String(isShown);
    if (!isShown) choose(null);
  };

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    show(false);
  };

  const update = async () => {
    const words = folded(input.value);
    if (words.replaceAll(" ", "").length < LEAST_LETTERS) return close();
    if (words === shown) return show(box.childElementCount > 0);
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    const html = await ask(`${found}${encodeURIComponent(words)}/`, signal).catch(() => "");
    if (signal.aborted || document.activeElement !== input) return;
    const list = new DOMParser().parseFromString(html, "text/html").querySelector("[role=listbox]");
    box.replaceChildren(...(list ? [list] : []));
    shown = list ? words : "";
    if (list) {
      list.id = `${input.id}-list`;
      for (const option of options()) option.id = `${input.id}-${option.id}`;
      input.setAttribute("aria-controls", list.id);
      status.textContent = list.dataset.status;
    }
    show(Boolean(list));
  };

  input.addEventListener("input", () => {
    choose(null);
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE);
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const all = options();
    const at = all.indexOf(active());
    if (event.key === "ArrowDown" && box.hidden) update();
    else if (event.key === "ArrowDown" && !event.altKey) choose(all[at + 1] ?? null);
    else if (event.key === "ArrowUp" && event.altKey) close();
    else if (event.key === "ArrowUp" && !box.hidden) choose(at < 0 ? all.at(-1) : all[at - 1] ?? null);
    else if (event.key === "Enter" && at >= 0 && !box.hidden) all[at].click();
    else if (event.key === "Escape" && !box.hidden) close();
    else return;
    event.preventDefault();
  });

  // A press on a suggestion must not take the focus away: the list would be gone before the click.
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  box.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("blur", close);
  if (input.value) timer = setTimeout(update, PAUSE);
};
