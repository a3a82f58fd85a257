"""Tables: the text of a CSV file to columns whose cells are still text.

Whatever comes in, the answer is data or one `ExplorerError` that says what to mend.
"""

import csv
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from explorer.data.decoding import decoded, named, short
from explorer.data.times import may_be_times
from explorer.errors import N_, ExplorerError, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

MAX_TABLE_BYTES = 32_000_000
MAX_COLUMNS = 100
EMPTY = ("", "nan", "na", "n/a", "null", "none", "nat", "-", "?")
HEAD = 1000  # rows that tell what a column holds


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read: all cells are still text."""

    cells: "pd.DataFrame"
    first_row: int
    """Of the file, where the values begin."""
    filename: str

    @property
    def names(self) -> list[str]:
        """Every column."""
        return [str(name) for name in self.cells.columns]

    @property
    def numeric(self) -> list[str]:
        """The columns that are mostly numbers."""
        return [name for name in self.names if _mostly_numbers(self.cells[name])]

    @property
    def rising(self) -> list[str]:
        """The columns that may say when: dates, then numbers that only grow."""
        dates = [name for name in self.names if may_be_times(self.cells[name])]
        rest = (name for name in self.numeric if name not in dates)
        return [*dates, *(name for name in rest if _rises(self.cells[name]))]

    def column(self, name: str) -> Words:
        """A column, for a message."""
        words = {"column": name, "file": named(self.filename)}
        return Words(N_("column '%(column)s' of '%(file)s'"), words)


def read_table(raw: bytes, filename: str, encoding: str = "") -> Table:
    """All cells of a CSV file, whose fields commas, semicolons or tabs may part.

    A first line that is all numbers is taken for values, and the columns are then
    called "column 1", ...

    Raises:
        ExplorerError: if it is no table.
    """
    text = decoded(raw, filename, MAX_TABLE_BYTES, encoding).rstrip("\n")
    first_line = text.partition("\n")[0]
    parted_by = max(",;\t", key=first_line.count)
    _check_width(first_line, parted_by, filename)
    cells = _parsed(text, parted_by, filename)
    top = cells.iloc[0]
    if numbers(top).notna().all():
        names, rest, first_row = [""] * cells.shape[1], cells, 1
    else:
        names, rest, first_row = list(top), cells.iloc[1:].reset_index(drop=True), 2
    rest.columns = _names(names)
    return Table(rest, first_row, filename)


def is_empty(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether each cell says that nothing is there."""
    return cells.str.strip().str.lower().isin(EMPTY)


def numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """Each cell as a float; NaN where it is none."""
    import pandas as pd

    plain = cells.str.strip()
    # Pandas reads digits of every script, and True, as numbers.
    ascii_only = plain.where(plain.str.fullmatch(r"[-+0-9.eEinfINFtyTY]+"), "")
    return pd.to_numeric(ascii_only, errors="coerce").astype(float)


def _check_width(first_line: str, parted_by: str, filename: str) -> None:
    """See that there are few columns, before all are taken apart."""
    width = first_line.count(parted_by) + 1
    if MAX_COLUMNS < width <= 100 * MAX_COLUMNS and '"' in first_line:
        with suppress(csv.Error):  # too large a field; the count of separators stands
            width = len(next(csv.reader([first_line], delimiter=parted_by)))
    if width > MAX_COLUMNS:
        raise ExplorerError(
            N_(
                "A table may have %(most)d columns, but '%(file)s' has %(came)d. Write "
                "one row per time step, and few columns."
            ),
            most=MAX_COLUMNS,
            file=named(filename),
            came=width,
        )


def _parsed(text: str, parted_by: str, filename: str) -> "pd.DataFrame":
    import pandas as pd

    try:
        return pd.read_csv(
            StringIO(text),
            sep=parted_by,
            header=None,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        ).fillna("")
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = short(str(error).split("C error: ")[-1].strip(), 100)
        never_closed = N_("a quotation mark is opened and never closed")
        raise ExplorerError(
            N_(
                "A table needs the same number of fields in every row, but '%(file)s' "
                "could not be read: %(reason)s. Mend that row."
            ),
            file=named(filename),
            reason=Words(never_closed) if "EOF inside string" in reason else reason,
        ) from None


def _names(top: list[str]) -> "pd.Index[str]":
    """The header, short and without doubles."""
    import pandas as pd

    names: list[str] = []
    for i, cell in enumerate(top):
        name = short(cell.strip()) or f"column {i + 1}"
        while name in names:
            name = f"{name} ({i + 1})"
        names.append(name)
    return pd.Index(names)


def _mostly_numbers(cells: "pd.Series[str]") -> bool:
    head = cells.iloc[:HEAD]
    filled = head[~is_empty(head)]
    return len(filled) > 0 and bool(numbers(filled).notna().mean() >= 0.5)


def _rises(cells: "pd.Series[str]") -> bool:
    head = numbers(cells.iloc[:HEAD]).to_numpy(np.float64)
    return len(head) > 2 and bool((np.diff(head) > 0).all())
