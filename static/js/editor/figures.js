// Figures of several pictures, and cards that lead to other sites.
import { Node, canInsertNode, updateAttrsDialog } from "django-prose-editor/editor"
import { chooseFiles, figureOf, uploadEach } from "byline/pictures"

// The gallery that holds the cursor, with the place where its last picture ends.
const galleryAt = ({ selection: { $from } }) => {
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth)
    if (node.type.name !== "gallery") continue
    const words = node.lastChild.type.name === "caption" ? node.lastChild.nodeSize : 0
    return { end: $from.end(depth) - words }
  }
  return null
}

// Pictures side by side. The button adds to the gallery that holds the cursor, or makes a new one.
export const gallery = (settings, say, token) => {
  const { texts } = settings

  const add = async (editor, files) => {
    const figures = []
    await uploadEach(editor, files, settings, say, token, (picture) => figures.push(figureOf(picture)))
    if (!figures.length) return
    const present = galleryAt(editor.state)
    const chain = editor.chain().focus()
    if (present) chain.insertContentAt(present.end, figures).run()
    else chain.insertContent({ type: "gallery", content: figures }).run()
  }

  return Node.create({
    name: "gallery",
    group: "block",
    content: "figure+ caption?",
    isolating: true,
    draggable: true,

    // Asked before a plain figure, which would take the whole for one picture.
    parseHTML: () => [{ tag: "figure.gallery", priority: 60 }],
    renderHTML: () => ["figure", { class: "gallery" }, 0],

    addCommands: () => ({
      insertGallery: () => ({ editor, state, dispatch }) => {
        if (dispatch) chooseFiles(settings.accept, (files) => add(editor, files), true)
        return galleryAt(state) !== null || canInsertNode(state, state.schema.nodes.gallery)
      },
    }),

    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "gallery",
        groups: "nodes",
        button: buttons.material("photo_library", texts.gallery),
        active: (editor) => galleryAt(editor.state) !== null,
        enabled: (editor) => editor.can().insertGallery(),
        command: (editor) => editor.commands.insertGallery(),
      })
    },
  })
}

// A film, a post or a map elsewhere: a link, since nothing of another site is loaded here.
export const embed = ({ texts }, say) => {
  const ask = async (editor) => {
    const { node } = editor.state.selection
    const present = node?.type.name === "embed" ? node.attrs : {}
    const fields = {
      href: { type: "string", format: "url", title: texts.address, description: texts.addressHelp, required: true },
      title: { type: "string", title: texts.cardTitle },
    }
    const answer = await updateAttrsDialog(fields, { title: texts.card, submitText: texts.insert })(editor, present)
    if (!answer) return
    const href = answer.href.trim()
    if (!/^https?:\/\//i.test(href)) {
      say(texts.noAddress, true)
      return
    }
    const attrs = { href, title: answer.title.trim() || href, kind: "link" }
    editor.chain().focus().insertContent({ type: "embed", attrs }).run()
  }

  return Node.create({
    name: "embed",
    group: "block",
    atom: true,
    draggable: true,

    addAttributes: () => ({ href: { default: "" }, title: { default: "" }, kind: { default: "link" } }),

    parseHTML: () => [
      {
        tag: "figure[data-embed]",
        priority: 60,
        getAttrs: (element) => {
          const link = element.querySelector("a[href]")
          const kind = element.dataset.embed
          return link ? { href: link.getAttribute("href"), title: link.textContent, kind } : false
        },
      },
    ],
    // The server finds out anew which kind of page it is.
    renderHTML: ({ node: { attrs } }) => [
      "figure", { "data-embed": attrs.kind }, ["a", { href: attrs.href }, attrs.title],
    ],

    addCommands: () => ({
      insertEmbed: () => ({ editor, state, dispatch }) => {
        if (dispatch) ask(editor)
        return canInsertNode(state, state.schema.nodes.embed)
      },
    }),

    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "embed",
        groups: "nodes",
        button: buttons.material("web_asset", texts.card),
        active: (editor) => editor.isActive("embed"),
        enabled: (editor) => editor.can().insertEmbed(),
        command: (editor) => editor.commands.insertEmbed(),
      })
    },
  })
}
