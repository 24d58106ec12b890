// Keeps what is typed into the form of an article or a page: in this browser within a second, on the server two seconds after
// the last keystroke. Says where it is.
import { drop, keep } from "byline/copies"
import { start } from "byline/presence"
import { bringBack } from "byline/recovery"
import { Server } from "byline/server"

const COPY_AFTER = 700 // milliseconds after the first key that is in no copy yet
const SAVE_AFTER = 2_000 // after the last key
const SAVE_EVERY = 20_000 // while typing goes on
const STILL_HERE = 15_000 // after the form was sent
const RETRY = { first: 5_000, most: 60_000 }

const panel = document.querySelector("[data-autosave]")
const form = document.getElementById(panel.dataset.form)
const texts = JSON.parse(panel.dataset.texts)
const { owner, article } = panel.dataset
const key = form.elements.editing_session
const server = new Server({ url: panel.dataset.url, owner, form })

const line = document.querySelector("[data-autosave-line]")
const kept = line.querySelector("[data-kept]")
const trouble = line.querySelector("[data-trouble]")
const signIn = line.querySelector("[data-sign-in]")
const retry = line.querySelector("[data-retry]")

let known // the content that the page was opened with, or that the server has
// How often something was typed; which of it the server has; which of it a copy in this browser has.
let typed = 0
let stored = 0
let copied = 0
let sequence = 0
let isSending = false
let isSubmitted = false
let isFine = true // as far as the last answer goes
let pause = RETRY.first
let unsentSince = 0
let copyTimer, saveTimer

const next = () => (sequence = Math.max(sequence + 1, Date.now()))
const signs = () => [
  ["editing_session", key.value],
  ["autosave_article", article],
  ["opened_version", form.elements.opened_version?.value ?? ""],
]
// `new FormData` asks the form's scripts for their latest (the `formdata` event). Files cannot be kept,
// and a password must not be.
const unkept = ["csrfmiddlewaretoken", "new_password"]
const fields = () => [...new FormData(form)].filter(
  ([name, value]) => typeof value === "string" && !unkept.includes(name),
)
const contentOf = (values) => new URLSearchParams(values).toString()
const withSigns = (values, number) => [
  ...values.filter(([name]) => !["editing_session", "opened_version"].includes(name)),
  ...signs(), ["autosave_sequence", number],
]

// What is to be seen

const say = (word, values = {}) => {
  line.hidden = false
  const sentence = (values.sentence ?? texts[word]).replace(/%\((\w+)\)s/g, (_, name) => values[name])
  const isQuiet = word === "saving" || word === "saved"
  line.classList.toggle("is-trouble", !isQuiet)
  kept.textContent = isQuiet ? sentence : ""
  const told = isQuiet ? (isFine ? "" : texts.again) : sentence
  if (word !== "saving" && trouble.textContent !== told) trouble.textContent = told
  signIn.hidden = word !== "signedOut"
  retry.hidden = !["trouble", "offline"].includes(word)
}

const notice = (sentence) => {
  const place = panel.querySelector("[data-notice]")
  if (place.textContent !== sentence) place.textContent = sentence
  place.hidden = !sentence
}

// Whether there is something that the server does not have. An editor that tidies up, or a letter that was typed
// and deleted, is nothing.
const isNew = (values) => {
  if (stored < typed && contentOf(values) === known) {
    stored = typed
    drop(key.value, sequence).catch(() => {})
  }
  return stored < typed
}

// In this browser

// Returns whether it is there, or need not be.
const copy = async () => {
  clearTimeout(copyTimer)
  copyTimer = undefined
  if (stored === typed || copied === typed) return true
  const values = fields()
  if (!isNew(values)) return true
  const count = typed
  const number = next()
  const at = Date.now()
  try {
    await keep({ session: key.value, owner, article, sequence: number, at, fields: withSigns(values, number) })
    copied = Math.max(copied, count)
    return true
  } catch {
    // No room, or not allowed. While the server takes the text nobody need know.
    if (!isFine) say("nowhere")
    return false
  }
}

// On the server

const failed = async ({ word, sentence }) => {
  isFine = false
  clearTimeout(saveTimer)
  // What was refused is refused again until something else is typed.
  saveTimer = word === "refused" ? undefined : setTimeout(save, pause)
  pause = Math.min(pause * 2, RETRY.most)
  if (await copy()) say(word, { sentence })
}

const save = async () => {
  clearTimeout(saveTimer)
  saveTimer = undefined
  if (isSending || isSubmitted || stored === typed) return
  const values = fields()
  if (!isNew(values)) return
  isSending = true
  const [count, number, session] = [typed, next(), key.value]
  if (isFine) say("saving")
  const answer = await server.post("", withSigns(values, number))
  isSending = false
  if (isSubmitted) return
  if (answer.word !== "ok") return failed(answer)
  if (answer.data.outcome === "over") {
    // The form of this session was saved already: what is typed now is a new one.
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))]
    key.value = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")
    return save()
  }
  stored = count
  known = contentOf(values)
  unsentSince = Date.now()
  pause = RETRY.first
  say("saved", { at: answer.data.saved })
  isFine = true
  notice(answer.data.notice)
  drop(session, number).catch(() => {})
  if (typed > stored) plan()
  else look()
}

const plan = () => {
  if (stored === typed - 1 || !unsentSince) unsentSince = Date.now()
  copyTimer ??= setTimeout(copy, COPY_AFTER)
  if (!isFine && saveTimer) return // it is tried again in its own time
  clearTimeout(saveTimer)
  const latest = unsentSince + SAVE_EVERY - Date.now()
  saveTimer = setTimeout(save, Math.max(0, Math.min(SAVE_AFTER, latest)))
}

const changed = () => {
  typed += 1
  plan()
}

// When something was typed

// Choosers and calendars set fields without an event of the page's own.
const look = () => {
  if (stored === typed && contentOf(fields()) !== known) changed()
}
for (const name of ["input", "change", "formset:added", "formset:removed"]) {
  document.addEventListener(name, ({ target }) => {
    if (target.form !== form && !form.contains(target)) return
    changed()
  })
}
document.addEventListener("click", () => setTimeout(look))
window.django?.jQuery(form).on("change", "select", changed)

const again = () => {
  if (!isFine && document.visibilityState === "visible") save()
}
retry.addEventListener("click", save)
addEventListener("online", again)
addEventListener("focus", again)
document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? again() : copy()))

// When the page goes

const heard = (word) => {
  if (word === "signedOut" || word === "another") {
    isFine = false
    say(word)
  } else if (word === "ok" && !isFine && stored === typed) {
    isFine = line.hidden = true
  }
}
const presence = start({ server, signs, panel, notice, heard })
form.addEventListener("submit", (event) => {
  if ((event.submitter?.formTarget || form.target) === "_blank") return // a preview
  isSubmitted = true
  copy() // of what the answer may never confirm: the server may be gone, or the sign-in
  setTimeout(() => {
    isSubmitted = false // still here: something kept the form back
    save()
  }, STILL_HERE)
})
addEventListener("pageshow", ({ persisted }) => persisted && (isSubmitted = false))
addEventListener("beforeunload", (event) => {
  if (isSubmitted || stored === typed || copied === typed) return
  const values = fields()
  if (!isNew(values) || (isFine && contentOf(values).length < 60_000)) return // goes with the page
  event.preventDefault()
})
addEventListener("pagehide", () => {
  if (isSubmitted) return
  const values = fields()
  if (isNew(values)) {
    copy()
    if (server.flush("", [...withSigns(values, next()), ["leave", "1"]])) return
  }
  presence.leave()
})

if ("unsaved" in panel.dataset) changed() // a form that came back
else known = contentOf(fields())
bringBack({ server, panel, owner, article, session: () => key.value, say })
