// The passages that notes are about: marked in the text, and quoted from what is selected there.
import { Extension, Plugin, pm } from "django-prose-editor/editor"
import { make } from "byline/dialog"

const { Decoration, DecorationSet } = pm.view
const key = new pm.state.PluginKey("remarks")

// The letters of the text with their places, without white space: so the server compares, too (notes.py).
const lettersOf = (doc) => {
  const places = []
  let text = ""
  doc.descendants((node, position) => {
    if (!node.isText) return
    for (let number = 0; number < node.text.length; number += 1) {
      if (/\s/.test(node.text[number])) continue
      text += node.text[number]
      places.push(position + number)
    }
  })
  return { text, places }
}

const find = (doc, quotes) => {
  const { text, places } = lettersOf(doc)
  return quotes.flatMap((quote, number) => {
    const words = quote.textContent.replace(/\s+/g, "")
    const at = words ? text.indexOf(words) : -1
    if (at < 0) return []
    return [Decoration.inline(places[at], places[at + words.length - 1] + 1, { class: "noted" }, { number })]
  })
}

export const remarks = () => {
  const panel = document.querySelector("[data-notes]")
  const quotes = [...(panel?.querySelectorAll("[data-note-passage]") ?? [])]
  const input = panel?.querySelector("[data-note-quote]")
  let taken = ""

  // What somebody typed into the field stays there.
  const quoteSelection = ({ state }) => {
    const { from, to } = state.selection
    if (from === to || (input.value && input.value !== taken)) return
    taken = state.doc.textBetween(from, to, " ").replace(/\s+/g, " ").trim().slice(0, input.maxLength)
    input.value = taken
  }

  const offerToShow = (editor) =>
    quotes.forEach((quote, number) => {
      const place = () => key.getState(editor.state).find(undefined, undefined, (spec) => spec.number === number)[0]
      if (!place()) return
      const button = make("button", { type: "button", class: "button" }, panel.dataset.show)
      button.addEventListener("click", () => {
        const found = place()
        if (found) editor.chain().focus().setTextSelection(found).scrollIntoView().run()
      })
      quote.after(button)
    })

  return Extension.create({
    name: "remarks",

    addProseMirrorPlugins: () => [
      new Plugin({
        key,
        state: {
          init: (_config, { doc }) => (quotes.length ? DecorationSet.create(doc, find(doc, quotes)) : DecorationSet.empty),
          apply: (tr, set) => (tr.docChanged ? set.map(tr.mapping, tr.doc) : set),
        },
        props: { decorations: (state) => key.getState(state) },
      }),
    ],

    onCreate({ editor }) {
      if (!input) return
      panel.querySelector("[data-note-hint]").hidden = false
      offerToShow(editor)
    },

    onSelectionUpdate({ editor }) {
      if (input) quoteSelection(editor)
    },
  })
}
