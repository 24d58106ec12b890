// Shows of a rule's form only the fields that its kind needs. Without it all are there, and do no harm.
const needs = document.querySelector("[data-rule-fields]");
const kind = document.querySelector("#id_kind");

function show() {
  for (const [field, kinds] of Object.entries(needs.dataset)) {
    if (field === "ruleFields") continue;
    const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const row = document.querySelector(`.form-row.field-${name}`);
    if (row) row.hidden = !kinds.split(" ").includes(kind.value);
  }
}

if (needs && kind) {
  kind.addEventListener("change", show);
  show();
}
