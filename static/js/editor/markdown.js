// Tells whether pasted text is Markdown; the server reads it, by the rules it has for files.

const STRONG = [
  /(^|\n)#{1,6} \S/,
  /(^|\n)(```|~~~)[^\n]*\n[\s\S]*\n\2/,
  /(^|\n)\|?.*\|.*\n\|? *:?-{3,}:? *(\| *:?-{3,}:? *)*\|?(\n|$)/, // the line below a table's heads
  /\[[^\]\n]+\]\((https?:\/\/|\/|#|mailto:)[^)\s]*(\s"[^"\n]*")?\)/,
  /!\[[^\]\n]*\]\([^)\s]+\)/,
  /(^|\n)(- |\* |\+ )\S.*\n+( *)(- |\* |\+ )\S/,
  /(^|\n)1[.)] \S.*\n+ *2[.)] \S/,
  /(^|\n)> \S/,
  /(^|[\s(])(\*\*|__)\S(.*\S)?\2([\s).,;:!?]|$)/,
]

export const isMarkdown = (text) => STRONG.some((sign) => sign.test(text))

// The HTML of the Markdown, or a sentence that says why there is none.
export const readMarkdown = async (text, { markdown, texts }, token) => {
  const data = new FormData()
  data.append("text", text)
  try {
    const response = await fetch(markdown, { method: "POST", body: data, headers: { "X-CSRFToken": token } })
    if (response.ok && !response.redirected) return await response.json()
  } catch {
    // Said below, in the same words: the text stays as it is.
  }
  return { error: texts.noMarkdown }
}
