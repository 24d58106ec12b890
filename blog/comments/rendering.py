"""What a stranger typed, as HTML: paragraphs, links, code, quotes, emphasis. All else is text.

Every pattern is bounded, so the work grows with the length of the text and not faster; the sanitiser
comes last, after everything that could break an attribute open.
"""

import re
from html import escape

import nh3

LINK_REL = "nofollow ugc noopener"
MAX_QUOTES = 5  # quotes within quotes; deeper ones are text

_ALLOWED = nh3.Cleaner(
    tags={"p", "br", "a", "code", "pre", "blockquote", "em", "strong"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https"},
    link_rel=LINK_REL,
)
# What hides or reorders text: C0 and C1 controls but tab and newline, bidirectional overrides and isolates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_FENCE = re.compile(r"^```[^\n`]{0,50}\n(.*?)(?:\n```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]{1,500})`"
    r"|\[(?P<text>[^\[\]\n]{1,300})\]\((?P<href>https?://[^\s()<>]{1,500})\)"
    r"|(?P<url>https?://[^\s<>\"]{1,500})"
    r"|\*\*(?P<strong>[^\s*](?:[^*\n]{0,500}[^\s*])?)\*\*"
    r"|(?<![\w*])[*_](?P<em>[^\s*_](?:[^*_\n]{0,500}[^\s*_])?)[*_](?![\w*])"
)
_LINK = re.compile(r"https?://", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Return the text without characters that hide or reorder it; lines end in a newline."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def count_links(text: str) -> int:
    """Return how many web addresses the text holds, in whatever form."""
    return len(_LINK.findall(text))


def render_comment(text: str) -> str:
    """Return safe HTML for a comment as typed. Linear in the length of the text."""
    blocks: list[str] = []
    end = 0
    text = clean_text(text)
    for fence in _FENCE.finditer(text):
        blocks += _paragraphs(text[end : fence.start()])
        blocks.append(f"<pre><code>{escape(fence[1])}</code></pre>")
        end = fence.end()
    blocks += _paragraphs(text[end:])
    return _ALLOWED.clean("".join(blocks))


def _paragraphs(text: str, depth: int = 0) -> list[str]:
    blocks: list[str] = []
    lines: list[str] = []
    quote: list[str] = []

    def close() -> None:
        if quote:
            inner = _paragraphs("\n".join(quote), depth + 1)
            blocks.append(f"<blockquote>{''.join(inner)}</blockquote>")
            quote.clear()
        if lines:
            blocks.append(f"<p>{'<br>'.join(map(_inline, lines))}</p>")
            lines.clear()

    for line in map(str.strip, text.split("\n")):
        if line.startswith(">") and depth < MAX_QUOTES:
            if lines:
                close()
            quote.append(line[1:].strip())
        else:
            if quote or not line:
                close()
            if line:
                lines.append(line)
    close()
    return blocks


def _inline(text: str, depth: int = 0) -> str:
    parts: list[str] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts += [escape(text[end : match.start()]), _mark(match, depth)]
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def _mark(match: re.Match[str], depth: int) -> str:
    if match["code"]:
        return f"<code>{escape(match['code'])}</code>"
    if match["href"]:
        return _link(match["href"], match["text"])
    if match["url"]:
        return _bare_link(match["url"])
    tag = "strong" if match["strong"] else "em"
    inner = match["strong"] or match["em"]
    return f"<{tag}>{_inline(inner, depth + 1) if depth < 2 else escape(inner)}</{tag}>"


def _bare_link(url: str) -> str:
    """Return a link; punctuation after an address ends the sentence, a closing bracket only an open one."""
    address = url.rstrip(".,;:!?'*_")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?'*_")
    return _link(address, address) + escape(url[len(address) :])


def _link(href: str, text: str) -> str:
    return f'<a href="{escape(href)}">{escape(text)}</a>'
