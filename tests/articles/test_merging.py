"""What two people made of one text, put together."""

import pytest

from blog.articles.merging import Choice, merge_bodies, merge_values


def html(letters: str) -> str:
    """Return a paragraph for each letter."""
    return "".join(f"<p>{letter}</p>" for letter in letters)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        pytest.param("abc", "abc", "abc", "abc", id="nothing changed"),
        pytest.param("", "", "", "", id="empty"),
        pytest.param("", "ab", "", "ab", id="mine began"),
        pytest.param("", "", "ab", "ab", id="theirs began"),
        pytest.param("", "ab", "ab", "ab", id="both began alike"),
        pytest.param("abc", "", "abc", "", id="mine emptied"),
        pytest.param("abc", "Abc", "abC", "AbC", id="both ends"),
        pytest.param("ab", "Ab", "aB", "AB", id="neighbours"),
        pytest.param("abc", "Xabc", "abcY", "XabcY", id="inserted at both ends"),
        pytest.param("abc", "bc", "ab", "b", id="deleted at both ends"),
        pytest.param("abc", "ac", "ac", "ac", id="deleted by both"),
        pytest.param("abc", "aXc", "aXc", "aXc", id="changed alike"),
        pytest.param("abc", "abXc", "aBc", "aBXc", id="inserted after what they changed"),
        pytest.param("abc", "aXbc", "aBc", "aXBc", id="inserted before what they changed"),
        pytest.param("abc", "aXbc", "ac", "aXc", id="inserted before what they deleted"),
        pytest.param("abcde", "bcdea", "abcDe", "bcDea", id="moved"),
        pytest.param("aaaa", "aaa", "aaaaB", "aaaB", id="repeated blocks"),
        pytest.param("äß字👩‍🚀c", "ÄSS字👩‍🚀c", "äß字👩‍🚀C", "ÄSS字👩‍🚀C", id="unicode"),
    ],
)
def test_changes_that_do_not_touch_are_taken(base, mine, theirs, merged):
    merge = merge_bodies(html(base), html(mine), html(theirs))
    other = merge_bodies(html(base), html(theirs), html(mine))

    assert (merge.conflicts, merge.html()) == ([], html(merged))
    assert other.html() == html(merged)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "conflict"),
    [
        pytest.param("abc", "aXc", "aYc", ("b", "X", "Y"), id="changed differently"),
        pytest.param("", "X", "Y", ("", "X", "Y"), id="both began"),
        pytest.param("ab", "aXb", "aYb", ("", "X", "Y"), id="inserted at one place"),
        pytest.param("ab", "abX", "abY", ("", "X", "Y"), id="appended"),
        pytest.param("abc", "ac", "aYc", ("b", "", "Y"), id="deleted what they changed"),
        pytest.param("abcd", "aXYd", "abZd", ("bc", "XY", "bZ"), id="one in the other"),
        pytest.param("abcd", "", "abYd", ("abcd", "", "abYd"), id="emptied"),
        pytest.param("abc", "bca", "Abc", ("a", "", "A"), id="moved what they changed"),
    ],
)
def test_changes_that_overlap_are_asked(base, mine, theirs, conflict):
    merge = merge_bodies(html(base), html(mine), html(theirs))

    (part,) = merge.conflicts
    assert (part.base, part.mine, part.theirs) == tuple(map(html, conflict))
    with pytest.raises(ValueError, match="1 choices"):
        merge.html()


def test_choice_stands_and_everything_else_too():
    merge = merge_bodies(html("abcd"), html("aXcdE"), html("AbcD"))
    assert merge.html() == html("AXcDE")

    merge = merge_bodies(html("abcd"), html("XbcM"), html("abcT"))
    for choice, letters in [
        (Choice.MINE, "XbcM"),
        (Choice.THEIRS, "XbcT"),
        (Choice.BOTH, "XbcTM"),
    ]:
        assert merge.html([choice]) == html(letters)


def test_no_block_is_lost_that_only_one_side_touched():
    """Try every pair of small changes to a text of four blocks."""
    base = "abcd"
    variants = {
        base[:start] + put + base[stop:]
        for start in range(5)
        for stop in range(start, 5)
        for put in ("", "X", "XY")
    }
    for mine in variants:
        for theirs in {variant.replace("X", "V").replace("Y", "W") for variant in variants}:
            merge = merge_bodies(html(base), html(mine), html(theirs))
            for choice, side in [(Choice.MINE, mine), (Choice.THEIRS, theirs)]:
                merged = merge.html([choice] * len(merge.conflicts))
                for letter in set(side) - set(base):
                    assert f"<p>{letter}</p>" in merged, (mine, theirs)
                for letter in set(base) & set(mine) & set(theirs):
                    assert f"<p>{letter}</p>" in merged, (mine, theirs)


def test_blocks_of_any_kind_and_space_between_them():
    base = "<p>a</p>\n<ul><li>one</li></ul>\n<hr>"
    mine = "<p>a</p><ul><li>one</li><li>two</li></ul><hr>"
    theirs = '<p>a</p><ul><li>one</li></ul><figure><img src="/x.jpg" alt=""></figure><hr>'

    merged = merge_bodies(base, mine, theirs).html()

    assert merged == (
        '<p>a</p><ul><li>one</li><li>two</li></ul><figure><img src="/x.jpg" alt=""></figure><hr>'
    )


def test_values_are_of_who_changed_them():
    base = {"title": "A", "slug": "a", "excerpt": "", "subtitle": "s"}
    mine = {"title": "B", "slug": "a", "excerpt": "mine", "subtitle": "same"}
    theirs = {"title": "A", "slug": "b", "excerpt": "theirs", "subtitle": "same"}

    assert merge_values(base, mine, theirs) == {
        "title": Choice.MINE,
        "slug": Choice.THEIRS,
        "excerpt": None,
    }
