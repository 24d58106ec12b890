"""`manage.py measure_spam`: the table, and the target on real comments where these are at hand."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

DATA = Path(__file__).parents[3] / "shared/data/spam"


def measure(*files: Path) -> dict[str, list[float]]:
    """Return the figures of each line: spam held, marked; honest comments held, marked."""
    out = StringIO()
    call_command("measure_spam", *map(str, files), stdout=out)
    lines = out.getvalue().splitlines()[1:]
    return {
        line[:26].strip(): [float(figure) for figure in re.findall(r"([\d.]+)%", line)]
        for line in lines
    }


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data/spam: other people's comments")
def test_filter_reaches_the_target_on_real_comments_both_ways():
    table = measure(DATA / "comments-1.csv", DATA / "comments-2.csv")

    for way in ("1 → 2", "2 → 1"):
        held, _marked, honest_held, honest_marked = table[f"{way}, this filter"]
        assert held >= 95
        assert honest_held <= 5
        assert honest_marked <= 0.5
        assert honest_held < table[f"{way}, plain naive Bayes"][2]


def test_table_has_a_line_for_each_way_and_filter(tmp_path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(
            "date,text,spam\n,Visit my shop &lt;3 https://shop.example,1\n,I read it twice,0\n"
        )

    table = measure(tmp_path / "one.csv", tmp_path / "two.csv")

    assert list(table) == [
        "1 → 2, this filter",
        "1 → 2, plain naive Bayes",
        "2 → 1, this filter",
        "2 → 1, plain naive Bayes",
        "nothing learnt → 1",
        "nothing learnt → 2",
    ]
    assert table["1 → 2, this filter"] == [100, 100, 0, 0]


@pytest.mark.parametrize("content", ["", "text\nhello\n", "text,spam\nhello,1\n", "\x00\xff"])
def test_other_files_are_refused_with_their_name(tmp_path, content):
    path = tmp_path / "odd.csv"
    path.write_text(content, encoding="latin-1")

    with pytest.raises(CommandError, match=r"odd\.csv"):
        measure(path, path)
