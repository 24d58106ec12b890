// The moderators' queue: decide without a reload and by keys, and see what others decide.
// Every button is a form of its own and works without this.

const queue = document.querySelector("[data-queue]");
const list = document.getElementById("queue-list");
const bulk = document.getElementById("queue-bulk");
const help = queue.querySelector("dialog");
const everyTenSeconds = 10_000;
const undos = []; // where to take back what was done on this page, the last at the end

const open = () => [...list.querySelectorAll(".queue-item:not(.queue-left, [aria-busy])")];
const picks = () => [...list.querySelectorAll('input[name="pick"][form]')];
const current = () => list.querySelector("[data-current]");
// An answer that is being written, or a text that is being changed.
const typed = (item) =>
  [...(item?.querySelectorAll("textarea, .queue-fields input") ?? [])].some((field) => field.value.trim() !== field.defaultValue.trim());

// Where the moderator is

const mark = (item) => {
  if (current() === item) return;
  current()?.removeAttribute("data-current");
  item?.setAttribute("data-current", "");
};

const go = (item) => {
  mark(item);
  (item ?? document.getElementById("queue-bar")).focus({ preventScroll: true });
  item?.scrollIntoView({ block: "nearest" });
};

const nextTo = (item, step = 1) => {
  const items = open();
  if (!item) return items[0];
  const way = step > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const there = items.filter((other) => item.compareDocumentPosition(other) & way);
  return step > 0 ? there[0] : there.at(-1);
};

list.addEventListener("focusin", ({ target }) => mark(target.closest(".queue-item")));

// What the server answers

const place = (fresh) => {
  const item = document.getElementById(fresh.id);
  if (!item) return;
  if (typed(item) && fresh.classList.contains("queue-left")) {
    // What is typed there stays, with the news above it.
    item.querySelector(".queue-late")?.remove();
    const note = document.createElement("p");
    note.className = "queue-late";
    note.textContent = fresh.textContent.replace(/\s+/g, " ").trim();
    item.prepend(note);
    return;
  }
  const hadFocus = item.contains(document.activeElement);
  if (item.hasAttribute("data-current")) fresh.setAttribute("data-current", "");
  item.replaceWith(fresh);
  if (hadFocus) fresh.focus({ preventScroll: true });
};

const show = (text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const id of ["queue-bar", "queue-tabs"]) {
    const part = page.getElementById(id);
    if (part && id === "queue-bar") {
      document.getElementById(id).replaceChildren(...part.childNodes); // a live region stays to be heard
    } else if (part && !document.getElementById(id).contains(document.activeElement)) {
      document.getElementById(id).replaceWith(part);
    }
  }
  const changed = [...page.querySelectorAll("[data-changed] > li")];
  changed.forEach(place);
  for (const item of page.querySelectorAll("[data-fresh] > li")) {
    if (!document.getElementById(item.id)) list.append(item);
  }
  document.getElementById("queue-empty").hidden = list.childElementCount > 0;
  count();
  return changed.map(({ id }) => document.getElementById(id));
};

const say = (text) => {
  const line = document.createElement("p");
  line.className = "queue-late";
  line.textContent = text;
  document.getElementById("queue-bar").replaceChildren(line);
};

const send = async (address, body) => {
  body.set("after", list.lastElementChild?.dataset.key ?? "");
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "queue" } });
  if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
  return { items: show(await answer.text()), isRefused: !answer.ok };
};

const decide = async (form, submitter) => {
  const body = new FormData(form, submitter);
  const isUndo = "undo" in form.dataset;
  const item = form.closest(".queue-item");
  const acted = isUndo ? [] : item ? [item] : picks().filter((pick) => pick.checked).map((pick) => pick.closest("li"));
  acted.forEach((each) => each.setAttribute("aria-busy", "true"));
  const { quick } = form.dataset; // its own address: without this script the form leads to the whole form
  if (acted.length && !quick) go(nextTo(item ?? current() ?? acted[0]) ?? nextTo(null)); // the next one at once
  try {
    const { items, isRefused } = await send(quick ?? form.action, body);
    acted.forEach((each) => each.removeAttribute("aria-busy"));
    if (isRefused) return go(item);
    const undo = document.querySelector("#queue-bar form[data-undo]");
    if (isUndo) undos.splice(undos.indexOf(form.action) >>> 0, 1);
    else if (undo) undos.push(undo.action);
    if (isUndo || quick) go(items.find((each) => each && !each.classList.contains("queue-left")) ?? current());
    else if (!current() || current().classList.contains("queue-left")) go(nextTo(current()) ?? nextTo(null));
  } catch {
    acted.forEach((each) => each.removeAttribute("aria-busy"));
    say(queue.dataset.offline);
    if (item) go(item);
  }
};

queue.addEventListener("submit", (event) => {
  const form = event.target;
  const isOurs = form.method === "post" && !form.closest(".queue-filter");
  if (!isOurs || new FormData(form).has("everything")) return; // more than this page: the page comes again
  event.preventDefault();
  decide(form, event.submitter);
});

// What others decide, and what comes in

const look = async () => {
  if (document.hidden) return;
  const items = open();
  const asked = new URLSearchParams(bulk.elements.namedItem("query").value);
  asked.set("shown", items.map((item) => item.dataset.pick).join(","));
  asked.set("after", list.lastElementChild?.dataset.key ?? "0-0");
  asked.set("want", Math.max(0, Number(queue.dataset.size) - items.length));
  const answer = await fetch(`${queue.dataset.news}?${asked}`).catch(() => null);
  if (answer?.ok && !answer.redirected) show(await answer.text());
};

setInterval(look, everyTenSeconds);
document.addEventListener("visibilitychange", look);

// Many at once

const all = bulk.querySelector("[data-all]");
const counter = all.querySelector("[data-count]");
const plain = counter.textContent;

const count = () => {
  const chosen = picks().filter((pick) => pick.checked).length;
  counter.textContent = chosen ? queue.dataset.selected.replace("{count}", chosen) : plain;
  const box = all.querySelector("input");
  box.checked = chosen > 0 && chosen === picks().length;
  box.indeterminate = chosen > 0 && !box.checked;
};

all.hidden = false;
all.addEventListener("change", ({ target }) => {
  for (const pick of picks()) pick.checked = target.checked;
  count();
});
list.addEventListener("change", count);

// Answers

list.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.open) return;
    target.querySelector("textarea").focus({ preventScroll: true });
    target.querySelector("form").scrollIntoView({ block: "nearest" });
  },
  true,
);
list.addEventListener("keydown", (event) => {
  if (!event.target.matches("textarea, .queue-fields input")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
  if (event.key === "Escape") {
    event.target.closest("details").open = false;
    go(event.target.closest(".queue-item"));
  }
});

// Keys

const KEY = "byline:queue-keys";
const areOn = () => {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // storage is switched off
  }
};
const switcher = help.querySelector("[data-switch]");
const showHelp = () => help.showModal();
const press = (...choices) => {
  for (const choice of choices) {
    const button = current()?.querySelector(choice);
    if (button) return button.click();
  }
};
const decideBy = (...values) => press(...values.map((value) => `.queue-acts [name="to"][value="${value}"]`));
const pressBulk = (...values) => {
  if (!picks().some((pick) => pick.checked)) return;
  for (const value of values) {
    const button = bulk.querySelector(`[value="${value}"]:is(button)`);
    if (button) return button.click();
  }
};
const openBox = (choice) => () => {
  const box = current()?.querySelector(choice);
  if (!box) return;
  box.open = true;
  box.querySelector("textarea").focus(); // at once: what is typed next is text, not commands
};
const step = (way) => {
  const item = nextTo(current(), way);
  if (item) go(item);
};
const undo = () => {
  const address = undos.at(-1);
  const form = address && [...queue.querySelectorAll("form[data-undo]")].find(({ action }) => action === address);
  if (form) return form.requestSubmit();
  if (!address) return;
  // Its row has gone: any form has what the server wants besides the address.
  const copy = bulk.cloneNode();
  copy.removeAttribute("id");
  copy.append(...[...bulk.querySelectorAll("[type=hidden]")].map((field) => field.cloneNode()));
  copy.action = address;
  copy.dataset.undo = "";
  decide(copy);
};
const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => decideBy("approved", "keep"),
  u: () => decideBy("pending"),
  s: () => decideBy("spam", "restore"),
  d: () => decideBy("trash", "restore"),
  t: () => decideBy("trash", "restore"),
  r: openBox(".queue-reply:not(.queue-quick)"),
  e: () => press("[data-edit]"),
  q: openBox(".queue-quick"),
  b: () => press("[data-ban]"),
  o: () => press("[data-open]"),
  x: () => press('input[name="pick"][form]'),
  z: undo,
  A: () => pressBulk("approved", "keep"),
  U: () => pressBulk("pending"),
  S: () => pressBulk("spam", "restore"),
  D: () => pressBulk("trash", "restore"),
  T: () => pressBulk("trash", "restore"),
  "/": () => document.getElementById("queue_q").focus(),
  "?": showHelp,
};

document.addEventListener("keydown", (event) => {
  const { target, key, ctrlKey, metaKey, altKey, repeat } = event;
  if (!areOn() || ctrlKey || metaKey || altKey || help.open || event.isComposing) return;
  if (target.matches('textarea, select, input:not([type="checkbox"]), [contenteditable]')) return;
  if (!Object.hasOwn(keys, key) || (repeat && !"jk".includes(key))) return;
  event.preventDefault();
  keys[key]();
});

const line = queue.querySelector("[data-keys]");
line.hidden = false;
line.querySelector("[data-help]").addEventListener("click", showHelp);
switcher.checked = areOn();
switcher.addEventListener("change", () => {
  try {
    localStorage.setItem(KEY, switcher.checked ? "on" : "off");
  } catch {
    // They stay on.
  }
});

const said = document.querySelector("#queue-bar form[data-undo]");
if (said) undos.push(said.action);
mark(open()[0]);
