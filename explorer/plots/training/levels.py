"""The steady lines of a loss chart: floors, and simple guesses to be beaten.

The floor by which a run is judged is solid and has its note; where it is that of one
who sees the past alone (filtering), the floor of one who reads the whole window
(smoothing) is dotted.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from textwrap import wrap
from typing import Any, NamedTuple

from explorer.errors import N_
from explorer.plots.parts import Translate, escape, rule
from explorer.plots.theme import GREY
from explorer.runs.records import Lines

NOTE_WIDTH = 32
"""Letters of a line of the floor's note."""

ALIKE = 0.05
"""Two methods whose losses differ by no more than this share have one label."""

BOUND = " ≥"
"""Behind the names of several methods: the loss of none is below the number."""

JUDGED = N_("Judged by: %(note)s")
"""The note of the floor that holds, where there is another."""


class Floor(NamedTuple):
    """A loss below which no model of a kind is expected to go."""

    value: float
    name: str
    note: str
    judges: bool
    """Whether it holds for this run."""


def floors_of(lines: Lines) -> tuple[Floor, ...]:
    """The one that holds first; none where it is not known."""
    if lines.floor is None:
        return ()
    if lines.whole_floor is None:
        return (Floor(lines.floor, N_("floor"), lines.floor_note, True),)
    return (
        Floor(lines.floor, N_("floor, filtering"), lines.floor_note, True),
        Floor(lines.whole_floor, N_("floor, smoothing"), lines.whole_floor_note, False),
    )


def in_span(
    floors: Sequence[Floor], baselines: Sequence[tuple[str, float]]
) -> tuple[list[float], float | None]:
    """The steady lines that an axis holds, and the lowest floor, which it may leave
    outside."""
    values = sorted(floor.value for floor in floors)
    steady = [*(value for _name, value in baselines), *values[1:]]
    return steady, values[0] if values else None


def rules(
    floors: Sequence[Floor], baselines: Sequence[tuple[str, float]], y_log: bool
) -> list[dict[str, Any]]:
    """The horizontal lines; a logarithmic axis has no place for zero."""
    drawn = [(value, "dash") for _name, value in baselines]
    drawn += [(f.value, "solid" if f.judges else "dot") for f in floors]
    return [rule(v, dash=dash) for v, dash in drawn if v > 0 or not y_log]


def ends(
    floors: Sequence[Floor], baselines: Sequence[tuple[str, float]], _: Translate
) -> list[tuple[str, str, str, float]]:
    """Glyph, colour, name and value of each, for the labels at the right."""
    named = [("┄", GREY, _(name), value) for name, value in baselines]
    return named + [
        ("—" if f.judges else "┈", GREY, _(f.name), f.value) for f in floors
    ]


def together(
    methods: Sequence[tuple[str, float]], _: Translate
) -> list[tuple[str, float]]:
    """Methods that were fitted, those whose losses are `ALIKE` under one name, of which
    the lowest bounds the others; without their orders, as in "ETS, ARIMA ≥"."""
    found: list[tuple[str, float]] = []
    for name, value in sorted(methods, key=lambda pair: pair[1]):
        short = _(name).partition("(")[0]
        if found and value <= found[-1][1] * (1 + ALIKE):
            names, lowest = found[-1][0].removesuffix(BOUND), found[-1][1]
            found[-1] = (f"{names}, {short}{BOUND}", lowest)
        else:
            found.append((short, value))
    return found


def note_lines(floors: Sequence[Floor], _: Translate) -> tuple[str, ...]:
    """What the floor is that holds, in lines; none where nothing is said of it."""
    if not floors or not floors[0].note:
        return ()
    words = _(floors[0].note)
    if len(floors) > 1:
        words = _(JUDGED) % {"note": words}
    return _wrapped(words)


@lru_cache(maxsize=256)
def _wrapped(words: str) -> tuple[str, ...]:
    """In lines; a run has the same at each moment."""
    return tuple(wrap(words, NOTE_WIDTH))


def note(
    floors: Sequence[Floor], low: float, y_log: bool, _: Translate
) -> list[dict[str, Any]]:
    """What the floor is that holds, at the left below its line, where no curve is; just
    above the axis where the line lies below its lower end."""
    lines = note_lines(floors, _)
    if not lines:
        return []
    return [_note(lines, place(floors[0].value, y_log), low)]


@lru_cache(maxsize=256)
def _note(lines: tuple[str, ...], at: float, low: float) -> dict[str, Any]:
    """Below `at`; the same object each time, never changed."""
    return {
        "name": "note",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 4,
        "y": max(at, low),
        "yref": "y",
        "yanchor": "top" if at > low else "bottom",
        "align": "left",
        "showarrow": False,
        "text": "<br>".join(map(escape, lines)),
        "opacity": 0.8,
    }


def place(value: float, y_log: bool) -> float:
    """Where a loss lies in the axis' own coordinates."""
    if not y_log:
        return value
    return math.log10(value) if value > 0 else -math.inf
