// What the editor may hold: exactly what blog/articles/markup.py keeps, so that nothing is lost on saving.
import {
  Blockquote, Bold, BulletList, Caption, Code, CodeBlock, Document, Dropcursor, Gapcursor, HardBreak, Heading,
  History, HorizontalRule, Image, Italic, Link, ListItem, Menu, OrderedList, Paragraph, SpecialCharacters,
  Strike, Subscript, Superscript, Table, TableCell, TableHeader, TableRow, Text, updateAttrsDialog,
} from "django-prose-editor/editor"

const LIST_TYPES = [
  { label: "1, 2, 3", type: "decimal" },
  { label: "a, b, c", type: "lower-alpha" },
  { label: "A, B, C", type: "upper-alpha" },
  { label: "i, ii, iii", type: "lower-roman" },
  { label: "I, II, III", type: "upper-roman" },
]

// Buttons in rows: the library's pull-down cannot be opened with a keyboard.
const MENU = [
  "blockType -lists", "lists", "nodes -blockType -lists", "marks", "link", "table", "history",
].map((group) => ({ group }))

// Pasted headings of other levels come in at ours.
const OurHeading = Heading.configure({ levels: [2, 3, 4] }).extend({
  parseHTML() {
    return [
      ...this.parent(),
      { tag: "h1", attrs: { level: 2 } },
      { tag: "h5", attrs: { level: 4 } },
      { tag: "h6", attrs: { level: 4 } },
    ]
  },
})

const QuoteWithSource = Blockquote.extend({
  addAttributes() {
    return { ...this.parent?.(), cite: { default: null } }
  },
})

// Code may be linked or stressed; the library takes every other mark away.
const CodeWithMarks = Code.extend({ excludes: "" })

const codeWithLanguage = (texts) =>
  CodeBlock.extend({
    addMenuItems(storage) {
      this.parent?.(storage)
      storage.menu.defineItem({
        name: "codeLanguage",
        groups: "blockType",
        button: storage.buttons.material("tune", texts.language),
        hidden: (editor) => !editor.isActive("codeBlock"),
        command: async (editor) => {
          const fields = { language: { type: "string", title: texts.language, description: texts.languageHelp } }
          const answer = await updateAttrsDialog(fields, { title: texts.language, submitText: texts.update })(
            editor, editor.getAttributes("codeBlock"),
          )
          if (answer) {
            const language = answer.language.trim().toLowerCase() || null
            editor.chain().focus().updateAttributes("codeBlock", { language }).run()
          }
        },
      })
    },
  })

export const vocabulary = (texts) => [
  Document, Paragraph, Text, HardBreak, Dropcursor, Gapcursor, History, SpecialCharacters,
  Menu.configure({ groups: MENU }),
  OurHeading,
  Bold, Italic, Strike, Subscript, Superscript, CodeWithMarks,
  Link.configure({ enableTarget: false, protocols: ["http", "https", "mailto", "tel"] }),
  BulletList, ListItem, OrderedList.configure({ listTypes: LIST_TYPES }),
  QuoteWithSource, codeWithLanguage(texts), HorizontalRule,
  Table, TableRow, TableHeader, TableCell,
  Image, Caption,
]
