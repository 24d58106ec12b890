// The keys n and p lead from one change to the next. Without this, one scrolls.

const page = document.querySelector("[data-changes]")
const changes = page ? [...page.querySelectorAll(".change :is(ins, del)")].filter((one) => !one.parentElement.closest("ins, del")) : []

// What is replaced is one change: a removed part and the added one after it.
const stops = changes.filter((one) => !(one.localName === "ins" && one.previousElementSibling?.localName === "del" && changes.includes(one.previousElementSibling)))
let at = -1

const go = (by) => {
  const shown = stops.filter((one) => one.getClientRects().length)
  if (!shown.length) return
  at = (at + by + shown.length) % shown.length
  shown[at].tabIndex = -1
  shown[at].focus({ preventScroll: true })
  shown[at].scrollIntoView({ block: "center" })
}

if (stops.length) {
  page.querySelector("[data-changes-keys]").hidden = false
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return
    if (event.key === "n") go(1)
    if (event.key === "p") go(at < 0 ? 0 : -1)
  })
}
