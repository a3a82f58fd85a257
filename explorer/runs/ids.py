"""Names that nobody can guess, words that every database can hold, and moments."""

import secrets
from datetime import UTC, datetime


def new_id() -> str:
    """A name of 16 letters, digits and underscores."""
    return secrets.token_urlsafe(12).replace("-", "_")


def written(moment: datetime) -> str:
    """A moment as the tables hold it: ISO 8601, in UTC, sorted as it happened."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def now() -> str:
    """This moment, written."""
    return written(datetime.now(UTC))


def storable(words: str) -> str:
    """Words without what some database cannot hold: NUL and halves of characters.

    >>> storable("a\\0b\\ud800c 数")
    'abc 数'
    """
    whole = words.encode("utf-8", "ignore").decode("utf-8")
    return whole.replace("\0", "")
