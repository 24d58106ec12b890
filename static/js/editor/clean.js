// Turns the HTML that word processors and browsers put on the clipboard into what the editor may hold:
// headings, lists, links, tables, notes and pictures stay; styles, fonts and comments go.
import { mendHeadings } from "byline/headings"
import { inert, isBlank, rename, rulesOf, styleOf, unwrap, wrapContent } from "byline/inert"
import { mendLists } from "byline/lists"
import { mendNotes } from "byline/notes"

const DROPPED = `
  script, noscript, template, title, meta, link, xml, object, embed, audio, video, canvas, svg, math,
  button, input, select, textarea, [hidden], [aria-hidden=true], hr.msocomoff, .MsoCommentReference, .msocomtxt,
  .msoDel, a.msocomanchor, [data-style*="display:none"], [data-style*="mso-hide:all"],
  [data-style*="mso-element:comment-list"], a[href^="#cmnt"], br.Apple-interchange-newline, .mw-editsection`
const SAME_AS = { KBD: "code", SAMP: "code", TT: "code", CITE: "em", DFN: "em", VAR: "em", STRIKE: "s", DEL: "s" }
const STYLED = "span, font, a, b, strong, i, em, u, sup, sub, p, li"
const KEPT_ATTRIBUTES = {
  A: ["href", "title", "id"], BLOCKQUOTE: ["cite"], CODE: ["class"], FIGURE: ["class", "data-embed"],
  IMG: ["src", "alt"], LI: ["id"], OL: ["start", "type"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"],
}
// Values that are ours; those of other pages mean nothing here.
const OURS = {
  id: /^note(ref)?-[0-9]+$/, class: /^(gallery|language-[A-Za-z0-9+#.-]+)$/, type: /^[aAiI]$/, start: /^[0-9]{1,6}$/,
}

const dropForeign = (body) => {
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const found = []
  while (comments.nextNode()) found.push(comments.currentNode)
  found.forEach((comment) => comment.remove())
  body.querySelectorAll(DROPPED).forEach((element) => element.remove())
  body.querySelectorAll("[id^=cmnt]").forEach((comment) => comment.closest("div")?.remove())
}

// Styles that say what an element of ours says become that element.
const mendMarks = (body, sheet) => {
  const rules = rulesOf(sheet)
  for (const element of [...body.querySelectorAll(STYLED)]) {
    const style = styleOf(element)
    const ofClass = rules.get(`${element.localName}.${element.className.toLowerCase()}`)
    const font = ofClass?.get("font") ?? ""
    const weight = style.get("font-weight") ?? (/\bbold\b/.test(font) ? "bold" : "")
    const isHeading = element.closest("h2, h3, h4") !== null
    if (/^(bold|bolder|[6-9]00)$/.test(weight) && !isHeading) wrapContent(element, "strong")
    if (style.get("font-style") === "italic" || /\b(italic|oblique)\b/.test(font)) wrapContent(element, "em")
    if (/line-through/.test(style.get("text-decoration") ?? style.get("text-decoration-line") ?? "")) {
      wrapContent(element, "s")
    }
    const raised = style.get("vertical-align")
    if ((raised === "super" || raised === "sub") && !element.closest("sup, sub") && !element.querySelector("sup, sub")) {
      wrapContent(element, raised === "super" ? "sup" : "sub")
    }
    // Google Docs puts everything into one of these.
    if (/^(normal|400)$/.test(weight) && /^(b|strong)$/.test(element.localName)) unwrap(element)
    else if (style.get("font-style") === "normal" && /^(i|em)$/.test(element.localName)) unwrap(element)
  }
  for (const element of body.querySelectorAll(Object.keys(SAME_AS).join(","))) {
    rename(element, SAME_AS[element.tagName])
  }
}

const languageOf = (pre) => {
  const parts = [pre, pre.querySelector("code"), pre.parentElement].filter(Boolean)
  const names = parts.map((part) => part.className).join(" ")
  return /\b(?:language|lang|highlight-source)-([A-Za-z0-9+#.-]{1,30})/.exec(names)?.[1]
}

const mendCode = (body) => {
  for (const pre of body.querySelectorAll("pre")) {
    const language = languageOf(pre)
    pre.querySelectorAll("br").forEach((line) => line.replaceWith("\n"))
    const code = pre.ownerDocument.createElement("code")
    code.textContent = pre.textContent
    if (language) code.className = `language-${language}`
    pre.replaceChildren(code)
  }
}

const mendTables = (body) => {
  for (const cell of body.querySelectorAll("thead td")) rename(cell, "th")
}

// Frames become cards: nothing of another site is loaded here.
const mendFrames = (body) => {
  for (const frame of body.querySelectorAll("iframe")) {
    const address = frame.getAttribute("src") ?? ""
    if (!/^https?:\/\//i.test(address)) {
      frame.remove()
      continue
    }
    const card = body.ownerDocument.createElement("figure")
    const link = body.ownerDocument.createElement("a")
    card.dataset.embed = "link"
    link.setAttribute("href", address)
    link.textContent = frame.title.trim() || address
    card.append(link)
    frame.replaceWith(card)
  }
}

// Links into a text that was left behind lead nowhere.
const mendLinks = (body) => {
  for (const link of body.querySelectorAll("a")) {
    const address = link.getAttribute("href") ?? ""
    const isNote = /^#note(ref)?-[0-9]+$/.test(address)
    if (!address || (address.startsWith("#") && !isNote) || /^file:/i.test(address)) unwrap(link)
  }
}

const BLOCKS = "p, h2, h3, h4, ul, ol, li, table, blockquote, pre, figure, div, hr, section, article"

const dropEmpty = (body) => {
  for (const line of body.querySelectorAll("br")) {
    const isBetween = [line.previousElementSibling, line.nextElementSibling].some((one) => one?.matches(BLOCKS))
    if (isBetween || line.parentElement === body) line.remove()
  }
  for (const block of [...body.querySelectorAll("p, h2, h3, h4, li, ul, ol, blockquote, figure")].reverse()) {
    if (isBlank(block)) block.remove()
  }
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode
    if (!text.parentElement.closest("pre")) text.data = text.data.replace(/[ \t\r\n]*\u00a0[ \t\r\n\u00a0]+|[ \t\r\n]+\u00a0/g, " ")
  }
}

const dropAttributes = (body) => {
  for (const element of body.querySelectorAll("*")) {
    const kept = KEPT_ATTRIBUTES[element.tagName] ?? []
    for (const { name, value } of [...element.attributes]) {
      const isOurs = OURS[name]?.test(value) ?? true
      if (name !== "data-pm-slice" && !(kept.includes(name) && isOurs)) element.removeAttribute(name)
    }
  }
}

// The cleaned HTML, and that of the list of its footnotes. `pictures(body)` decides what becomes of pictures;
// `firstNote` is the number of the first footnote. What was copied in an editor like this one keeps its form.
export const cleaned = (html, { pictures, firstNote }) => {
  const { body, sheet } = inert(html)
  if (body.querySelector("[data-pm-slice]")) {
    pictures(body)
    return { html: body.innerHTML, notes: "" }
  }
  dropForeign(body)
  mendLists(body)
  mendHeadings(body, sheet)
  mendMarks(body, sheet)
  const notes = mendNotes(body, firstNote)
  mendCode(body)
  mendTables(body)
  mendFrames(body)
  pictures(body)
  mendLinks(body)
  dropEmpty(body)
  dropAttributes(body)
  notes?.remove()
  return { html: body.innerHTML, notes: notes?.outerHTML ?? "" }
}
