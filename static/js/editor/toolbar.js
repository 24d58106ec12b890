// The row of buttons: one stop for Tab, arrows within, names in our language, and states that are read out.
import { printed } from "byline/keys"
import { make } from "byline/dialog"

const STEPS = { ArrowRight: 1, ArrowLeft: -1 }
const PAUSE = 60 // milliseconds after a key, before the buttons show what holds now
// Buttons in rows: the library's pull-down cannot be opened with a keyboard.
const GROUPS = [
  "blockType -lists", "lists", "nodes -blockType -lists", "marks", "link", "table", "history", "utility",
]

const setUpButton = (editor, { button, name, enabled, command }, { buttons: names, keys }) => {
  const label = names[name] ?? button.title
  const pressed = keys.find(([what]) => what === label)?.[1]
  button.dataset.name = name
  button.setAttribute("aria-label", label)
  button.title = pressed ? `${label} (${printed(pressed)})` : label
  button.tabIndex = -1
  button.addEventListener("click", () => {
    editor.view.focus()
    if (enabled(editor)) command(editor)
  })
}

// The library asks every button at every key; in a long article that is much of the time a key has.
const keepShowing = (editor, items, then) => {
  let timer = 0
  const show = () => {
    for (const { button, enabled, active, hidden, update } of items) {
      const isOn = Boolean(active(editor))
      const isOff = !enabled(editor)
      button.classList.toggle("active", isOn)
      button.classList.toggle("disabled", isOff)
      button.classList.toggle("hidden", Boolean(hidden(editor)))
      button.ariaPressed = String(isOn)
      button.ariaDisabled = String(isOff && !isOn)
      update(editor)
    }
    then()
  }
  show()
  editor.on("transaction", () => {
    clearTimeout(timer)
    timer = setTimeout(show, PAUSE)
  })
}

const setUpKeys = (editor, bar, all) => {
  const seen = () => all.filter((button) => button.checkVisibility())
  let stop = all[0]
  const setStop = (button) => {
    stop.tabIndex = -1
    stop = button
    stop.tabIndex = 0
  }
  setStop(stop)
  bar.addEventListener("keydown", (event) => {
    const present = seen()
    const at = present.indexOf(document.activeElement)
    const direction = getComputedStyle(bar).direction === "rtl" ? -1 : 1
    let next = null
    if (event.key in STEPS) next = present[(at + STEPS[event.key] * direction + present.length) % present.length]
    else if (event.key === "Home") next = present[0]
    else if (event.key === "End") next = present.at(-1)
    else if (event.key === "Escape") next = editor.view.dom
    if (!next) return
    event.preventDefault()
    if (next !== editor.view.dom) setStop(next)
    next.focus()
  })
  bar.addEventListener("focusin", ({ target }) => all.includes(target) && setStop(target))
  editor.view.dom.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "F10") return
    event.preventDefault()
    stop.focus()
  })
  // The button that was the stop may have gone with the table it belongs to.
  return () => {
    if (!stop.classList.contains("hidden")) return
    setStop(all.find((button) => !button.classList.contains("hidden")))
  }
}

// Build the buttons that the extensions have defined. Given to the library's menu, which puts them into its bar.
export const toolbarItems = (settings) => ({ editor, menu }) => {
  const items = []
  const groups = GROUPS.map((selector) => {
    const own = menu.items(selector).filter(({ button, name }) => button && !items.some((item) => item.name === name))
    items.push(...own)
    own.forEach((item) => setUpButton(editor, item, settings))
    return make("div", { class: "prose-menubar__group", role: "group" }, ...own.map(({ button }) => button))
  })
  editor.storage.menu.items = items
  return groups
}

export const setUpToolbar = (editor, { texts }) => {
  const { dom: bar, items } = editor.storage.menu
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", texts.toolbar)
  keepShowing(editor, items, setUpKeys(editor, bar, items.map(({ button }) => button)))
}
