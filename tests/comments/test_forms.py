"""What a visitor may type: cleaned or refused with a sentence, never an error of ours."""

import json
import uuid
from html.parser import HTMLParser
from pathlib import Path

import pytest
from crispy_forms.utils import render_crispy_form
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from accounts.models import User
from blog.comments.forms import CommentForm, clean_website
from blog.comments.models import Comment
from blog.comments.services import PARENT_IS_GONE, post_comment
from blog.comments.writers import Writer
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user

NAUGHTY = Path(__file__).parents[3] / "shared/data/hostile/naughty-strings.json"
PLAIN = {"body": "I came into this sideways.", "name": "Marta Quill", "email": "marta@example.org"}
NOTHING_LIMITED = SiteSettings(seconds_between_comments=0, comments_per_network_and_minute=0)


def make_form(article=None, user=None, site=None, **fields):
    data = QueryDict(mutable=True)
    data.update(PLAIN | fields)
    return CommentForm(
        data, site=site or SiteSettings(), article=article, user=user or AnonymousUser()
    )


class Fields(HTMLParser):
    """Collect the attributes of each field, and which labels there are."""

    def __init__(self, html):
        super().__init__()
        self.fields, self.labels, self.hidden = {}, set(), 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("input", "textarea"):
            self.fields[attrs["name"]] = attrs
        elif tag == "label":
            self.labels.add(attrs.get("for"))
        elif attrs.get("aria-hidden") == "true" and attrs.get("class") == "vh":
            self.hidden += 1


def test_fields_are_those_of_the_reference():
    form = CommentForm(site=SiteSettings(), article=None, user=AnonymousUser())

    page = Fields(render_crispy_form(form))

    assert [(field.label, field.required) for field in list(form.fields.values())[:4]] == [
        ("Comment", True),
        ("Name", True),
        ("Email", True),
        ("Website", False),
    ]
    assert form.fields["remember"].label == (
        "Save my name, email, and website in this browser for the next time I comment."
    )
    wanted = {"body": "65525", "name": "245", "email": "100", "website": "200"}
    assert {name: page.fields[name]["maxlength"] for name in wanted} == wanted
    assert page.fields["email"]["aria-describedby"] == "email-notes"
    assert {name: page.fields[name]["autocomplete"] for name in ("name", "email", "website")} == {
        "name": "name",
        "email": "email",
        "website": "url",
    }
    assert page.labels >= {"id_body", "id_name", "id_email", "id_website", "id_remember"}


def test_trap_is_out_of_sight_out_of_reach_and_unspoken():
    page = Fields(render_crispy_form(make_form()))

    trap = page.fields["topic"]
    assert (trap["autocomplete"], trap["tabindex"], page.hidden) == ("off", "-1", 1)
    assert "required" not in trap


@pytest.mark.parametrize("field", ["body", "name", "email", "website"])
def test_wrong_field_names_its_error(field):
    html = render_crispy_form(make_form(**{field: "\u3164" if field in ("body", "name") else "x"}))

    page = Fields(html)
    assert page.fields[field]["aria-invalid"] == "true"
    assert f"id_{field}_error" in page.fields[field]["aria-describedby"].split()
    assert f'id="id_{field}_error"' in html


def test_form_has_no_token_and_no_form_of_its_own():
    html = render_crispy_form(make_form())

    assert "csrfmiddlewaretoken" not in html
    assert "<form" not in html


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("body", "  One.\r\nTwo.\r\n ", "One.\nTwo."),
        ("body", "a\x00b\x1b[31mc\u202ed\ud800e", "ab[31mcde"),
        ("body", "x\r\n" * 21_842, ("x\n" * 21_842).strip()),  # 43,684 signs; 65,526 as sent
        ("name", "  Marta \n\t Quill ", "Marta Quill"),
        ("name", "Marta\r\nBcc: you@example.org", "Marta Bcc: you@example.org"),
        ("name", "\u202eMar\u200bta\x00\u2060", "Marta"),
        ("email", " Marta@Example.ORG ", "marta@example.org"),
        ("website", "example.org", "https://example.org"),
        ("website", "example.org:8080/a", "https://example.org:8080/a"),
        ("website", "HTTP://example.org/\x00", "HTTP://example.org/"),
        ("website", "  ", ""),
        ("parent", "", None),
    ],
)
def test_what_was_typed_is_cleaned(field, typed, kept):
    form = make_form(**{field: typed})

    assert form.errors == {}
    assert form.cleaned_data[field] == kept


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("body", "", "Please write something first."),
        ("body", " \u200b\u3164\n", "Please write something first."),
        (
            "body",
            "x" * 65_526,
            "Ensure this value has at most 65525 characters (it has 65526).",
        ),
        ("name", "\u200d\u2800", "Please tell us what to call you."),
        ("name", "n" * 246, "Ensure this value has at most 245 characters (it has 246)."),
        ("email", "", "Please tell us your email address. It is not published."),
        ("email", "marta", "Enter a valid email address."),
        ("email", "a@b.org\r\nBcc: c@d.org", "Enter a valid email address."),
        ("email", "a@b.org\x00", "Enter a valid email address."),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(field, typed, sentence):
    assert sentence in make_form(**{field: typed}).errors[field]


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JavaScript:1//example.org",
        "java\x00script:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "ftp://example.org",
        "mailto:a@example.org",
        "//",
        "https://",
        "http://exa mple.org",
        "not a website",
        "https://example.org/\n<b>",
        "https://\u0430pple.com/",  # a Cyrillic letter
        "https://\u0430pple.com:99999/",
        "https://bank.example@evil.example/",
    ],
)
def test_website_is_an_address_of_the_web_or_refused(typed):
    form = make_form(website=typed)

    assert list(form.errors) == ["website"]


def test_scheme_that_was_added_counts_towards_the_length():
    assert clean_website("a.org/" + "w" * 186).startswith("https://")
    assert list(make_form(website="a.org/" + "w" * 190).errors) == ["website"]


def test_signed_in_reader_is_asked_for_the_text_only():
    form = make_form(user=User(email="reader@example.org"))

    fields = ["about", "body", "follow", "parent", "question", "seconds", "topic", "work"]
    assert sorted(form.fields) == fields
    assert form.is_valid()


def test_name_and_address_are_optional_where_the_owner_says_so():
    site = SiteSettings(comment_needs_name_and_email=False)

    form = make_form(site=site, name="\u200b", email="")

    assert form.errors == {}
    assert (form.cleaned_data["name"], form.cleaned_data["email"]) == ("", "")


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Comment.Status if status != "approved"])
def test_only_an_approved_comment_is_answered(status):
    parent = make_comment(status=status)

    form = make_form(parent.article, parent=parent.pk)

    assert form.non_field_errors() == [PARENT_IS_GONE]
    assert (form.data["parent"], form.data["body"]) == ("", PLAIN["body"])


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["-1", "0", "one", "1.5", "9" * 30, "9" * 5_000, "١"])
def test_parent_of_any_kind_is_no_error_of_ours(number):
    make_comment()

    form = make_form(make_article(), parent=number)

    assert form.non_field_errors() == [PARENT_IS_GONE]


@pytest.mark.django_db
def test_comment_of_another_article_is_not_answered():
    assert make_form(make_article(), parent=make_comment().pk).non_field_errors() == [
        PARENT_IS_GONE
    ]


@pytest.mark.django_db
def test_naughty_strings_are_stored_or_refused():
    """Each string meets the form by itself; what it lets through is stored, several to a comment."""
    if not NAUGHTY.is_file():
        pytest.skip("The hostile strings of ../shared/data are not here.")
    article = make_article()
    valid = []
    for text in {*json.loads(NAUGHTY.read_text()), "\x00", "\ud800", "\x00a\ud800"}:
        form = make_form(article, body=text, name=text[:245], website=text[:200])
        if "website" in form.errors:
            form = make_form(article, body=text, name=text[:245])
        if form.is_valid():
            valid.append(form.cleaned_data)
    assert len(valid) > 300

    columns = ("name", "email", "website", "body")
    kept = [tuple(data[column] for column in columns) for data in valid]
    Comment.objects.bulk_create(
        Comment(article=article, **dict(zip(columns, row, strict=True))) for row in kept
    )
    assert list(Comment.objects.order_by("pk").values_list(*columns)) == kept

    # The same person, so that two that are the same once cleaned are one comment.
    visitor = uuid.uuid4()
    for start in range(0, len(valid), 10):
        fields = {name: valid[start][name] for name in ("name", "email", "website")}
        body = "\n".join(data["body"] for data in valid[start : start + 10])
        comment = post_comment(
            article=article,
            writer=Writer(visitor=visitor, user_agent=body, **fields),
            body=body,
            site=NOTHING_LIMITED,
        )
        comment.refresh_from_db()
        assert (comment.body, comment.name) == (body, fields["name"])


@pytest.mark.django_db
def test_account_is_not_taken_from_what_was_sent():
    form = make_form(user=make_user(), name="Somebody Else", email="else@example.org")

    assert form.is_valid()
    assert "name" not in form.cleaned_data
