// Puts a piece of text that was written before where the cursor stands.
import { Extension } from "django-prose-editor/editor"
import { make, newId, showDialog } from "byline/dialog"

export const snippets = ({ snippets: address, texts }, say) => {
  const ask = async (query = "") => {
    const response = await fetch(`${address}${query}`)
    if (response.redirected) throw new Error(texts.signedOut)
    if (!response.ok) throw new Error(texts.snippetsNotFound)
    return response.json()
  }

  const insert = async (editor, key) => {
    const { html } = await ask(`?${new URLSearchParams({ pk: key })}`)
    editor.chain().focus().insertContent(html).run()
  }

  const open = async (editor) => {
    const { names } = await ask()
    if (!names.length) {
      say(texts.noSnippets)
      return
    }
    const choice = make("select", { id: newId(), autofocus: true }, ...names.map(([key, name]) => make("option", { value: key }, name)))
    const help = make("p", { id: newId(), class: "dialog-help" }, texts.snippetHelp)
    choice.setAttribute("aria-describedby", help.id)
    const cancel = make("button", { type: "button" }, texts.cancel)
    const form = make(
      "form", { method: "dialog" },
      make("div", { class: "prose-editor-dialog-field" }, make("label", { for: choice.id }, texts.snippetName), choice, help),
      make("div", { class: "prose-editor-dialog-buttons" }, make("button", { type: "submit" }, texts.insert), cancel),
    )
    const dialog = showDialog(editor, texts.snippet, form)
    cancel.addEventListener("click", () => dialog.close())
    form.addEventListener("submit", () => attempt(insert(editor, choice.value)))
  }

  // What went wrong is said below the text; a connection that broke has no words of its own.
  const attempt = (promise) =>
    promise.catch((error) => say(error.message === texts.signedOut ? texts.signedOut : texts.snippetsNotFound, true))

  return Extension.create({
    name: "snippets",
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "snippet",
        groups: "nodes",
        button: buttons.material("note_add", texts.snippet),
        command: (editor) => attempt(open(editor)),
      })
    },
  })
}
