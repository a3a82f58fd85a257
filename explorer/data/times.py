"""Times as people write them: dates in several forms, or plain numbers."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.data.decoding import short
from explorer.errors import N_, ExplorerError, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

DAYS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y年%m月%d日",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%Y-%m",
    "%Y/%m",
    "%Y年%m月",
)
CLOCKS = ("", " %H:%M", " %H:%M:%S")
FIRST_CELLS = 200
"""Enough to tell which forms cannot be meant."""

UNITS = {
    "minute": np.timedelta64(1, "m"),
    "hour": np.timedelta64(1, "h"),
    "day": np.timedelta64(1, "D"),
    "week": np.timedelta64(7, "D"),
}
"""Spans that times can be gathered by, all counted from a Monday."""


def read_times(cells: "pd.Series[str]", first_row: int, name: Words) -> NDArray[Any]:
    """(n,) datetime64[ms] or float64: when each row was measured.

    Args:
        cells: as they are written.
        first_row: of the file, for messages.
        name: of the column, for messages.

    Raises:
        ExplorerError: if a cell is no time, or if days and months may be mistaken for
            each other.
    """
    found = _numbers(cells)
    if found is None or _eight_digits(cells):
        found = _iso(cells) if found is None else None
        found = _dates(cells, name) if found is None else found
    if found is None:
        raise _no_time(cells, first_row, name)
    return found


def may_be_times(cells: "pd.Series[str]") -> bool:
    """Whether a column's first cells look like dates."""
    head = cells.iloc[:FIRST_CELLS]
    head = head[head.str.strip() != ""]
    if not len(head) or (_numbers(head) is not None and not _eight_digits(head)):
        return False
    return _iso(head) is not None or bool(_forms(head))


def places(times: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """What a horizontal axis shows of times in order, and its title."""
    if times.dtype.kind == "f":
        return times, N_("Time")
    days = times.astype("datetime64[D]")
    if (days == times).all():
        return days, N_("Date")
    hours = (times - times[0]) / np.timedelta64(1, "h")
    return hours, N_("Time (hours since the beginning)")


def spans(times: NDArray[Any], unit: str) -> NDArray[np.int64]:
    """(n,) which minute, hour, day, week or month each time is in, counted from the
    first."""
    if unit == "month":
        counted = times.astype("datetime64[M]").astype(np.int64)
    else:
        monday = np.datetime64("1969-12-29", "ms")
        counted = ((times - monday) // UNITS[unit]).astype(np.int64)
    return np.asarray(counted - counted[0])


def _numbers(cells: "pd.Series[str]") -> NDArray[np.float64] | None:
    import pandas as pd

    values = pd.to_numeric(cells.str.strip(), errors="coerce").to_numpy(np.float64)
    return values if np.isfinite(values).all() else None


def _eight_digits(cells: "pd.Series[str]") -> bool:
    return bool(cells.str.strip().str.fullmatch(r"(19|20)[0-9]{6}").all())


def _iso(cells: "pd.Series[str]") -> NDArray[Any] | None:
    import pandas as pd

    try:
        found = pd.to_datetime(cells.str.strip(), format="ISO8601", utc=True)
    except (ValueError, OverflowError):
        return None
    return None if found.isna().any() else _milliseconds(found)


def _dates(cells: "pd.Series[str]", name: Words) -> NDArray[Any] | None:
    """By the only form that fits all cells, or the only one that puts them in order."""
    fits = [t for form in _forms(cells) if (t := _by(cells, form)) is not None]
    different = [
        t for k, t in enumerate(fits) if not any(_same(t, u) for u in fits[:k])
    ]
    if len(different) > 1:
        ordered = [t for t in different if (np.diff(t) >= np.timedelta64(0)).all()]
        if len(ordered) != 1:
            raise ExplorerError(
                N_(
                    "Dates must be written so that day and month cannot be mistaken, "
                    "but '%(came)s' in %(column)s can be read in two ways. Write them "
                    "as 2024-01-31."
                ),
                came=short(cells.iloc[0]),
                column=name,
            )
        different = ordered
    return different[0] if different else None


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    return bool((a == b).all())


def _forms(cells: "pd.Series[str]") -> list[str]:
    """The forms that the first cells can be of."""
    head = cells.iloc[:FIRST_CELLS]
    forms = [day + clock for day in DAYS for clock in CLOCKS]
    return [form for form in forms if _by(head, form) is not None]


def _by(cells: "pd.Series[str]", form: str) -> NDArray[Any] | None:
    import pandas as pd

    try:
        found = pd.to_datetime(cells.str.strip(), format=form)
    except (ValueError, OverflowError):
        return None
    return None if found.isna().any() else _milliseconds(found)


def _milliseconds(found: "pd.Series[Any]") -> NDArray[Any]:
    plain = found.dt.tz_localize(None) if found.dt.tz is not None else found
    times: NDArray[Any] = plain.to_numpy().astype("datetime64[ms]")
    return times


def _no_time(cells: "pd.Series[str]", first_row: int, name: Words) -> ExplorerError:
    """Point at the first cell that the form which fits most cannot read."""
    import pandas as pd

    plain = cells.str.strip()
    forms = ["ISO8601", *(day + clock for day in DAYS for clock in CLOCKS)]
    head = plain.iloc[:FIRST_CELLS]

    def unread(form: str, of: "pd.Series[str]") -> "pd.Series[bool]":
        utc = form == "ISO8601"
        return pd.to_datetime(of, format=form, errors="coerce", utc=utc).isna()

    best = min(forms, key=lambda form: int(unread(form, head).sum()))
    wrong = pd.to_numeric(plain, errors="coerce").isna()
    if wrong.mean() > 0.5:
        wrong = unread(best, plain)
    bad = int(wrong.to_numpy().argmax())
    return ExplorerError(
        N_(
            "A time column holds dates like 2024-01-31 or numbers, all written alike, "
            "but row %(row)d in %(column)s says '%(came)s'. Mend or remove that row."
        ),
        row=bad + first_row,
        column=name,
        came=short(cells.iloc[bad]) if len(cells) else "",
    )
