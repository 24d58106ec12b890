// Writes days of the last month as "3 days ago", in the language of the page; the date is its tooltip. Pages are
// kept and shared: only a browser knows when one is read.

const MONTH = 30 * 86400 // seconds
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" })

function tell(time) {
  const at = new Date(time.dateTime)
  const seconds = (Date.now() - at) / 1000
  if (!(seconds >= 0 && seconds < MONTH) || time.closest(".prose") || time.title) return
  const midnights = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000)
  let ago = midnights ? [midnights, "day"] : [seconds / 3600, "hour"]
  if (seconds < 3600) ago = seconds < 60 ? [0, "second"] : [seconds / 60, "minute"]
  time.title = time.textContent
  const text = words.format(-Math.floor(ago[0]), ago[1])
  const goesOn = time.previousSibling?.nodeType === Node.TEXT_NODE && time.previousSibling.data.trim()
  time.textContent = goesOn ? text : text[0].toLocaleUpperCase() + text.slice(1)
}

function tellAll(root) {
  for (const time of root.querySelectorAll("time[datetime*=T]")) tell(time)
}

const main = document.getElementById("main")
tellAll(main)
// Comments and votes that arrive later.
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.querySelectorAll) tellAll(node)
}).observe(main, { childList: true, subtree: true })
