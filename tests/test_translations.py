"""The catalogues: what readers see is in them, and the compiled file says what the written one does."""

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations

from django.conf import settings
from django.utils.translation.template import templatize

ROOT = settings.BASE_DIR
CATALOGUE = ROOT / "locale/de/LC_MESSAGES/django.po"
HOW = "See docs/translating.md: one command finds the texts, one compiles them."
PLACEHOLDER = re.compile(r"%\(\w+\)|%%?[sd]|\{\w*\}|</?\w+")
CALLS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
# What templates say in Python's words: of a call only its texts matter.
IN_TEMPLATE = re.compile(
    r"""\b(n?p?gettext|_)\(((?:\s*u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),?)+)"""
)


def entries() -> Iterator[dict[str, str]]:
    """Yield the entries of the catalogue, each as its keywords and their texts."""
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[1:]:
        entry: dict[str, str] = {"flags": ""}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry["flags"] += line if line.startswith("#,") else ""
                continue
            keyword, _quote, words = line.partition('"')
            if keyword:
                name = keyword.strip()
                entry[name] = ""
            entry[name] += ast.literal_eval(f'"{words}')
        yield entry


def said_in_templates() -> Iterator[tuple[str, str, str]]:
    """Yield the file, context and text of all that templates for readers say."""
    for path in (ROOT / "templates").rglob("*.*"):
        place = path.relative_to(ROOT / "templates")
        if place.parts[0] == "admin":
            continue
        for name, texts in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
            words = ast.literal_eval(f"({texts},)".replace(",,", ","))
            context, text = words[:2] if "p" in name else ("", words[0])
            yield str(place), context, text


def said_in_code() -> Iterator[tuple[str, str, str]]:
    """Yield the file, context and text of what the public pages and the forms of readers say."""
    forms = [ROOT / app / "forms.py" for app in ("accounts", "blog/comments", "blog/ratings")]
    for path in (*(ROOT / "blog/public").rglob("*.py"), *forms):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            words = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if node.func.id in CALLS and words:
                has_context = node.func.id.lstrip("n").startswith("p")
                context, text = words[:2] if has_context else ("", words[0])
                yield path.name, context, text


def test_all_that_readers_see_is_in_german():
    known = {(entry.get("msgctxt", ""), entry["msgid"]) for entry in entries()}
    said = {*said_in_templates(), *said_in_code()}

    assert len(said) > 700
    assert [each for each in sorted(said) if each[1:] not in known] == [], HOW


def test_every_text_is_translated_as_it_is_compiled():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    faults = []
    for entry in entries():
        text, context = entry["msgid"], entry.get("msgctxt")
        forms = [(text, entry.get("msgstr", ""))]
        if plural := entry.get("msgid_plural"):
            forms = [(text, entry["msgstr[0]"]), (plural, entry["msgstr[1]"])]
        for number, (source, german) in enumerate(forms, start=1):
            if context:
                shown = compiled.pgettext(context, text)
            elif plural:
                shown = compiled.ngettext(text, plural, number)
            else:
                shown = compiled.gettext(text)
            names = [{*PLACEHOLDER.findall(words)} for words in (source, german)]
            if not german or german != shown or names[0] != names[1] or "fuzzy" in entry["flags"]:
                faults.append(source)
    assert faults == [], HOW
