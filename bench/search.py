"""Measure searches and suggestions, and lay them beside the budgets.

    uv run python bench/search.py               # 100,000 articles in var/bench-search, made on the first run
    uv run python bench/search.py --postgres    # the same on a PostgreSQL of its own, gone afterwards

Each is asked for again and again in this process, as the view does it: words to rows in order, without
the page around them. The texts have some hundred words, so a common one stands in every article.
"""

import argparse
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from make_site import ROOT, add_size_options, configure, make_site
from pages import measure, own_server

RARE, COMMON, SUGGESTION = 50, 200, 20  # milliseconds
SEARCHES = {
    # query: (what it is, most milliseconds)
    "{number}": ("a word of one article", RARE),
    "river {number}": ("a rare and a common word", RARE),
    "brigde": ("a word of none", RARE),
    "bridge": ("a word of every article", COMMON),
    "bridge garden letter window": ("four words of every article", COMMON),
    '"quiet river"': ("a phrase", COMMON),
    "bridge -zebra": ("a word, and not another", COMMON),
    "bridge tag:tag-7": ("a word, by tag", COMMON),
    "bridge author:author-3": ("a word, by author", COMMON),
    "bridge year:2001": ("a word, by year", COMMON),
    "bridge rating:4": ("a word, by rating", COMMON),
    "bridge tag:tag-7 author:author-3 year:2001": ("a word, by three filters", COMMON),
    "bridge tag:none": ("a word, by a tag that nothing has", COMMON),
    "brid": ("the beginning of a word", COMMON),
    "bridge type:comment": ("a word, in comments", COMMON),
    "category:section-1": ("no word, by category", COMMON),
    "a b c d e f g h i j": ("ten letters", COMMON),
}
SUGGESTIONS = ("br", "ma", "brid", "quiet river m", "{number}", "zz")
MISTYPED = "brigde rivr gardn"


def rows(number: int) -> list[tuple[str, str, float, Callable[[], object]]]:
    """Return for each thing to measure its kind, what is typed, its budget, and the call."""
    from blog.search.queries import search
    from blog.search.query import parse, words_of
    from blog.search.spelling import did_you_mean
    from blog.search.suggesting import suggest

    found = []
    for text, (what, most) in SEARCHES.items():
        query = parse(text.format(number=number))
        found.append((what, text.format(number=number), most, partial(search, query)))
    common = parse("bridge")
    found.append(
        ("a common word, by date", "bridge", COMMON, partial(search, common, by_date=True))
    )
    older = search(common).older_than
    found.append(("its older matches", "bridge", COMMON, partial(search, common, before=older)))
    found.append(("did you mean", MISTYPED, COMMON, partial(did_you_mean, parse(MISTYPED))))
    for text in SUGGESTIONS:
        typed = text.format(number=number)
        found.append(("suggestions", typed, SUGGESTION, partial(suggest, words_of(typed))))
    return found


def report(number: int) -> int:
    """Print the table; return how many are beyond their budget."""
    print(
        f"{'what':34} {'typed':44} {'found':>6} {'ms':>7} {'CPU':>7} {'database':>9} {'budget':>7}"
    )
    beyond = 0
    for what, typed, most, call in rows(number):
        result = call()
        cpu, wall, database = measure(call)
        spent = cpu + database
        beyond += spent > most
        print(
            f"{what:34} {typed:44} {len(result):>6} {wall:7.1f} {cpu:7.1f} {database:9.1f} {most:>7}"
            f"{'  beyond' if spent > most else ''}",
            flush=True,
        )
    return beyond


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--postgres", action="store_true", help="measure on a PostgreSQL server of its own"
    )
    add_size_options(parser)
    parser.set_defaults(articles=100_000, ratings=200_000)
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.postgres:
            server = stack.enter_context(own_server())
            os.environ["DATABASE_URL"] = f"{server.rpartition('/')[0]}/postgres"
        os.environ.setdefault("DATA_DIR", str(ROOT / "var" / "bench-search"))
        configure()
        from django.db import OperationalError, ProgrammingError, connection

        from blog.articles.models import Article

        try:
            is_filled = Article.objects.exists()
        except (OperationalError, ProgrammingError):  # no tables yet
            is_filled = False
        if not is_filled:
            make_site(
                articles=options.articles, comments=options.comments, ratings=options.ratings
            )
        count = Article.objects.count()
        print(f"{connection.vendor}, {count:,} articles", flush=True)
        raise SystemExit(1 if report(count // 2) else 0)


if __name__ == "__main__":
    main()
