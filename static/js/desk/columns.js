// Hides columns of the list of articles, as this browser was told to. Without it, all are shown.
// The page waits with its first paint for this where the browser can (blocking="render"): the choice
// stands on the root, so that rows that arrive later are right at once; the boxes come with the table.
const KEY = "byline:columns"
const root = document.documentElement

const kept = () => {
  try {
    return localStorage.getItem(KEY) ?? ""
  } catch {
    return "" // storage is switched off
  }
}

const apply = (hidden) => {
  root.dataset.hides = hidden
  const names = hidden.split(" ")
  for (const box of document.querySelectorAll("[data-columns] input")) box.checked = !names.includes(box.value)
}

const build = () => {
  const panel = document.querySelector("[data-columns]")
  const list = panel?.querySelector("ul")
  for (const head of document.querySelectorAll("#result_list th[class*='column-']")) {
    const name = head.className.match(/(?:^|\s)column-(\S+)/)?.[1]
    if (!list || !name || name === "title") continue
    const box = document.createElement("input")
    box.type = "checkbox"
    box.value = name
    const label = document.createElement("label")
    label.append(box, head.querySelector(".text").textContent.trim())
    const item = document.createElement("li")
    item.append(label)
    list.append(item)
    panel.hidden = false
  }
  panel?.addEventListener("change", () => {
    const hidden = [...list.querySelectorAll("input:not(:checked)")].map((box) => box.value).join(" ")
    apply(hidden)
    try {
      localStorage.setItem(KEY, hidden)
    } catch {
      // It lasts one page then.
    }
  })
  apply(kept())
}

apply(kept())
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build)
else build()
addEventListener("storage", (event) => event.key === KEY && apply(event.newValue ?? ""))
