// The row of buttons: one stop for Tab, arrows within, names in our language, and states that are read out.
import { printed } from "byline/keys"

const STEPS = { ArrowRight: 1, ArrowLeft: -1 }

export const setUpToolbar = (editor, { texts, buttons: names, keys }) => {
  const bar = editor.storage.menu.dom
  const all = [...bar.querySelectorAll("button")]
  const shortcuts = new Map(keys.map(([what, pressed]) => [what, pressed]))
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", texts.toolbar)
  for (const group of bar.children) group.setAttribute("role", "group")

  for (const button of all) {
    const name = names[button.dataset.name] ?? button.title
    const pressed = shortcuts.get(name)
    button.setAttribute("aria-label", name)
    button.title = pressed ? `${name} (${printed(pressed)})` : name
    button.tabIndex = -1
  }

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
    else if (event.key === "Escape" && !event.defaultPrevented) next = editor.view.dom
    if (!next) return
    event.preventDefault()
    if (next !== editor.view.dom) setStop(next)
    next.focus()
  })
  editor.view.dom.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "F10") return
    event.preventDefault()
    stop.focus()
  })
  bar.addEventListener("focusin", ({ target }) => all.includes(target) && setStop(target))

  const tell = () => {
    frame = 0
    for (const button of all) {
      const { classList } = button
      const isOn = String(classList.contains("active"))
      const isOff = String(classList.contains("disabled") && !classList.contains("active"))
      if (button.ariaPressed !== isOn) button.ariaPressed = isOn
      if (button.ariaDisabled !== isOff) button.ariaDisabled = isOff
    }
    if (!stop.checkVisibility()) setStop(seen()[0] ?? all[0])
  }
  let frame = requestAnimationFrame(tell)
  editor.on("transaction", () => {
    frame ||= requestAnimationFrame(tell)
  })
}
