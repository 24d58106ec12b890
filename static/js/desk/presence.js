// Signs of life of an open editor, while it is in sight; shows who else has the article open.
const FIRST = 3_000 // milliseconds: who only looks in gives none
const EVERY = 15_000

export const start = ({ server, signs, panel, notice, heard }) => {
  const list = panel.querySelector("[data-others]")
  const news = panel.querySelector("[data-news]")
  let known = new Set([...list.children].map((entry) => entry.dataset.name))
  let wasSeen = false

  const show = (others) => {
    list.replaceChildren(...others.map(({ name, sentence }) => {
      const entry = document.createElement("li")
      entry.textContent = sentence
      entry.dataset.name = name
      return entry
    }))
    list.hidden = !others.length
    // Told once, not with every second that passes.
    const newcomer = others.find(({ name }) => !known.has(name))
    if (newcomer) news.textContent = newcomer.sentence
    known = new Set(others.map(({ name }) => name))
  }

  const beat = async () => {
    if (document.visibilityState !== "visible") return
    wasSeen = true
    const answer = await server.post("presence/", signs())
    heard(answer.word)
    if (answer.word !== "ok") return
    show(answer.data.others)
    notice(answer.data.notice)
  }

  setTimeout(beat, FIRST)
  setInterval(beat, EVERY)
  addEventListener("pageshow", ({ persisted }) => persisted && beat())
  // Somebody who comes back from signing in elsewhere gets the new token before a button is pressed.
  document.addEventListener("visibilitychange", () => wasSeen && beat())
  return {
    leave: () => wasSeen && server.flush("presence/", [...signs(), ["leave", "1"]]),
  }
}
