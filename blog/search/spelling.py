"""“Did you mean”: the nearest words that stand in titles, headings and tags of this site."""

from collections import Counter
from difflib import get_close_matches

from blog.search.queries import visible_titles
from blog.search.query import Query, words_of

_MOST_READ = 2_000  # articles
_MOST_WORDS = 3
_LEAST_LETTERS = 4
_LIKENESS = 0.75  # of 1


def did_you_mean(query: Query) -> str:
    """Return the query with near words in place of the unknown ones, or nothing: where nothing was found."""
    asked = [word for word in query.words() if _LEAST_LETTERS <= len(word) <= 30][:_MOST_WORDS]
    if not asked or query.filters:
        return ""
    stem = query.stem
    known: Counter[str] = Counter()
    for title, head in visible_titles(_MOST_READ):
        known.update(words_of(f"{title} {head}"))
    stems = {stem(word) for word in known}
    better = {}
    for word in asked:
        if stem(word) in stems:
            continue
        # Most errors leave the first or the second letter and the length about as they are.
        near = [
            other
            for other, _count in known.most_common()
            if abs(len(other) - len(word)) <= 2 and (other[0] == word[0] or other[1:2] == word[1])
        ]
        if match := get_close_matches(word, near, n=1, cutoff=_LIKENESS):
            better[word] = match[0]
    return " ".join(better.get(word, word) for word in query.words()) if better else ""
