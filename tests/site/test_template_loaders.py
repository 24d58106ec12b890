"""What is left out of our templates before they are compiled, and what may not be."""

import pytest

from blog.site.template_loaders import condensed


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("<ul>\n    <li>One</li>\n\n</ul>\n", "<ul>\n<li>One</li>\n</ul>\n"),
        ("{% if one %}\n  <p>One</p>\n{% endif %}\n", "{% if one %}<p>One</p>\n{% endif %}"),
        ("{# Why. #}\n{% load i18n %}{% with a=b %}\n<p>\n", "{# Why. #}{% load i18n %}{% with a=b %}<p>\n"),
        # A word stands in the line: it must not grow together with the first one of the next.
        (
            "{% if one %}<a>One</a>{% endif %}\n{% if two %}<a>Two</a>{% endif %}\n",
            "{% if one %}<a>One</a>{% endif %}\n{% if two %}<a>Two</a>{% endif %}\n",
        ),
        ("{# One #}two{# three #}\nfour\n", "{# One #}two{# three #}\nfour\n"),
        ("{% translate 'One' %}\n{% translate 'Two' %}\n", "{% translate 'One' %}\n{% translate 'Two' %}\n"),
    ],
)  # fmt: skip
def test_lines_that_show_nothing_go_and_words_stay_apart(text, sent):
    assert condensed(text) == sent
