"""The privacy page; and what this site knows of one person: proved first, then shown, taken along, erased."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.visitors import remember_visitor
from blog.comments.models import Comment
from blog.outbox.models import Mail
from blog.privacy.people import HOLDS, path_of, token_for, token_for_email
from blog.site.models import SiteSettings
from tests.comments.test_receipts import altered
from tests.factories import make_article, make_comment, make_rating, make_user

pytestmark = pytest.mark.django_db
MINE = "/privacy/mine/"
BOTH = {"comments": "anonymise", "votes": "keep"}


def text_of(response):
    return " ".join(response.content.decode().split())


def settings_are(**fields):
    SiteSettings.objects.update_or_create(pk=1, defaults=fields)


def test_privacy_page_is_shared_and_linked_from_every_page(client):
    response = client.get("/privacy/")

    assert response["Cache-Control"].startswith("public")
    assert not response.cookies
    assert 'href="/privacy/"' in text_of(client.get("/"))
    assert 'href="/privacy/"' in text_of(client.get(make_article().get_absolute_url()))


def test_privacy_page_says_what_the_settings_say(client):
    settings_are(agent_days=7, spam_days=3, comment_edit_minutes=40, following_on=False)

    html = text_of(client.get("/privacy/"))

    for words in ("for 7 days", "after 3 days", "for 40 minutes", "for 360 days"):
        assert words in html
    assert "Following by mail" not in html


@pytest.mark.parametrize(("key", "is_told"), [("", False), ("0123456789ab", True)])
def test_privacy_page_tells_of_a_service_exactly_where_one_is_used(client, key, is_told):
    settings_are(akismet_key=key)

    html = text_of(client.get("/privacy/"))

    assert ("Akismet" in html) is is_told
    assert ("no outside service takes part" in html) is not is_told
    assert not key or key not in html


def ask(client, email, capture):
    with capture(execute=True):
        return client.post(MINE, {"email": email})


def test_known_and_unknown_addresses_get_the_same_answer(
    client, django_capture_on_commit_callbacks
):
    make_comment(email="lena@example.org")

    known = ask(client, "lena@example.org", django_capture_on_commit_callbacks)
    unknown = ask(client, "oskar@example.org", django_capture_on_commit_callbacks)

    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    assert list(Mail.objects.values_list("to", flat=True)) == ["lena@example.org"]


def test_mailed_link_shows_everything_and_names_no_address(
    client, django_capture_on_commit_callbacks
):
    comment = make_comment(email="lena@example.org", body="What I said.")
    make_comment(email="oskar@example.org", body="What another said.")

    ask(client, " LENA@example.org ", django_capture_on_commit_callbacks)

    link = next(word for word in Mail.objects.get().body.split() if MINE in word)
    html = text_of(client.get(link))
    assert comment.body in html
    assert "What another said." not in html
    token = link.split("/")[-2]
    assert "lena" not in signing.b64_decode(token.split(":")[0].lstrip(".").encode()).decode(
        errors="replace"
    )


def test_one_mail_an_hour(client, django_capture_on_commit_callbacks):
    make_comment(email="lena@example.org")

    for _time in range(3):
        ask(client, "lena@example.org", django_capture_on_commit_callbacks)

    assert Mail.objects.count() == 1


@pytest.mark.parametrize("email", ["", "lena", "a@b.org\r\nBcc: c@d.org", "x" * 101 + "@y.org"])
def test_what_is_no_address_is_refused(client, email):
    response = client.post(MINE, {"email": email})

    assert (response.status_code, Mail.objects.count()) == (422, 0)


def with_cookie(visitor):
    from django.http import HttpResponse

    client, response = Client(), HttpResponse()
    remember_visitor(response, visitor)
    client.cookies = response.cookies
    return client


def test_browser_proves_itself_by_its_cookie_and_a_button():
    visitor = uuid.uuid4()
    comment = make_comment(visitor=visitor, body="What I said.")
    browser = with_cookie(visitor)

    assert comment.body not in text_of(browser.get(MINE))  # a page that everybody shares
    response = browser.post(MINE)

    assert response.status_code == 303
    assert comment.body in text_of(browser.get(response["Location"]))


def test_browser_without_a_cookie_is_told_so(client):
    make_comment(visitor=None)
    make_rating()

    response = client.post(MINE)

    assert response.status_code == 200
    assert "This browser has left nothing here" in text_of(response)


def test_browser_with_a_forged_cookie_is_a_stranger(client):
    visitor = uuid.uuid4()
    make_comment(visitor=visitor)
    client.cookies["visitor"] = str(visitor)

    assert "This browser has left nothing here" in text_of(client.post(MINE))


def test_account_proves_itself(client):
    user = make_user(email="lena@example.org", display_name="Lena O.")
    comment = make_comment(user=user, email=user.email)
    client.force_login(user)

    response = client.post(MINE, headers={"Sec-Fetch-Site": "same-origin"})
    html = text_of(client.get(response["Location"]))

    assert comment.body in html
    assert "Lena O." in html


def test_profile_leads_there(client):
    client.force_login(make_user())

    assert f'action="{MINE}"' in text_of(client.get(reverse("profile")))


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_form_of_another_site_is_refused(client, origin):
    make_comment(email="lena@example.org")

    response = client.post(MINE, {"email": "lena@example.org"}, headers={"Origin": origin})

    assert (response.status_code, Mail.objects.count()) == (403, 0)


def links(email="lena@example.org"):
    path = path_of(token_for_email(email))
    return path, f"{path}download/"


def test_pages_are_kept_from_caches_engines_and_other_sites(client):
    make_comment(email="lena@example.org")

    for path in links():
        response = client.get(path)
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"


def test_altered_and_old_links_are_refused_politely(client):
    make_comment(email="lena@example.org", body="What I said.")
    for path in links():
        token = path.split("/")[3]
        for wrong in altered(token):
            if not wrong or wrong == "\x00" or len(wrong) > 10_000:
                continue
            response = client.get(path.replace(token, wrong))
            assert response.status_code == 404, wrong
            assert "What I said." not in response.content.decode()
        with time_machine.travel(timezone.now() + HOLDS + timedelta(minutes=1)):
            assert client.get(path).status_code == 404
        with time_machine.travel(timezone.now() + HOLDS - timedelta(minutes=1)):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "salt", ["byline.receipt.private", "byline.visitor", "byline.following.manage"]
)
def test_word_for_another_purpose_is_no_link(client, salt):
    comment = make_comment(email="lena@example.org")
    token = signing.dumps(
        {"row": ["comment", comment.pk], "is": "x", "v": None, "u": None}, salt=salt
    )

    assert client.get(f"{MINE}{token}/").status_code == 404


def test_link_does_not_follow_a_row_to_another_address(client):
    make_comment(email="lena@example.org")
    path = links()[0]
    Comment.objects.update(email="oskar@example.org")

    assert client.get(path).status_code == 404


def test_link_of_a_closed_account_is_refused(client):
    user = make_user()
    path = path_of(token_for(visitor=None, user=user))
    user.is_active = False
    user.save()

    assert client.get(path).status_code == 404


def test_file_holds_everything_and_says_what_it_is(client):
    comment = make_comment(email="lena@example.org", body="What “I” said.")

    response = client.get(links()[1])

    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="what-testserver-knows.json"'
    file = json.loads(response.content)
    assert [entry["text"] for entry in file["comments"]] == ["What “I” said."]
    assert file["comments"][0]["article"] == comment.article.get_absolute_url()
    assert set(file["comments"][0]) <= set(file["explained"])


def test_erasing_asks_first(client):
    make_comment(email="lena@example.org")

    response = client.post(links()[0], BOTH)

    assert "Erase it for good?" in text_of(response)
    assert Comment.objects.get().email == "lena@example.org"


@pytest.mark.parametrize(
    "choices", [{}, {"comments": "remove"}, {"comments": "x", "votes": "keep", "sure": "yes"}]
)
def test_nothing_is_erased_without_a_choice(client, choices):
    make_comment(email="lena@example.org")

    assert client.post(links()[0], choices).status_code == 422
    assert Comment.objects.get().email == "lena@example.org"


def test_reading_erases_nothing(client):
    make_comment(email="lena@example.org")

    client.get(links()[0], BOTH | {"sure": "yes"})

    assert Comment.objects.get().email == "lena@example.org"


@pytest.mark.parametrize(("choice", "count"), [("anonymise", 1), ("remove", 0)])
def test_what_was_chosen_is_done_and_the_link_is_dead(client, choice, count):
    article = make_comment(email="lena@example.org", name="Lena Osei").article
    path = links()[0]

    response = client.post(path, BOTH | {"comments": choice, "sure": "yes"})

    assert "Done: it is erased." in text_of(client.get(response["Location"]))
    assert (
        Comment.objects.count(),
        "Lena Osei" in text_of(client.get(article.get_absolute_url())),
    ) == (
        count,
        False,
    )
    assert client.get(path).status_code == client.post(path, BOTH).status_code == 404


def test_erased_browser_loses_its_cookie():
    visitor = uuid.uuid4()
    make_comment(visitor=visitor)
    browser = with_cookie(visitor)
    path = browser.post(MINE)["Location"]

    response = browser.post(path, BOTH | {"sure": "yes"})

    assert response.cookies["visitor"].value == ""
