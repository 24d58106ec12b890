"""Say in words what changed without a word being changed: a link's target, a picture's description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.articles.elements import Element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.articles.markup import Mark, Marks

    Node = Element | str

ATTRIBUTES: dict[str, str | Promise] = {
    "alt": gettext_lazy("Description"),
    "cite": gettext_lazy("Source"),
    "start": gettext_lazy("First number"),
    "type": gettext_lazy("Numbering"),
    "colspan": gettext_lazy("Columns"),
    "rowspan": gettext_lazy("Rows"),
    "class": gettext_lazy("Kind"),
    "data-embed": gettext_lazy("Kind"),
}
BLOCKS: dict[str, str | Promise] = {
    "p": gettext_lazy("paragraph"),
    "h2": gettext_lazy("heading"),
    "h3": gettext_lazy("subheading"),
    "h4": gettext_lazy("small heading"),
    "ul": gettext_lazy("list"),
    "ol": gettext_lazy("numbered list"),
    "td": gettext_lazy("cell"),
    "th": gettext_lazy("head cell"),
}
LOOKS: dict[str, str | Promise] = {
    "strong": gettext_lazy("bold"),
    "em": gettext_lazy("italic"),
    "s": gettext_lazy("struck out"),
    "sub": gettext_lazy("lowered"),
    "sup": gettext_lazy("raised"),
    "code": gettext_lazy("code"),
}


def hidden(tag: str, words: str = "") -> Element:
    """Return what a screen reader says before something that came or went."""
    said = _("added:") if tag == "ins" else _("removed:")
    return Element("span", {"class": "visually-hidden"}, [f"{said} {words}".strip() + " "])


def note(label: str, before: str, after: str) -> Element:
    """Return a note of what was and what is; either may be empty."""
    children: list[Node] = [f" {label}: " if label else " "]
    if before:
        children.append(Element("del", {}, [hidden("del"), before]))
    if before and after:
        children.append(" ")
    if after:
        children.append(Element("ins", {}, [hidden("ins"), after]))
    return Element("span", {"class": "note"}, children)


def note_of_attributes(before: Element, after: Element) -> Iterator[Node]:
    """Yield a note for each attribute of a block that changed, and for its kind."""
    if before.tag != after.tag:
        yield note("", str(BLOCKS[before.tag]), str(BLOCKS[after.tag]))
    # Pictures are shown, and the name of a footnote says nothing.
    for name in sorted({*before.attrs, *after.attrs} - {"src", "id"}):
        one, other = before.attrs.get(name, ""), after.attrs.get(name, "")
        if one != other:
            yield note(str(ATTRIBUTES.get(name, name)), one, other)


def note_of_marks(before: Marks, after: Marks) -> tuple[str, str, str]:
    """Return label, before and after for words that only look different or lead elsewhere."""
    names, after_names = [*map(_name_of, before)], [*map(_name_of, after)]
    return (
        "",
        ", ".join(name for name in names if name not in after_names),
        ", ".join(name for name in after_names if name not in names),
    )


def _name_of(mark: Mark) -> str:
    tag, attrs = mark[0], dict(mark[1])
    if tag != "a":
        return str(LOOKS.get(tag, tag))
    link = _("link to %(address)s") % {"address": attrs.get("href", "")}
    return f"{link} ({attrs['title']})" if "title" in attrs else link
