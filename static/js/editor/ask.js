// Questions to readers: words linked to #ask, which they answer below the article (blog/public/asking.py).
import { Extension } from "django-prose-editor/editor"

const ASK = "#ask"

export const ask = ({ texts }, say) =>
  Extension.create({
    name: "ask",

    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "ask",
        groups: "link",
        button: buttons.material("contact_support", texts.ask),
        active: (editor) => editor.isActive("link", { href: ASK }),
        command: (editor) => {
          if (editor.isActive("link", { href: ASK })) {
            editor.chain().focus().extendMarkRange("link").unsetLink().run()
            say("")
          } else if (editor.state.selection.empty) say(texts.askSelect, true)
          else if (editor.chain().focus().setMark("link", { href: ASK }).run()) say(texts.asked)
        },
      })
    },
  })
