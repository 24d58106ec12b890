"""What stylesheets may not say, because a browser would drop the whole line without a word."""

import re


def test_underlines_are_not_thickened_or_styled_in_the_shorthand(settings):
    """Safari reads `text-decoration` with a line alone."""
    words = re.compile(r"(?<![\w-])text-decoration:\s*([^;}]*)")
    found = {
        f"{path.name}: {value}"
        for path in (settings.BASE_DIR / "static" / "css").glob("*.css")
        for value in words.findall(path.read_text())
        if len(value.split()) > 1
    }
    assert found == set()
