// Pictures in the text: uploaded by the button, by paste and by drop, each with its words.
import { Figure, Plugin, canInsertNode, updateAttrsDialog } from "django-prose-editor/editor"
import { inert } from "byline/inert"

const isPicture = (file) => file.type.startsWith("image/")

const picturesIn = (transfer) => [...(transfer?.files ?? [])].filter(isPicture)

// Word and browsers put a picture of the copied text beside the text: then the text is meant.
const hasWords = (transfer) => {
  const html = transfer?.getData("text/html") ?? ""
  return inert(html).body.textContent.trim() !== ""
}

export const isPictureAlone = (transfer) => picturesIn(transfer).length > 0 && !hasWords(transfer)

// Upload a picture; the answer has its address and words, or an error: a sentence to show.
export const send = async (file, words, { upload, texts }, token) => {
  const data = new FormData()
  data.append("upload", file)
  data.append("alt", words.alt)
  data.append("caption", words.caption)
  try {
    const response = await fetch(upload, { method: "POST", body: data, headers: { "X-CSRFToken": token } })
    if (response.redirected) return { error: texts.signedOut }
    if (response.headers.get("Content-Type")?.startsWith("application/json")) return await response.json()
    return { error: response.status === 413 ? texts.tooLarge : texts.refused }
  } catch {
    return { error: texts.offline }
  }
}

// What to ask about a picture's alternative text, and what the answer makes of its node.
const altFields = ({ texts }) => ({
  alt: { type: "string", title: texts.alt, description: texts.altHelp },
  decoration: { title: texts.decoration, enum: [texts.noDecoration, texts.isDecoration] },
})

const altAttrs = ({ alt, decoration }, { texts }) => ({
  alt: alt.trim(),
  role: !alt.trim() && decoration === texts.isDecoration ? "presentation" : null,
})

export const figureOf = ({ src, alt, caption, role = null }) => ({
  type: "figure",
  content: [
    { type: "image", attrs: { src, alt, role } },
    ...(caption ? [{ type: "caption", content: [{ type: "text", text: caption }] }] : []),
  ],
})

// The picture that is selected, or whose caption holds the cursor.
const pictureAt = ({ selection }) => {
  const { $from, node, from } = selection
  if (node?.type.name === "image") return { image: node, position: from }
  if (node?.type.name === "figure") return { image: node.firstChild, position: from + 1 }
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const parent = $from.node(depth)
    if (parent.type.name === "figure") return { image: parent.firstChild, position: $from.start(depth) }
  }
  return null
}

// Ask for the words of each file, upload it, and hand it on: `use(picture)` gets its address and words.
export const uploadEach = async (editor, files, settings, say, token, use) => {
  const { texts } = settings
  const fields = { ...altFields(settings), caption: { type: "string", title: texts.caption } }
  for (const file of files) {
    const dialog = updateAttrsDialog(fields, { title: texts.describe, submitText: texts.insert })
    const words = await dialog(editor, {})
    if (!words) continue
    say(texts.uploading)
    const picture = await send(file, words, settings, token)
    if (picture.error) {
      say(picture.error, true)
      continue
    }
    use({ ...picture, role: altAttrs(words, settings).role })
    say(texts.uploaded)
  }
}

export const chooseFiles = (accept, use, isMultiple = false) => {
  const input = document.createElement("input")
  input.type = "file"
  input.accept = accept
  input.multiple = isMultiple
  input.hidden = true
  input.addEventListener("change", () => use([...input.files]))
  for (const end of ["change", "cancel"]) input.addEventListener(end, () => input.remove())
  document.body.append(input) // Safari forgets one that is nowhere, with what was chosen
  input.click()
}

// `say(text, isError)` tells what happens; `token` is the form's own against forgery.
export const pictures = (settings, say, token) => {
  const { texts } = settings
  const insert = (editor, files, position) =>
    uploadEach(editor, files, settings, say, token, (picture) => {
      const place = Math.min(position ?? editor.state.selection.from, editor.state.doc.content.size)
      editor.chain().focus().insertContentAt(place, figureOf(picture)).run()
    })

  const choose = (editor) => chooseFiles(settings.accept, (files) => insert(editor, files))

  const describe = async (editor) => {
    const { image, position } = pictureAt(editor.state)
    const dialog = updateAttrsDialog(altFields(settings), { title: texts.edit, submitText: texts.update })
    const decoration = image.attrs.role ? texts.isDecoration : texts.noDecoration
    const words = await dialog(editor, { ...image.attrs, decoration })
    if (!words) return
    const attrs = { ...image.attrs, ...altAttrs(words, settings) }
    editor.chain().focus().command(({ tr }) => tr.setNodeMarkup(position, undefined, attrs)).run()
  }

  return Figure.extend({
    parseHTML() {
      return [{ tag: "figure", getAttrs: (element) => (element.querySelector("img[src]") ? null : false) }]
    },

    addCommands() {
      return {
        ...this.parent?.(),
        insertFigure: () => ({ editor, state, dispatch }) => {
          const isInside = pictureAt(state) !== null
          if (dispatch) (isInside ? describe : choose)(editor)
          return isInside || canInsertNode(state, state.schema.nodes.figure)
        },
      }
    },

    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "figure",
        groups: "nodes",
        button: buttons.material("image", texts.picture),
        active: (editor) => pictureAt(editor.state) !== null,
        enabled: (editor) => editor.can().insertFigure(),
        command: (editor) => editor.commands.insertFigure(),
      })
    },

    addProseMirrorPlugins() {
      const { editor } = this
      return [
        ...(this.parent?.() ?? []),
        new Plugin({
          props: {
            handlePaste(_view, event) {
              if (!isPictureAlone(event.clipboardData)) return false
              insert(editor, picturesIn(event.clipboardData))
              return true
            },
            handleDrop(view, event, _slice, isMoved) {
              const files = isMoved ? [] : picturesIn(event.dataTransfer)
              if (!files.length) return false
              event.preventDefault()
              insert(editor, files, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos)
              return true
            },
          },
        }),
      ]
    },
  })
}
