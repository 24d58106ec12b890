// Footnotes: a number in the text that leads to a list at the end, whose items lead back.

const SIGN = /^[[(]?([0-9]{1,4}|[ivxlc]{1,5}|[a-z*†‡§]{1,2})[\])]?$/i
const BACK = /^(\^|[↩↑⏎]\ufe0e?|[[(]?([0-9]{1,4}|[ivxlc]{1,5}|[a-z*†‡§]{1,2})[\])]?)$/i
const REST = "[data-style*='mso-element:footnote-list'], [data-style*='mso-element:endnote-list']"
const NUMBER = /^note-([0-9]+)$/

const nameIn = (link) => {
  const [, name] = /#(.+)$/.exec(link.getAttribute("href") ?? "") ?? []
  try {
    return name && decodeURIComponent(name)
  } catch {
    return name
  }
}

// What holds the words of a note, when its anchor is somewhere within.
const bodyOf = (target, link) =>
  target.localName === "a"
    ? ["li", "div[id], aside", "p, dd, td"].map((kind) => target.closest(kind)).find((one) => one && !one.contains(link))
    : target

const leadsBack = (body, note) =>
  [...note.querySelectorAll("a[href*='#']")].find((link) => {
    const name = nameIn(link)
    const place = name && body.querySelector(`[id="${CSS.escape(name)}"], a[name="${CSS.escape(name)}"]`)
    return (place && !note.contains(place)) || BACK.test(link.textContent.trim())
  })

// The outermost of the elements that hold the sign alone: superscript, brackets, a span of styles.
const wholeSign = (link) => {
  let whole = link
  while (
    /^(sup|span|b|i|em|strong)$/.test(whole.parentElement?.localName) &&
    whole.parentElement.textContent.trim() === link.textContent.trim()
  ) whole = whole.parentElement
  return whole
}

const reference = (document, number, isFirst) => {
  const sign = document.createElement("sup")
  const link = document.createElement("a")
  link.setAttribute("href", `#note-${number}`)
  if (isFirst) link.id = `noteref-${number}`
  link.textContent = number
  sign.append(link)
  return sign
}

const noteItem = (document, number, body, note) => {
  note.querySelectorAll(".mw-cite-backlink").forEach((back) => back.remove())
  for (let back = leadsBack(body, note); back; back = leadsBack(body, note)) wholeSign(back).remove()
  const item = document.createElement("li")
  item.id = `note-${number}`
  item.append(...(note.localName === "p" ? [note.cloneNode(true)] : note.cloneNode(true).childNodes))
  const link = document.createElement("a")
  link.setAttribute("href", `#noteref-${number}`)
  link.textContent = "↩"
  const blocks = item.querySelectorAll("p")
  ;(blocks.length ? blocks[blocks.length - 1] : item).append(" ", link)
  return item
}

// The words of a note are its own, and what is left of its list goes.
const removeNote = (note) => {
  const list = note.parentElement
  note.remove()
  if (list && list.localName !== "body" && list.textContent.trim() === "") list.remove()
}

// The element with the words of each note: the links that lead to it. Notes stand after their signs, which
// tells them from the text that a note's own link leads back to.
const findNotes = (body) => {
  const found = new Map()
  for (const link of body.querySelectorAll("a[href*='#']")) {
    const name = nameIn(link)
    if (!name || !SIGN.test(link.textContent.trim())) continue
    const target = body.querySelector(`[id="${CSS.escape(name)}"], a[name="${CSS.escape(name)}"]`)
    const note = target && bodyOf(target, link)
    const isAfter = note && link.compareDocumentPosition(note) & Node.DOCUMENT_POSITION_FOLLOWING
    if (isAfter && leadsBack(body, note)) found.set(note, [...(found.get(note) ?? []), link])
  }
  return found
}

// Number the notes anew, from `first`, and move them into a list at the end. Return it, or null.
export const mendNotes = (body, first) => {
  const { ownerDocument: document } = body
  const found = findNotes(body)
  const list = found.size ? document.createElement("ol") : null
  if (list) {
    let number = first
    for (const [note, links] of found) {
      list.append(noteItem(document, number, body, note))
      links.forEach((link, position) => wholeSign(link).replaceWith(reference(document, number, position === 0)))
      number += 1
    }
    for (const note of found.keys()) removeNote(note)
    body.append(list)
  }
  for (const rest of body.querySelectorAll(REST)) {
    if (rest.textContent.trim() === "") rest.remove()
  }
  return list
}

// The number after the highest in the text.
export const nextNote = (doc) => {
  let highest = 0
  doc.descendants((node) => {
    const [, number] = NUMBER.exec(node.attrs.id ?? "") ?? []
    if (number) highest = Math.max(highest, Number(number))
    return !node.isTextblock
  })
  return highest + 1
}
