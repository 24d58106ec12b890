// Lists of word processors: Word writes paragraphs with a level and a painted marker, its web version one
// list for each item, Google Docs and the Mac a list beside the item it belongs to.
import { styleOf } from "byline/inert"

const MARKER = "[data-style*='mso-list:Ignore' i], [data-style*='mso-list: Ignore' i]"
const LEVEL = /level([1-9])/
const ORDERED = /^\(?([0-9]{1,4}|[a-z]{1,5})[.):]/i

// Which kind of list a painted marker belongs to.
const kindOf = (marker) => {
  const [, sign] = ORDERED.exec(marker) ?? []
  if (!sign) return { tag: "ul" }
  if (/^[0-9]/.test(sign)) return { tag: "ol", start: Number(sign) }
  if (/^[ivx]+$/.test(sign)) return { tag: "ol", type: "i" }
  if (/^[IVX]+$/.test(sign)) return { tag: "ol", type: "I" }
  return { tag: "ol", type: sign === sign.toLowerCase() ? "a" : "A" }
}

const makeList = (document, { tag, start, type }) => {
  const list = document.createElement(tag)
  if (start > 1) list.setAttribute("start", start)
  if (type) list.setAttribute("type", type)
  return list
}

// Put items with levels, in the order of the text, where `place` stands. A new kind on the first level is a
// new list; a level that jumps is one deeper.
const build = (items, place) => {
  const { ownerDocument: document } = place
  const open = [] // lists, from the outermost
  for (const { level, kind, nodes } of items) {
    open.length = Math.min(open.length, level)
    if (open.length === level && open.at(-1).localName !== kind.tag) open.pop()
    if (open.length < level) {
      const list = makeList(document, kind)
      if (open.length) open.at(-1).lastElementChild.append(list)
      else place.before(list)
      open.push(list)
    }
    const item = document.createElement("li")
    item.append(...nodes)
    open.at(-1).append(item)
  }
}

const isOfWord = (element) => element?.localName === "p" && LEVEL.test(styleOf(element).get("mso-list") ?? "")

// Text of an item that goes on in a paragraph of its own has the list's class, but no level.
const goesOn = (element) =>
  element?.localName === "p" && /MsoListParagraph/.test(element.className) && !styleOf(element).has("mso-list")

const wordItem = (paragraph) => {
  const marker = paragraph.querySelector(MARKER)
  const kind = kindOf(marker?.textContent.replace(/[\s\u00a0]+/g, "") ?? "")
  marker?.remove()
  return { level: Number(LEVEL.exec(styleOf(paragraph).get("mso-list"))[1]), kind, nodes: [paragraph] }
}

const wordLists = (body) => {
  for (const first of body.querySelectorAll("p")) {
    if (!first.isConnected || !isOfWord(first) || first.closest("li")) continue
    const place = document.createComment("")
    first.before(place)
    const items = []
    let next
    for (let paragraph = first; isOfWord(paragraph) || goesOn(paragraph); paragraph = next) {
      next = paragraph.nextElementSibling
      if (isOfWord(paragraph)) items.push(wordItem(paragraph))
      else items.at(-1).nodes.push(paragraph)
    }
    build(items, place)
    for (const { nodes } of items) nodes.forEach((node) => node.removeAttribute("data-style"))
    place.remove()
  }
}

const webWordLists = (body) => {
  const isWrapper = (element) => element?.classList.contains("ListContainerWrapper")
  for (const first of body.querySelectorAll(".ListContainerWrapper")) {
    if (!first.isConnected) continue
    const place = document.createComment("")
    first.before(place)
    const items = []
    let next
    for (let wrapper = first; isWrapper(wrapper); wrapper = next) {
      next = wrapper.nextElementSibling
      for (const item of wrapper.querySelectorAll("li")) {
        const list = item.parentElement
        const kind = { tag: list.localName, start: Number(list.getAttribute("start") ?? 1) }
        items.push({ level: Number(item.dataset.ariaLevel ?? item.ariaLevel ?? 1), kind, nodes: [...item.childNodes] })
      }
      wrapper.remove()
    }
    build(items, place)
    place.remove()
  }
}

const KINDS = {
  "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I",
}

const kinds = (body) => {
  for (const list of body.querySelectorAll("ol")) {
    const parts = [list, list.querySelector("li")].filter(Boolean)
    const kind = parts.map((part) => KINDS[styleOf(part).get("list-style-type")]).find(Boolean)
    if (kind) list.setAttribute("type", kind)
  }
}

// A list that stands beside an item belongs into the item before it.
const nest = (body) => {
  for (const list of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) {
    const item = list.previousElementSibling
    if (item?.localName === "li") item.append(list)
  }
}

export const mendLists = (body) => {
  wordLists(body)
  webWordLists(body)
  nest(body)
  kinds(body)
  // The markers of numbered headings are text there.
  for (const marker of body.querySelectorAll(MARKER)) marker.replaceWith(`${marker.textContent.trim()} `)
}
