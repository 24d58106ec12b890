// Asks the server for an open editor, and says in one word what became of it:
// ok, offline, signedOut, another (person is signed in), refused (with a sentence) or trouble.
const PATIENCE = 30_000 // milliseconds

const answerTo = async (request) => {
  let response
  try {
    response = await request
  } catch {
    return { word: "offline" }
  }
  // The sign-in page instead of an answer: followed, it would look like a success.
  if (response.type === "opaqueredirect") return { word: "signedOut" }
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json")
  const data = isJson ? await response.json().catch(() => null) : null
  if (response.ok && data) return { word: "ok", data }
  if (data?.error) return { word: "refused", sentence: data.error }
  if (response.status === 403) return { word: "token" }
  return { word: response.status >= 500 || response.status === 429 ? "trouble" : "refused" }
}

export class Server {
  constructor({ url, owner, form }) {
    this.url = url
    this.owner = owner
    this.form = form
  }

  get token() {
    return this.form.elements.csrfmiddlewaretoken.value
  }

  async post(path, fields) {
    const answer = await this.#post(path, fields)
    if (answer.word !== "token") return answer
    // Somebody signed in since this page was opened.
    const renewed = await this.#renew()
    return renewed.word === "ok" ? this.#post(path, fields) : renewed
  }

  // For a page that goes: nobody waits for the answer. Browsers let no more than 64 kB go this way.
  flush(path, fields) {
    const body = new URLSearchParams([...fields, ["csrfmiddlewaretoken", this.token]])
    if (body.toString().length > 60_000) return false
    fetch(this.url + path, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {})
    return true
  }

  #post(path, fields) {
    const body = new FormData() // a third of the bytes that an address would need for Chinese
    for (const [name, value] of [...fields, ["csrfmiddlewaretoken", this.token]]) body.append(name, value)
    const signal = AbortSignal.timeout(PATIENCE)
    return answerTo(fetch(this.url + path, { method: "POST", body, redirect: "manual", signal }))
  }

  async #renew() {
    const answer = await answerTo(fetch(`${this.url}token/`, { redirect: "manual" }))
    if (answer.word !== "ok") return answer.word === "token" ? { word: "trouble" } : answer
    if (answer.data.owner !== this.owner) return { word: "another" }
    // The buttons of the page need it, too.
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = answer.data.token
    return answer
  }
}
