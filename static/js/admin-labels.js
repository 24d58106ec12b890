// Names the fields that Django's admin leaves without a label: searches in choosers, "delete" in rows.
const label = () => {
  for (const field of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const select = field.closest(".select2-container").previousElementSibling
    const name = document.querySelector(`label[for="${select?.id}"]`)?.textContent.trim()
    if (name) field.setAttribute("aria-label", name)
  }
  for (const box of document.querySelectorAll(".inline-group td.delete input:not([aria-label])")) {
    box.setAttribute("aria-label", box.closest("table").querySelector("thead th:last-child").textContent.trim())
  }
}

// After the choosers were built, which happens in the same queue.
window.django.jQuery(label)
document.addEventListener("formset:added", label)
