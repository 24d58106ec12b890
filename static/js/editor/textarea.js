// Keeps the textarea, which is what the form sends. Writing all HTML at every key would make a long article
// slow: it is written after a pause, and before anything else can look at it.
import { getHTMLFromFragment, pm } from "django-prose-editor/editor"

const PAUSE = 300 // milliseconds without a key
const LONGEST = 2000 // milliseconds of typing without a pause

export const keepTextarea = (editor, textarea) => {
  const { form } = textarea
  const written = new WeakMap() // block of the text: its HTML. A block that changes is another object.
  let timer = 0
  let dirtySince = 0

  const htmlOf = (block) => {
    if (!written.has(block)) written.set(block, getHTMLFromFragment(pm.model.Fragment.from(block), editor.schema))
    return written.get(block)
  }

  const write = () => {
    clearTimeout(timer)
    if (!dirtySince) return
    dirtySince = 0
    const html = editor.isEmpty ? "" : editor.state.doc.content.content.map(htmlOf).join("")
    if (html === textarea.value) return
    textarea.value = html
    textarea.dispatchEvent(new Event("input", { bubbles: true }))
  }

  editor.on("update", () => {
    const now = performance.now()
    dirtySince ||= now
    clearTimeout(timer)
    timer = setTimeout(write, Math.max(0, Math.min(PAUSE, dirtySince + LONGEST - now)))
  })
  editor.on("blur", write)
  form.addEventListener("submit", write, true)
  // Whoever reads the form gets the text as it is now, and so does form.submit(), which tells nobody else.
  form.addEventListener("formdata", (event) => {
    write()
    event.formData.set(textarea.name, textarea.value)
  })
  document.addEventListener("visibilitychange", write)
  window.addEventListener("pagehide", write)
  // Another text for the editor, such as one that was recovered: set the value, then dispatch "change".
  textarea.addEventListener("change", () => {
    dirtySince = 0
    editor.commands.setContent(textarea.value, { emitUpdate: false })
  })
}
