from http import HTTPStatus
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from pytest_django.asserts import assertRedirects

from accounts.models import Author, AuthorLink
from accounts.services import save_author_box
from blog.articles.calendar_feed import feed_token
from blog.articles.draft_links import link_of, make_link, token_of
from blog.articles.models import Article
from blog.comments.models import MailChoice
from blog.media.models import Image
from tests.articles.hostile import Reading, together
from tests.factories import make_article, make_author, make_image, make_staff, make_user

pytestmark = pytest.mark.django_db

PROFILE = "/accounts/profile/"


def profile_data(**changes):
    return {
        "display_name": "Ada",
        "author-name": "Ada Lovelace",
        "author-bio": "Writes about machines.",
        "links-TOTAL_FORMS": "5",
        "links-INITIAL_FORMS": "0",
    } | changes


def photo(name="me.jpg"):
    content = BytesIO()
    Picture.new("RGB", (60, 60), "teal").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def links_of(author):
    return list(author.links.values_list("label", "url"))


def errors_of(response):
    """Return the names of the fields with errors, as a person sees them on the page."""
    context = response.context
    forms = [context["form"], context["author_form"], *context["link_forms"]]
    return [form.add_prefix(name) for form in forms for name in form.errors]


@pytest.fixture
def writer(client):
    user = make_staff("Author", email="secret.login@example.org")
    client.force_login(user)
    return user


def test_the_profile_is_for_those_who_are_signed_in(client):
    for method in (client.get, client.post):
        assertRedirects(method(PROFILE), f"/accounts/login/?next={PROFILE}")


def test_other_methods_do_not_exist(client, writer):
    assert client.put(PROFILE).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.get(reverse("profile-end-sessions")).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_another_sites_form_is_refused(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)

    for url in (PROFILE, reverse("profile-end-sessions"), "/accounts/email/", "/accounts/logout/"):
        assert client.post(url, profile_data()).status_code == HTTPStatus.FORBIDDEN
    writer.refresh_from_db()
    assert (writer.display_name, writer.session_version) == ("", 0)


def test_nobody_keeps_a_copy_of_the_page(client, writer):
    assert "no-store" in client.get(PROFILE)["Cache-Control"]


def test_person_chooses_the_language_of_the_desk(client, writer, settings):
    settings.LANGUAGES = [("en", "English")]
    assert 'name="locale"' not in client.get(PROFILE).content.decode()
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]

    assert client.post(PROFILE, profile_data(locale="de")).status_code == HTTPStatus.FOUND
    assert '<html lang="de"' in client.get("/admin/").content.decode()
    assert '<html lang="en"' in client.get(PROFILE).content.decode()
    assert client.post(PROFILE, profile_data(locale="xx")).status_code == 422
    client.post(PROFILE, profile_data(locale=""))
    assert '<html lang="en"' in client.get("/admin/").content.decode()


def test_a_reader_has_a_name_and_no_author_box(client):
    reader = make_user()
    client.force_login(reader)

    response = client.post(PROFILE, profile_data())

    assertRedirects(response, PROFILE)
    reader.refresh_from_db()
    assert reader.display_name == "Ada"
    assert not Author.objects.exists()
    assert "author box" not in client.get(PROFILE).content.decode()


def test_who_may_write_gets_an_author_box_named_after_the_public_name(client, writer):
    data = profile_data() | {"links-0-label": "Home", "links-0-url": "https://ada.example/"}

    assertRedirects(client.post(PROFILE, data), PROFILE)

    author = Author.objects.get()
    assert (author.user, author.name, author.slug) == (writer, "Ada Lovelace", "ada-lovelace")
    assert author.bio == "Writes about machines."
    assert links_of(author) == [("Home", "https://ada.example/")]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada", "ada-2"),
        ("Анна Ж", "anna-zh"),
        ("松本", "author"),
        ("<b>", "b"),
        ("x" * 100, "x" * 100),
    ],
)
def test_the_address_of_an_author_is_free_and_readable(client, writer, name, slug):
    make_author(slug="ada")

    client.post(PROFILE, profile_data(**{"author-name": name}))

    assert Author.objects.get(user=writer).slug == slug


def test_the_address_stays_when_the_name_changes(client, writer):
    author = make_author(user=writer, slug="ada")

    client.post(PROFILE, profile_data(**{"author-name": "Ada King"}))

    author.refresh_from_db()
    assert (author.name, author.slug) == ("Ada King", "ada")


def test_links_are_kept_in_order_changed_and_removed(client, writer):
    author = make_author(user=writer)
    for position in range(3):
        AuthorLink.objects.create(
            author=author, label=f"Link {position}", url="https://x.example/", position=position
        )
    page = client.get(PROFILE).context["link_forms"]
    assert [form.initial.get("label") for form in page] == [
        "Link 0",
        "Link 1",
        "Link 2",
        None,
        None,
    ]

    data = profile_data(**{"links-INITIAL_FORMS": "3"})
    data |= {"links-0-label": "New", "links-0-url": "https://new.example/"}
    data |= {"links-2-label": "Link 2", "links-2-url": "https://x.example/"}
    client.post(PROFILE, data | {"links-4-url": "code.example/ada"})

    assert links_of(author) == [
        ("New", "https://new.example/"),
        ("Link 2", "https://x.example/"),
        ("code.example", "https://code.example/ada"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"author-name": ""}, "author-name"),
        ({"author-name": "x" * 101}, "author-name"),
        ({"author-name": "a\x00b"}, "author-name"),
        ({"display_name": "x" * 101}, "display_name"),
        ({"author-bio": "x" * 2001}, "author-bio"),
        ({"links-0-label": "Home"}, "links-0-url"),
        ({"links-0-label": "x" * 51, "links-0-url": "https://x.example/"}, "links-0-label"),
        ({"links-0-url": "javascript:alert(1)"}, "links-0-url"),
        ({"links-0-url": "JaVaScRiPt:alert(1)//https://x.example"}, "links-0-url"),
        ({"links-0-url": "data:text/html,<script>alert(1)</script>"}, "links-0-url"),
        ({"links-0-url": "vbscript:msgbox(1)"}, "links-0-url"),
        ({"links-0-url": "https://x.example/" + "x" * 500}, "links-0-url"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, writer, changes, field):
    author = make_author(user=writer, name="Before")
    typed = profile_data(**{"author-bio": "A long text"}) | changes

    response = client.post(PROFILE, typed)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert errors_of(response) == [field]
    author.refresh_from_db()
    assert (author.name, links_of(author)) == ("Before", [])
    assert response.context["author_form"]["bio"].value() == typed["author-bio"]


@pytest.mark.parametrize("total", ["", "x", "-1", "1000000", "99999999999999999999"])
def test_a_forged_number_of_links_breaks_nothing(client, writer, total):
    response = client.post(PROFILE, profile_data(**{"links-TOTAL_FORMS": total}))

    assert response.status_code in {HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


def test_more_than_five_links_are_refused(client, writer):
    data = profile_data(**{"links-TOTAL_FORMS": "6"})
    data |= {f"links-{n}-url": f"https://x{n}.example/" for n in range(6)}

    client.post(PROFILE, data)

    assert AuthorLink.objects.count() <= 5


def test_a_photo_is_stored_clean_and_can_be_taken_away(client, writer):
    client.post(PROFILE, profile_data(**{"author-upload": photo("../<script>.jpg")}))

    author = Author.objects.get(user=writer)
    assert (author.photo.alt, author.photo.uploaded_by) == ("Portrait of Ada Lovelace", writer)
    assert "script" not in author.photo.file.name

    client.post(PROFILE, profile_data(**{"author-remove_photo": "on"}))
    author.refresh_from_db()
    assert author.photo is None


def test_a_photo_stays_when_nothing_is_said_about_it(client, writer):
    author = make_author(user=writer, photo=make_image())

    client.post(PROFILE, profile_data())

    assert Author.objects.get(pk=author.pk).photo == author.photo


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0 no picture"]
)
def test_what_is_no_picture_is_refused(client, writer, content):
    upload = SimpleUploadedFile("me.jpg", content, "image/jpeg")

    response = client.post(PROFILE, profile_data(**{"author-upload": upload}))

    assert errors_of(response) == ["author-upload"]
    assert not Image.objects.exists()


def test_the_form_decides_about_nothing_else(client, writer):
    other = make_author(user=make_user(email="other@example.org"))
    forged = {
        "email": "x@example.org",
        "is_superuser": "on",
        "is_staff": "on",
        "user": other.user_id,
    }
    forged |= {"author-user": other.user_id, "author-slug": "taken-over", "author-id": other.pk}

    client.post(PROFILE, profile_data() | forged)

    writer.refresh_from_db()
    assert (writer.email, writer.is_superuser) == ("secret.login@example.org", False)
    other.refresh_from_db()
    assert (other.name, other.user.email) == (f"Author {other.slug[7:]}", "other@example.org")
    assert Author.objects.get(user=writer).slug == "ada-lovelace"


def test_attacks_stay_text_on_every_page_that_shows_them(client, writer):
    author = make_author(user=writer, slug="ada", name="Plain")
    address = 'https://x.example/"onclick=alert(1)'

    def shape(response):
        found = Reading(response.content.decode()).found
        return {(tag, name) for tag, name, _value in found}

    def shapes(text):
        data = profile_data(**{"author-name": text, "author-bio": text, "display_name": text})
        data |= {"links-0-label": text[:50], "links-0-url": address}
        profile = client.post(PROFILE, data, follow=True)
        assert profile.redirect_chain == [(PROFILE, HTTPStatus.FOUND)]
        return [shape(page) for page in (profile, client.get(url), client.get("/admin/"))]

    url = author.get_absolute_url()
    harmless = shapes("Plain")
    for text in together(100):
        assert shapes(text) == harmless, text

    plain, attacked = (
        make_article(authors=[make_author(name=text, bio=text) for text in texts])
        for texts in (["Plain"] * len(together(100)), together(100))
    )
    pages = [client.get(article.get_absolute_url()) for article in (plain, attacked)]
    assert shape(pages[0]) == shape(pages[1])


def test_the_address_to_sign_in_with_is_shown_to_no_reader(client, writer):
    author = make_author(user=writer)
    article = make_article(authors=[author])
    client.logout()

    for page in (
        article.get_absolute_url(),
        author.get_absolute_url(),
        "/",
        "/feed/",
        "/feed/json/",
    ):
        assert b"secret.login" not in client.get(page).content


def test_signing_out_everywhere_else_leaves_this_session(client, writer):
    elsewhere = Client()
    elsewhere.force_login(writer)

    assertRedirects(client.post(reverse("profile-end-sessions")), PROFILE)

    assert elsewhere.get(PROFILE).status_code == HTTPStatus.FOUND
    assert client.get(PROFILE).status_code == HTTPStatus.OK


def test_signing_out_everywhere_ends_nobody_elses_session(client, writer):
    other = Client()
    other.force_login(make_user())

    client.post(reverse("profile-end-sessions"))

    assert other.get(PROFILE).status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one_author_box(at_once):
    user = make_user()

    def save():
        save_author_box(
            user=user, name="Ada", slug="ada", bio="", links=[("a", "https://a.example/")]
        )

    at_once([save] * 4)

    assert links_of(Author.objects.get()) == [("a", "https://a.example/")]


@pytest.mark.django_db(transaction=True)
def test_people_of_one_name_saving_at_once_get_an_address_each(at_once):
    users = [make_user() for _ in range(4)]

    at_once(
        [
            lambda user=user: save_author_box(user=user, name="Ada", slug="ada", bio="", links=[])
            for user in users
        ]
    )

    slugs = sorted(Author.objects.values_list("slug", flat=True))
    assert slugs == ["ada", "ada-2", "ada-3", "ada-4"]


@pytest.mark.parametrize(
    ("role", "is_author", "fields"),
    [
        ("Moderator", False, ["held", "mentions"]),
        ("Moderator", True, ["held", "own_articles", "mentions"]),
        ("Author", True, ["own_articles", "own_held", "mentions"]),
        (None, False, ["mentions"]),
    ],
)
def test_mail_is_offered_to_those_who_get_it(client, role, is_author, fields):
    user = make_staff(role) if role else make_user()
    if is_author:
        make_author(user=user)
    client.force_login(user)

    response = client.get(PROFILE)

    assert list(response.context["mail_form"].fields) == fields


def test_moderator_chooses_a_digest_and_keeps_it(client):
    user = make_staff("Moderator")
    client.force_login(user)

    response = client.post(PROFILE, {"display_name": "", "mail-held": "daily"})

    assert response.status_code == 302
    assert MailChoice.objects.get().held == "daily"
    client.post(PROFILE, {"mail-held": "nonsense"})
    assert MailChoice.objects.get().held == "daily"


def test_reader_cannot_choose_a_moderators_mail(client):
    user = make_user()
    client.force_login(user)

    client.post(PROFILE, {"mail-held": "never"})

    assert not MailChoice.objects.exclude(held="each").exists()


def test_keys_are_listed_and_taken_back_by_their_owner_alone(client, writer):
    article = make_article(status="draft", title="Tides", created_by=writer)
    own = make_link(article=article, editor=writer, label="Ann & Bert")
    other = make_link(article=article, editor=make_staff("Editor"), label="Not mine")
    make_link(article=article, editor=writer, label="Over", hours=-1)
    html = client.get(PROFILE).content.decode()
    assert ("Ann &amp; Bert" in html, "Not mine" in html, "Over" in html) == (True, False, False)
    calendar = f"/admin/articles/article/calendar/feed/{feed_token(writer)}/"
    assert f'value="http://testserver{calendar}"' in html

    Article.objects.update(created_by=other.created_by)  # it is an editor's now
    html = client.get(PROFILE).content.decode()
    assert ("Tides" in html, "do not edit any more (Ann &amp; Bert)" in html) == (False, True)
    assert client.post(f"{PROFILE}links/{other.pk}/revoke/").status_code == 404
    assert client.get(f"{PROFILE}links/{own.pk}/revoke/").status_code == 405
    client.post(f"{PROFILE}links/{own.pk}/revoke/")
    client.post(f"{PROFILE}calendar/renew/")
    assert (link_of(token_of(own)), link_of(token_of(other))) == (None, other)
    assert client.get(calendar).status_code == 404
    writer.refresh_from_db()
    token = feed_token(writer)
    assert client.get(f"/admin/articles/article/calendar/feed/{token}/").status_code == 200
    html = client.get(PROFILE).content.decode()
    assert (token in html, "Ann &amp; Bert" in html) == (True, False)
    client.force_login(make_user())
    assert 'id="keys"' not in client.get(PROFILE).content.decode()
