// Moves entries of the calendar: by dragging, or from "Move" by the arrow keys. Both fill in the entry's own form.

const calendar = document.querySelector("[data-calendar]")
const status = calendar.querySelector("[data-calendar-status]")
const days = [...calendar.querySelectorAll("[data-day]")]
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }
let dragged = null
let target = null

const aim = (day) => {
  target?.classList.remove("is-target")
  target = day
  day?.classList.add("is-target")
}

const move = (entry, day) => {
  const form = entry.querySelector("form")
  form.elements.day.value = day.dataset.day
  form.elements.day.min = "" // the server says in words what is wrong with a day that is over
  form.requestSubmit()
}

for (const entry of calendar.querySelectorAll("[data-entry]:has(form)")) {
  entry.draggable = true
  entry.addEventListener("dragstart", (event) => {
    dragged = entry
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", "")
  })
  entry.addEventListener("dragend", () => {
    dragged = null
    aim(null)
  })
  const handle = entry.querySelector("summary")
  handle.addEventListener("keydown", (event) => {
    if (event.key in STEPS) {
      event.preventDefault()
      const rtl = getComputedStyle(calendar).direction === "rtl" && event.key !== "ArrowUp" && event.key !== "ArrowDown"
      const from = days.indexOf(target ?? entry.closest("[data-day]") ?? days.find((day) => day.ariaCurrent))
      const day = days[from + STEPS[event.key] * (rtl ? -1 : 1)]
      if (!day) return
      aim(day)
      status.textContent = calendar.dataset.target.replace("{day}", day.dataset.label)
    } else if (event.key === "Enter" && target) {
      event.preventDefault()
      move(entry, target)
    } else if (event.key === "Escape" && target) {
      aim(null)
      status.textContent = calendar.dataset.stays
    }
  })
  handle.addEventListener("blur", () => aim(null))
}

for (const day of days) {
  day.addEventListener("dragover", (event) => {
    if (!dragged) return
    event.preventDefault()
    aim(day)
  })
  day.addEventListener("drop", (event) => {
    if (!dragged) return
    event.preventDefault()
    if (!day.contains(dragged)) move(dragged, day)
  })
}

const draft = calendar.querySelector("[data-new-draft]")
calendar.addEventListener("click", (event) => {
  const link = event.target.closest("[data-add]")
  if (!link || !draft || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  draft.elements.day.value = link.closest("[data-day]").dataset.day
  draft.elements.title.focus()
})
