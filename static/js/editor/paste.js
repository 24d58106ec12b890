// What is pasted or dropped into the text: from word processors and pages, Markdown, and addresses.
import { Extension, Plugin, pm } from "django-prose-editor/editor"
import { keepPlaces, takePictures } from "byline/arriving"
import { cleaned } from "byline/clean"
import { isMarkdown, readMarkdown } from "byline/markdown"
import { nextNote } from "byline/notes"
import { isPictureAlone } from "byline/pictures"

const ADDRESS = /^https?:\/\/[^\s/]\S*$/i
const MAX_MARKDOWN = 500_000 // characters, as many as a text may have
const { TextSelection } = pm.state
const key = new pm.state.PluginKey("paste")

const parseSlice = (schema, html) => {
  const { body } = new DOMParser().parseFromString(html, "text/html")
  return pm.model.DOMParser.fromSchema(schema).parseSlice(body)
}

const replaceBy = (tr, slice) => {
  const isNode = !slice.openStart && !slice.openEnd && slice.content.childCount === 1
  return isNode ? tr.replaceSelectionWith(slice.content.firstChild) : tr.replaceSelection(slice)
}

const isNoteList = (node) => node?.type.name === "orderedList" && /^note-/.test(node.firstChild.attrs.id ?? "")

// Footnotes stand at the end of the whole text, below a heading of their own.
const appendNotes = (tr, notes, heading) => {
  if (!notes) return
  const { schema } = tr.doc.type
  const list = parseSlice(schema, notes).content.firstChild
  if (isNoteList(tr.doc.lastChild)) tr.insert(tr.doc.content.size - 1, list.content)
  else tr.insert(tr.doc.content.size, [schema.nodes.heading.create({ level: 2 }, schema.text(heading)), list])
}

export const paste = (settings, say, token) => {
  const { texts } = settings
  let coming = null // what cleaning found, until the cleaned text is put in
  let rtf = ""

  const tell = ({ remote, unreadable, files }) => {
    const sentences = []
    if (files.size) sentences.push(texts.uploading)
    if (remote) sentences.push(texts.remote)
    if (unreadable) sentences.push(texts.unreadable)
    say(sentences.join(" "), unreadable > 0)
  }

  const putIn = (editor, slice, selection) => {
    const { view } = editor
    const found = coming ?? { files: new Map(), notes: "", remote: 0, unreadable: 0 }
    coming = null
    const { tr } = view.state
    if (selection) tr.setSelection(selection)
    replaceBy(tr, slice)
    keepPlaces(tr, found.files)
    appendNotes(tr, found.notes, texts.notes)
    view.dispatch(tr.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"))
    tell(found)
    if (found.files.size) editor.storage.arriving.upload(found.files)
  }

  // The plain text first, then what it means: one step back brings the plain text.
  const putMarkdown = async ({ view }, slice, text) => {
    const { tr } = view.state
    const { from, to } = tr.selection
    replaceBy(tr, slice)
    const range = { from: tr.mapping.map(from, -1), to: tr.mapping.map(to, 1) }
    view.dispatch(tr.scrollIntoView().setMeta("preventAutolink", true).setMeta(key, range))
    const before = view.state.doc.textBetween(range.from, range.to, "\n")
    const { html, error } = await readMarkdown(text, settings, token)
    const now = key.getState(view.state)
    if (error) {
      say(error, true)
      return
    }
    const isUntouched = now && view.state.doc.textBetween(now.from, now.to, "\n") === before
    if (!html || !isUntouched) return
    const next = pm.history.closeHistory(view.state.tr)
    const $from = next.doc.resolve(now.from)
    next.setSelection(TextSelection.between($from, next.doc.resolve(now.to)))
    replaceBy(next, parseSlice(view.state.schema, html))
    view.dispatch(next.scrollIntoView().setMeta("preventAutolink", true))
    say(texts.markdownRead)
  }

  const linkSelection = ({ view }, address) => {
    const { state } = view
    const { from, to } = state.selection
    const mark = state.schema.marks.link.create({ href: address })
    view.dispatch(state.tr.addMark(from, to, mark).setMeta("preventAutolink", true))
  }

  // A link at first, then a card: one step back brings the link.
  const putCard = ({ view }, address) => {
    const { schema } = view.state
    const link = schema.text(address, [schema.marks.link.create({ href: address })])
    view.dispatch(view.state.tr.replaceSelectionWith(link, false).setMeta("preventAutolink", true))
    const { $from } = view.state.selection
    const card = schema.nodes.embed.create({ href: address, title: address, kind: "link" })
    const tr = pm.history.closeHistory(view.state.tr)
    const at = $from.before()
    tr.replaceWith(at, $from.after(), card)
    const after = at + card.nodeSize
    if (after === tr.doc.content.size) tr.insert(after, schema.nodes.paragraph.create())
    tr.setSelection(TextSelection.near(tr.doc.resolve(after), 1))
    view.dispatch(tr.scrollIntoView().setMeta("preventAutolink", true))
    say(texts.becameCard)
  }

  const isOnEmptyLine = ({ selection: { empty, $from } }) =>
    empty && $from.depth === 1 && $from.parent.type.name === "paragraph" && $from.parent.content.size === 0

  const takeAddress = (editor, text) => {
    const { state } = editor
    if (!ADDRESS.test(text)) return false
    if (!state.selection.empty && state.selection instanceof TextSelection) {
      linkSelection(editor, text)
      return true
    }
    if (!isOnEmptyLine(state) || (URL.canParse(text) && new URL(text).origin === location.origin)) return false
    putCard(editor, text)
    return true
  }

  const takePaste = (editor, event, slice) => {
    const { clipboardData: data } = event
    const { $from } = editor.state.selection
    const isAsText = !coming
    if (!data || $from.parent.type.spec.code || isPictureAlone(data)) return false
    const text = data.getData("text/plain").trim()
    const { shiftKey, lastKeyCode } = editor.view.input
    const isPlain = shiftKey && lastKeyCode !== 45 // "paste without formatting", which Shift and Insert is not
    const hasWords = coming && slice.content.size > 0 && slice.content.textBetween(0, slice.content.size, " ").trim() !== text
    if (!isPlain && !hasWords && takeAddress(editor, text)) {
      coming = null
      return true
    }
    const isSource = isAsText || isOnlyCode(slice) || /"mode":\s*"markdown"/.test(data.getData("vscode-editor-data"))
    if (isSource && !isPlain && text.length < MAX_MARKDOWN && isMarkdown(text)) {
      coming = null
      putMarkdown(editor, isAsText ? slice : plainSlice(editor.state.schema, text), text)
      return true
    }
    if (isAsText || data.getData("vscode-editor-data")) return false
    putIn(editor, slice)
    return true
  }

  const isOnlyCode = ({ content }) => content.childCount === 1 && content.firstChild.type.name === "codeBlock"

  const plainSlice = (schema, text) => {
    const lines = text.split(/(?:\r\n?|\n)+/).filter(Boolean)
    const { Fragment, Slice } = pm.model
    return Slice.maxOpen(Fragment.from(lines.map((line) => schema.nodes.paragraph.create(null, schema.text(line)))))
  }

  return Extension.create({
    name: "clipboard",
    priority: 2000, // before the marks' own rules for pasted text
    addProseMirrorPlugins() {
      const { editor } = this
      return [
        new Plugin({
          key,
          // Where the Markdown stands whose reading is awaited.
          state: {
            init: () => null,
            apply: (tr, range) =>
              tr.getMeta(key) ?? (range && { from: tr.mapping.map(range.from, -1), to: tr.mapping.map(range.to, 1) }),
          },
          props: {
            handleDOMEvents: {
              paste: (_view, event) => {
                coming = null
                rtf = event.clipboardData?.getData("text/rtf") ?? ""
                return false
              },
              drop: () => {
                coming = null
                rtf = ""
                return false
              },
            },
            transformPastedHTML(html, view) {
              coming = { files: new Map(), remote: 0, unreadable: 0 }
              const pictures = (body) => takePictures(body, coming, rtf)
              const { html: clean, notes } = cleaned(html, { pictures, firstNote: nextNote(view.state.doc) })
              coming.notes = notes
              return clean
            },
            handlePaste: (_view, event, slice) => takePaste(editor, event, slice),
            handleDrop(view, event, slice, isMoved) {
              if (isMoved || !coming?.files.size) return false
              const place = view.posAtCoords({ left: event.clientX, top: event.clientY })
              if (!place) return false
              event.preventDefault()
              putIn(editor, slice, TextSelection.near(view.state.doc.resolve(place.pos)))
              return true
            },
          },
        }),
      ]
    },
  })
}
