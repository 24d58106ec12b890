// Headings, however they were marked: by element, by role, by Word's outline level, or by size alone.
import { isBlank, rename, rulesOf, styleOf, unwrap } from "byline/inert"

const MUCH_LARGER = 1.2 // times the size of the running text
const LONGEST = 160 // characters of a heading

const outlineLevel = (element) => {
  if (element.role === "heading" || element.getAttribute("role") === "heading") {
    return Number(element.getAttribute("aria-level") ?? 2)
  }
  if (/^(Mso)?Title$/i.test(element.className)) return 1
  const [, ofClass] = /^(?:Mso)?Heading ?([1-9])$/i.exec(element.className) ?? []
  return Number(ofClass ?? styleOf(element).get("mso-outline-level") ?? 0)
}

const named = (body) => {
  for (const element of body.querySelectorAll("p, div[role=heading]")) {
    const level = outlineLevel(element)
    if (level >= 1 && level <= 9 && !isBlank(element)) rename(element, `h${Math.min(level, 6)}`)
  }
}

// The Mac's text system (Pages, Notes, TextEdit) has no headings, only fonts: larger short paragraphs are taken
// for headings, the largest for the highest.
const bySize = (body, sheet) => {
  const rules = rulesOf(sheet)
  const sizes = new Map()
  const lengths = new Map()
  for (const paragraph of body.querySelectorAll("p[class]")) {
    const rule = rules.get(`p.${paragraph.className.toLowerCase()}`)
    const [, size] = /([0-9.]+)px/.exec(rule?.get("font") ?? "") ?? []
    if (!size) continue
    sizes.set(paragraph, Number(size))
    lengths.set(Number(size), (lengths.get(Number(size)) ?? 0) + paragraph.textContent.length)
  }
  const running = [...lengths].sort((one, other) => other[1] - one[1])[0]?.[0]
  const larger = [...lengths.keys()].filter((size) => size >= running * MUCH_LARGER).sort((a, b) => b - a)
  for (const [paragraph, size] of sizes) {
    const rank = larger.indexOf(size)
    const isShort = paragraph.textContent.length <= LONGEST
    if (rank >= 0 && isShort && !isBlank(paragraph)) rename(paragraph, `h${Math.min(rank + 2, 4)}`)
  }
}

// Ours begin at the second level. Where several are of the first, all move down by one.
const levels = (body) => {
  const shift = body.querySelectorAll("h1").length > 1 ? 1 : 0
  for (const heading of [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")]) {
    const level = Math.min(Math.max(Number(heading.localName[1]) + shift, 2), 4)
    const ours = heading.localName === `h${level}` ? heading : rename(heading, `h${level}`)
    ours.querySelectorAll("b, strong").forEach(unwrap)
  }
}

export const mendHeadings = (body, sheet) => {
  named(body)
  if (/\bp\.p1\b/.test(sheet)) bySize(body, sheet)
  levels(body)
}
