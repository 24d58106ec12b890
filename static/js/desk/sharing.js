// Links to a draft: made and revoked without leaving the form, whose text is perhaps not saved; copied by a button.

const add = (panel) => {
  if (!navigator.clipboard) return
  for (const field of panel.querySelectorAll("[data-sharing-address]")) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "button"
    button.textContent = panel.dataset.copy
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value)
      panel.querySelector("[data-sharing-status]").textContent = panel.dataset.copied
    })
    field.after(button)
  }
}

document.addEventListener("submit", async (event) => {
  const panel = event.target.closest("[data-sharing]")
  if (!panel) return
  event.preventDefault()
  const body = new FormData(event.target, event.submitter)
  try {
    const answer = await fetch(event.target.getAttribute("action"), { method: "POST", body })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const fresh = page.querySelector("[data-sharing]")
    const said = page.querySelector(".messagelist")?.textContent.trim()
    if (!fresh) throw new Error(`No panel in the answer, which was ${answer.status}.`)
    panel.replaceWith(fresh)
    add(fresh)
    // A live region that arrives filled is not announced; focus is.
    const status = fresh.querySelector("[data-sharing-status]")
    if (said) status.textContent = said
    status.tabIndex = -1
    status.focus({ preventScroll: true })
  } catch {
    panel.querySelector("[data-sharing-status]").textContent = panel.dataset.offline
  }
})

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-sharing-address]")) event.target.select()
})

document.querySelectorAll("[data-sharing]").forEach(add)
