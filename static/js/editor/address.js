// Addresses of links: which may stand in a text (as in blog/articles/rendering.py), and what a typed one means.

const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const ALLOWED = /^(https?|mailto|tel):/i
const NO_LETTERS = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\ufeff]/g // browsers skip them

export const isAllowed = (address) => {
  const bare = (address ?? "").replace(NO_LETTERS, "")
  return ALLOWED.test(bare) || !SCHEME.test(bare)
}

// The address that was meant, or null: with the scheme that people leave out.
export const completed = (typed) => {
  const address = typed.trim()
  if (/^(https?:\/\/[^\s/]\S*|mailto:[^\s@]+@\S+|tel:\+?[0-9(][0-9()./ -]*|#\S*|\/(?![/\\])\S*)$/i.test(address)) {
    return address
  }
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(address)) return `mailto:${address}`
  if (/^([\p{L}\d-]+\.)+\p{L}{2,}([/?#:]\S*)?$/u.test(address)) return `https://${address}`
  return null
}

// Whether somebody types an address, or the words of a title.
export const looksLikeAddress = (typed) => SCHEME.test(typed.trim()) || completed(typed) !== null
