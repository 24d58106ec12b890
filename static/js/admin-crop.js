// Shows the part of a picture that is to stay, and takes it from a drag or from keys: four number fields,
// which work without this.
const place = document.querySelector("[data-crop]")
const picture = place?.querySelector("img")
const [left, top, width, height] = ["left", "top", "width", "height"].map((name) =>
  document.querySelector(`#id_crop_${name}`),
)

if (picture && left && height) {
  const whole = { x: Number(picture.getAttribute("width")), y: Number(picture.getAttribute("height")) }
  const frame = document.createElement("span")
  frame.className = "crop-frame"
  frame.tabIndex = 0
  frame.role = "group"
  frame.ariaLabel = place.dataset.label
  picture.before(frame)
  const part = document.createElement("span")
  part.className = "crop-part"
  frame.append(picture, part)
  const hint = Object.assign(document.createElement("span"), { className: "help", textContent: place.dataset.crop })
  frame.after(hint)
  picture.draggable = false

  const limit = (value, least, most) => Math.round(Math.min(Math.max(value, least), Math.max(least, most)))
  const show = () => {
    part.style.setProperty("inset-inline-start", `${(100 * left.value) / whole.x}%`)
    part.style.setProperty("inset-block-start", `${(100 * top.value) / whole.y}%`)
    part.style.setProperty("inline-size", `${(100 * width.value) / whole.x}%`)
    part.style.setProperty("block-size", `${(100 * height.value) / whole.y}%`)
  }
  const set = (x, y, w, h) => {
    width.value = limit(w, 1, whole.x)
    height.value = limit(h, 1, whole.y)
    left.value = limit(x, 0, whole.x - width.value)
    top.value = limit(y, 0, whole.y - height.value)
    show()
  }

  const at = ({ clientX, clientY }) => {
    const box = picture.getBoundingClientRect()
    return {
      x: limit((whole.x * (clientX - box.left)) / box.width, 0, whole.x),
      y: limit((whole.y * (clientY - box.top)) / box.height, 0, whole.y),
    }
  }
  let start
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return
    start = at(event)
    frame.setPointerCapture(event.pointerId)
  })
  frame.addEventListener("pointermove", (event) => {
    if (!start) return
    const end = at(event)
    set(Math.min(start.x, end.x), Math.min(start.y, end.y), Math.abs(end.x - start.x), Math.abs(end.y - start.y))
  })
  for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => (start = null))

  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  frame.addEventListener("keydown", (event) => {
    const way = KEYS[event.key]
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const [x, y] = [way[0] * Math.ceil(whole.x / 100), way[1] * Math.ceil(whole.y / 100)]
    const [l, t, w, h] = [left, top, width, height].map((field) => Number(field.value))
    if (event.shiftKey) set(l, t, w + x, h + y)
    else set(l + x, t + y, w, h)
  })
  for (const field of [left, top, width, height]) field.addEventListener("input", show)
  show()
}
