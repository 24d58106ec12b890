// A field that finds articles by the words of their titles, by keyboard or mouse.
import { looksLikeAddress } from "byline/address"
import { make, newId } from "byline/dialog"

const PAUSE = 200 // milliseconds without a key, before the server is asked

// `use(article)` gets the article that was chosen: its title, address and state.
export const articleFinder = ({ find, texts }, input, use) => {
  const list = make("ul", { id: newId(), class: "found-articles", role: "listbox", "aria-label": texts.articles, hidden: true })
  const status = make("p", { class: "found-status", role: "status" })
  let articles = []
  let active = -1
  let timer = 0
  let asked = null

  const mark = (position) => {
    active = position
    ;[...list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === active))
      if (number === active) option.scrollIntoView({ block: "nearest" })
    })
    if (active >= 0) input.setAttribute("aria-activedescendant", list.children[active].id)
    else input.removeAttribute("aria-activedescendant")
  }

  const close = () => {
    clearTimeout(timer)
    asked?.abort()
    list.hidden = true
    input.setAttribute("aria-expanded", "false")
    mark(-1)
  }

  const choose = (article) => {
    close()
    input.value = article.address
    status.textContent = [article.title, article.state].filter(Boolean).join(" · ")
    use(article)
  }

  const show = () => {
    list.replaceChildren(
      ...articles.map((article) => {
        const option = make("li", { role: "option", id: newId() }, make("span", {}, article.title))
        if (article.state) option.append(make("span", { class: "found-state" }, article.state))
        option.addEventListener("pointerdown", (event) => event.preventDefault())
        option.addEventListener("click", () => choose(article))
        return option
      }),
    )
    list.hidden = articles.length === 0
    input.setAttribute("aria-expanded", String(articles.length > 0))
    mark(-1)
    status.textContent = articles.length ? texts.articlesFound.replace("{count}", articles.length) : texts.noArticles
  }

  const ask = async (words) => {
    asked?.abort()
    asked = new AbortController()
    try {
      const response = await fetch(`${find}?${new URLSearchParams({ q: words })}`, { signal: asked.signal })
      if (response.redirected) throw new Error(texts.signedOut)
      if (!response.ok) throw new Error(texts.notFound)
      articles = (await response.json()).articles
      show()
    } catch (error) {
      if (error.name === "AbortError") return
      close()
      status.textContent = error.message === texts.signedOut ? texts.signedOut : texts.notFound
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer)
    status.textContent = ""
    const words = input.value.trim()
    if (!words || looksLikeAddress(words)) close()
    else timer = setTimeout(() => ask(words), PAUSE)
  })
  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && isOpen) mark((active + step + articles.length + (active < 0 && step < 0 ? 1 : 0)) % articles.length)
    else if (event.key === "ArrowDown" && input.value.trim() && !looksLikeAddress(input.value)) ask(input.value.trim())
    else if (event.key === "Enter" && isOpen && active >= 0) choose(articles[active])
    else if (event.key === "Escape" && isOpen) close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  input.addEventListener("blur", close)
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value)
  return [list, status]
}
