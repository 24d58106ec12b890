"""What the filter looks at: one comment as plain values, without the models of the comments."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One comment as it came. Only text, name, domain of the email and website are learnt from.

    The browser is not: it is forgotten after some weeks, and what cannot be read again cannot be
    unlearnt. The other numbers describe how the comment came; they weigh the same on every site.
    """

    body: str
    name: str = ""
    email: str = ""
    website: str = ""
    user_agent: str = ""
    links: int = 0  # web addresses in the body, where the caller has counted them
    own_host: str = ""  # links to it are no links: readers quote the page they are on
    seconds_taken: float | None = None  # from page to post; None: unknown, never a penalty
    is_trapped: bool = False  # filled in the field that people do not see
    copies: int = 0  # the same text elsewhere on this site, lately
    network_spam: int = 0  # spam from the same network, lately


@dataclass(frozen=True)
class Score:
    """The verdict: 0 is honest and 1 is spam, with what speaks for it as values for JSON.

    From HOLD_FROM a moderator should look, from SPAM_FROM nobody needs to.
    """

    value: float
    signals: list[list[object]]


HOLD_FROM, SPAM_FROM = 0.5, 0.95
