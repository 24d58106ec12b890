"""Pictures that come from the editor and from the form of an article."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from blog.articles.models import Article
from blog.media.models import Image
from blog.media.services import MAX_BYTES
from tests.articles.desk import (
    ADD,
    UPLOAD,
    byline_data,
    change_url,
    errors_of,
    form_data,
    own,
    picture,
)
from tests.factories import make_author, make_image, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


def test_picture_of_a_refused_form_is_kept(client, author):
    data = form_data(title="", lead_upload=picture(), lead_alt="Olive")

    response = client.post(ADD, data)

    image = Image.objects.get()
    assert errors_of(response) == {"title": ["This field is required."]}
    assert f'<option value="{image.pk}" selected>Olive</option>' in response.content.decode()
    client.post(ADD, form_data(lead_image=image.pk, lead_alt="Olive"))
    assert Article.objects.get().lead_image == image


def test_picture_of_a_form_with_refused_authors_is_kept(client, author):
    one = make_author()

    response = client.post(ADD, form_data(lead_upload=picture(), **byline_data(one, one)))

    assert f'<option value="{Image.objects.get().pk}" selected>' in response.content.decode()


def test_lead_picture_is_uploaded_with_its_words(client, author):
    words = {"lead_alt": "Olive", "lead_caption": "A caption", "lead_credit": "Us"}

    client.post(ADD, form_data(lead_upload=picture(), **words))

    image = Article.objects.get().lead_image
    assert (image.alt, image.caption, image.credit) == ("Olive", "A caption", "Us")
    assert image.uploaded_by == author


def test_unreadable_lead_picture_is_refused(client, author):
    file = SimpleUploadedFile("a.svg", b"<svg/>")

    response = client.post(ADD, form_data(lead_upload=file))

    assert errors_of(response) == {
        "lead_upload": [
            "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file."
        ]
    }


def test_words_of_the_lead_picture_can_be_changed(client, author):
    article = own(author, lead_image=make_image(uploaded_by=author))

    client.post(change_url(article), form_data(article, lead_alt="Better"))

    assert Article.objects.get().lead_image.alt == "Better"


def test_words_of_the_pictures_of_others_cannot_be_changed(client, author):
    article = own(author, lead_image=make_image(alt="Theirs", uploaded_by=make_user()))

    response = client.post(change_url(article), form_data(article, lead_alt="Mine"))

    assert errors_of(response) == {
        "lead_alt": ["Somebody else uploaded this picture: only editors may change its words."]
    }


def test_choosing_another_picture_leaves_its_words_alone(client, author):
    article = own(author, lead_image=make_image(alt="First", uploaded_by=author))
    other = make_image(alt="Second", uploaded_by=make_user())

    client.post(change_url(article), form_data(article, lead_image=other.pk))

    assert Article.objects.get().lead_image == other
    assert sorted(Image.objects.values_list("alt", flat=True)) == ["First", "Second"]


def test_upload_answers_with_the_address(client, author):
    data = {"upload": picture(), "alt": " Olive ", "caption": "Cap"}

    response = client.post(UPLOAD, data)

    image = Image.objects.get()
    assert response.json() == {"src": image.file.url, "alt": "Olive", "caption": "Cap"}
    assert image.uploaded_by == author


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({}, 422, "This field is required."),
        ({"upload": "words"}, 422, "This field is required."),
        (
            {"content": b"<?php evil"},
            422,
            "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file.",
        ),
        (
            {"content": b"\xff" * (MAX_BYTES + 1)},
            413,
            "The file is larger than 20 MB. Save the picture smaller and upload it again.",
        ),
        ({"content": b""}, 422, "The submitted file is empty."),
    ],
)
def test_refused_upload_says_why(client, author, data, status, sentence):
    if "content" in data:
        data = {"upload": SimpleUploadedFile("a.jpg", data["content"])}

    response = client.post(UPLOAD, data)

    assert (response.status_code, response.json()) == (status, {"error": sentence})
    assert not Image.objects.exists()


def test_upload_with_overlong_words_is_refused(client, author):
    response = client.post(UPLOAD, {"upload": picture(), "alt": "x" * 301})

    assert response.json() == {
        "error": "Ensure this value has at most 300 characters (it has 301)."
    }


def test_upload_is_a_post(client, author):
    assert client.get(UPLOAD).status_code == 405


def test_upload_of_another_site_is_refused(author):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(author)

    assert client.post(UPLOAD, {"upload": picture()}).status_code == 403
    assert not Image.objects.exists()
