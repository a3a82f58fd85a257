"""From the bytes of a file to a table: decoded, found, and taken apart.

Whatever comes in, the answer is a table or one `ExplorerError` that says what to mend.
"""

import re
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.data.decoding import decoded, short
from explorer.data.delimiters import BLANKS
from explorer.data.joined import means_of_years
from explorer.data.layout import COMMENT, Layout, find_layout, uneven
from explorer.data.likeliest import likeliest
from explorer.data.marks import is_measured
from explorer.data.mixed_spans import of_one_span
from explorer.data.number_cells import bare
from explorer.data.tables import HEAD, Table
from explorer.data.tidy import refuse_markup, tidied
from explorer.data.time_cells import looks_like_time
from explorer.data.wide import unfolded
from explorer.errors import N_, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

MAX_TABLE_BYTES = 32_000_000


SUMS = re.compile(
    "(?:sub-?|grand )?total|sum|summe|gesamt|mean|average|mittelwert|合计|总计|小计",
    re.IGNORECASE,
)
"""Cells of rows that say what others come to."""


def read_table(raw: bytes, filename: str, encoding: str = "") -> Table:
    """All cells of a file; `layout` says where they are found in it.

    Columns without a name are called "column 1", ...

    Raises:
        ExplorerError: if it is no table.
    """
    raw, guessed = (raw, "") if encoding else likeliest(raw)
    text = decoded(raw, filename, MAX_TABLE_BYTES, encoding or guessed)
    refuse_markup(text, filename)
    text = tidied(text.rstrip("\n"))
    layout = find_layout(text, filename)
    cells = _parsed(text, layout, filename)
    rows = np.arange(len(cells)) + layout.first + 1
    kept, skipped = _kept(cells, layout)
    cells, rows = cells[kept].reset_index(drop=True), rows[kept]
    kept, other_spans = of_one_span([cells[k] for k in cells])
    cells, rows = cells[kept].reset_index(drop=True), rows[kept]
    names = [*layout.names, *[""] * (cells.shape[1] - layout.width)]
    left_out = (*layout.skipped, *skipped, *other_spans)
    remarks: tuple[Words, ...] = ()
    if wide := unfolded(names, cells, rows):
        cells, names, rows, remarks, without = wide
        left_out = (*left_out, *without)
    there = [k for k, name in enumerate(names) if name or (cells[k] != "").any()]
    cells = cells[there]
    cells.columns = _names([(names[k], k) for k in there])
    return Table(cells, rows, filename, layout.parted_by, left_out, guessed, remarks)


def _kept(
    cells: "pd.DataFrame", layout: Layout
) -> tuple[NDArray[np.bool_], tuple[Words, ...]]:
    """The rows that hold anything, and what the others were.

    A file of one column writes a missing value as a blank line, but not after each row.
    """
    first = cells[0].str.strip()
    lone = (cells.iloc[:, 1:] == "").all(axis=1).to_numpy()
    blank = lone & (first == "").to_numpy()
    comment = first.str.match(COMMENT).to_numpy(dtype=bool)
    if layout.width == 1 and not _regular(blank):
        blank = np.zeros_like(blank)
    sums = cells.apply(lambda column: column.str.strip().str.fullmatch(SUMS)).any(
        axis=1
    )
    sums = sums.to_numpy(bool) & (layout.width > 1)
    named_again = np.full(len(cells), any(layout.names))
    for k, name in enumerate(layout.names):
        named_again &= (cells[k].str.strip() == name).to_numpy(bool)
    words = _words(first, lone & ~(blank | comment | sums))
    columns = {name: cells[k] for k, name in enumerate(layout.names) if name}
    means = np.array(means_of_years(columns) or [False] * len(cells), bool)
    counts = (
        (int(named_again.sum()), N_("rows that repeat the names (%(count)s)")),
        (int(blank.sum()), N_("blank rows between the values (%(count)s)")),
        (int(sums.sum()), N_("rows of sums between the values (%(count)s)")),
        (int(means.sum()), N_("rows of means of whole years (%(count)s)")),
        (int(words.sum()), N_("rows of words between the values (%(count)s)")),
        (int(comment.sum()), N_("comments between the values (%(count)s)")),
    )
    remarks = (Words(what, {"count": f"{n:,}"}) for n, what in counts if n)
    return ~(blank | comment | sums | means | words | named_again), tuple(remarks)


def _words(first: "pd.Series[str]", lone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the rows that are blank after their first cell, those that say words where the
    others tell a number or a time, as the foot of a page does."""
    if not lone.any() or lone.mean() > 0.5:
        return np.zeros_like(lone)
    others = first[~lone & (first != "")].iloc[:HEAD]
    typed = sum(is_measured(c) or looks_like_time(c) for c in others)
    if typed < 0.9 * max(1, len(others)):
        return np.zeros_like(lone)
    found = lone.copy()
    found[lone] = [not (is_measured(c) or looks_like_time(c)) for c in first[lone]]
    return found


def _regular(blank: NDArray[np.bool_]) -> bool:
    """Whether blank lines part all rows evenly, so that they are no missing values."""
    places = np.flatnonzero(blank)
    steps = np.unique(np.diff(places, prepend=-1))
    return len(places) > 2 and len(steps) == 1


def _parsed(text: str, layout: Layout, filename: str) -> "pd.DataFrame":
    import pandas as pd

    lines = text.split("\n")[layout.first : layout.end]
    blanks = layout.parted_by == BLANKS
    if layout.first >= layout.end:
        return pd.DataFrame({k: [] for k in range(layout.widest)}, dtype=str)
    try:
        cells = pd.read_csv(
            StringIO("\n".join(lines)),
            sep=r"\s+" if blanks else layout.parted_by,
            header=None,
            names=range(layout.widest),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        ).fillna("")
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = short(str(error).split("C error: ")[-1].strip(), 100)
        reason = re.sub(
            r"line (\d+)", lambda m: f"line {int(m[1]) + layout.first}", reason
        )
        raise uneven(filename, reason) from None
    beyond = (cells.iloc[:, layout.width :] != "").any(axis=1).to_numpy()
    if beyond.any():
        words = N_("line %(row)d has more fields than the others, which have %(usual)d")
        row = int(beyond.argmax()) + layout.first + 1
        raise uneven(filename, Words(words, {"row": row, "usual": layout.width}))
    return cells


def _names(top: list[tuple[str, int]]) -> "pd.Index[str]":
    """The header, short and without doubles."""
    import pandas as pd

    names: list[str] = []
    for cell, place in top:
        name = short(bare(cell)) or f"column {place + 1}"
        while name in names:
            name = f"{name} ({place + 1})"
        names.append(name)
    return pd.Index(names)
