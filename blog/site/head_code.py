"""Code for the head of the public pages: lines of verification and identity, data, and scripts by their hash.

What is stored is never sent as it was typed: it is taken apart strictly, and written anew from the parts
we know. So nothing ends the head early, and what the policy of the pages would block anyhow is refused
when it is saved, with the reason.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

# Of <link>: relations that browsers follow nowhere by themselves.
RELATIONS = frozenset(
    {
        *("me", "author", "license", "pgpkey", "alternate", "webmention", "pingback", "hub"),
        *(
            "indieauth-metadata",
            "authorization_endpoint",
            "token_endpoint",
            "micropub",
            "microsub",
        ),
        *("openid.server", "openid.delegate", "openid2.provider", "openid2.local_id", "search"),
    }
)
# Of <meta>: what would work against what the pages say of themselves.
OURS = frozenset(
    {"viewport", "color-scheme", "referrer", "robots", "description", "og:title", "og:url"}
)
_ATTRIBUTES = {
    "meta": frozenset({"name", "property", "itemprop", "content", "lang"}),
    "link": frozenset({"rel", "href", "type", "title", "hreflang"}),
    "script": frozenset({"type", "id"}),
    "style": frozenset({"id"}),
}
_JSON = frozenset({"application/ld+json", "application/json"})
_SCRIPTS = frozenset({"", "text/javascript", "application/javascript", "module"})
# Within a script these change how a browser looks for its end.
_BREAKS = re.compile(r"<!--|-->|<script|</", re.IGNORECASE)
_ADDRESS = re.compile(r"""(?:https?:|wss?:)?//[\w\-]+(?:\.[\w\-]+)+[^\s"'`)]*""", re.IGNORECASE)
_LOADS = re.compile(r"@import|url\s*\(|image-set\s*\(|src\s*\(", re.IGNORECASE)


class Head(NamedTuple):
    """The code as the pages send it, and the hashes of it that their policy must allow."""

    markup: SafeString
    script_hashes: tuple[str, ...]
    style_hashes: tuple[str, ...]


def validate_head_code(value: str) -> None:
    """Raise ValidationError with a sentence that says what may not stand in the head, and why."""
    parse_head_code(value)


@lru_cache(maxsize=8)
def parse_head_code(code: str) -> Head:
    """Return the code written anew; raise ValidationError where something in it is not allowed."""
    code = code.replace("\r\n", "\n").replace("\r", "\n").strip()
    reader = _Reader()
    reader.read(code)
    return Head(SafeString("\n".join(reader.lines)), tuple(reader.scripts), tuple(reader.styles))


class _Reader(HTMLParser):
    """Collects the lines; every sentence below is for the person who typed the code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.lines: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.open: tuple[str, dict[str, str]] | None = None
        self.text = ""

    def read(self, code: str) -> None:
        if any(character < " " and character not in "\n\t" for character in code):
            raise ValidationError(_("The code holds a character that no page may have."))
        if code.count("<!--") != code.count("-->"):
            raise ValidationError(_("A comment in the code does not end."))
        code = re.sub(r"<!--(?:(?!-->|<!--).)*-->", "", code, flags=re.DOTALL).strip()
        if code and not (code.startswith("<") and code.endswith(">")):
            raise ValidationError(
                _("Only elements such as <meta …> may stand in the head, no text.")
            )
        self.feed(code)
        rest = self.rawdata
        self.close()
        if self.open is not None or rest:
            raise ValidationError(_("The last element of the code does not end."))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ATTRIBUTES:
            raise ValidationError(
                _(
                    "<%(tag)s> may not stand here. The head takes <meta>, <link>, <script> and <style>."
                )
                % {"tag": tag}
            )
        names = [name for name, _value in attrs]
        if len({*names}) < len(names):
            raise ValidationError(_("<%(tag)s> has an attribute twice.") % {"tag": tag})
        if "src" in names:
            raise ValidationError(
                _(
                    "A script of another file is refused: pages load nothing from elsewhere, so that no other"
                    " site learns who reads here. Put the script itself between <script> and </script>."
                )
            )
        for name in names:
            if name not in _ATTRIBUTES[tag]:
                raise ValidationError(
                    _("<%(tag)s> may not have the attribute %(name)s here.")
                    % {"tag": tag, "name": name}
                )
        values = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self.open, self.text = (tag, values), ""
        else:
            {"meta": self._meta, "link": self._link}[tag](values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # the slash means nothing to a browser

    def handle_endtag(self, tag: str) -> None:
        if self.open is None or self.open[0] != tag:
            raise ValidationError(_("</%(tag)s> ends nothing.") % {"tag": tag})
        (_tag, values), text, self.open = self.open, self.text, None
        if _BREAKS.search(text):
            raise ValidationError(
                _("<%(tag)s> holds “<!--”, “-->”, “</” or “<script”, which can end it early.")
                % {"tag": tag}
            )
        if tag == "style":
            self._style(values, text)
        elif values.get("type", "").strip().lower() in _JSON:
            self._data(values, text)
        else:
            self._script(values, text)

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            self.text += data
        elif data.strip():
            raise ValidationError(
                _("Only elements such as <meta …> may stand in the head, no text.")
            )

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        raise ValidationError(_("A comment in the code does not end."))

    def handle_decl(self, decl: str) -> None:
        self.handle_data("<!")

    def handle_pi(self, data: str) -> None:
        self.handle_data("<?")

    def unknown_decl(self, data: str) -> None:
        self.handle_data("<!")

    def _meta(self, values: dict[str, str]) -> None:
        name = values.get("name") or values.get("property") or values.get("itemprop") or ""
        if not name.strip() or "content" not in values:
            raise ValidationError(_("<meta> needs a name or property, and content."))
        if name.strip().lower() in OURS:
            raise ValidationError(
                _("The pages say %(name)s themselves; two of it would contradict each other.")
                % {"name": name}
            )
        self._write("meta", values)

    def _link(self, values: dict[str, str]) -> None:
        relations = values.get("rel", "").lower().split()
        if not relations or "href" not in values:
            raise ValidationError(_("<link> needs rel and href."))
        for relation in relations:
            if relation not in RELATIONS:
                raise ValidationError(
                    _(
                        "A link of the kind %(rel)s is refused: it would make browsers load something, and"
                        " pages load nothing from elsewhere. Allowed are %(known)s."
                    )
                    % {"rel": relation, "known": ", ".join(sorted(RELATIONS))}
                )
        try:
            scheme = urlsplit(values["href"].strip()).scheme
        except ValueError:
            scheme = "?"
        if scheme not in {"", "http", "https", "mailto"}:
            raise ValidationError(_("A link leads to http, https or mailto."))
        self._write("link", values)

    def _script(self, values: dict[str, str], text: str) -> None:
        if values.get("type", "").strip().lower() not in _SCRIPTS:
            raise ValidationError(
                _("A script of the type %(type)s is not known here.") % {"type": values["type"]}
            )
        if found := _ADDRESS.search(text):
            raise ValidationError(
                _(
                    "The script names %(address)s: pages load nothing from elsewhere, and browsers would"
                    " block it. Take the address out."
                )
                % {"address": found[0][:80]}
            )
        self.scripts.append(_hash_of(text))
        self._write("script", values, text)

    def _style(self, values: dict[str, str], text: str) -> None:
        if _LOADS.search(text) or "\\" in text:
            raise ValidationError(
                _("A style may not load files: no url(), no @import, no backslash.")
            )
        self.styles.append(_hash_of(text))
        self._write("style", values, text)

    def _data(self, values: dict[str, str], text: str) -> None:
        try:
            data = json.loads(text)
            text = json.dumps(data, allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("The JSON of a script cannot be read.")) from error
        for character in "<>&":
            text = text.replace(character, f"\\u{ord(character):04x}")
        self._write("script", values, text)

    def _write(self, tag: str, values: dict[str, str], text: str | None = None) -> None:
        attributes = format_html_join("", ' {}="{}"', values.items())
        line = format_html("<{}{}>", tag, attributes)
        if text is not None:
            line += mark_safe(f"{text}</{tag}>")  # noqa: S308 (checked above: nothing in it ends it)
        self.lines.append(line)


def _hash_of(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
