"""Comments are written, decided and counted; what happens at once happens once."""

import random
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.comments import batches, counts, deciding, deleting, services
from blog.comments.deciding import transition
from blog.comments.models import Comment, Decision, Rule, Thread
from blog.comments.queries import thread_drift
from blog.comments.services import Duplicate, ParentGone, TooFast, post_comment
from blog.comments.writers import Writer
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_rule, make_user

Status = Comment.Status
OPEN = SiteSettings(seconds_between_comments=0, comments_per_network_and_minute=0)


def writer(**fields):
    return Writer(
        **{"visitor": uuid.uuid4(), "name": "Marta", "email": "marta@example.org"} | fields
    )


def make_moderator():
    user = make_user(is_staff=True)
    user.groups.add(*user.groups.model.objects.filter(name="Moderator"))
    return user


@pytest.mark.django_db
def test_new_comment_is_decided_counted_and_logged():
    article = make_article()

    comment = post_comment(article=article, writer=writer(), body="Hello.", site=OPEN)

    decision = comment.decisions.get()
    assert comment.status == Status.PENDING
    assert (decision.from_status, decision.to_status, decision.actor) == ("", "pending", None)
    assert decision.reason == comment.reason == "The writer has no approved comment yet."
    assert Thread.objects.get(article=article).pending_count == 1


@pytest.mark.django_db
def test_article_author_is_approved_at_once():
    user = make_user()
    article = make_article(authors=[make_author(user=user)])

    comment = post_comment(
        article=article, writer=Writer(user=user, name="Me"), body="Thanks.", site=OPEN
    )

    assert comment.status == Status.APPROVED


@pytest.mark.django_db
def test_same_text_of_somebody_else_is_a_duplicate():
    article = make_article()
    post_comment(article=article, writer=writer(network_hash="a"), body="Hello.", site=OPEN)

    with pytest.raises(Duplicate, match="Duplicate comment detected"):
        post_comment(article=article, writer=writer(network_hash="b"), body="Hello.", site=OPEN)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.TRASH, Status.REMOVED])
def test_text_that_was_binned_may_be_sent_again(status):
    article = make_article()
    first = post_comment(article=article, writer=writer(), body="Hello.", site=OPEN)
    Comment.objects.filter(pk=first.pk).update(status=status)

    assert post_comment(article=article, writer=writer(), body="Hello.", site=OPEN).pk != first.pk


@pytest.mark.django_db
def test_same_text_of_the_same_reader_is_the_same_comment():
    article, user = make_article(), make_user()
    reader = Writer(user=user, name="Me", email=user.email)
    first = post_comment(article=article, writer=reader, body="Hello.", site=OPEN)
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))

    assert post_comment(article=article, writer=reader, body="Hello.", site=OPEN) == first


@pytest.mark.django_db
def test_answer_to_a_comment_that_was_taken_away_meanwhile_is_refused():
    parent = make_comment()
    Comment.objects.update(status=Status.TRASH)

    with pytest.raises(ParentGone, match="not there any more"):
        post_comment(
            article=parent.article, writer=writer(), body="Hello.", site=OPEN, parent=parent
        )


@pytest.mark.django_db
@pytest.mark.parametrize("action", [Rule.Action.HOLD, Rule.Action.REFUSE])
def test_long_word_of_a_list_fits_into_the_reason(action):
    make_rule(kind=Rule.Kind.WORDS, entries="w" * 1_000, action=action)

    comment = post_comment(article=make_article(), writer=writer(), body="w" * 1_000, site=OPEN)

    assert comment.reason.endswith("w…”.")


@pytest.mark.django_db
def test_comment_remembers_the_rule_the_score_and_its_thread():
    article = make_article()
    first = make_comment(article=article)
    reply = make_comment(article=article, parent=first, root=first)
    rule = make_rule(kind=Rule.Kind.EVERY, action=Rule.Action.HOLD)

    comment = post_comment(
        article=article,
        writer=writer(),
        body="Hello.",
        site=OPEN,
        parent=reply,
        seconds_taken=4.5,
    )

    comment.refresh_from_db()
    assert (comment.rule, comment.root, comment.seconds_taken) == (rule, first, 4.5)
    assert 0 <= comment.score <= 1
    assert comment.approved_at is None


@pytest.mark.django_db
def test_answer_to_a_first_comment_belongs_to_its_thread():
    parent = make_comment()

    comment = post_comment(
        article=parent.article, writer=writer(), body="Hello.", site=OPEN, parent=parent
    )

    assert comment.root == parent


@pytest.mark.django_db
def test_first_approval_leaves_its_time_and_the_second_does_not_move_it():
    user, comment = make_user(), make_comment(status=Status.PENDING)
    times = []
    for to in (Status.APPROVED, Status.SPAM, Status.APPROVED):
        transition(comment=comment, to=to, actor=user)
        comment.refresh_from_db()
        times.append(comment.approved_at)

    assert times[0] is not None
    assert times == [times[0]] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("older", [0, 200])
def test_storing_a_comment_takes_twelve_queries_however_many_there_are(older, settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    article = make_article()
    Comment.objects.bulk_create(
        Comment(article=article, name=f"N{n}", body=f"B{n}", network_hash="n", status="approved")
        for n in range(older)
    )
    Thread.objects.update_or_create(article=article)
    Comment.objects.update(created_at=timezone.now() - timedelta(hours=1))
    marta = writer(network_hash="n", website="https://example.org", user_agent="Browser")

    with CaptureQueriesContext(connection) as captured:
        comment = post_comment(
            article=article,
            writer=marta,
            body="A sentence of some length, with https://example.com in it.",
            site=SiteSettings(),
        )

    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert comment.status == Status.PENDING
    assert len(asked) <= 12, "\n".join(asked)


@pytest.mark.django_db
def test_pace_is_limited_by_person_and_by_network():
    site = SiteSettings(seconds_between_comments=15, comments_per_network_and_minute=2)
    article = make_article()
    marta = writer(network_hash="n")
    post_comment(article=article, writer=marta, body="One.", site=site)

    with pytest.raises(TooFast, match="too quickly"):
        post_comment(article=article, writer=marta, body="Two.", site=site)
    lena = writer(name="Lena", email="lena@example.org", network_hash="n")
    post_comment(article=article, writer=lena, body="Two.", site=site)
    oskar = writer(name="Oskar", email="oskar@example.org", network_hash="n")
    with pytest.raises(TooFast, match="network"):
        post_comment(article=article, writer=oskar, body="Three.", site=site)

    # Nor is what leaves no row sent without an end.
    make_rule(action="delete")
    ana = {"name": "Ana", "email": "ana@example.org"}
    post_comment(article=article, writer=writer(**ana), body="Four.", site=site)
    with pytest.raises(TooFast, match="too quickly"):
        post_comment(article=article, writer=writer(**ana), body="Five.", site=site)
    for email in ("a@example.org", "b@example.org", "c@example.org"):
        sent = {"article": article, "writer": writer(email=email, network_hash="m"), "site": site}
        if email.startswith("c"):
            with pytest.raises(TooFast, match="network"):
                post_comment(body=email, **sent)
        else:
            post_comment(body=email, **sent)
    assert Rule.objects.get(action="delete").deleted_count == 3


@pytest.mark.django_db
def test_pace_does_not_bind_moderators():
    site = SiteSettings(seconds_between_comments=15)
    article, user = make_article(), make_moderator()

    for body in ("One.", "Two."):
        post_comment(article=article, writer=Writer(user=user), body=body, site=site)

    assert Comment.objects.approved().count() == 2


@pytest.mark.django_db
def test_field_that_people_do_not_see_marks_spam():
    comment = post_comment(
        article=make_article(), writer=writer(), body="Hello.", site=OPEN, is_trapped=True
    )

    assert (comment.status, mail.outbox) == (Status.SPAM, [])


@pytest.mark.django_db(transaction=True)
def test_form_sent_eight_times_at_once_is_one_comment(at_once):
    article, marta = make_article(), writer(network_hash="n")

    comments = at_once(
        [lambda: post_comment(article=article, writer=marta, body="Hello.", site=OPEN)] * 8
    )

    assert len({comment.pk for comment in comments}) == 1
    assert Comment.objects.count() == 1
    assert thread_drift() == []


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_decide_once(at_once):
    comment = make_comment(status=Status.PENDING)
    people = [make_user(), make_user()]

    results = at_once(
        [
            lambda actor=actor: transition(
                comment=Comment.objects.get(pk=comment.pk), to=Status.APPROVED, actor=actor
            )
            for actor in people
        ]
    )

    assert sorted(results) == [False, True]
    assert Decision.objects.count() == 1
    assert thread_drift() == []


@pytest.mark.django_db
def test_restore_remembers_what_the_comment_was():
    user = make_user()
    for before in (Status.PENDING, Status.APPROVED):
        comment = make_comment(status=before)
        transition(comment=comment, to=Status.SPAM, actor=user)
        transition(comment=comment, to=Status.TRASH, actor=user)

        transition(comment=comment, to=deciding.status_before(comment), actor=user)

        assert comment.status == before


@pytest.mark.django_db
def test_deleting_keeps_the_place_of_replies_and_nothing_else():
    parent = make_comment(body="My secret.", website="https://example.org")
    make_comment(article=parent.article, parent=parent)

    deleting.delete_comment(comment=parent, actor=make_user())

    parent.refresh_from_db()
    assert parent.status == Status.REMOVED
    assert [parent.name, parent.email, parent.website, parent.body, parent.html] == [""] * 5
    assert (parent.user, parent.visitor) == (None, None)
    assert not transition(comment=parent, to=Status.APPROVED, actor=None)


@pytest.mark.django_db
def test_place_goes_with_its_last_reply():
    parent = make_comment()
    reply = make_comment(article=parent.article, parent=parent)
    deleting.delete_comment(comment=parent, actor=None)

    deleting.delete_comment(comment=reply, actor=None)

    assert Comment.objects.count() == 0


@pytest.mark.django_db
def test_many_are_deleted_at_once_and_those_that_were_answered_keep_their_place():
    article = make_article()
    answered = make_comment(article=article, status=Status.SPAM)
    kept = make_comment(article=article, parent=answered)
    place = make_comment(article=article)
    last_reply = make_comment(article=article, parent=place, status=Status.SPAM)
    make_comment(article=article, parent=last_reply, status=Status.SPAM)
    deleting.delete_comment(comment=place, actor=None)
    make_comment(article=article, status=Status.TRASH)

    count = deleting.delete_comments(
        comments=Comment.objects.filter(status=Status.SPAM), actor=make_user()
    )

    assert count == 3
    assert sorted(Comment.objects.values_list("pk", "status")) == [
        (answered.pk, Status.REMOVED),
        (kept.pk, Status.APPROVED),
        (Comment.objects.latest("pk").pk, Status.TRASH),
    ]
    assert thread_drift() == []


@pytest.mark.django_db
def test_emptying_takes_the_same_queries_for_one_and_for_a_hundred():
    article, counts = make_article(), []
    for number in (1, 100):
        Comment.objects.bulk_create(
            Comment(article=article, body="Buy.", status=Status.SPAM) for _row in range(number)
        )
        with CaptureQueriesContext(connection) as captured:
            deleting.delete_comments(comments=Comment.objects.all(), actor=None)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_comment_brought_back_while_the_spam_is_emptied_is_counted_or_gone(at_once):
    article, user = make_article(), make_user()
    for _round in range(10):
        comments = [make_comment(article=article, status=Status.SPAM) for _row in range(4)]
        at_once(
            [
                lambda: deleting.delete_comments(
                    comments=Comment.objects.filter(status=Status.SPAM), actor=user
                ),
                *(
                    lambda comment=comment: transition(
                        comment=comment, to=Status.APPROVED, actor=user
                    )
                    for comment in comments
                ),
            ]
        )

        assert thread_drift() == []
        assert not Comment.objects.filter(status=Status.SPAM).exists()


@pytest.mark.django_db
def test_reply_of_a_moderator_approves_what_it_answers():
    parent, user = make_comment(status=Status.PENDING), make_moderator()

    reply = services.reply_as(user=user, parent=parent, body="Welcome.")

    parent.refresh_from_db()
    assert (parent.status, reply.status, reply.parent) == (
        Status.APPROVED,
        Status.APPROVED,
        parent,
    )
    assert thread_drift() == []


@pytest.mark.django_db
def test_same_reply_sent_twice_is_one_reply():
    parent, user = make_comment(), make_moderator()

    first, second = (
        services.reply_as(user=user, parent=parent, body="Welcome.") for _time in range(2)
    )

    assert first == second
    assert thread_drift() == []


@pytest.mark.django_db
def test_what_was_deleted_for_good_is_neither_edited_nor_answered():
    comment, user = make_comment(), make_moderator()
    make_comment(article=comment.article, parent=comment)
    deleting.delete_comment(comment=comment, actor=user)

    services.edit_comment(
        comment=comment, actor=user, body="Back.", name="Me", email="", website=""
    )
    with pytest.raises(ParentGone):
        services.reply_as(user=user, parent=comment, body="Hello.")

    comment.refresh_from_db()
    assert (comment.status, comment.body, comment.name) == (Status.REMOVED, "", "")


@pytest.mark.django_db
def test_status_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="cannot be made"):
        transition(comment=make_comment(), to=Status.REMOVED, actor=None)


@pytest.mark.django_db
def test_counts_never_drift_whatever_happens():
    chance, user = random.Random(5), make_user()
    article = make_article()
    for number in range(150):
        comments = list(Comment.objects.all())
        comment = chance.choice(comments) if comments else None
        match chance.randrange(6) if comment else 0:
            case 0 | 1:
                approved = list(Comment.objects.approved())
                post_comment(
                    article=article,
                    writer=writer(name=f"N{number % 7}", email=f"n{number % 7}@example.org"),
                    body=f"Comment {number}",
                    parent=chance.choice([None, *approved]),
                    site=OPEN,
                )
            case 2 | 3:
                transition(comment=comment, to=chance.choice(sorted(deciding.STATES)), actor=user)
            case 4:
                if decision := comment.decisions.first():
                    batches.undo(decisions=[decision], actor=user)
            case 5:
                deleting.delete_comment(comment=comment, actor=user)

    assert Comment.objects.count() > 10
    assert thread_drift() == []


@pytest.mark.django_db
def test_drift_is_reported_and_mended():
    comment = make_comment()
    Thread.objects.update(approved_count=5)

    found = counts.fix_thread_counts()

    assert [(drift.recorded, drift.counted) for drift in found] == [((5, 0), (1, 0))]
    assert Thread.objects.get(article=comment.article).approved_count == 1


@pytest.mark.django_db
def test_reply_cannot_stand_under_the_comment_of_another_article():
    parent = make_comment()

    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(article=make_article(), parent=parent, body="Lost.")
    reply, elsewhere = make_comment(article=parent.article, parent=parent), make_article()
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=reply.pk).update(article=elsewhere)


@pytest.mark.django_db
def test_known_writer_is_known_by_name_and_address_together():
    article = make_article()
    make_comment(article=article, name="Marta", email="marta@example.org")
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))

    known = post_comment(article=article, writer=writer(name="MARTA"), body="One.", site=OPEN)
    other = post_comment(article=article, writer=writer(name="Mallory"), body="Two.", site=OPEN)

    assert (known.status, other.status) == (Status.APPROVED, Status.PENDING)
