"""How many columns a table may have, told by its first line."""

import csv
from contextlib import suppress

from explorer.data.decoding import named
from explorer.data.delimiters import MAX_COLUMNS, MAX_TIMES
from explorer.data.time_columns import time_columns
from explorer.errors import N_, ExplorerError


def most_columns(first_line: str, parted_by: str, filename: str) -> int:
    """How many columns a table may have: few, or more where they are times.

    Raises:
        ExplorerError: if its first line has more, before all are taken apart.
    """
    width = first_line.count(parted_by) + 1
    if not MAX_COLUMNS < width <= 100 * MAX_COLUMNS:
        if width > MAX_COLUMNS:
            raise too_wide(filename, width)
        return MAX_COLUMNS
    names = first_line.split(parted_by)
    with suppress(csv.Error):  # too large a field; the count of separators stands
        names = next(csv.reader([first_line], delimiter=parted_by))
    most = MAX_TIMES if time_columns(names[: MAX_TIMES + 1]) else MAX_COLUMNS
    if len(names) > most:
        raise too_wide(filename, len(names))
    return most


def too_wide(filename: str, width: int) -> ExplorerError:
    """The error for a table of more columns than there may be."""
    return ExplorerError(
        N_(
            "A table may have %(most)d columns, but '%(file)s' has %(came)d. Write "
            "one row per time step, and few columns."
        ),
        most=MAX_COLUMNS,
        file=named(filename),
        came=width,
    )
