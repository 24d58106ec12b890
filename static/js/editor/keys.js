// The map of the keyboard: what can be done without the mouse, and what typing turns into.
import { Extension, isMacOS } from "django-prose-editor/editor"
import { make, showDialog } from "byline/dialog"

// The keys as they are printed: "Mod-Shift-x" as Ctrl+Shift+X, or ⌘⇧X.
export const printed = (keys) =>
  isMacOS()
    ? keys.replace("Mod-", "⌘").replace("Shift-", "⇧").replace("Alt-", "⌥").replace("Enter", "↩").toUpperCase()
    : keys.split("-").map((part) => (part === "Mod" ? "Ctrl" : part.length === 1 ? part.toUpperCase() : part)).join("+")

const table = (caption, rows, tag) =>
  make("table", { class: "key-map" }, make("caption", {}, caption),
    make("tbody", {}, ...rows.map(([what, keys]) =>
      make("tr", {}, make("th", { scope: "row" }, what), make("td", {}, make(tag, {}, keys))))))

export const keys = ({ texts, keys: shortcuts, typed }) => {
  const open = (editor) => {
    const close = make("button", { type: "submit" }, texts.close)
    const dialog = showDialog(editor, texts.keyMap,
      make("div", { class: "key-maps" },
        table(texts.keysPressed, shortcuts.map(([what, pressed]) => [what, printed(pressed)]), "kbd"),
        table(texts.keysTyped, typed, "code")),
      make("form", { method: "dialog", class: "prose-editor-dialog-buttons" }, close))
    // Not the button at the end, which would be scrolled to.
    dialog.tabIndex = -1
    dialog.focus()
    dialog.scrollTop = 0
  }

  return Extension.create({
    name: "keys",
    addKeyboardShortcuts() {
      return {
        "Mod-/": () => {
          open(this.editor)
          return true
        },
      }
    },
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "keys",
        groups: "utility",
        button: buttons.material("keyboard", texts.keyMap),
        command: open,
      })
    },
  })
}
