// Makes elements, and dialogs that give the focus back to where it was.

export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "")
    else if (value !== false && value != null) element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

let count = 0
export const newId = () => `editor-part-${(count += 1)}`

// Show a dialog with a title until it is closed. It stands within the editor's frame: so it is seen in full
// screen, too.
export const showDialog = (editor, title, ...content) => {
  const id = newId()
  const heading = make("h2", { id, class: "prose-editor-dialog-title" }, title)
  const dialog = make("dialog", { class: "prose-editor-dialog", "aria-labelledby": id }, heading, ...content)
  editor.view.dom.closest(".writing").append(dialog)
  dialog.addEventListener("close", () => {
    dialog.remove()
    editor.view.focus()
  })
  dialog.showModal()
  return dialog
}
