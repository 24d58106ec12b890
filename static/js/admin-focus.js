// A click on the picture sets the focal point: the two number fields, which work without this.
const preview = document.querySelector("img[data-focus]")
const across = document.querySelector("#id_focal_x")
const down = document.querySelector("#id_focal_y")

if (preview && across && down) {
  const frame = document.createElement("span")
  frame.className = "focus-frame"
  preview.before(frame)
  const ring = document.createElement("span")
  ring.className = "focus-ring"
  frame.append(preview, ring)
  const hint = document.createElement("p")
  hint.className = "help"
  hint.textContent = preview.dataset.focus
  frame.after(hint)

  const show = () => {
    ring.style.setProperty("inset-inline-start", `${across.value}%`)
    ring.style.setProperty("inset-block-start", `${down.value}%`)
  }
  preview.addEventListener("click", ({ clientX, clientY }) => {
    const box = preview.getBoundingClientRect()
    across.value = Math.round((100 * (clientX - box.left)) / box.width)
    down.value = Math.round((100 * (clientY - box.top)) / box.height)
    show()
  })
  for (const field of [across, down]) field.addEventListener("input", show)
  show()
}
