"""What a stranger typed, as HTML: paragraphs, links, code, quotes, emphasis. All else is text.

Every pattern is bounded, so the work grows with the length of the text and not faster; the sanitiser
comes last, after everything that could break an attribute open.
"""

import re
from html import escape
from urllib.parse import urlsplit

import nh3

from blog.comments.disguises import undisguised

LINK_REL = "nofollow ugc noopener"
MAX_QUOTES = 5  # quotes within quotes; deeper ones are text
MAX_ADDRESS = 2_000  # characters; what is longer is no link, rather than one that leads elsewhere

_ALLOWED = nh3.Cleaner(
    tags={"p", "br", "a", "code", "pre", "blockquote", "em", "strong"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https"},
    link_rel=LINK_REL,
)
# What hides or reorders text: C0 and C1 controls but tab and newline, bidirectional marks and overrides.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff]"
)
_FENCE = re.compile(r"^```[^\n`]{0,50}\n(.*?)(?:^```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]{1,500})`"
    r"|\[(?P<text>[^\[\]\n]{1,300})\]"
    r"\((?P<href>(?i:https?)://[^\W_](?:[^\s()<>]|\([^\s()<>]*+\))*+)\)"
    r"|(?P<url>(?i:https?)://[^\W_][^\s<>\"]*+)"
    r"|\*\*(?P<strong>[^\s*](?:(?:[^*\n]|\*(?!\*)){0,500}[^\s*])?)\*\*"
    r"|(?<![\w*])\*(?P<star>[^\s*](?:[^*\n]{0,500}[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<line>[^\s_](?:[^_\n]{0,500}[^\s_])?)_(?!\w)"
)
_ENDS_A_SENTENCE = ".,;:!?'\"*_’”»…"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_HOST = re.compile(r"(?:www\.)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,20})(?:/\S*)?", re.IGNORECASE)
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
        blocks.append(f"<pre><code>{escape(fence[1].removesuffix('\n'))}</code></pre>")
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
    if len(match["href"] or match["url"] or "") > MAX_ADDRESS:
        return escape(match[0])
    if match["href"]:
        address = undisguised(match["href"])
        text = match["text"].strip()
        return _link(address, _text_of_link(text, address)) if address else escape(match[0])
    if match["url"]:
        return _bare_link(match["url"])
    tag = "strong" if match["strong"] else "em"
    inner = match["strong"] or match["star"] or match["line"]
    return f"<{tag}>{_inline(inner, depth + 1) if depth < 2 else escape(inner)}</{tag}>"


def _text_of_link(text: str, href: str) -> str:
    """Return the words; a text that is an address itself must not name another one than the link's."""
    named = _HOST.fullmatch(text)
    is_another = named and named[1].lower() != urlsplit(href).netloc.removeprefix("www.").lower()
    return href if not text or _LINK.search(text) or is_another else text


def _bare_link(url: str) -> str:
    """Return a link; punctuation after an address ends the sentence, a closing bracket only an open one."""
    address = url.rstrip(_ENDS_A_SENTENCE)
    while (opening := _BRACKETS.get(address[-1])) and address.count(address[-1]) > address.count(
        opening
    ):
        address = address[:-1].rstrip(_ENDS_A_SENTENCE)
    rest = escape(url[len(address) :])
    plain = undisguised(address)
    return (_link(plain, plain) if plain else escape(address)) + rest


def _link(href: str, text: str) -> str:
    return f'<a href="{escape(href)}">{escape(text)}</a>'
