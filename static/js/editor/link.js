// Links: the dialog, its key, and the mark itself, which keeps what footnotes need.
import { Link, pm } from "django-prose-editor/editor"
import { completed, isAllowed } from "byline/address"
import { articleFinder } from "byline/articles"
import { make, newId, showDialog } from "byline/dialog"

const { TextSelection } = pm.state

// What is to be linked: the selection, or the whole link that holds the cursor.
const target = (editor) => {
  const { state } = editor
  const type = state.schema.marks.link
  const isInside = editor.isActive("link")
  if (isInside && state.selection.empty) editor.commands.extendMarkRange("link")
  const { from, to, $from, $to } = editor.state.selection
  return {
    from, to, isInside, type,
    address: editor.getAttributes("link").href ?? "",
    words: editor.state.doc.textBetween(from, to, " "),
    isOneLine: $from.sameParent($to) && $from.parent.isTextblock && !$from.parent.type.spec.code,
  }
}

const apply = ({ view }, { from, to, type, words, isOneLine }, href, typed) => {
  const { tr, schema } = view.state
  const attrs = { href, title: null, id: null }
  const isNew = isOneLine && (from === to || typed !== words)
  if (isNew) {
    const text = typed || href.replace(/^(https?:\/\/|mailto:|tel:)/i, "")
    const marks = tr.doc.resolve(from).marks().filter((mark) => mark.type !== type)
    tr.replaceWith(from, to, schema.text(text, [...marks, type.create(attrs)]))
    tr.setSelection(TextSelection.create(tr.doc, from + text.length))
  } else tr.removeMark(from, to, type).addMark(from, to, type.create(attrs))
  view.dispatch(tr.scrollIntoView().setMeta("preventAutolink", true))
}

const openDialog = (editor, settings) => {
  const { texts } = settings
  const place = target(editor)
  const ids = { address: newId(), help: newId(), words: newId(), error: newId() }
  const address = make("input", {
    id: ids.address, type: "text", "aria-describedby": `${ids.help} ${ids.error}`, spellcheck: "false", autofocus: true,
  })
  const words = make("input", { id: ids.words, type: "text" })
  address.value = place.address
  words.value = place.words
  const error = make("p", { id: ids.error, class: "dialog-error", role: "alert" })
  const found = articleFinder(settings, address, (article) => {
    if (!words.value.trim()) words.value = article.title
    error.textContent = ""
  })
  const field = (input, label, ...more) =>
    make("div", { class: "prose-editor-dialog-field" }, make("label", { for: input.id }, label), input, ...more)
  const remove = make("button", { type: "button" }, texts.removeLink)
  const cancel = make("button", { type: "button" }, texts.cancel)
  const form = make(
    "form", { method: "dialog", novalidate: true },
    field(address, texts.linkTo, ...found, make("p", { id: ids.help, class: "dialog-help" }, texts.linkToHelp), error),
    ...(place.isOneLine ? [field(words, texts.linkWords)] : []),
    make("div", { class: "prose-editor-dialog-buttons" },
      make("button", { type: "submit" }, texts.setLink), ...(place.isInside ? [remove] : []), cancel),
  )
  const dialog = showDialog(editor, texts.link, form)
  address.addEventListener("input", () => {
    error.textContent = ""
  })
  address.select()
  cancel.addEventListener("click", () => dialog.close())
  remove.addEventListener("click", () => {
    editor.view.dispatch(editor.state.tr.removeMark(place.from, place.to, place.type))
    dialog.close()
  })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const href = completed(address.value)
    if (!href) {
      error.textContent = address.value.trim() ? texts.badAddress : texts.emptyAddress
      address.focus()
      return
    }
    apply(editor, place, href, words.value.trim() ? words.value : "")
    dialog.close()
  })
}

export const link = (settings) => {
  const { texts } = settings
  return Link.configure({
    enableTarget: false, defaultProtocol: "https", markdownLinks: true, linkOnPaste: false,
    protocols: ["http", "https", "mailto", "tel"], isAllowedUri: isAllowed,
  }).extend({
    // What is typed after a link is no part of it.
    inclusive: false,

    addAttributes() {
      // The signs of footnotes are led back to.
      return { ...this.parent?.(), id: { default: null } }
    },

    addCommands() {
      return {
        ...this.parent?.(),
        addLink: () => ({ editor, state, dispatch }) => {
          const isPossible = state.selection.$from.parent.inlineContent && !state.selection.$from.parent.type.spec.code
          if (isPossible && dispatch) queueMicrotask(() => openDialog(editor, settings))
          return isPossible
        },
      }
    },

    addKeyboardShortcuts: () => ({ "Mod-k": ({ editor }) => editor.commands.addLink() || true }),

    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "link",
        groups: "link",
        button: buttons.material("insert_link", texts.link),
        active: (editor) => editor.isActive("link"),
        command: (editor) => editor.commands.addLink(),
      })
    },
  })
}
