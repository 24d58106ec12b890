// Turns each textarea with `data-article-editor` into an editor. The textarea stays what the form sends.
import { Editor } from "django-prose-editor/editor"
import { arriving } from "byline/arriving"
import { ask } from "byline/ask"
import { showCount } from "byline/count"
import { make, newId } from "byline/dialog"
import { embed, gallery } from "byline/figures"
import { find } from "byline/find"
import { keys } from "byline/keys"
import { link } from "byline/link"
import { paste } from "byline/paste"
import { pictures } from "byline/pictures"
import { remarks } from "byline/remarks"
import { screen } from "byline/screen"
import { snippets } from "byline/snippets"
import { keepTextarea } from "byline/textarea"
import { setUpToolbar } from "byline/toolbar"
import { vocabulary } from "byline/vocabulary"

// The room holds all that belongs to writing, so that it can fill the screen.
const buildRoom = (textarea) => {
  const frame = make("div", { class: "prose-editor" })
  const note = make("p", { class: "editor-note", role: "status" })
  const count = make("p", { class: "editor-count" })
  const room = make("div", { class: "writing" }, frame, make("div", { class: "editor-foot" }, note, count))
  textarea.before(room)
  frame.append(textarea)
  return { room, frame, note, count }
}

const setUp = (textarea) => {
  const settings = JSON.parse(textarea.dataset.articleEditor)
  const { texts } = settings
  const { room, frame, note, count } = buildRoom(textarea)
  const say = (text, isError = false) => {
    note.textContent = text
    note.classList.toggle("error", isError)
  }
  const help = make("p", { id: newId(), class: "visually-hidden" }, texts.editorHelp)
  frame.append(help)

  const token = textarea.form.elements.csrfmiddlewaretoken.value
  const editor = new Editor({
    element: frame,
    // A style element of its own would break the content security policy: admin-editor.css has the rules.
    injectCSS: false,
    extensions: [
      ...vocabulary(settings), link(settings), ask(settings, say), pictures(settings, say, token),
      gallery(settings, say, token), embed(settings, say), snippets(settings, say), paste(settings, say, token),
      arriving(settings, say, token), find(settings), keys(settings), remarks(), screen(settings, room, say),
    ],
    content: textarea.value,
    // It looks for what was deleted at every key, for events that nobody listens to.
    enableCoreExtensions: { delete: false },
    // Stars in pasted plain text are stars: what is Markdown is read as a whole (paste.js).
    enablePasteRules: ["link"],
    editorProps: {
      attributes: {
        role: "textbox", "aria-multiline": "true", "aria-label": texts.editor, "aria-describedby": help.id,
        spellcheck: "true", lang: settings.lang,
      },
    },
    onCreate({ editor: created }) {
      const head = make("div", { class: "editor-head" })
      created.storage.menu.dom.before(head)
      head.append(created.storage.menu.dom, created.storage.find.panel)
      setUpToolbar(created, settings)
      showCount(created, count, texts)
    },
  })
  keepTextarea(editor, textarea)
}

document.querySelectorAll("textarea[data-article-editor]").forEach(setUp)
