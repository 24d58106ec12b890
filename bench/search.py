"""Measure searches and suggestions, and lay them beside the budgets.

    uv run python bench/search.py               # 100,000 articles in var/bench-search, made on the first run
    uv run python bench/search.py --postgres    # the same on a PostgreSQL of its own, gone afterwards

Each is asked for again and again in this process, as the view does it: words to rows in order, without
the page around them. A common word stands in every article. "cut" is what the limit of time has ended.
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
    "{number} category:section-1": ("a rare word, by category", RARE),
    "bridge": ("a word of every article", COMMON),
    "bridge garden letter window": ("four words of every article", COMMON),
    "a the of and to in that it is was": ("ten words of every article", COMMON),
    '"quiet river"': ("a phrase", COMMON),
    '"river bridge quiet"': ("a phrase of hardly any", COMMON),
    '"the a of and to in that it is was"': ("a phrase of none", COMMON),
    "bridge -zebra": ("a word, and not another", COMMON),
    "bridge -garden -river": ("a word, and not two others", COMMON),
    "the -the": ("a word, and not the same", COMMON),
    "brid": ("the beginning of a word", COMMON),
    "a b c d e f g h i j": ("ten letters", COMMON),
    "bridge category:section-1": ("a word, by category", COMMON),
    "bridge tag:tag-7": ("a word, by tag", COMMON),
    "bridge author:author-3": ("a word, by author", COMMON),
    "bridge year:2001": ("a word, by year", COMMON),
    "bridge rating:4": ("a word, by rating", COMMON),
    "bridge tag:none": ("a word, by a tag that nothing has", COMMON),
    "bridge tag:tag-7 rating:4": ("a word, by two filters", COMMON),
    "bridge tag:tag-7 author:author-3 year:2001": ("a word, by three", COMMON),
    "bridge category:section-1 rating:4 tag:tag-2": ("a word, by three others", COMMON),
    "bridge garden letter window category:section-1": ("four words, by category", COMMON),
    '"quiet river" tag:tag-7': ("a phrase, by tag", COMMON),
    "category:section-1": ("no word, by category", COMMON),
    "tag:tag-7 rating:4": ("no word, by two filters", COMMON),
    "year:2001": ("no word, by year", COMMON),
    "bridge type:comment": ("a word, in comments", COMMON),
    '"quiet river" type:comment': ("a phrase, in comments", COMMON),
    "bridge type:comment tag:tag-7": ("comments, by tag", COMMON),
    "bridge type:comment year:2001": ("comments, by year", COMMON),
    "bridge type:comment rating:4": ("comments, by rating", COMMON),
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
    narrow = parse("bridge category:section-1")
    for place, before in (("its older matches", number), ("its last matches", 2_500)):
        found.append((place, "bridge", COMMON, partial(search, common, before=before)))
    found.append(("older ones, by category", "…", COMMON, partial(search, narrow, before=number)))
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
        cpu, wall, database = measure(call)
        result = call()  # with all that is asked for in memory
        spent = cpu + database
        beyond += spent > most
        print(
            f"{what:34} {typed:44} {len(result):>6} {wall:7.1f} {cpu:7.1f} {database:9.1f} {most:>7}"
            f"{'  cut' if getattr(result, 'is_cut', False) else ''}{'  beyond' if spent > most else ''}",
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
