// Word's pictures: its HTML names files that no page may read, but its RTF, on the same clipboard, holds them.

const TYPES = { "\\pngblip": "image/png", "\\jpegblip": "image/jpeg" }

// The group that begins before `start`, without the groups within it, and where it ends.
const groupAt = (rtf, start) => {
  let depth = 1
  let own = ""
  let from = start
  for (let at = start; at < rtf.length; at += 1) {
    const letter = rtf[at]
    if (letter !== "{" && letter !== "}") continue
    if (depth === 1) own += rtf.slice(from, at)
    depth += letter === "{" ? 1 : -1
    from = at + 1
    if (depth === 0) return own
  }
  return own
}

const fileOf = (group, number) => {
  const type = Object.entries(TYPES).find(([word]) => group.includes(word))?.[1]
  const digits = group.replace(/\\[a-z]+-?[0-9]* ?/gi, "").replace(/\s+/g, "")
  if (!type || !/^[0-9a-f]{40,}$/i.test(digits)) return null
  const bytes = new Uint8Array(Math.floor(digits.length / 2))
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16)
  return new File([bytes], `picture-${number}.${type.slice(6)}`, { type })
}

// The pictures in the order of the text; null for a kind that no browser knows.
export const picturesInRtf = (rtf) => {
  const files = []
  // Beside each picture stands a copy for old readers, in a group called \nonshppict.
  for (let at = rtf.indexOf("\\pict"); at >= 0; at = rtf.indexOf("\\pict", at + 5)) {
    const isWord = !/[a-z]/.test(rtf[at + 5])
    const isCopy = /\\nonshppict\s*\{$/.test(rtf.slice(Math.max(0, at - 20), at))
    if (isWord && !isCopy) files.push(fileOf(groupAt(rtf, at + 5), files.length + 1))
  }
  return files
}
