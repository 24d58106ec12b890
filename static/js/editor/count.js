// Words and reading time, counted as the page counts them (blog/articles/rendering.py), block by block:
// only a block that changed is counted anew.

const WORDS_PER_MINUTE = 250

const textOf = (node) => {
  if (node.isText) return node.text
  if (node.isTextblock) return node.textBetween(0, node.content.size, " ", " ")
  if (node.type.name === "embed") return node.attrs.title
  const parts = []
  node.forEach((child) => parts.push(textOf(child)))
  return parts.join(" ")
}

const counted = new WeakMap()

const wordsOf = (block) => {
  if (!counted.has(block)) counted.set(block, textOf(block).match(/\S+/g)?.length ?? 0)
  return counted.get(block)
}

export const showCount = (editor, place, texts) => {
  const format = new Intl.NumberFormat(document.documentElement.lang || undefined)
  let frame = 0
  const show = () => {
    frame = 0
    const words = editor.state.doc.content.content.reduce((sum, block) => sum + wordsOf(block), 0)
    const minutes = Math.floor(words / WORDS_PER_MINUTE + 0.5)
    const time = minutes ? texts.minutes.replace("{minutes}", format.format(minutes)) : texts.lessThanMinute
    place.textContent = `${texts.words.replace("{words}", format.format(words))} · ${time}`
  }
  show()
  editor.on("transaction", ({ transaction }) => {
    if (transaction.docChanged) frame ||= requestAnimationFrame(show)
  })
}
