"""How a column writes its times, decided over all of its cells.

Where two forms fit, the one that puts the rows in order is meant; where both or neither
do, a person says it.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.decoding import short
from explorer.data.numbers import read_numbers
from explorer.data.periods import weeks_of, years_of
from explorer.data.time_cells import normal
from explorer.data.time_forms import (
    EPOCHS,
    ISO,
    NUMBER,
    RUN_TOGETHER,
    SPREADSHEET,
    WEEK,
    First,
    every_form,
    first_of,
)
from explorer.data.time_words import CALLED, SHORT_MONTHS
from explorer.data.times import in_order, in_order_of_years, of_spreadsheet, put_back
from explorer.errors import N_, ExplorerError, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

EPOCH_YEARS = (1e8, 4.2e9)
"""Seconds since 1970 in 1973 and in 2103: what lies between may be a count of them."""

MIDNIGHT = re.compile(r"(?<=[T ])24:00")
"""The end of a day, which is the beginning of the next one."""

LONGEST = 200
"""Characters of a time, with its zone and the end of a span."""

SHORTEST = re.compile("(?=.*[0-9]).{6}")
"""What every form needs: a digit, and as much room as Jan-22 takes."""

DAY, FIRST_CELLS = np.timedelta64(1, "D"), 200
"""Enough to tell which forms cannot be meant."""

OFFSET = re.compile(r"[T ][0-9:.,]+ ?(?:(Z)|([-+])([0-9]{2}):?([0-9]{2})?)$")


class Times(NamedTuple):
    """A column of times as it is read; n cells."""

    values: NDArray[Any]  # (n,) datetime64[ms] on the clock of the place, or float64
    moments: NDArray[Any]  # (n,) the same on one clock everywhere, to order rows by
    form: str
    rivals: tuple[str, ...] = ()
    """The forms among which nothing decides, for a person to choose; or none."""
    autumns: int = 0
    """How often clocks were put back an hour, so that it comes twice."""


def find_times(cells: Sequence[str], called: str, first: First = "") -> Times | None:
    """When each row was measured, if all cells are times written alike.

    Args:
        cells: as they are written, none of them empty.
        called: the column's name; it may tell that numbers are times.
        first: which of day, month and year comes first, where a person says it.
    """
    import pandas as pd

    if max(map(len, cells), default=0) > LONGEST:
        return None
    plain = pd.Series([normal(cell) for cell in cells], dtype=str)
    ends = plain.str.contains(MIDNIGHT).to_numpy(bool)
    if ends.any():
        plain = plain.str.replace(MIDNIGHT, "00:00", regex=True)
    found = (
        _run_together(plain)
        or _counted(plain, called)
        or _spans(plain)
        or _numbers(cells, called)
        or _iso(plain)
        or _by_forms(plain, first)
    )
    if found is None or found.values.dtype.kind == "f":
        return found
    days = ends * DAY
    found = found._replace(values=found.values + days, moments=found.moments + days)
    later, autumns = put_back(found.moments)
    return found._replace(moments=later, autumns=autumns)


def no_times(cells: Sequence[str], rows: Sequence[int], name: Words) -> ExplorerError:
    """The error for a column whose cells are no times: it names the first of them."""
    import pandas as pd

    plain = pd.Series([normal(cell[:LONGEST]) for cell in cells], dtype=str)
    wrong = pd.to_numeric(plain, errors="coerce").isna()
    if wrong.mean() > 0.5:
        head = plain.iloc[:FIRST_CELLS]
        forms = (ISO, *every_form())
        best = min(forms, key=lambda form: int(_unread(head, form).sum()))
        wrong = _unread(plain, best)
    bad = int(wrong.to_numpy().argmax())
    return ExplorerError(
        N_(
            "A time column holds dates like 2024-01-31 or numbers, all written alike, "
            "but row %(row)d in %(column)s says '%(came)s'. Mend or remove that row."
        ),
        row=rows[bad] if len(rows) else 0,
        column=name,
        came=short(cells[bad]) if len(cells) else "",
    )


def _run_together(plain: "pd.Series[str]") -> Times | None:
    """20240131 and the like, if every cell is one; who kept it as a number may have
    written 20240131.0."""
    if plain.str.endswith(".0").all():
        plain = plain.str.slice(0, -2)
    lengths = set(plain.str.len())
    form = RUN_TOGETHER.get(lengths.pop()) if len(lengths) == 1 else None
    if form is None or not plain.str.fullmatch(r"(18|19|20|21)[0-9]+").all():
        return None
    found = _read(plain, form)
    if found is None or (form == "%Y%m" and not in_order(found)):
        return None
    return Times(found, found, form)


def _counted(plain: "pd.Series[str]", called: str) -> Times | None:
    """Seconds or finer since 1970: the column is called so, or no step is as small as a
    number's that only counts rows."""
    if not plain.str.fullmatch(r"[0-9]{9,19}(\.[0-9]+)?").all():
        return None
    values = plain.astype(float).to_numpy(np.float64)
    low, high = EPOCH_YEARS
    for unit, per_second in EPOCHS.items():
        seconds = values / per_second
        if not ((low <= seconds) & (seconds <= high)).all():
            continue
        steps = np.abs(np.diff(values))
        steps = steps[steps > 0]
        if not CALLED.search(called) and (not len(steps) or np.median(steps) < 60):
            return None
        found = (seconds * 1e3).round().astype(np.int64).astype("datetime64[ms]")
        return Times(found, found, unit)
    return None


def _spans(plain: "pd.Series[str]") -> Times | None:
    """Years that end in the next one, or weeks by number."""
    import pandas as pd

    cells = list(plain)
    if years := years_of(cells):
        found = _read(pd.Series(years.cells, dtype=str), years.form)
        return None if found is None else Times(found, found, years.form)
    found = _read(pd.Series(weeks_of(cells), dtype=str), WEEK)
    if found is None or not len(found) or not in_order(found):
        return None
    return Times(found, found, WEEK)


def _numbers(cells: Sequence[str], called: str) -> Times | None:
    if not np.isfinite(read_numbers(cells[:FIRST_CELLS]).values).all():
        return None
    read = read_numbers(cells)
    if not np.isfinite(read.values).all():
        return None
    days = of_spreadsheet(read.values, called)
    if days is not None:
        return Times(days, days, SPREADSHEET)
    return Times(read.values, read.values, NUMBER)


def _iso(plain: "pd.Series[str]") -> Times | None:
    """Times with an offset keep the clock of their place, and are ordered by one."""
    import pandas as pd

    try:
        found = pd.to_datetime(plain, format=ISO, utc=True)
    except (ValueError, OverflowError):
        return None
    if found.isna().any():
        return None
    moments = _milliseconds(found)
    offsets = np.array([_offset(cell) for cell in plain], "timedelta64[m]")
    return Times(moments + offsets, moments, ISO)


def _offset(cell: str) -> int:
    """Minutes that a clock is ahead of Greenwich.

    >>> _offset("2022-01-01 00:00:00+08:00"), _offset("2022-01-01")
    (480, 0)
    """
    found = OFFSET.search(cell)
    if found is None or found[1]:
        return 0
    minutes = 60 * int(found[3]) + int(found[4] or 0)
    return -minutes if found[2] == "-" else minutes


def _by_forms(plain: "pd.Series[str]", first: First) -> Times | None:
    """By the only form that fits all cells, or the only one that puts them in order."""
    head = plain.iloc[:FIRST_CELLS]
    if not head.str.contains(SHORTEST).all():
        return None
    fits: list[tuple[str, NDArray[Any]]] = []
    for form in every_form():
        if first and first_of(form) != first:
            continue
        if _read(head, form) is None or (found := _read(plain, form)) is None:
            continue
        if form in SHORT_MONTHS and not in_order(found):
            continue
        if not any((found == other).all() for _, other in fits):
            fits.append((form, found))
    if not fits:
        return None
    ordered = [each for each in fits if in_order(each[1])]
    dense = [each for each in ordered if _within_a_day(each[1])]
    form, found = (dense or ordered or fits)[0]
    sure = 1 in (len(fits), len(ordered), len(dense))
    return Times(found, found, form, () if sure else tuple(f for f, _ in fits))


def _read(plain: "pd.Series[str]", form: str) -> NDArray[Any] | None:
    import pandas as pd

    try:
        found = pd.to_datetime(plain, format=form)
    except (ValueError, OverflowError):
        return None
    if found.isna().any():
        return None
    times = _milliseconds(found)
    return in_order_of_years(times) if "%y" in form else times


def _unread(plain: "pd.Series[str]", form: str) -> "pd.Series[bool]":
    import pandas as pd

    utc = form == ISO
    return pd.to_datetime(plain, format=form, errors="coerce", utc=utc).isna()


def _within_a_day(times: NDArray[Any]) -> bool:
    """Whether several days of times leave no gap of more than a day: whoever takes day
    for month leaps a month at each midnight."""
    steps = np.abs(np.diff(times))
    return bool((steps <= DAY).all() and np.abs(times[-1] - times[0]) > DAY)


def _milliseconds(found: "pd.Series[Any]") -> NDArray[Any]:
    plain = found.dt.tz_localize(None) if found.dt.tz is not None else found
    times: NDArray[Any] = plain.to_numpy().astype("datetime64[ms]")
    return times
