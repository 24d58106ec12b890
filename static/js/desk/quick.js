// Shows the quick edit of an article in a dialog over the list. Without it, the link leads to a page.
const dialog = document.createElement("dialog")
dialog.className = "desk-dialog"
document.body.append(dialog)

const formOf = async (response) => {
  const page = new DOMParser().parseFromString(await response.text(), "text/html")
  return page.querySelector("#quick-edit")
}

const show = (form) => {
  dialog.replaceChildren(form)
  form.querySelector(".closelink").addEventListener("click", (event) => {
    event.preventDefault()
    dialog.close()
  })
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    // Following the redirect would show the list, with the message for the person, to nobody.
    const options = { method: "POST", body: new FormData(form), redirect: "manual" }
    const response = await fetch(form.action, options).catch(() => null)
    if (response?.status === 422) show(await formOf(response))
    else if (response?.type === "opaqueredirect") location.reload()
    else form.submit()
  })
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-quick-edit]")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const response = await fetch(link.href).catch(() => null)
  const form = response?.ok && (await formOf(response))
  if (!form) {
    location.assign(link.href)
    return
  }
  show(form)
  dialog.setAttribute("aria-label", link.getAttribute("aria-label"))
  dialog.showModal()
})
