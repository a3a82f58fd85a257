"""Names that nobody can guess, and the moment that something is entered at."""

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
