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

// As blog/articles/words.py says why: two characters of Chinese or Japanese are a word, five of Thai, Lao,
// Tibetan, Burmese or Khmer.
const HALF =
  "\\u3005-\\u3007\\u3041-\\u309f\\u30a1-\\u30ff\\u3105-\\u312f\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff" +
  "\\uf900-\\ufaff\\uff66-\\uff9f\\u{20000}-\\u{3ffff}"
const FIFTH = "\\u0e01-\\u0eff\\u0f00-\\u0fff\\u1000-\\u109f\\u1780-\\u17ff\\u19e0-\\u19ff"
const PIECE = new RegExp(`([${HALF}])|([${FIFTH}])|[^\\s${HALF}${FIFTH}]+`, "gu")
const WORD = /[\p{L}\p{N}]/u

const tenths = ([piece, half, fifth]) => (half ? 5 : fifth ? 2 : WORD.test(piece) ? 10 : 0)

const wordsIn = (text) => {
  let sum = 0
  for (const piece of text.matchAll(PIECE)) sum += tenths(piece)
  return Math.ceil(sum / 10)
}

const counted = new WeakMap()

const wordsOf = (block) => {
  if (!counted.has(block)) counted.set(block, wordsIn(textOf(block)))
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
