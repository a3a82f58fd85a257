"""What parts the fields of a table, told by its first rows.

Each sign that may part them is tried, quotes respected. It wins where rows are equally
wide and most columns are numbers or times.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from explorer.data.marks import is_measured
from explorer.data.number_cells import is_empty
from explorer.data.numbers import is_number
from explorer.data.time_cells import looks_like_time

SIGNS = ("\t", ";", "|", ",", "~", "^", ":")

RARE = ("~", "^", ":")
"""Signs that part fields where no other does and most are numbers and times; a colon
where all are."""

CLOCK = re.compile(r"(?<![0-9.:/-])[0-2]?[0-9]:[0-5][0-9](?![0-9])")
"""What a colon would take apart."""

DATE_AND_NUMBER = re.compile(
    r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}: ?"
    r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)"
)
"""What a comma leaves of a date, a colon and a decimal number: no form of dates has an
hour right after a colon."""

BLANKS = " "
"""Any run of blanks parts fields."""

WHOLE = "\x1f"
"""Parts nothing: one column."""

TRIED_ROWS = 50
"""Rows that tell what parts the fields."""

MAX_COLUMNS, MAX_TIMES = 100, 1500
"""How many columns a table may have, and how many if they are times."""

Row = tuple[int, list[str]]
"""The line of the file where it begins, from 0, and its cells."""

QUOTED = re.compile(r'"([^"]*)"|(\S+)')


def read_rows(text: str, parted_by: str) -> list[Row]:
    """The rows that are not blank; an open quotation mark ends them."""
    if parted_by == BLANKS:
        split = ((k, _split(line)) for k, line in enumerate(text.split("\n")))
        return [(k, cells) for k, cells in split if cells]
    lines = [line + "\n" for line in text.split("\n")]
    reader = csv.reader(lines, delimiter=parted_by)
    rows: list[Row] = []
    begins = 0
    with suppress(csv.Error):  # too large a field; the rows before it stand
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((begins, [cell.strip() for cell in row]))
            begins = reader.line_num
    return rows


def _split(line: str) -> list[str]:
    """The cells of a line that blanks part, but not those within quotation marks."""
    if '"' not in line:
        return line.split()
    return [quoted or bare for quoted, bare in QUOTED.findall(line)]


def delimiter_of(text: str, blanks: bool = True) -> str:
    """The sign that makes the best table of the first rows."""
    best, best_score = WHOLE, (0.0, 0.0, 0)
    for sign in (*SIGNS, BLANKS) if blanks else SIGNS:
        if sign == BLANKS and best_score[0]:
            break
        if sign in RARE and best_score[0] > 0.5:
            continue
        if sign != BLANKS and sign not in text:
            continue
        rows = [row for _, row in read_rows(text, sign)][: 2 * TRIED_ROWS]
        score = _score(rows, sign)
        if score > best_score:
            best, best_score = sign, score
    return best


def _score(rows: list[list[str]], sign: str) -> tuple[float, float, int]:
    """How good a table is: its share of typed columns above one half, if rows are
    equally wide; else whether there is one at all, and how many columns."""
    bulk = rows[len(rows) // 2 :]
    width, kinds = shape_of(rows)
    share = sum(len(row) == width for row in bulk) / max(1, len(bulk))
    texts = [k for k, kind in enumerate(kinds) if kind == "text"]
    blank = sum(all(is_empty(c) for row in bulk for c in row[k : k + 1]) for k in texts)
    typed = (len(kinds) - len(texts)) / max(1, len(kinds) - blank)
    if width < 2 or _is_decimal_comma(rows, bulk, width, sign):
        return 0.0, 0.0, 0
    if sign in RARE and (typed <= 0.5 or (sign == ":" and not _parts(bulk, kinds))):
        return 0.0, 0.0, 0
    if sign == BLANKS:
        flags = share == 1 and typed > 0.6 and {*kinds} == {"time", "number", "text"}
        sure = (typed == 1 and share >= 0.75) or flags
        return (typed, share, width) if sure else (0.0, 0.0, 0)
    if sign == "\t" and share >= 0.9 and {"time", "number"} <= {*kinds}:
        return 1.0, share, width  # no number and no sentence has tabs
    if share >= 0.9 and typed > 0.5:
        return typed, share, width
    return (0.1, share, width) if share >= 0.9 else (0.01, share, width)


def _parts(rows: list[list[str]], kinds: Sequence[str]) -> bool:
    """Whether a colon, or two, stands between typed fields, and not within clocks."""
    clocks = sum(CLOCK.search(":".join(row)) is not None for row in rows)
    texts = [k for k, kind in enumerate(kinds) if kind == "text"]
    blank = not any(cell for row in rows for k in texts for cell in row[k : k + 1])
    return blank and 2 * clocks < len(rows)


def _is_decimal_comma(
    rows: list[list[str]], bulk: list[list[str]], width: int, sign: str
) -> bool:
    """Whether one column of numbers like 20,3 is taken apart at its decimals."""
    if sign != "," or width != 2 or len(bulk) < 2:
        return False
    if all(DATE_AND_NUMBER.fullmatch(row[0]) for row in bulk):
        return all(re.fullmatch(r"[0-9]+", c) for row in bulk for c in row[1:2])
    whole = all(re.fullmatch(r"[-+]?[0-9]*", row[0]) for row in bulk)
    if not whole or not all(re.fullmatch(r"[0-9]+", c) for r in bulk for c in r[1:2]):
        return False
    if len(rows[0]) == 1 and not is_number(rows[0][0]):
        return True
    counted = are_counted([row[0] for row in bulk])
    fixed = len({len(row[1]) for row in bulk if len(row) > 1}) == 1
    return is_number(rows[0][0]) and fixed and not counted


def width_of(row: Sequence[str]) -> int:
    """How many cells there are up to the last one that is not blank."""
    return max((k + 1 for k, cell in enumerate(row) if cell), default=0)


def shape_of(rows: list[list[str]]) -> tuple[int, tuple[str, ...]]:
    """The usual width of rows, and what each column holds: number, time or text."""
    bulk = rows[len(rows) // 2 :][-2 * TRIED_ROWS :] or rows
    usual = Counter(len(row) for row in bulk).most_common(1)
    width = min(usual[0][0] if usual else 1, MAX_TIMES + 1)
    alike = [row for row in bulk if len(row) == width]
    bulk = alike[-1:] if len(alike) in (2, 3) else bulk  # without names
    columns = (
        [row[k] for row in bulk if len(row) > k and not is_empty(row[k])]
        for k in range(width)
    )
    return width, tuple(map(_kind, columns))


def _kind(cells: list[str]) -> str:
    if not cells:
        return "text"
    least = 0.7 * len(cells)
    if sum(map(is_measured, cells)) >= least:
        return "number"
    return "time" if sum(map(looks_like_time, cells)) >= least else "text"


def is_prose(rows: list[list[str]], kinds: Sequence[str]) -> bool:
    """Whether rows are sentences with numbers in front of them, as verses or the lines
    of a chat: most of what is written, and four words or more in one column."""
    cells = [
        (cell, kind) for row in rows for cell, kind in zip(row, kinds, strict=False)
    ]
    texts = [cell for cell, kind in cells if kind == "text"]
    if 5 * len("".join(texts)) < 3 * sum(len(cell) for cell, _ in cells):
        return False
    return any(
        sum(len(row[k].split()) for row in rows if len(row) > k) >= 4 * len(rows)
        for k, kind in enumerate(kinds)
        if kind == "text"
    )


def are_counted(cells: Sequence[str]) -> bool:
    """Whether cells are whole numbers, each one more than the one before.

    >>> are_counted(["7", "8", "9"]), are_counted(["7", "9"]), are_counted(["7"])
    (True, False, False)
    """
    if not all(re.fullmatch(r"[0-9]{1,15}", cell) for cell in cells):
        return False
    return {b - a for a, b in pairwise(map(int, cells))} == {1}
