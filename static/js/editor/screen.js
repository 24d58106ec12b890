// Writing on the full screen: only the text and its buttons. Escape leads back.
import { Extension } from "django-prose-editor/editor"

// Everything beside the room, up to the page: out of reach while the room fills the screen.
const others = (room) => {
  const found = []
  for (let element = room; element !== document.body; element = element.parentElement) {
    found.push(...[...element.parentElement.children].filter((one) => one !== element && !one.inert))
  }
  return found
}

export const screen = ({ texts }, room, say) => {
  let set = []

  const toggle = (editor) => {
    const isFull = room.classList.toggle("full-screen")
    document.documentElement.classList.toggle("has-full-screen", isFull)
    if (isFull) set = others(room)
    for (const element of set) element.inert = isFull
    editor.commands.focus(null, { scrollIntoView: true })
    say(isFull ? texts.leaveFullScreen : "")
  }

  return Extension.create({
    name: "screen",
    onCreate() {
      const { editor } = this
      // From the buttons. What closes something of its own (a dialog, the search) has prevented the default.
      room.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !room.classList.contains("full-screen")) return
        if (room.querySelector("dialog[open]")) return
        event.preventDefault()
        toggle(editor)
      })
    },
    addKeyboardShortcuts() {
      return {
        "Mod-Shift-Enter": () => {
          toggle(this.editor)
          return true
        },
        Escape: () => {
          if (!room.classList.contains("full-screen")) return false
          toggle(this.editor)
          return true
        },
      }
    },
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "fullScreen",
        groups: "utility",
        button: buttons.material("fullscreen", texts.fullScreen),
        active: () => room.classList.contains("full-screen"),
        command: toggle,
      })
    },
  })
}
