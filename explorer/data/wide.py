"""Tables whose columns are times: a row of twelve months a year, a row of hours a day,
or a column a year. They are read as one value a row, in the order of time.

    Year,Jan,Feb,...        Year,Jan … Dec
    2020,1.5,2.5,...   ->   2020-01,1.5
    2021,3.5,4.5,...        2020-02,2.5
                            ...
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.joined import CALENDAR
from explorer.data.marks import is_measured
from explorer.data.number_cells import is_empty
from explorer.data.numbers import is_number
from explorer.data.time_cells import looks_like_time
from explorer.data.time_columns import Columns, is_year, month_of, rise, time_columns
from explorer.data.time_words import ENGLISH
from explorer.errors import N_, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]


Line = tuple[str, int, int, list[str], str]
"""When, the place of its row, that row's line in the file, its labels, its value."""


class Unfolded(NamedTuple):
    """A table with one value a row."""

    cells: "pd.DataFrame"
    names: list[str]
    rows: NDArray[np.int64]
    remarks: tuple[Words, ...]
    """What was done, for people."""
    left_out: tuple[Words, ...]


def unfolded(
    names: Sequence[str], cells: "pd.DataFrame", rows: NDArray[np.int64]
) -> Unfolded | None:
    """One value a row, where columns are times; else None.

    Args:
        names: of the columns; all empty where a file has none.
        cells: of the table, columns counted from 0.
        rows: the line of the file where each row stands.
    """
    if not any(names) and len(cells) > 1:
        top = [str(cell).strip() for cell in cells.iloc[0]]
        if _is_row_of_times(top):
            names, cells, rows = top, cells.iloc[1:], rows[1:]
        elif _are_years_of_months(cells):
            names = ["", *ENGLISH]
    found = time_columns(names) if len(cells) else None
    labels = [k for k in range(len(names)) if found and k not in found.parts]
    if found is None or not _are_numbers(cells, found):
        return None
    parts = cells[list(found.parts)]
    there = ~parts.apply(lambda column: column.map(is_empty)).all(axis=1).to_numpy(bool)
    beside = _beside(found, names, cells[there], labels)
    if beside is None:
        return None
    wide = _long(found, list(names), cells[there], rows[there], beside, labels)
    if there.all():
        return wide
    words = Words(
        N_("rows without values (%(count)s)"), {"count": f"{int((~there).sum()):,}"}
    )
    return wide._replace(left_out=(*wide.left_out, words))


def _is_row_of_times(top: Sequence[str]) -> bool:
    found = time_columns(top)
    if found is None or found.kind not in ("years", "dates"):
        return False
    rest = [cell for k, cell in enumerate(top) if k not in found.parts]
    return not any(map(is_number, rest))


def _are_years_of_months(cells: "pd.DataFrame") -> bool:
    """Whether rows without names are a year and twelve numbers."""
    years = [cell.strip() for cell in cells[0]]
    if cells.shape[1] != 13 or not all(map(is_year, years)):
        return False
    return rise(dict(enumerate(years)))


def _are_numbers(cells: "pd.DataFrame", found: Columns) -> bool:
    """Whether most of what stands under the times are numbers, and some do."""
    head = cells[list(found.parts)].iloc[:100].to_numpy().ravel()
    there = [cell for cell in head if not is_empty(cell)]
    return bool(there) and sum(map(is_measured, there)) >= 0.8 * len(there)


def _beside(
    found: Columns, names: Sequence[str], cells: "pd.DataFrame", labels: list[int]
) -> int | None:
    """The column that tells the rest of each row's time; -1 where none has to, None
    where one has to and none does."""

    def whole(k: int, test: Callable[[str], object]) -> bool:
        return all(test(cell.strip()) for cell in cells[k])

    if found.kind == "months":
        return next((k for k in labels if whole(k, is_year)), None)
    if found.kind == "hours":
        return next((k for k in labels if whole(k, looks_like_time)), None)
    if found.kind == "years":
        months = (
            k for k in labels if whole(k, month_of) or _counts(names[k], cells[k])
        )
        return next(months, -1)
    return -1


def _counts(name: str, cells: "pd.Series[str]") -> bool:
    """Whether a column counts the months of a year."""
    called = re.fullmatch(CALENDAR["month"][0], name.strip(), re.IGNORECASE)
    return bool(called) and [c.strip() for c in cells] == [str(k) for k in range(1, 13)]


def _time(kind: str, part: str, beside: str) -> str:
    if kind == "months":
        return f"{beside[:4]}-{part}"
    if kind == "hours":
        return f"{beside} {part}"
    if kind == "years" and beside:
        month = int(beside) if beside.isdigit() else month_of(beside)
        return f"{part}-{month:02}"
    return f"{part}-01-01" if kind == "years" else part


def _long(
    found: Columns,
    names: list[str],
    cells: "pd.DataFrame",
    rows: NDArray[np.int64],
    beside: int,
    labels: list[int],
) -> Unfolded:
    import pandas as pd

    places = list(found.parts)
    kept, dropped = _labels(cells, labels, beside, places)
    first, last = names[places[0]].strip(), names[places[-1]].strip()
    label = _only_label(cells, labels, beside) or f"{first} … {last}"
    time = names[beside].strip() if beside >= 0 and names[beside].strip() else "time"
    lines = []
    for place, (line, row) in enumerate(zip(rows, cells.to_numpy(), strict=True)):
        cell = row[beside].strip() if beside >= 0 else ""
        for k, part in found.parts.items():
            when = _time(found.kind, part, cell)
            lines.append((when, place, int(line), [row[j] for j in kept], row[k]))
    if found.kind in ("months", "years"):
        lines.sort(key=lambda each: (each[0], each[1]))
    if not kept:
        lines = _without_ends(lines)
    table = pd.DataFrame(
        [[*texts, when, value] for when, _, _, texts, value in lines], dtype=str
    )
    words = N_(
        "The columns '%(first)s' to '%(last)s' are read one after the other, as one "
        "series in the order of time."
    )
    remark = Words(words, {"first": first, "last": last})
    left = [names[k].strip() for k in dropped if cells[k].iloc[0].strip() != label]
    shown = ", ".join(f"'{name}'" for name in left if name)
    left_out = [Words(N_("the columns %(names)s"), {"names": shown})] if shown else []
    new_names = [*(names[k].strip() for k in kept), time, label]
    lines_of = np.array([line for _, _, line, _, _ in lines], np.int64)
    return Unfolded(table, new_names, lines_of, (remark,), tuple(left_out))


def _labels(
    cells: "pd.DataFrame", labels: list[int], beside: int, places: list[int]
) -> tuple[list[int], list[int]]:
    """The columns that tell rows apart, and those that say what others come to."""
    rest = [k for k in labels if k != beside]
    texts = [k for k in rest if k < places[0] and not all(map(is_number, cells[k]))]
    kept = [k for k in texts if cells[k].nunique() > 1]
    return kept, [k for k in rest if k not in kept]


def _only_label(cells: "pd.DataFrame", labels: list[int], beside: int) -> str:
    """What the only row is called."""
    first = [k for k in labels if k != beside][:1]
    return str(cells[first[0]].iloc[0]).strip() if first and len(cells) == 1 else ""


def _without_ends(lines: list[Line]) -> list[Line]:
    """Without the empty cells before the first value and after the last: months that
    have not come yet."""
    there = [k for k, (*_, value) in enumerate(lines) if not is_empty(value)]
    return lines[there[0] : there[-1] + 1] if there else lines
