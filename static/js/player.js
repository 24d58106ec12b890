// Puts the player of another site in the place of the link to it once that is pressed, and keeps a film in
// sight in the corner while its place is scrolled away. Without it the link leads there.
const figure = document.querySelector("[data-player]")

const play = (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const link = event.currentTarget
  const frame = document.createElement("div")
  frame.className = "frame"
  const player = Object.assign(document.createElement("iframe"), {
    src: figure.dataset.player,
    title: link.textContent.trim(),
    // YouTube plays nothing without it, and the page behind a link to a draft would send none.
    referrerPolicy: "strict-origin",
    allow: "autoplay; fullscreen; picture-in-picture; encrypted-media",
  })
  frame.append(player)
  link.replaceWith(frame)
  player.focus()
  if (figure.classList.contains("is-video")) keepInSight(frame)
}

const keepInSight = (frame) => {
  const close = Object.assign(document.createElement("button"), { type: "button", className: "close", textContent: "×" })
  close.setAttribute("aria-label", figure.dataset.close)
  frame.append(close)
  const set = (isApart) => {
    // The place stays as high as it was: nothing on the page moves.
    if (isApart) figure.style.setProperty("--space", `${frame.getBoundingClientRect().height}px`)
    figure.classList.toggle("is-apart", isApart)
  }
  const watch = new IntersectionObserver(([place]) => set(!place.isIntersecting && place.boundingClientRect.top < 0))
  watch.observe(figure)
  close.addEventListener("click", () => {
    watch.disconnect()
    set(false)
  })
}

figure?.querySelector("a").addEventListener("click", play)
