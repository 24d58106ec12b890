// Find and replace. What is found is shown by decorations: the text itself stays as it is.
import { Extension, Plugin, pm } from "django-prose-editor/editor"
import { make, newId } from "byline/dialog"

const { Decoration, DecorationSet } = pm.view
const { TextSelection } = pm.state
const key = new pm.state.PluginKey("find")
const PAUSE = 150 // milliseconds after a change of the text, before it is searched anew

// Any space finds any other, and a typewriter's quotes find printed ones.
const patternOf = (words, isCase) => {
  const source = words
    .replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&")
    .replace(/[ \u00a0]/g, "[ \\u00a0]")
    .replace(/['’]/g, "['’]")
    .replace(/["“”]/g, '["“”]')
  return new RegExp(source, isCase ? "gu" : "giu")
}

const search = (doc, words, isCase) => {
  const found = []
  if (!words) return found
  const pattern = patternOf(words, isCase)
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true
    // A leaf counts one, as it does in positions.
    const text = node.textBetween(0, node.content.size, "\n", "\ufffc")
    for (const match of text.matchAll(pattern)) {
      const from = position + 1 + match.index
      found.push({ from, to: from + match[0].length })
    }
    return false
  })
  return found
}

const shown = (doc, found, current) =>
  DecorationSet.create(doc, found.map(({ from, to }, number) =>
    Decoration.inline(from, to, { class: number === current ? "found found-current" : "found" }),
  ))

const decorations = () =>
  new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => tr.getMeta(key) ?? set.map(tr.mapping, tr.doc),
    },
    props: { decorations: (state) => key.getState(state) },
  })

const makePanel = (texts) => {
  const named = (label, name) => {
    const input = make("input", { id: newId(), type: "text", name, autocomplete: "off", spellcheck: "false" })
    return [input, make("div", { class: "find-field" }, make("label", { for: input.id }, label), input)]
  }
  // Outside of the form's own fields: no name is sent.
  const [words, wordsField] = named(texts.findWords)
  const [other, otherField] = named(texts.replaceBy)
  const isCase = make("input", { type: "checkbox" })
  const button = (text) => make("button", { type: "button", class: "button" }, text)
  const parts = {
    words, other, isCase, status: make("p", { role: "status", class: "find-status" }),
    previous: button(texts.findPrevious), next: button(texts.findNext), replace: button(texts.replaceOne),
    replaceAll: button(texts.replaceAll), close: button(texts.close),
  }
  parts.panel = make(
    "div", { class: "find-panel", role: "search", "aria-label": texts.find, hidden: true },
    make("div", { class: "find-row" }, wordsField, parts.previous, parts.next,
      make("label", { class: "find-case" }, isCase, ` ${texts.matchCase}`), parts.status),
    make("div", { class: "find-row" }, otherField, parts.replace, parts.replaceAll, parts.close),
  )
  return parts
}

// Wire the panel to the editor. `open()` shows it.
const finder = (editor, texts) => {
  const parts = makePanel(texts)
  const { panel, words, other, isCase, status } = parts
  let found = []
  let current = -1
  let timer = 0
  let isStale = false // the text changed since it was searched

  const show = () => {
    editor.view.dispatch(editor.state.tr.setMeta(key, shown(editor.state.doc, found, current)))
    if (!words.value) status.textContent = ""
    else if (!found.length) status.textContent = texts.foundNothing
    else status.textContent = texts.foundAt.replace("{number}", current + 1).replace("{count}", found.length)
    const buttons = [parts.previous, parts.next, parts.replace, parts.replaceAll]
    // A button that is switched off would let the focus fall out of the panel.
    if (!found.length && buttons.includes(document.activeElement)) words.focus()
    for (const one of buttons) one.disabled = !found.length
    const place = found[current] && editor.view.domAtPos(found[current].from).node
    const element = place?.nodeType === 3 ? place.parentElement : place
    element?.scrollIntoView({ block: "center" })
  }

  // Search anew; the current one is the first from `position` on.
  const look = (position) => {
    isStale = false
    found = search(editor.state.doc, words.value, isCase.checked)
    current = found.findIndex(({ from }) => from >= position)
    if (current < 0 && found.length) current = 0
    show()
  }
  const here = () => found[current]?.from ?? editor.state.selection.from
  const move = (step) => {
    if (!found.length) return
    current = (current + step + found.length) % found.length
    show()
  }

  const replaceIn = (tr, { from, to }) => {
    if (other.value) tr.insertText(other.value, from, to)
    else tr.delete(from, to)
  }
  const replaceOne = () => {
    if (isStale) look(here())
    const one = found[current]
    if (!one) return
    const tr = pm.history.closeHistory(editor.state.tr)
    replaceIn(tr, one)
    editor.view.dispatch(tr.setMeta("preventAutolink", true))
    look(one.from + other.value.length)
  }
  const replaceAll = () => {
    if (isStale) look(here())
    const count = found.length
    if (!count) return
    const tr = pm.history.closeHistory(editor.state.tr)
    for (const one of found.toReversed()) replaceIn(tr, one)
    editor.view.dispatch(tr.setMeta("preventAutolink", true))
    look(0)
    status.textContent = texts.replaced.replace("{count}", count)
  }

  const close = () => {
    const place = found[current]
    panel.hidden = true
    found = []
    const { tr } = editor.state
    if (place) tr.setSelection(TextSelection.create(tr.doc, place.from, place.to))
    editor.view.dispatch(tr.setMeta(key, DecorationSet.empty))
    editor.view.focus()
  }
  const open = () => {
    const { from, to, empty } = editor.state.selection
    const selected = empty ? "" : editor.state.doc.textBetween(from, to, "\n")
    if (selected && !selected.includes("\n")) words.value = selected
    panel.hidden = false
    words.focus()
    words.select()
    look(from)
  }

  words.addEventListener("input", () => look(here()))
  isCase.addEventListener("change", () => look(here()))
  parts.next.addEventListener("click", () => move(1))
  parts.previous.addEventListener("click", () => move(-1))
  parts.replace.addEventListener("click", replaceOne)
  parts.replaceAll.addEventListener("click", replaceAll)
  parts.close.addEventListener("click", close)
  panel.addEventListener("keydown", (event) => {
    const isField = event.target === words || event.target === other
    if (event.key === "Escape") close()
    // Enter would send the whole form.
    else if (event.key === "Enter" && event.target === words) move(event.shiftKey ? -1 : 1)
    else if (event.key === "Enter" && isField) replaceOne()
    else if (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey)) words.select()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  // The panel is no part of the article: the form's listeners hear nothing of it.
  panel.addEventListener("input", (event) => event.stopPropagation())
  panel.addEventListener("change", (event) => event.stopPropagation())
  editor.on("update", () => {
    if (panel.hidden) return
    isStale = true
    clearTimeout(timer)
    timer = setTimeout(() => !panel.hidden && editor.isFocused && look(here()), PAUSE)
  })
  return { panel, open }
}

export const find = ({ texts }) =>
  Extension.create({
    name: "find",
    addStorage: () => ({ panel: null, open: () => {} }),
    onCreate() {
      Object.assign(this.storage, finder(this.editor, texts))
    },
    addProseMirrorPlugins: () => [decorations()],
    addKeyboardShortcuts() {
      return {
        "Mod-f": () => {
          this.storage.open()
          return true
        },
      }
    },
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "find",
        groups: "utility",
        button: buttons.material("search", texts.find),
        command: (editor) => editor.storage.find.open(),
      })
    },
  })
