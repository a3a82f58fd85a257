"""Columns that a model is given beside the series that it forecasts (covariates).

One that is known in advance (a price that is set, a holiday, the weather that was
forecast) is given for the step that is asked for; any other as of the last step, and a
forecast that is left alone keeps its last value. A column that tells the values to come
all by itself leaks them: of each, the shift is sought by which it follows the series
best, and where that lies in the future, a sentence says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats
from explorer.data.choices import Choices, chosen_numbers, refuse_unknown_column
from explorer.data.numbers import Numbers
from explorer.data.stored_series import MOST_OTHERS, Other
from explorer.data.tables import Table
from explorer.errors import N_, ExplorerError, Words

LEAKS = 0.999
"""Correlation from which on a column says the same as the series."""

ALIKE = 1e-6
"""Correlations that differ by less do not tell two shifts apart."""

LATEST = 20_000
"""Values by which a leak is sought, the last ones."""

MOST_SHIFT = 48
"""How many steps a shift may be."""

FEWEST = 30
"""Pairs of values that a correlation needs."""


class Leak(NamedTuple):
    """How a column tells the values to come."""

    lag: int  # steps by which the series follows it
    correlation: float


def chosen_others(
    table: Table, column: str, time: str, asked: Choices
) -> list[tuple[str, bool]]:
    """The names of the columns that are given beside one, and whether each is known in
    advance.

    Raises:
        ExplorerError: if there is no such column, it is used already, or there are too
            many.
    """
    names = list(dict.fromkeys((*asked.others, *asked.known)))
    for name in names:
        refuse_unknown_column(table, name)
        if name == column or name in table.parts(time):
            raise ExplorerError(
                N_(
                    "A column beside the series is another one than the series and its "
                    "times, but %(column)s is used for these. Leave it out."
                ),
                column=table.column(name),
            )
    if len(names) > MOST_OTHERS:
        raise ExplorerError(
            N_(
                "At most %(most)d columns may be given beside a series, but %(came)d "
                "were named. Leave some out."
            ),
            most=MOST_OTHERS,
            came=len(names),
        )
    return [(name, name in asked.known) for name in names]


def numbers_beside(table: Table, name: str, asked: Choices, read: Numbers) -> Numbers:
    """A column's numbers; where two forms fit, in that of the series' own column.

    Raises:
        ExplorerError: if its form cannot be told even so, or it holds no number that
            varies.
    """
    numbers = table.numbers(name, asked.decimal)
    if numbers.rivals:
        asked = replace(asked, decimal=read.form.decimal)
        numbers = chosen_numbers(table, name, asked)
    finite = numbers.values[np.isfinite(numbers.values)]
    if not len(finite) or not np.ptp(finite):
        raise ExplorerError(
            N_(
                "A column beside the series must be numbers that vary, but %(column)s "
                "is not. Leave it out."
            ),
            column=table.column(name),
        )
    return numbers


def leak(target: Floats, other: Floats, known: bool, farthest: int) -> Leak | None:
    """Whether a column is the series to come, but for its unit and where it begins.

    Args:
        target: (n,) the series, NaN where nothing is known.
        other: (n,) the column.
        known: in advance; then its value at the very step that is asked for is one that
            tells too much, else one of a later step.
        farthest: steps into the future that count.
    """
    target, other = target[-LATEST:], other[-LATEST:]
    reach = min(farthest, len(target) - FEWEST)
    first = 0 if known else 1
    found = {k: _correlation(target, other, k) for k in range(-reach, reach + 1)}
    if not (late := {k: r for k, r in found.items() if k >= first}):
        return None
    lag = min(late, key=lambda k: (-abs(late[k]), k))
    harmless = max((abs(r) for k, r in found.items() if k < first), default=0.0)
    if abs(late[lag]) <= LEAKS or harmless >= abs(late[lag]) - ALIKE:
        return None
    return Leak(lag, late[lag])


def _correlation(target: Floats, other: Floats, lag: int) -> float:
    """Of the series `lag` steps later with the column; 0 where that says nothing."""
    n = len(target)
    y = target[max(0, lag) : n + min(0, lag)]
    c = other[max(0, -lag) : n - max(0, lag)]
    there = np.isfinite(y) & np.isfinite(c)
    if there.sum() < FEWEST:
        return 0.0
    y, c = y[there] - y[there].mean(), c[there] - c[there].mean()
    size = float(np.sqrt((y @ y) * (c @ c)))
    return float(y @ c) / size if size > 0 else 0.0


def leaks(
    targets: Sequence[Floats], others: Sequence[Other], farthest: int = MOST_SHIFT
) -> list[Words]:
    """What has to be said of columns that tell the values to come.

    Args:
        targets: the series, and what else a model may be asked for; each (n,).
        others: the columns beside it.
        farthest: steps into the future that count.
    """
    sentences = []
    for other in others:
        for target in targets:
            found = leak(target, other.values, other.known, farthest)
            if found is not None:
                sentences.append(_sentence(other.name, found))
                break
    return sentences


def _sentence(name: str, found: Leak) -> Words:
    values = {"column": name, "correlation": f"{found.correlation:.4f}"}
    if not found.lag:
        return Words(
            N_(
                "A leak: '%(column)s' is said to be known in advance, but at each step "
                "it is the series itself (correlation %(correlation)s), so that a "
                "model is given the answer. Leave it out, or say that it is not known."
            ),
            values,
        )
    return Words(
        N_(
            "A leak: '%(column)s' at step t is the series at step t + %(lag)d "
            "(correlation %(correlation)s), so that a model is given the answer. Leave "
            "it out, unless it is truly known by then."
        ),
        {**values, "lag": found.lag},
    )


def placed(other: Floats, known: bool) -> Floats:
    """(n,) what a model is given at each step: of a column that is known in advance its
    next value, of which the last is given again."""
    return np.append(other[1:], other[-1:]) if known else other


def without_gaps(other: Floats, learned: int) -> NDArray[np.float64]:
    """(n,) the last known value where there is none, and before the first one the mean
    of what is learned from."""
    known = np.isfinite(other)
    places = np.maximum.accumulate(np.where(known, np.arange(len(other)), -1))
    early = other[:learned][known[:learned]]
    mean = float(early.mean()) if len(early) else 0.0
    return np.where(places < 0, mean, other[np.maximum(places, 0)])
