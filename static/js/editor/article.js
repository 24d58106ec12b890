// Turns each textarea with `data-article-editor` into an editor. The textarea stays what the form sends.
import { Editor } from "django-prose-editor/editor"
import { embed, gallery } from "byline/figures"
import { pictures } from "byline/pictures"
import { vocabulary } from "byline/vocabulary"

const setUp = (textarea) => {
  const settings = JSON.parse(textarea.dataset.articleEditor)
  const { texts } = settings
  const frame = document.createElement("div")
  frame.className = "prose-editor"
  textarea.before(frame)
  frame.append(textarea)

  const note = document.createElement("p")
  note.className = "editor-note"
  note.setAttribute("role", "status")
  frame.after(note)
  const say = (text, isError = false) => {
    note.textContent = text
    note.classList.toggle("error", isError)
  }

  const token = textarea.form.elements.csrfmiddlewaretoken.value
  new Editor({
    element: frame,
    // A style element of its own would break the content security policy: admin-articles.css has the rules.
    injectCSS: false,
    extensions: [
      ...vocabulary(texts), pictures(settings, say, token), gallery(settings, say, token), embed(settings, say),
    ],
    content: textarea.value,
    editorProps: { attributes: { role: "textbox", "aria-multiline": "true", "aria-label": texts.editor } },
    onUpdate: ({ editor }) => {
      textarea.value = editor.isEmpty ? "" : editor.getHTML()
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
    },
  })
}

document.querySelectorAll("textarea[data-article-editor]").forEach(setUp)
