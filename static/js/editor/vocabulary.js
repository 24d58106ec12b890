// What the editor may hold: exactly what blog/articles/markup.py keeps, so that nothing is lost on saving.
import {
  Blockquote, Bold, BulletList, Caption, Code, CodeBlock, Document, Dropcursor, Extension, Gapcursor, HardBreak,
  Heading, History, HorizontalRule, Image, Italic, ListItem, Menu, OrderedList, Paragraph, SpecialCharacters,
  Strike, Subscript, Superscript, Table, TableCell, TableHeader, TableRow, Text, textblockTypeInputRule,
  updateAttrsDialog, wrappingInputRule,
} from "django-prose-editor/editor"
import { toolbarItems } from "byline/toolbar"

const LIST_TYPES = [
  { label: "1, 2, 3", type: "decimal" },
  { label: "a, b, c", type: "lower-alpha" },
  { label: "A, B, C", type: "upper-alpha" },
  { label: "i, ii, iii", type: "lower-roman" },
  { label: "I, II, III", type: "upper-roman" },
]

// Headings of other levels come in at ours, typed or pasted.
const OurHeading = Heading.configure({ levels: [2, 3, 4] }).extend({
  parseHTML() {
    return [
      ...this.parent(),
      { tag: "h1", attrs: { level: 2 } },
      { tag: "h5", attrs: { level: 4 } },
      { tag: "h6", attrs: { level: 4 } },
    ]
  },

  addInputRules() {
    const ofTitle = { find: /^#\s$/, type: this.type, getAttributes: { level: 2 } }
    return [...this.parent(), textblockTypeInputRule(ofTitle)]
  },
})

const QuoteWithSource = Blockquote.extend({
  addAttributes() {
    return { ...this.parent?.(), cite: { default: null } }
  },
})

// Code may be linked or stressed; the library takes every other mark away.
const CodeWithMarks = Code.extend({ excludes: "" })

// "1. " begins a list; the library has that switched off. Beside its list, since it does not read the kind of a
// list (a, b, c) any more once it is extended.
const typedList = Extension.create({
  name: "typedList",
  addInputRules() {
    return [
      wrappingInputRule({
        find: /^([0-9]{1,4})[.)]\s$/,
        type: this.editor.schema.nodes.orderedList,
        getAttributes: ([, number]) => ({ start: Number(number) }),
        joinPredicate: ([, number], list) => list.childCount + list.attrs.start === Number(number),
      }),
    ]
  },
})

// An item of the list of footnotes has a name, which its sign in the text leads to.
const NamedItem = ListItem.extend({
  addAttributes() {
    return { ...this.parent?.(), id: { default: null, keepOnSplit: false } }
  },
})

const codeWithLanguage = (texts) =>
  CodeBlock.extend({
    addInputRules() {
      const find = /^(?:```|~~~)([A-Za-z0-9+#.-]{1,30})?[\s\n]$/
      const getAttributes = ([, language]) => ({ language: language?.toLowerCase() ?? null })
      return [textblockTypeInputRule({ find, type: this.type, getAttributes })]
    },

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

// A rule, the mark that ends what lists and feeds show of the article, or a break between two pages of it.
// The marks say nothing in a page of the site: no list shows one, and its text has one page.
const RuleOrMark = ({ texts, marks }) =>
  HorizontalRule.extend({
    addAttributes() {
      return { ...this.parent?.(), class: { default: null } }
    },

    addMenuItems(storage) {
      this.parent?.(storage)
      if (!marks) return
      const define = (name, icon, className) =>
        storage.menu.defineItem({
          name,
          groups: "nodes",
          button: storage.buttons.material(icon, texts[name]),
          command: (editor) => {
            // A paragraph for the cursor: what is typed next would replace the mark.
            const mark = { type: "horizontalRule", attrs: { class: className } }
            editor.chain().focus().insertContent([mark, { type: "paragraph" }]).run()
          },
        })
      define("more", "more_horiz", "more")
      define("nextPage", "insert_page_break", "nextpage")
    },
  })

// A picture that is mere decoration says so: without words alone it would only be unfinished.
const MarkedImage = Image.extend({
  addAttributes() {
    return { ...this.parent?.(), role: { default: null } }
  },
})

export const vocabulary = (settings) => [
  Document, Paragraph, Text, HardBreak, Dropcursor, Gapcursor, History, SpecialCharacters,
  Menu.configure({ items: toolbarItems(settings) }),
  OurHeading,
  Bold, Italic, Strike, Subscript, Superscript, CodeWithMarks,
  BulletList, NamedItem, OrderedList.configure({ listTypes: LIST_TYPES }), typedList,
  QuoteWithSource, codeWithLanguage(settings.texts), RuleOrMark(settings),
  Table, TableRow, TableHeader, TableCell,
  MarkedImage, Caption,
]
