"""`manage.py recount`: says what is off, mends it, and tells a script by its exit code."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from blog.articles.models import Revision
from blog.comments.models import Thread
from blog.ratings.models import RatingSummary
from blog.transfer.management.commands.recount import Command
from tests.factories import make_article, make_burst, make_comment, make_rating


def recount(*args: str) -> list[str]:
    out = StringIO()
    try:
        call_command("recount", *args, stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), f"exit {error.returncode}: {error}"]
    return [*out.getvalue().splitlines(), "exit 0"]


def make_drift() -> None:
    article = make_article(pk=7, title="Off")
    make_rating(article=article, stars=2)
    make_comment(article=article)
    RatingSummary.objects.update(count=1, total=5, c2=0, c5=1)
    Thread.objects.update(approved_count=9)


@pytest.mark.django_db
def test_clean_totals_are_reported_as_clean():
    make_rating()
    make_comment()

    assert recount() == recount("--fix") == ["All totals equal their rows.", "exit 0"]


@pytest.mark.django_db
def test_drift_is_reported_and_left_alone():
    make_drift()

    assert recount() == recount()
    assert recount() == [
        "Ratings of article 7 (Off): totals say 1 (0 0 0 0 1), votes say 1 (0 1 0 0 0)",
        "Comments of article 7 (Off): counts say 9 approved and 0 waiting, comments say 1 and 0",
        "exit 1: 2 totals differ from their rows. Mend them with --fix.",
    ]


@pytest.mark.django_db
def test_drift_is_mended():
    make_drift()

    assert recount("--fix")[2:] == ["2 totals mended.", "exit 0"]

    assert recount() == ["All totals equal their rows.", "exit 0"]
    assert RatingSummary.objects.get().average == 2
    assert Thread.objects.get().approved_count == 1


@pytest.mark.django_db
def test_likes_and_reports_are_counted_and_mended():
    comment = make_comment(pk=9, like_count=2, report_count=1)

    assert recount() == [
        "Voices about comment 9: counts say 2 likes and 1 open reports, rows say 0 and 0",
        "exit 1: 1 total differs from its rows. Mend it with --fix.",
    ]
    assert recount("--fix")[1:] == ["1 total mended.", "exit 0"]
    comment.refresh_from_db()
    assert (comment.like_count, comment.report_count) == (0, 0)


@pytest.mark.django_db
def test_words_of_a_text_without_spaces_are_counted_and_mended():
    article = make_article(pk=7, title="Off", body=f"<p>{'\u6f6e' * 800}</p>" * 2)
    revision = Revision.objects.create(article=article, version=1, data={"body": article.body})
    Revision.objects.update(word_count=2)

    assert recount() == [
        "Words of article 7 (Off): the row says 1, the text has 800",
        "exit 1: 1 total differs from its rows. Mend it with --fix.",
    ]
    assert recount("--fix")[1:] == ["1 total mended.", "exit 0"]
    assert recount() == ["All totals equal their rows.", "exit 0"]
    article.refresh_from_db()
    revision.refresh_from_db()
    assert (article.word_count, revision.word_count) == (800, 800)
    assert article.fold_at


@pytest.mark.django_db
def test_verifying_says_what_was_compared_and_changes_nothing():
    article = make_rating().article
    make_burst(article=article, votes=2)

    assert recount("--verify") == [
        "Totals: 1. Votes in them: 1. Votes set aside: 2. Votes of a former site: 0.",
        "All totals equal their rows.",
        "exit 0",
    ]
    RatingSummary.objects.update(count=3, total=6, c1=2)
    assert recount("--verify") == recount("--verify")
    assert recount("--verify")[1:] == [
        f"Ratings of article {article.pk} ({article.title}): totals say 3 (2 0 0 1 0),"
        " votes say 1 (0 0 0 1 0)",
        "exit 1: 1 total differs from its rows. Mend it with --fix.",
    ]


def test_verifying_and_fixing_are_two_things():
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("recount", "--verify", "--fix")


@pytest.mark.django_db(transaction=True)  # the command closes the connection at its end
def test_exit_code_reaches_the_shell(capsys):
    def exit_code(*args: str) -> int:
        try:
            Command().run_from_argv(["manage.py", "recount", *args])
        except SystemExit as end:
            return end.code
        return 0

    make_drift()

    assert [exit_code(), exit_code("--fix"), exit_code()] == [1, 0, 0]
    assert capsys.readouterr().err == (
        "CommandError: 2 totals differ from their rows. Mend them with --fix.\n"
    )
