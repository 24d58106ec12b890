"""What no check constraint can hold: a reply stands under the article and in the thread of its parent.

And what SQLite's full-text table needs to know of each comment; PostgreSQL's index follows by itself.
"""

from blog.site.triggers import Trigger

_MESSAGE = "A reply belongs to the article of its parent."
_IS_ASTRAY = (
    "NEW.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM comments_comment parent"
    " WHERE parent.id = NEW.parent_id AND parent.article_id = NEW.article_id)"
)


def _parent_rule(event: str, suffix: str) -> Trigger:
    name = f"comment_parent_same_article_{suffix}"
    return Trigger(
        name=name,
        table="comments_comment",
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE {event} ON comments_comment FOR EACH ROW WHEN {_IS_ASTRAY}"
            f" BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
        ),
        postgresql=(
            "CREATE OR REPLACE FUNCTION comment_parent_same_article() RETURNS trigger AS $$"
            f" BEGIN IF {_IS_ASTRAY} THEN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'check_violation';"
            " END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} BEFORE {event} ON comments_comment FOR EACH ROW"
            " EXECUTE FUNCTION comment_parent_same_article()",
        ),
    )


_ROOT = (
    "SELECT COALESCE(parent.root_id, parent.id) FROM comments_comment parent"
    " WHERE parent.id = NEW.parent_id"
)


def _root_rule(event: str, suffix: str) -> Trigger:
    """Return the trigger that sets the first comment of the thread, whoever writes the row."""
    name = f"comment_root_{suffix}"
    return Trigger(
        name=name,
        table="comments_comment",
        sqlite=(
            f"CREATE TRIGGER {name} AFTER {event} ON comments_comment FOR EACH ROW"
            f" WHEN NEW.root_id IS NOT ({_ROOT})"
            f" BEGIN UPDATE comments_comment SET root_id = ({_ROOT}) WHERE id = NEW.id; END",
        ),
        postgresql=(
            "CREATE OR REPLACE FUNCTION comment_root() RETURNS trigger AS $$"
            f" BEGIN NEW.root_id := ({_ROOT}); RETURN NEW; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} BEFORE {event} ON comments_comment FOR EACH ROW"
            " EXECUTE FUNCTION comment_root()",
        ),
    )


_FORGET = (
    "INSERT INTO comments_search(comments_search, rowid, body, name, email, website)"
    " VALUES ('delete', OLD.id, OLD.body, OLD.name, OLD.email, OLD.website);"
)
_LEARN = (
    "INSERT INTO comments_search(rowid, body, name, email, website)"
    " VALUES (NEW.id, NEW.body, NEW.name, NEW.email, NEW.website);"
)


def _search(event: str, what: str, body: str) -> Trigger:
    name = f"comment_search_{event}"
    return Trigger(
        name=name,
        table="comments_comment",
        sqlite=(
            f"CREATE TRIGGER {name} AFTER {what} ON comments_comment FOR EACH ROW BEGIN {body} END",
        ),
        postgresql=(),
    )


TRIGGERS = [
    _parent_rule("INSERT", "insert"),
    _parent_rule("UPDATE OF parent_id, article_id", "update"),
    _root_rule("INSERT", "insert"),
    _root_rule("UPDATE OF parent_id, root_id", "update"),
    _search("insert", "INSERT", _LEARN),
    _search("update", "UPDATE OF body, name, email, website", f"{_FORGET} {_LEARN}"),
    _search("delete", "DELETE", _FORGET),
]
