// Puts rows in order by dragging their handles, with a mouse, a pen or a finger. Letting go fills in the row's
// own form, which the buttons beside it send as well. A drag to the side puts a row within the one before it, or out.

const INDENT = 24 // pixels to the side for each level

for (const list of document.querySelectorAll("[data-arrange]")) {
  const levels = Number(list.dataset.levels)
  for (const handle of list.querySelectorAll("[data-handle]")) {
    handle.hidden = false
    handle.addEventListener("pointerdown", (event) => {
      if (event.button === 0) drag(list, levels, handle, event)
    })
  }
}

function drag(list, levels, handle, start) {
  start.preventDefault() // no selection of text
  handle.setPointerCapture(start.pointerId)
  const row = handle.closest("[data-row]")
  const rtl = getComputedStyle(list).direction === "rtl" ? -1 : 1
  const others = [...list.querySelectorAll("[data-row]")].filter((other) => !row.contains(other))
  const around = (other) => other.parentElement.closest("[data-row]") // null at the top
  const depthOf = (other) => (around(other) ? depthOf(around(other)) + 1 : 0)
  const began = depthOf(row)
  const height = Math.max(0, ...[...row.querySelectorAll("[data-row]")].map((each) => depthOf(each) - began))
  let aim = null
  row.classList.add("is-dragged")

  const unmark = () => {
    for (const mark of list.querySelectorAll(".is-aim, .is-aim-above")) mark.classList.remove("is-aim", "is-aim-above")
  }

  // The next row of the same level that is not the dragged one.
  const nextOf = (other) => {
    let next = other.nextElementSibling
    if (next === row) next = next.nextElementSibling
    return next
  }

  const firstWithin = (other) => others.find((each) => around(each) === other) ?? null

  const move = (event) => {
    unmark()
    // The row it would stand after: the last one whose middle is above the pointer.
    let after = null
    for (const other of others) {
      const box = other.firstElementChild.getBoundingClientRect()
      if (box.top + box.height / 2 < event.clientY) after = other
    }
    if (!after) {
      aim = { parent: null, before: others[0] ?? null }
      others[0]?.firstElementChild.classList.add("is-aim-above")
      return
    }
    const side = (event.clientX - start.clientX) * rtl
    // Between two rows of a level it stays on that level, unless it is dragged out of there.
    const least = side > -INDENT && nextOf(after) ? depthOf(after) : 0
    const most = Math.min(depthOf(after) + 1, levels - 1 - height)
    const depth = Math.max(0, Math.min(most, Math.max(least, began + Math.trunc(side / INDENT))))
    let beside = after
    while (depthOf(beside) > depth) beside = around(beside)
    const isWithin = depthOf(beside) < depth
    aim = isWithin
      ? { parent: beside, before: firstWithin(beside) }
      : { parent: around(beside), before: nextOf(beside) }
    const mark = after.firstElementChild
    mark.style.setProperty("--aim", depth - depthOf(after))
    mark.classList.add("is-aim")
  }

  const end = () => {
    handle.removeEventListener("pointermove", move)
    document.removeEventListener("keydown", escape)
    row.classList.remove("is-dragged")
    unmark()
  }

  const drop = () => {
    end()
    if (!aim) return
    const form = row.querySelector("[data-move]")
    for (const [name, other] of Object.entries(aim)) {
      const field = document.createElement("input")
      Object.assign(field, { type: "hidden", name, value: other?.dataset.row ?? "" })
      form.append(field)
    }
    form.submit() // without the buttons, which would say another move
  }

  const escape = (event) => {
    if (event.key === "Escape") {
      aim = null
      end()
      handle.removeEventListener("pointerup", drop)
    }
  }

  handle.addEventListener("pointermove", move)
  handle.addEventListener("pointerup", drop, { once: true })
  handle.addEventListener("pointercancel", () => { handle.removeEventListener("pointerup", drop); end() }, { once: true })
  document.addEventListener("keydown", escape)
}
