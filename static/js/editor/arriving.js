// Pictures of a paste on their way into the library: a frame keeps each one's place in the text.
import { Extension, Plugin, pm } from "django-prose-editor/editor"
import { figureOf, send } from "byline/pictures"
import { picturesInRtf } from "byline/rtf"

const { Decoration, DecorationSet } = pm.view
const UPLOAD = "upload:" // in place of an address, until there is one
const key = new pm.state.PluginKey("arriving")

const fromDataAddress = (address, number) => {
  const [, type, coding, data] = /^data:(image\/(?:png|jpe?g|gif|webp|avif))[^,]*?(;base64)?,(.*)$/is.exec(address) ?? []
  if (!type) return null
  try {
    const text = coding ? atob(data.replace(/\s+/g, "")) : decodeURIComponent(data)
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
    return new File([bytes], `picture-${number}.${type.slice(6)}`, { type })
  } catch {
    return null
  }
}

const fromBlobAddress = async (address) => {
  try {
    const blob = await (await fetch(address)).blob()
    return new File([blob], `picture.${blob.type.slice(6)}`, { type: blob.type })
  } catch {
    return null
  }
}

const figureFor = (image, src, alt) => {
  const figure = image.ownerDocument.createElement("figure")
  const ours = image.ownerDocument.createElement("img")
  ours.setAttribute("src", src)
  ours.setAttribute("alt", alt)
  figure.append(ours)
  const present = image.closest("figure")
  if (present && present.querySelectorAll("img").length === 1) {
    const caption = present.querySelector("figcaption")
    if (caption) figure.append(caption)
    present.replaceWith(figure)
  } else image.replaceWith(figure)
}

const linkFor = (image, address, alt) => {
  const link = image.ownerDocument.createElement("a")
  link.setAttribute("href", address)
  link.textContent = alt || address
  if (image.closest("a")) image.replaceWith(alt || address)
  else image.replaceWith(link)
}

const isDot = (image) => ["width", "height"].some((side) => /^[012]$/.test(image.getAttribute(side) ?? ""))

// Decide what becomes of the pictures in pasted HTML; `found` takes the files and counts what cannot come along.
export const takePictures = (body, found, rtf) => {
  let ofWord = 0
  for (const image of [...body.querySelectorAll("img")]) {
    const lazy = image.dataset.src ?? image.dataset.original
    const written = image.getAttribute("src") ?? ""
    const src = lazy && (written.startsWith("data:") || !written) ? lazy : written
    const alt = (image.getAttribute("alt") ?? "").replace(/\s+/g, " ").trim()
    const number = found.files.size + 1
    let file = null
    if (src.startsWith("data:")) file = fromDataAddress(src, number)
    else if (src.startsWith("blob:")) file = fromBlobAddress(src)
    else if (src.startsWith("file:")) {
      found.ofWord ??= picturesInRtf(rtf)
      file = found.ofWord[ofWord]
      ofWord += 1
    }
    const address = URL.canParse(src, location.href) ? new URL(src, location.href) : null
    if (isDot(image)) image.remove()
    else if (file) {
      found.files.set(`${UPLOAD}${number}`, { file, alt })
      figureFor(image, `${UPLOAD}${number}`, alt)
    } else if (address?.origin === location.origin) figureFor(image, address.pathname, alt)
    else if (/^https?:$/.test(address?.protocol ?? "")) {
      found.remote += 1
      linkFor(image, address.href, alt)
    } else {
      found.unreadable += 1
      image.remove()
    }
  }
}

// Take the pictures that have no address yet out of the transaction's text, and keep their places.
export const keepPlaces = (tr, files) => {
  if (!files.size) return
  const found = []
  tr.doc.descendants((node, position, parent) => {
    const { src } = node.type.name === "image" ? node.attrs : {}
    if (!src?.startsWith(UPLOAD)) return
    const isInFigure = parent.type.name === "figure"
    const from = isInFigure ? position - 1 : position
    const caption = isInFigure ? parent.lastChild : null
    found.push({ id: src, from, to: from + (isInFigure ? parent : node).nodeSize, caption })
  })
  const places = []
  for (const { id, from, to, caption } of found.reverse()) {
    tr.delete(from, to)
    places.push({ id, position: from, step: tr.steps.length, caption })
  }
  tr.setMeta(key, {
    add: places.map(({ id, position, step, caption }) => ({
      id, position: tr.mapping.slice(step).map(position, -1), caption,
    })),
  })
}

const frame = (text) => () => {
  const box = document.createElement("div")
  box.className = "picture-arriving"
  box.textContent = text
  return box
}

const placesPlugin = (texts) =>
  new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => {
        const { add = [], remove } = tr.getMeta(key) ?? {}
        const frames = add.map(({ id, position, caption }) =>
          Decoration.widget(position, frame(texts.uploading), { id, key: id, caption, side: -1 }),
        )
        const kept = set.map(tr.mapping, tr.doc).add(tr.doc, frames)
        return remove ? kept.remove(kept.find(undefined, undefined, (spec) => spec.id === remove)) : kept
      },
    },
    props: { decorations: (state) => key.getState(state) },
  })

const put = (view, id, picture) => {
  const [place] = key.getState(view.state).find(undefined, undefined, (spec) => spec.id === id)
  if (!place) return // the paste was taken back meanwhile
  const { tr, schema } = view.state
  const caption = place.spec.caption?.type.name === "caption" ? place.spec.caption : null
  if (picture) {
    const figure = schema.nodeFromJSON(figureOf({ ...picture, caption: "" }))
    const whole = caption ? figure.copy(figure.content.addToEnd(caption)) : figure
    tr.insert(pm.transform.insertPoint(tr.doc, place.from, whole.type) ?? place.from, whole)
  }
  view.dispatch(tr.setMeta(key, { remove: id }))
}

// `editor.storage.arriving.upload(files)` sends them one after the other. The form waits for them.
export const arriving = (settings, say, token) => {
  const { texts } = settings
  let underway = 0
  let waiting = null // the button whose sending waits

  const finish = (form) => {
    if (!waiting || underway) return
    const { submitter } = waiting
    waiting = null
    form.requestSubmit(submitter)
  }

  const upload = async (view, form, files) => {
    underway += 1
    const errors = new Set()
    for (const [id, { file: promised, alt }] of files) {
      const file = await promised
      const picture = file ? await send(file, { alt, caption: "" }, settings, token) : { error: texts.unreadable }
      if (picture.error) errors.add(picture.error)
      put(view, id, picture.error ? null : picture)
    }
    underway -= 1
    if (errors.size) say([...errors].join(" "), true)
    else say(texts.uploadedAll)
    // With an error the writer decides, since a picture is missing.
    if (errors.size) waiting = null
    finish(form)
  }

  return Extension.create({
    name: "arriving",
    addStorage: () => ({ upload: () => {} }),
    onCreate() {
      const form = this.editor.view.dom.closest("form")
      this.storage.upload = (files) => upload(this.editor.view, form, files)
      form.addEventListener(
        "submit",
        (event) => {
          if (!underway) return
          event.preventDefault()
          event.stopImmediatePropagation()
          waiting = { submitter: event.submitter }
          say(texts.waiting)
        },
        true,
      )
    },
    addProseMirrorPlugins: () => [placesPlugin(texts)],
  })
}
