"""The private page of one comment or one vote: what became of it, changing it, taking it back."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment, Subscription
from blog.outbox.models import Mail
from blog.public.receipts import KEEP, receipt_path
from blog.ratings.models import Rating, RatingSummary
from blog.site.models import SiteSettings
from tests.comments.test_receipts import altered
from tests.factories import make_article, make_comment, make_rating, make_staff, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status


def text_of(response):
    return " ".join(response.content.decode().split())


def test_page_is_kept_from_caches_engines_and_other_sites(client):
    response = client.get(receipt_path(make_comment()))

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_mistake_in_a_form_does_not_write_the_address_into_the_log(client, caplog):
    response = client.post(receipt_path(make_comment()), {"action": "edit", "body": ""})

    assert (response.status_code, caplog.messages) == (422, [])


WAITING = "Waits for a moderator"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.APPROVED, "Published"),
        (Status.PENDING, WAITING),
        (Status.SPAM, WAITING),
        (Status.REMOVED, "Removed by a moderator"),
    ],
)
def test_page_says_what_became_of_the_comment(client, status, words):
    html = text_of(client.get(receipt_path(make_comment(status=status))))

    assert f'<p class="state"><b>{words}</b><br>' in html


@pytest.mark.parametrize("reason", ["It is spam.", "The writer was banned."])
@pytest.mark.parametrize("known", [True, False])
def test_spam_and_bans_look_like_waiting(client, reason, known):
    moderator = make_staff("Moderator")
    article, written = make_article(), timezone.now()
    pages = []
    for status, via in [(Status.PENDING, ""), (Status.SPAM, ""), (Status.TRASH, "ban")]:
        comment = make_comment(
            article=article,
            status=status,
            name="Lena",
            email=f"{status}@example.org",
            body="My words.",
            reason=reason,
            score=0.99,
        )
        if known:
            make_comment(name="Lena", email=comment.email)
        if via:
            comment.decisions.create(
                from_status=Status.PENDING, to_status=status, actor=moderator, via=via
            )
        Comment.objects.filter(pk=comment.pk).update(created_at=written)
        html = text_of(client.get(receipt_path(comment)))
        assert reason not in html
        pages.append(html[html.index("<h1") : html.index("</main")])

    assert pages[0] == pages[1] == pages[2]


def test_what_a_rule_has_binned_looks_like_waiting(client):
    comment = make_comment(status=Status.TRASH)
    comment.decisions.create(from_status="", to_status=Status.TRASH)

    assert WAITING in text_of(client.get(receipt_path(comment)))


def test_what_a_person_has_binned_is_said_to_be_refused(client):
    comment = make_comment(status=Status.TRASH)
    comment.decisions.create(
        from_status=Status.PENDING, to_status=Status.TRASH, actor=make_staff("Moderator")
    )

    assert "Not published" in text_of(client.get(receipt_path(comment)))


def test_writer_changes_the_text(client):
    comment = make_comment(body="Teh bridge.", status=Status.PENDING)
    page = receipt_path(comment)

    response = client.post(page, {"action": "edit", "body": "The bridge."})

    assert (response.status_code, response["Location"]) == (303, f"{page}?done=edited")
    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("The bridge.", Status.PENDING)
    assert "Your change is saved." in text_of(client.get(response["Location"]))


@pytest.mark.parametrize("body", ["", "   ", "\u200b", "x" * 65_526])
def test_refused_change_keeps_what_was_typed(client, body):
    comment = make_comment(body="The bridge.")

    response = client.post(receipt_path(comment), {"action": "edit", "body": body})

    assert response.status_code == 422
    assert body.strip() in response.content.decode()
    comment.refresh_from_db()
    assert comment.body == "The bridge."


def test_change_after_the_time_is_refused_and_the_text_given_back(client):
    comment = make_comment(body="The bridge.")
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=20))

    response = client.post(receipt_path(comment), {"action": "edit", "body": "My better words."})

    assert response.status_code == 409
    assert "The time to change this comment is over." in text_of(response)
    assert "My better words." in text_of(response)
    comment.refresh_from_db()
    assert comment.body == "The bridge."


@pytest.mark.parametrize(
    "forged",
    [{"status": "approved"}, {"to": "approved"}, {"action": "approve"}, {"name": "The Editor"}]
    + [{"article": "1"}, {"user": "1"}, {"email": "other@example.org"}, {"is_pinned": "on"}],
)
def test_writer_decides_about_the_text_and_nothing_else(client, forged):
    comment = make_comment(status=Status.PENDING, name="Lena")
    before = Comment.objects.values(
        "status", "name", "email", "article", "user", "is_pinned", "parent"
    ).get()

    client.post(receipt_path(comment), {"action": "edit", "body": "Better."} | forged)

    assert Comment.objects.values(*before).get() == before


def test_withdrawing_asks_first(client):
    comment = make_comment()

    response = client.post(receipt_path(comment), {"action": "withdraw"})

    assert "Withdraw this comment?" in text_of(response)
    assert Comment.objects.count() == 1


def test_withdrawn_comment_is_gone_from_the_page(client):
    comment = make_comment(body="I should not have said that.")
    article, page = comment.article, receipt_path(comment)

    response = client.post(page, {"action": "withdraw", "sure": "yes"})

    assert "It is withdrawn" in text_of(client.get(response["Location"]))
    assert client.get(page).status_code == 410
    assert comment.body not in text_of(Client().get(article.get_absolute_url()))


def test_withdrawn_comment_with_replies_says_so(client):
    comment = make_comment(name="Lena")
    make_comment(article=comment.article, parent=comment, root=comment)
    page = receipt_path(comment)

    client.post(page, {"action": "withdraw", "sure": "yes"})

    assert "Withdrawn by you" in text_of(client.get(page))


def test_link_is_mailed_to_the_address_of_the_comment_alone(
    client, django_capture_on_commit_callbacks
):
    comment = make_comment(email="lena@example.org")
    page = receipt_path(comment)

    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            client.post(page, {"action": "mail", "email": "other@example.org", "to": "x@y.org"})

    mail = Mail.objects.get()
    assert mail.to == "lena@example.org"
    link = next(word for word in mail.body.split() if "/receipt/" in word)
    assert comment.body in text_of(client.get(link))


@pytest.mark.parametrize("fields", [{"email": ""}, {"status": Status.SPAM}])
def test_nothing_is_mailed_where_there_is_no_address_or_a_machine_wrote(client, fields):
    response = client.post(receipt_path(make_comment(**fields)), {"action": "mail"})

    assert (response.status_code, Mail.objects.count()) == (303, 0)


def test_writer_follows_the_replies(client, django_capture_on_commit_callbacks):
    comment = make_comment(email="lena@example.org")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(receipt_path(comment), {"action": "follow", "kind": "replies"})

    subscription = Subscription.objects.get()
    assert (subscription.comment, subscription.email, subscription.confirmed_at) == (
        comment,
        "lena@example.org",
        None,
    )


def test_altered_links_are_refused_politely(client):
    comment = make_comment(body="Secret words.")
    path = receipt_path(comment)
    token = path.split("/")[-2]

    for wrong in altered(token):
        if not wrong or wrong in {"\x00"} or len(wrong) > 10_000:
            continue
        for response in (
            client.get(path.replace(token, wrong)),
            client.post(path.replace(token, wrong), {"action": "withdraw", "sure": "yes"}),
        ):
            assert response.status_code == 404, wrong
            assert "Secret words." not in response.content.decode()
    assert Comment.objects.count() == 1


def test_link_of_one_comment_does_nothing_to_another(client):
    comment, other = make_comment(), make_comment(body="Mine.")

    client.post(
        receipt_path(comment), {"action": "edit", "body": "Yours.", "comment": str(other.pk)}
    )

    other.refresh_from_db()
    assert other.body == "Mine."


@pytest.mark.parametrize("salt", ["byline.receipt.comment", "byline.receipt.rating"])
def test_word_for_another_purpose_is_no_link(client, salt):
    comment = make_comment()
    token = signing.dumps(["comment", comment.pk], salt=salt)

    assert client.get(f"/receipt/{token}/").status_code == 404


def test_old_link_is_refused(client):
    path = receipt_path(make_comment())

    with time_machine.travel(timezone.now() + KEEP + timedelta(minutes=1)):
        response = client.get(path)

    assert response.status_code == 404
    assert "This link is too old." in text_of(response)


def test_reading_changes_nothing(client):
    comment = make_comment(status=Status.PENDING)
    before = list(Comment.objects.values())

    client.get(f"{receipt_path(comment)}?action=withdraw&sure=yes&body=Changed")

    assert list(Comment.objects.values()) == before


def test_vote_is_changed_and_withdrawn(client):
    rating = make_rating(stars=2)
    page = receipt_path(rating)

    assert "<b>2 stars</b>" in text_of(client.get(page))
    client.post(page, {"stars": "5"})
    assert Rating.objects.get().stars == 5
    assert RatingSummary.objects.get().total == 5
    response = client.post(page, {"withdraw": "1"})
    assert "It is withdrawn" in text_of(client.get(response["Location"]))
    assert (Rating.objects.count(), RatingSummary.objects.get().count) == (0, 0)


@pytest.mark.parametrize("stars", ["0", "6", "", "five", "4.5"])
def test_impossible_vote_is_refused(client, stars):
    rating = make_rating(stars=2)

    response = client.post(receipt_path(rating), {"stars": stars})

    assert response.status_code == 422
    assert Rating.objects.get().stars == 2


def test_vote_on_a_closed_article_can_only_be_withdrawn(client):
    rating = make_rating(stars=2, article=make_article(rating_policy=Article.Policy.CLOSED))

    assert client.post(receipt_path(rating), {"stars": "5"}).status_code == 403
    assert Rating.objects.get().stars == 2
    client.post(receipt_path(rating), {"withdraw": "1"})
    assert Rating.objects.count() == 0


def test_rating_box_leads_to_the_own_vote(client):
    article = make_article()
    client.post(f"{article.get_absolute_url()}rating/", {"stars": "4"})
    rating = Rating.objects.get()

    response = client.get(f"/receipt/vote/{article.pk}/")

    assert "<b>4 stars</b>" in text_of(client.get(response["Location"]))
    assert rating.visitor is not None
    stranger = Client().get(f"/receipt/vote/{article.pk}/")
    assert stranger["Location"] == f"{article.get_absolute_url()}#rating"


def test_signed_in_writer_uses_the_same_page(client):
    user = make_user()
    comment = make_comment(user=user, email=user.email)

    client.post(receipt_path(comment), {"action": "edit", "body": "Better."})

    comment.refresh_from_db()
    assert (comment.body, comment.user) == ("Better.", user)


def test_minutes_are_those_of_the_settings(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"comment_edit_minutes": 40})

    assert "40 more minutes" in text_of(client.get(receipt_path(make_comment())))


FORM = {"body": "I know that bridge.", "name": "Lena", "email": "lena@example.org"}


def private_link(response):
    html = response.content.decode()
    return html.split('href="/receipt/')[1].split('"')[0] if 'href="/receipt/' in html else None


def test_notice_leads_the_writer_to_the_private_page_and_nobody_else(client):
    article = make_article()
    address = client.post(f"{article.get_absolute_url()}comments/", FORM)["Location"]

    link = private_link(client.get(address))

    assert FORM["body"] in text_of(client.get(f"/receipt/{link}"))
    assert private_link(Client().get(address)) is None  # the address was copied to a friend
    assert private_link(client.get(f"/me/{article.pk}/"))


def test_published_comment_leads_there_too(client):
    article = make_article()
    make_comment(name="Lena", email="lena@example.org")
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))

    address = client.post(f"{article.get_absolute_url()}comments/", FORM)["Location"]

    link = private_link(client.get(address))
    assert "Published" in text_of(client.get(f"/receipt/{link}"))
    assert private_link(Client().get(address)) is None


def test_rating_box_has_the_link_of_the_own_vote(client):
    article = make_article()

    response = client.post(f"{article.get_absolute_url()}rating/", {"stars": "4"})

    page = client.get(response["Location"]).content.decode()
    assert f'href="/receipt/vote/{article.pk}/"' in page
    assert "/receipt/" not in Client().get(article.get_absolute_url()).content.decode()


def test_page_says_that_a_comment_was_edited_or_withdrawn(client):
    edited, withdrawn = make_comment(body="Teh bridge."), make_comment(name="Oskar")
    make_comment(name=edited.name, email=edited.email)  # known here: the change need not wait
    answer = make_comment(article=withdrawn.article, parent=withdrawn, root=withdrawn)

    client.post(receipt_path(edited), {"action": "edit", "body": "The bridge."})
    client.post(receipt_path(withdrawn), {"action": "withdraw", "sure": "yes"})

    html = text_of(Client().get(edited.article.get_absolute_url()))
    assert "<span>edited</span>" in html
    assert "Teh bridge." not in html
    html = text_of(Client().get(withdrawn.article.get_absolute_url()))
    assert "This comment was removed by its writer." in html
    assert answer.body in html
    assert "Oskar" not in html


@pytest.mark.parametrize(
    ("follower", "is_told"), [("of this browser", True), ("of another browser", False)]
)
def test_page_does_not_tell_that_the_typed_address_follows_already(client, follower, is_told):
    visitor = uuid.uuid4()
    comment = make_comment(email="ana@example.org", visitor=visitor, status=Status.PENDING)
    Subscription.objects.create(
        article=comment.article,
        email="ana@example.org",
        kind="all",
        visitor=visitor if follower == "of this browser" else uuid.uuid4(),
        confirmed_at=timezone.now(),
    )

    assert ("You follow:" in text_of(client.get(receipt_path(comment)))) is is_told


def test_words_do_not_tell_whether_name_and_address_belong_together(client):
    article = make_article()
    make_comment(name="Lena", email="lena@example.org")
    pages = [
        text_of(
            client.get(
                receipt_path(
                    make_comment(article=article, status="pending", name="Lena", email=email)
                )
            )
        )
        for email in ("lena@example.org", "other@example.org")
    ]

    words = "A person reads the first comment of everybody before it appears."
    assert [words in page for page in pages] == [True, True]
