// Follows the typing in the form of an article with the preview of its search result and its share card.
const SEPARATOR = "[-–—|·:,]"
const DOUBLED = new RegExp(`(\\s${SEPARATOR})(?:\\s+${SEPARATOR})+(?=\\s)`, "g")
const AT_THE_ENDS = new RegExp(`^\\s*(?:${SEPARATOR}(?:\\s+|$))+|(?:\\s+${SEPARATOR})+\\s*$`, "g")

// The same as blog/site/naming.py does for the page.
const named = (template, values) =>
  template.replace(/\{([^{}]*)\}/g, (_all, name) => values[name] ?? "")
    .replace(/\s+/g, " ").trim().replace(DOUBLED, "$1").replace(AT_THE_ENDS, "")

const setUp = (panel) => {
  const form = panel.closest("form")
  const { titleTemplate, descriptionTemplate, site, tagline, category, author, firstWords } = panel.dataset
  const typed = (name) => form.elements[name]?.value.trim() ?? ""
  const show = (name, text) => panel.querySelectorAll(`[data-show="${name}"]`).forEach((node) => { node.textContent = text })
  const lengths = panel.querySelector("[data-lengths]")

  const update = () => {
    const title = typed("seo_title") || typed("title")
    const values = {
      title, site, tagline, category, author,
      subtitle: typed("subtitle"),
      excerpt: typed("excerpt") || firstWords,
    }
    const full = named(titleTemplate, values)
    const description = typed("seo_description") || named(descriptionTemplate, values)
    show("title", full)
    show("description", description)
    show("headline", typed("title"))
    show("share", title)
    show("address", typed("slug") || "…")
    lengths.textContent = [
      lengths.dataset.titleText.replace("%s", full.length),
      lengths.dataset.descriptionText.replace("%s", description.length),
    ].join(" ")
  }
  form.addEventListener("input", update)
  update()
}

document.querySelectorAll("[data-seo]").forEach(setUp)
