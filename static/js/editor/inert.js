// Reads HTML from a clipboard without anything of it taking effect. The content security policy forbids
// inline styles, and the browser empties them even in a document that is never shown: so what a style says
// is kept in attributes of our own, where clean.js finds it.

const TAG = /<[a-z][^\s>/]*(?:[^>"']|"[^"]*"|'[^']*')*>/gi
const ACTIVE_ATTRIBUTE = /([\s"'])(style|on[a-z]+)(\s*=)/gi
const STYLE_SHEET = /<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi

// The body of the HTML, and the text of its style sheets.
export const inert = (html) => {
  const sheets = []
  const text = html
    .replace(STYLE_SHEET, (_all, sheet) => {
      sheets.push(sheet)
      return ""
    })
    .replace(TAG, (tag) => tag.replace(ACTIVE_ATTRIBUTE, "$1data-$2$3"))
  return { body: new DOMParser().parseFromString(text, "text/html").body, sheet: sheets.join("\n") }
}

const declarations = (text) => {
  const found = new Map()
  for (const part of (text ?? "").split(";")) {
    const colon = part.indexOf(":")
    if (colon > 0) found.set(part.slice(0, colon).trim().toLowerCase(), part.slice(colon + 1).trim().toLowerCase())
  }
  return found
}

// What the element's own style says, by property.
export const styleOf = (element) => declarations(element.dataset.style)

// The rules of a simple style sheet, such as the Mac's text system writes: "p.p1" to its declarations.
export const rulesOf = (sheet) => {
  const rules = new Map()
  for (const [, selectors, body] of sheet.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    for (const selector of selectors.split(",")) rules.set(selector.trim().toLowerCase(), declarations(body))
  }
  return rules
}

export const rename = (element, tag) => {
  const other = element.ownerDocument.createElement(tag)
  other.append(...element.childNodes)
  for (const { name, value } of element.attributes) other.setAttribute(name, value)
  element.replaceWith(other)
  return other
}

export const unwrap = (element) => element.replaceWith(...element.childNodes)

export const wrapContent = (element, tag) => {
  const inner = element.ownerDocument.createElement(tag)
  inner.append(...element.childNodes)
  element.append(inner)
}

export const isBlank = (node) => node.textContent.trim() === "" && !node.querySelector?.("img, hr, iframe")
