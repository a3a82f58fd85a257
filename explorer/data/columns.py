"""One column of a table to a series: its numbers, and when each was.

Whatever comes in, the answer is data or one `ExplorerError` that says what to mend.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.data.content import MAX_SERIES_VALUES, OwnSeries
from explorer.data.decoding import named, short
from explorer.data.tables import Table, is_empty, numbers
from explorer.data.times import read_times
from explorer.errors import N_, ExplorerError, Words, unknown

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

MIN_VALUES = 100
LARGEST = 1e100  # its square is still a float64


def series_of(
    table: Table, column: str | None = None, time: str | None = None
) -> OwnSeries:
    """One column of numbers, NaN where cells are empty, by time where there is one.

    Args:
        table: as `read_table` gives it.
        column: which one; may be None where only one holds numbers.
        time: the column that says when; the rows are then put in its order.

    Raises:
        ExplorerError: if there is no such column or its values are no finite,
            varying series.
    """
    chosen = _chosen(table, column)
    values = _checked(table.cells[chosen], table, table.column(chosen))
    if time is None:
        return OwnSeries(values, chosen)
    times = _times(table, time)
    order = np.argsort(times, kind="stable")
    return OwnSeries(values[order], chosen, times[order])


def checked_series(values: NDArray[np.float64], name: Words) -> NDArray[np.float64]:
    """The values, if they are long enough, not too long, and vary.

    Raises:
        ExplorerError: if they are not.
    """
    known = values[np.isfinite(values)]
    if len(known) < MIN_VALUES or len(values) > MAX_SERIES_VALUES:
        few = len(known) < MIN_VALUES
        raise ExplorerError(
            N_(
                "A series needs %(least)d to %(most)s values, but %(column)s has "
                "%(came)s. Give a %(other)s one."
            ),
            least=MIN_VALUES,
            most=f"{MAX_SERIES_VALUES:,}",
            column=name,
            came=f"{len(known) if few else len(values):,}",
            other=Words(N_("longer") if few else N_("shorter")),
        )
    if np.std(known) <= 1e-12 * np.max(np.abs(known)):
        raise ExplorerError(
            N_(
                "A series must vary, but %(column)s is always %(value)s. Choose "
                "another column."
            ),
            column=name,
            value=f"{known[0]:g}",
        )
    return values


def _checked(cells: "pd.Series[str]", table: Table, name: Words) -> NDArray[np.float64]:
    """The column's values, NaN where there is none."""
    empty = is_empty(cells).to_numpy()
    values: NDArray[np.float64] = numbers(cells).to_numpy(np.float64)
    if (text := np.isnan(values) & ~empty).any():
        row = int(text.argmax())
        raise ExplorerError(
            N_(
                "A series is made of numbers, but row %(row)d in %(column)s says "
                "'%(came)s'. Write numbers as 1234.5, without units."
            ),
            row=row + table.first_row,
            column=name,
            came=short(cells.iloc[row]),
        )
    if (huge := np.abs(values) > LARGEST).any():
        row = int(huge.argmax())
        raise ExplorerError(
            N_(
                "A series is made of finite numbers, but row %(row)d in %(column)s "
                "says '%(came)s'. Mend or remove that row."
            ),
            row=row + table.first_row,
            column=name,
            came=short(cells.iloc[row]),
        )
    return checked_series(values, name)


def _times(table: Table, name: str) -> NDArray[Any]:
    """When each row was, of a column that must say so of all."""
    if name not in table.names:
        raise _unknown(table, name)
    cells = table.cells[name]
    if (empty := is_empty(cells)).any():
        raise ExplorerError(
            N_(
                "Every row needs its time, but %(count)d of %(all)d cells in "
                "%(column)s are empty, the first in row %(row)d. Fill them in or "
                "remove those rows."
            ),
            count=int(empty.sum()),
            all=len(empty),
            column=table.column(name),
            row=int(empty.to_numpy().argmax()) + table.first_row,
        )
    times: NDArray[Any] = read_times(cells, table.first_row, table.column(name))
    return times


def _unknown(table: Table, name: str) -> ExplorerError:
    kind = Words(N_("column of '%(file)s'"), {"file": named(table.filename)})
    return unknown(kind, name, table.names)


def _chosen(table: Table, column: str | None) -> str:
    """The asked-for column, or the only one that is mostly numbers."""
    if column is not None:
        if column not in table.names:
            raise _unknown(table, column)
        return column
    numeric = table.numeric
    if len(numeric) == 1:
        return numeric[0]
    if not numeric:
        raise ExplorerError(
            N_(
                "A series needs a column of numbers, but '%(file)s' has none among "
                "%(names)s. Write numbers as 1234.5, without units."
            ),
            file=named(table.filename),
            names=_listed(table.names),
        )
    raise ExplorerError(
        N_(
            "A series is one column, but '%(file)s' has %(count)d columns of numbers: "
            "%(names)s. Say which one is meant."
        ),
        file=named(table.filename),
        count=len(numeric),
        names=_listed(numeric),
    )


def _listed(names: list[str]) -> str | Words:
    first = ", ".join(f"'{name}'" for name in names[:12])
    if len(names) <= 12:
        return first
    more = {"names": first, "count": len(names) - 12}
    return Words(N_("%(names)s and %(count)d more"), more)
