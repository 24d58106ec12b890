// "Save my name, email, and website in this browser": kept here, sent nowhere until the next comment.
// The text of a comment being written outlives a reload in the same way, for this tab only.

const WRITER = "byline:writer";
const form = document.querySelector("#respond form");

const start = () => {
  const field = (name) => form.elements.namedItem(name);
  const names = ["name", "email", "website"].filter(field);
  const remember = field("remember");
  const body = field("body");
  const draft = `byline:draft:${form.action}`;

  const kept = JSON.parse(localStorage.getItem(WRITER) ?? "null");
  if (kept && remember) {
    remember.checked = true;
    for (const name of names) field(name).value ||= kept[name] ?? "";
  }

  // A page that came by following the answer to a POST, without the text in it: it has arrived.
  const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate" && !body.value;
  if (arrived && sessionStorage.getItem(`${draft}:sent`)) sessionStorage.removeItem(draft);
  sessionStorage.removeItem(`${draft}:sent`);
  body.value ||= sessionStorage.getItem(draft) ?? "";
  body.addEventListener("input", () => sessionStorage.setItem(draft, body.value));

  form.addEventListener("submit", () => {
    sessionStorage.setItem(`${draft}:sent`, "1");
    if (remember?.checked) {
      localStorage.setItem(WRITER, JSON.stringify(Object.fromEntries(names.map((name) => [name, field(name).value]))));
    } else if (remember) {
      localStorage.removeItem(WRITER);
    }
  });
};

try {
  if (form) start();
} catch {
  // Storage is switched off: nothing is remembered, and everything else works.
}
