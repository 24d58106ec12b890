// Puts rows in order by dragging their handles, with a mouse, a pen or a finger. Letting go fills in the row's
// own form, which the buttons beside it send as well. A drag to the side puts an item under the one before it.

const INDENT = 24 // pixels to the side that mean another level

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
  const hasRows = row.querySelector("[data-row]") !== null
  const isIn = row.parentElement !== list
  let aim = null
  row.classList.add("is-dragged")

  const unmark = () => {
    for (const mark of list.querySelectorAll(".is-aim, .is-aim-above")) mark.classList.remove("is-aim", "is-aim-above")
  }

  const move = (event) => {
    unmark()
    // The row it would stand after: the last one whose middle is above the pointer.
    let after = null
    for (const other of others) {
      const box = other.firstElementChild.getBoundingClientRect()
      if (box.top + box.height / 2 < event.clientY) after = other
    }
    const side = (event.clientX - start.clientX) * rtl
    const mayNest = levels > 1 && after && !hasRows
    const afterIsIn = after && after.parentElement !== list
    const wantsIn = side > INDENT || (side > -INDENT && (isIn || (afterIsIn && !isLastIn(after))))
    aim = mayNest && wantsIn ? placeWithin(after, afterIsIn) : placeOnTop(after, afterIsIn)
    const mark = after?.firstElementChild
    if (mark) mark.classList.add("is-aim")
    else others[0]?.firstElementChild.classList.add("is-aim-above")
  }

  const isLastIn = (other) => nextOf(other) === null

  // The next row of the same level that is not the dragged one.
  const nextOf = (other) => {
    let next = other.nextElementSibling
    if (next === row) next = next.nextElementSibling
    return next
  }

  const placeWithin = (after, afterIsIn) => {
    const parent = afterIsIn ? after.parentElement.closest("[data-row]") : after
    if (afterIsIn) return { parent, before: nextOf(after) }
    const first = [...parent.querySelectorAll("[data-row]")].find((child) => child !== row)
    return { parent, before: first ?? null }
  }

  const placeOnTop = (after, afterIsIn) => {
    const top = afterIsIn ? after.parentElement.closest("[data-row]") : after
    const first = [...list.children].find((other) => other !== row)
    return { parent: null, before: top ? nextOf(top) : (first ?? null) }
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
