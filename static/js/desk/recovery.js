// Brings texts that only this browser has to the server when their article is opened again, so that they are offered
// like every other autosave. What the server does not take is shown to be copied.
import { copiesOf, drop } from "byline/copies"

export const bringBack = async ({ server, panel, owner, article, session, say }) => {
  const offers = panel.querySelector("[data-offers]")
  const { lang } = document.documentElement
  const words = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { // the day before the month, and 24 hours
    dateStyle: "long",
    timeStyle: "short",
    timeZone: panel.dataset.zone,
  })

  const showRefused = (left, sentence) => {
    const entry = panel.querySelector("[data-refused]").content.firstElementChild.cloneNode(true)
    const time = entry.querySelector("time")
    time.dateTime = left.at
    time.textContent = words.format(new Date(left.at))
    if (sentence) entry.querySelector("[data-why]").textContent = sentence
    entry.querySelector("textarea").value = left.fields.find(([name]) => name === "body")?.[1] ?? ""
    entry.querySelector("button").addEventListener("click", async () => {
      await drop(left.session, left.sequence)
      entry.remove()
    })
    offers.append(entry)
  }

  const bring = async (left) => {
    const answer = await server.post("", [...left.fields, ["autosave_typed_at", left.at], ["offer", "1"]])
    if (answer.word === "refused") return showRefused(left, answer.sentence)
    if (answer.word !== "ok") return // next time
    await drop(left.session, left.sequence)
    // Over: the form was saved after all, though the page never heard of it.
    if (answer.data.outcome === "over") return
    offers.innerHTML = answer.data.offers
    for (const entry of offers.querySelectorAll("[data-session]")) {
      if ([session(), panel.dataset.recovered].includes(entry.dataset.session)) entry.remove()
    }
  }

  offers.addEventListener("submit", async (event) => {
    event.preventDefault()
    const entry = event.target.closest("[data-session]")
    const answer = await server.post(event.target.dataset.path, [["json", "1"]])
    if (answer.word !== "ok") return say(answer.word, { sentence: answer.sentence })
    await drop(entry.dataset.session, Infinity).catch(() => {})
    entry.remove()
  })

  try {
    for (const left of await copiesOf(owner)) {
      if (left.article === article && left.session !== session()) await bring(left)
    }
  } catch {
    // This browser keeps nothing.
  }
}
