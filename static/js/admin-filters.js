// Closes an open filter by Escape and by a click beside it, as lists that open do.
const opened = () => document.querySelector("#changelist-filter details[name=filter][open]")

document.addEventListener("keydown", (event) => {
  const filter = event.key === "Escape" && opened()
  if (!filter) return
  filter.open = false
  filter.querySelector("summary").focus()
})
document.addEventListener("click", (event) => {
  const filter = opened()
  if (filter && !filter.contains(event.target)) filter.open = false
})
