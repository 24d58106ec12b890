// "Save my name, email, and website in this browser": kept here, sent nowhere until the next comment.
// The text of a comment being written outlives a reload in the same way, for this tab only.

const form = document.querySelector("#respond form");

if (form) {
  const KEY = "byline:writer";
  const FIELDS = ["name", "email", "website"].filter((name) => form.elements.namedItem(name));
  const remember = form.elements.namedItem("remember");
  const draftKey = `byline:draft:${form.action}`;
  const body = form.elements.namedItem("body");

  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  if (kept && remember) {
    remember.checked = true;
    for (const name of FIELDS) form.elements.namedItem(name).value ||= kept[name] ?? "";
  }
  body.value ||= sessionStorage.getItem(draftKey) ?? "";
  body.addEventListener("input", () => sessionStorage.setItem(draftKey, body.value));

  form.addEventListener("submit", () => {
    sessionStorage.removeItem(draftKey);
    if (!remember) return;
    if (remember.checked) {
      localStorage.setItem(
        KEY,
        JSON.stringify(Object.fromEntries(FIELDS.map((name) => [name, form.elements.namedItem(name).value]))),
      );
    } else {
      localStorage.removeItem(KEY);
    }
  });
}
