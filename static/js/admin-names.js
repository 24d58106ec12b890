// Give a name to what Django's admin leaves without: fields in table rows, and the boxes select2 puts in
// place of a list. Rows added later get theirs, too.

const name = (root) => {
  for (const header of root.querySelectorAll(".tabular th.original:empty")) {
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = header.closest(".inline-group").querySelector("h2").textContent.trim();
    header.append(words);
  }
  for (const field of root.querySelectorAll(".tabular td:not(.delete) :is(input, select, textarea):not([type=hidden])")) {
    const { cellIndex } = field.closest("td");
    const header = field.closest("table").tHead?.rows[0].cells[cellIndex];
    if (header && !field.labels.length) field.ariaLabel = header.textContent.trim();
  }
  for (const field of root.querySelectorAll(".tabular td.delete input")) {
    if (!field.labels.length) field.ariaLabel = field.closest("table").tHead.rows[0].lastElementChild.textContent.trim();
  }
  for (const field of root.querySelectorAll("#result_list tbody td:not(.action-checkbox) :is(input, select):not([type=hidden])")) {
    const { cellIndex } = field.closest("td");
    const header = field.closest("table").tHead.rows[0].cells[cellIndex].querySelector(".text");
    const of = field.closest("tr").querySelector("th")?.textContent.trim();
    if (header && !field.labels.length) field.ariaLabel = [of, header.textContent.trim()].filter(Boolean).join(": ");
  }
  for (const list of root.querySelectorAll("select.admin-autocomplete")) {
    const label = list.labels[0]?.textContent.trim().replace(/:$/, "") || list.ariaLabel;
    const box = list.nextElementSibling?.querySelector(".select2-selection");
    if (!label || !box) continue;
    const text = box.querySelector(".select2-selection__rendered");
    text.ariaLabel = label; // empty until something is chosen
    box.removeAttribute("aria-labelledby");
    box.ariaLabel = [label, text.title].filter(Boolean).join(": ");
  }
};

// select2 is set up when jQuery finds the page ready, and after a row is added: this comes right behind.
globalThis.django?.jQuery(() => name(document));
document.addEventListener("formset:added", ({ target }) => setTimeout(() => name(target)));
document.addEventListener("change", ({ target }) => setTimeout(() => name(target.parentElement ?? document)));
