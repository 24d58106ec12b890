// Offers the names of who may see a note while one types after an @. Without it, a name is simply typed.
// The names are asked for at the first @, so that a page on which nobody writes a note asks for nothing.
const panel = document.querySelector("[data-notes][data-names]")
const AT = /(?:^|[^\w@.])@([^@\n]{0,40})$/u

let asked
const names = () => {
  asked ??= fetch(panel.dataset.names)
    .then((answer) => (answer.ok ? answer.json() : { names: [] }))
    .then((found) => found.names)
    .catch(() => [])
  return asked
}

const offer = (box) => {
  const list = document.createElement("ul")
  list.className = "mention-list"
  list.id = `${box.id || box.form.className}-names-${Math.random().toString(36).slice(2)}`
  list.role = "listbox"
  list.hidden = true
  box.after(list)
  box.setAttribute("aria-controls", list.id)
  box.setAttribute("aria-autocomplete", "list")

  const typed = () => AT.exec(box.value.slice(0, box.selectionStart))?.[1]
  const active = () => list.querySelector("[aria-selected=true]")
  const choose = (item) => {
    active()?.removeAttribute("aria-selected")
    item?.setAttribute("aria-selected", "true")
    item?.scrollIntoView({ block: "nearest" })
    if (item) box.setAttribute("aria-activedescendant", item.id)
    else box.removeAttribute("aria-activedescendant")
  }
  const close = () => {
    list.hidden = true
    choose(null)
  }
  const take = (item) => {
    const start = box.selectionStart - typed().length
    box.setRangeText(`${item.textContent} `, start, box.selectionStart, "end")
    close()
    box.focus()
  }

  box.addEventListener("input", async () => {
    if (typed() === undefined) return close()
    const all = await names()
    const letters = typed()?.toLowerCase()
    const found = letters === undefined ? [] : all.filter((name) => name.toLowerCase().includes(letters))
    list.replaceChildren(
      ...found.slice(0, 8).map((name, number) => {
        const item = document.createElement("li")
        Object.assign(item, { role: "option", id: `${list.id}-${number}`, textContent: name })
        return item
      }),
    )
    list.hidden = !found.length
    choose(list.firstElementChild)
  })
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return
    const next = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key]
    if (next) choose(active()?.[next] ?? active())
    else if (["Enter", "Tab"].includes(event.key) && active()) take(active())
    else if (event.key === "Escape") close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li")
    if (!item) return
    event.preventDefault() // the box keeps the focus
    take(item)
  })
  box.addEventListener("blur", close)
}

for (const box of panel?.querySelectorAll("textarea") ?? []) offer(box)
