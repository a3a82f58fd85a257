"""Where in a file its table lies: its names, where values begin, and where they end.

Rows above and below that are not like the others are a title, names, units or a footer.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from explorer.data.decoding import named, short
from explorer.data.delimiters import (
    MAX_TIMES,
    Row,
    are_counted,
    delimiter_of,
    is_prose,
    read_rows,
    shape_of,
    width_of,
)
from explorer.data.marks import is_measured
from explorer.data.mixed_spans import YEAR
from explorer.data.number_cells import is_empty
from explorer.data.numbers import is_number
from explorer.data.tidy import tidied
from explorer.data.time_cells import looks_like_time
from explorer.data.time_columns import time_columns
from explorer.data.unit_rows import is_units
from explorer.data.widths import most_columns, too_wide
from explorer.errors import N_, ExplorerError, Words

TOP_LINES, BOTTOM_LINES = 300, 40
"""Lines in which a header is looked for, and a footer."""

COMMENT = re.compile("[#@]|//|![^0-9]|%(?![0-9])|;")
"""How a line begins that is no row: what stands there is for people."""

COMMENTED = re.compile(f"^({COMMENT.pattern})+ *")


class Layout(NamedTuple):
    """Where values lie."""

    parted_by: str
    width: int  # cells of a usual row
    widest: int  # cells of the widest of the first rows
    first: int  # line where values begin, from 0
    end: int  # line after the last of them
    names: tuple[str, ...]  # as they stand there; empty ones where there are none
    skipped: tuple[Words, ...]  # what was left out, for people


def find_layout(text: str, filename: str) -> Layout:
    """Where the values lie in a file's text.

    Raises:
        ExplorerError: if it has too many columns, or rows with more fields than names.
    """
    lines = text.split("\n")
    declared = re.fullmatch(r"\"?sep=(.)\"?", lines[0].strip(), re.IGNORECASE)
    start = 1 if declared else 0
    top = "\n".join(lines[start : start + TOP_LINES])
    parted_by = declared[1] if declared else delimiter_of(top)
    most = most_columns(lines[start], parted_by, filename)
    rows = [(n + start, row) for n, row in read_rows(top, parted_by)]
    last = rows[-1][1] if rows else []
    if text.count('"') % 2 and any("\n" in cell for cell in last):
        raise uneven(filename, Words(N_("a quotation mark is opened and never closed")))
    width, kinds = shape_of([row for _, row in rows])
    begun = next((k for k, (_, row) in enumerate(rows) if _begins(row, kinds)), 1)
    first = rows[begun][0] if begun < len(rows) else len(lines)
    above = rows[:begun]
    no_last = all(row[width - 1] == "" for _, row in rows[begun:] if len(row) == width)
    names, used = _names(above, width, no_last and begun < len(rows), first)
    _check_names(above, rows[begun:], parted_by, width, kinds, filename)
    end = _end(lines, parted_by, kinds, first)
    left_above = [row for k, row in enumerate(above) if k not in used]
    skipped = _skipped(left_above, lines[end:])
    widest = max((len(row) for _, row in rows[begun:]), default=width)
    if widest > max(most, _most_times([row for _, row in rows[: begun + 1]])):
        raise too_wide(filename, widest)
    return Layout(parted_by, width, max(width, widest), first, end, names, skipped)


def _most_times(tops: list[list[str]]) -> int:
    """How many columns there may be where a row above the values names times."""
    return MAX_TIMES if any(map(time_columns, tops)) else 0


def is_table(text: str) -> bool:
    """Whether a text without a telling name is a table: rows of numbers or times with
    few words, or one number a line.

    >>> is_table("t;v\\n" + "1;2\\n" * 9), is_table("1\\n2\\n3"), is_table("A fox, and")
    (True, True, False)
    """
    top = tidied("\n".join(text.split("\n")[:TOP_LINES]))
    rows = [row for _, row in read_rows(top, delimiter_of(top))]
    if len(rows) < 3:
        return False
    width, kinds = shape_of(rows)
    typed = sum(kind != "text" for kind in kinds)
    alike = sum(_fits(row, kinds) for row in rows) / len(rows)
    if "number" not in kinds or is_prose(rows, kinds):
        return False
    return typed >= width / 2 and alike >= 0.5


def _begins(row: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether a row is one of values and half as wide as they are at least."""
    return 2 * len(row) > len(kinds) and _fits(row, kinds)


def _fits(row: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether a row is one of values: its time is one, or most of its numbers are."""
    if COMMENT.match(row[0]):
        return False
    pairs = [(c, k) for c, k in zip(row, kinds, strict=False) if k != "text" and c]
    times = [cell for cell, kind in pairs if kind == "time"]
    numbers = [is_measured(c) or is_empty(c) for c, kind in pairs if kind == "number"]
    measured = 2 * sum(numbers) > len(numbers)
    if "time" in kinds and times:
        years = measured and all(map(YEAR.fullmatch, times))
        return years or all(map(looks_like_time, times))
    return measured


def _names(
    above: list[Row], width: int, no_last: bool, first: int
) -> tuple[tuple[str, ...], set[int]]:
    """What the columns are called, and which rows say so; values begin at line `first`.

    Right above the values may stand a row of units, and under the names one that names
    the first column alone, with constant levels between, as downloads have them.
    """
    k, alone = len(above) - 1, ""
    used: set[int] = set()
    if k > 0 and width > 1 and len(above[k][1]) == width and width_of(above[k][1]) == 1:
        alone, used, k = above[k][1][0], {k}, k - 1
    below = [line for line, _ in above[1:]] + [first]
    while (
        k > 0
        and (
            (
                above[k][0] - above[k - 1][0]
                <= below[k] - above[k][0]  # no gap between
                and _as_names(above[k - 1][1], width) is not None
                and is_units(_plain(above[k][1]), _plain(above[k - 1][1]), width)
            )
            or (alone and len(set(above[k][1][1:])) == 1)
            or _as_names(above[k][1], width, no_last) is None
        )
    ):
        k -= 1
    k = _without_values(above, k, width)
    names = _as_names(above[k][1], width, no_last) if k >= 0 else None
    if names is None:
        return ("",) * width, set()
    used.add(k)
    upper = _as_names(above[k - 1][1], width) if alone and k else None
    if upper and len(set(names[1:])) < width - 1:
        names = [f"{a} {b}".strip() for a, b in zip(upper, names, strict=True)]
        used.add(k - 1)
    return (alone or names[0], *names[1:]), used


def _without_values(above: list[Row], k: int, width: int) -> int:
    """The row of names at k or above it: one that says a number or a time is a fact,
    such as when the file was made, where a row above says neither."""
    for j in range(k, -1, -1):
        cells = _as_names(above[j][1], width)
        if cells and not any(is_number(c) or looks_like_time(c) for c in cells):
            return j
    return k


def _as_names(row: list[str], width: int, no_last: bool = False) -> list[str] | None:
    """A row as names of so many columns, if it is as wide; a comment sign is no name.

    A row of labels in front of the values may have none, nor has what ends each row
    with a sign too many: `no_last`.
    """
    cells = list(row)
    if cells[0].startswith("@"):
        return None  # a command to a plotting program
    cells[0] = COMMENTED.sub("", cells[0])
    if len(cells) == width - 1 and width > 2:
        return [*cells, ""] if no_last else ["", *cells]
    if len(cells) > width and not any(cells[width:]):
        cells = cells[:width]
    if len(cells) != width or (width > 1 and width_of(cells) < 2):
        return None
    return cells


def _plain(row: list[str]) -> list[str]:
    """A row without the sign of a comment before it."""
    return [COMMENTED.sub("", row[0]), *row[1:]]


def _check_names(
    above: list[Row],
    below: list[Row],
    parted_by: str,
    width: int,
    kinds: Sequence[str],
    filename: str,
) -> None:
    """See that a row of one name too few leaves out that of labels before the values,
    and that no decimal comma was taken for the end of a field."""
    header = above[-1][1] if above else []
    if len(header) != width - 1 or width < 3 or not below:
        return
    rows = [row for _, row in below if len(row) == width]
    whole = all(re.fullmatch(r"[-+]?[0-9]+", c) for row in rows for c in row[-2:])
    if parted_by == "," and kinds[0] == "time" and whole:
        raise ExplorerError(
            N_(
                "A field ends where a comma stands, but '%(file)s' names %(names)d "
                "columns and has %(came)d fields a row: its decimal commas look like "
                "ends. Part the fields by semicolons, or put quotation marks around "
                "them."
            ),
            file=named(filename),
            names=len(header),
            came=width,
        )
    labels = [row[0] for row in rows]
    if kinds[0] == "number" and not are_counted(labels):
        words = N_("line %(row)d has %(came)d fields, the names above are %(names)d")
        found = {"row": below[0][0] + 1, "came": width, "names": len(header)}
        raise uneven(filename, Words(words, found))


def uneven(filename: str, reason: str | Words) -> ExplorerError:
    """The error for a table whose rows cannot be told apart into fields."""
    return ExplorerError(
        N_(
            "A table needs the same number of fields in every row, but '%(file)s' "
            "could not be read: %(reason)s. Mend that row."
        ),
        file=named(filename),
        reason=reason,
    )


def _end(lines: list[str], parted_by: str, kinds: Sequence[str], first: int) -> int:
    """The line after the last row of values: a footer is narrower than they are, or has
    words where times are."""
    end = len(lines)
    while end > first and not lines[end - 1].strip():
        end -= 1
    if any(line.count('"') % 2 for line in lines[max(first, end - BOTTOM_LINES) : end]):
        return end  # a cell goes over several lines
    last = end
    for k in range(end - 1, max(first, end - BOTTOM_LINES) - 1, -1):
        if not lines[k].strip():
            continue
        cells = read_rows(lines[k], parted_by)
        row = cells[0][1] if cells else [lines[k]]
        apart = len(kinds) > 1 or not lines[k - 1].strip() or COMMENT.match(row[0])
        alone = len(row) == 1 and len(kinds) > 2
        other = alone or not _fits(row, kinds)
        if "text" not in kinds[:1] and other and apart:
            last = k
        else:
            break
    while last > first and not lines[last - 1].strip():
        last -= 1
    return last


def _skipped(above: list[Row], below: list[str]) -> tuple[Words, ...]:
    remarks = []
    if above:
        shown = short(" ".join(cell for cell in above[0][1] if cell))
        words = N_("rows above the values (%(count)s), the first is '%(shown)s'")
        remarks.append(Words(words, {"count": f"{len(above):,}", "shown": shown}))
    kept = [line for line in below if line.strip(" \t,;|")]
    if kept:
        words = N_("rows below the values (%(count)s), the first is '%(shown)s'")
        remarks.append(
            Words(words, {"count": f"{len(kept):,}", "shown": short(kept[0])})
        )
    return tuple(remarks)
