"""What happens in one step? The equations of one unit with its own numbers in them."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene, residual
from explorer.plots.parts import Translate, escape, visible
from explorer.plots.theme import GATES, GREY, SMALL_FONT_SIZE
from explorer.plots.words import clauses, entry
from explorer.runs.records import View

DIGITS = 4
ROW = 42
"""Pixels that the two lines of a row need."""

LIMIT = 1e-5

FORMS: Mapping[str, str] = {
    "sigmoid": "σ({0})",
    "tanh": "tanh({0})",
    "relu": "max(0, {0})",
    "mix": "{0} · {1} + {2} · {3}",
    "tanh_times": "{0} · tanh({1})",
    "scaled_sum": "{0} + {1} · {2}",
    "share": "{0} / ({0} + {1})",
}


class Row(NamedTuple):
    """One line as it is written."""

    target: str
    symbols: str  # "W·x + U·h + b"
    numbers: str  # "0.1200 + 0.3000 − 0.1000"
    value: str
    colour: str  # grey for a sum before its gate


class Way(NamedTuple):
    """How a value comes from the line that gives it to one that takes it."""

    source: int
    target: int
    lane: int  # 0 is the nearest to the lines
    end: float  # height at which it ends


def rows_of(view: View) -> list[Row]:
    """Every line with its numbers rounded to what is shown.

    The terms of a sum are rounded so that they add up to the shown result: the error
    goes to the terms with the largest remainders, each at most one last digit off.
    """
    rows = []
    notes = ("targets", "kinds", "symbols", "colours")
    columns = (view.notes[name] for name in notes)
    for k, (target, kind, symbols, part) in enumerate(zip(*columns, strict=True)):
        values = view.arrays["inputs"][k, : len(symbols)].tolist()
        result = float(view.arrays["values"][k])
        if kind == "sum":
            shown = add_up(values, result)
            numbers = " + ".join(map(_bracketed, shown))
            written = " + ".join(symbols)
        else:
            # Inside a function's own brackets a sign needs none.
            sign = _signed if len(values) == 1 else _bracketed
            numbers = FORMS[kind].format(*(sign(_fixed(v)) for v in values))
            written = FORMS[kind].format(*symbols)
        value, colour = _signed(_fixed(result)), GATES.get(part, GREY)
        rows.append(Row(target, written, numbers, value, colour))
    return rows


def add_up(values: list[float], result: float, digits: int = DIGITS) -> list[str]:
    """The terms in `digits` decimals so that they add up to the rounded result.

    >>> add_up([0.33333, 0.33333, 0.33334], 1.0)
    ['0.3333', '0.3333', '0.3334']
    """
    unit = 10**digits
    floors = [int(np.floor(value * unit)) for value in values]
    missing = round(result * unit) - sum(floors)
    remainders = [value * unit - low for value, low in zip(values, floors, strict=True)]
    by_size = sorted(range(len(values)), key=lambda k: -remainders[k])
    for k in by_size[: max(0, missing)]:
        floors[k] += 1
    return [f"{whole / unit:.{digits}f}" for whole in floors]


def draw(scene: Scene, _: Translate) -> Content:
    """The lines under each other; arrows lead from each value to where it is used."""
    view = scene.view
    rows = rows_of(view)
    stage = min(int(view.notes["stage"]), len(rows))
    lit = stage if stage else len(rows)
    ways = _ways(view, rows)
    figure = {
        "data": _texts(rows, lit),
        "layout": {
            "xaxis": {"visible": False, "range": [-0.12, 1.0], "fixedrange": True},
            "yaxis": {
                "visible": False,
                "range": [len(rows) - 0.4, -0.6],
                "fixedrange": True,
            },
            "uirevision": "explorer",
            "annotations": _arrows(ways, rows, lit),
            "shapes": [*(_spot(lit) if stage else []), *_lanes(ways, rows, lit)],
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "meta": {"least": ROW * len(rows)},
        },
    }
    where, row = _where(view, _), rows[lit - 1]
    equation = f"{row.target} = {row.symbols} = {row.numbers} = {row.value}"
    return {
        "figure": figure,
        "reading": entry(where, equation, _),
        "alternative": entry(
            where, clauses((f"{r.target} = {r.value}" for r in rows), _), _
        ),
        "proof": residual("|h′ − h|", view.notes["residual"], LIMIT, _),
    }


def _where(view: View, _: Translate) -> str:
    """The unit and the time step whose numbers these are."""
    notes = view.notes
    where = _("Layer %(layer)d, unit %(unit)d, time step %(step)d") % {
        "layer": notes["layer"] + 1,
        "unit": notes["unit"] + 1,
        "step": notes["t"] + 1,
    }
    if notes["label"] is not None:
        where += f" (“{visible(notes['label'])}”)"
    return where


def _texts(rows: list[Row], lit: int) -> list[dict[str, Any]]:
    """The lines that are computed, and, pale, the ones to come."""
    words, narrow = [], []
    for row in rows:
        name = f'<b><span style="color:{row.colour}">{_lowered(row.target)}</span></b>'
        above, below = f"{name} = {_lowered(row.symbols)}", escape(row.numbers)
        value = f" = <b>{row.value}</b>"
        words.append(f"{above}<br>     = {below}{value}")
        narrow.append(f"{above}{value}<br>     = {below}")
    places = np.arange(len(rows), dtype=np.float32)
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": np.zeros(len(words[part]), np.float32),
            "y": places[part],
            "text": words[part],
            "meta": {"narrow": narrow[part]},
            "textposition": "middle right",
            "opacity": opacity,
            "hoverinfo": "skip",
        }
        for part, opacity in ((slice(lit), 1.0), (slice(lit, None), 0.3))
    ]


def _ways(view: View, rows: list[Row]) -> list[Way]:
    """From each line that gives a value to every line that takes it, the short ones
    nearest to the lines; arrows at one line end beside each other."""
    made = {row.target: k for k, row in enumerate(rows)}
    pairs = [
        (made[name], k)
        for k, symbols in enumerate(view.notes["symbols"])
        for name in (symbol.removeprefix("1 − ") for symbol in symbols)
        if made.get(name, k) < k
    ]
    ways: list[Way] = []
    for source, target in sorted(pairs, key=lambda pair: pair[1] - pair[0]):
        crossed = {w.lane for w in ways if w.source < target and source < w.target}
        lane = next(n for n in range(len(pairs)) if n not in crossed)
        before = sum(w.target == target for w in ways)
        ways.append(Way(source, target, lane, target - 0.1 - 0.14 * before))
    return ways


def _arrows(ways: list[Way], rows: list[Row], lit: int) -> list[dict[str, Any]]:
    """The last piece of each way, with its head."""
    return [
        {
            "x": -0.005,
            "y": way.end,
            "ax": _depth(way, ways),
            "ay": way.end,
            "xref": "x",
            "yref": "y",
            "axref": "x",
            "ayref": "y",
            "text": "",
            "showarrow": True,
            "arrowhead": 2,
            "arrowwidth": 2 if way.target == lit - 1 else 1.2,
            "arrowcolor": rows[way.source].colour,
            "opacity": 1.0 if way.target < lit else 0.15,
        }
        for way in ways
    ]


def _lanes(ways: list[Way], rows: list[Row], lit: int) -> list[dict[str, Any]]:
    """The rest of each way: out to its lane and along it."""
    return [
        {
            "type": "path",
            "path": f"M -0.005,{way.source + 0.1} H {_depth(way, ways)} V {way.end}",
            "line": {
                "color": rows[way.source].colour,
                "width": 2 if way.target == lit - 1 else 1.2,
            },
            "opacity": 1.0 if way.target < lit else 0.15,
        }
        for way in ways
    ]


def _depth(way: Way, ways: list[Way]) -> float:
    """How far left of the lines a way runs."""
    return -0.02 - 0.095 * (way.lane + 0.5) / (1 + max(w.lane for w in ways))


def _spot(lit: int) -> list[dict[str, Any]]:
    """A shade behind the line that is computed now."""
    return [
        {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": lit - 1.48,
            "y1": lit - 0.52,
            "fillcolor": GREY,
            "opacity": 0.15,
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def _lowered(symbols: str) -> str:
    """Symbols with their indices lowered, as large as the smallest letters."""
    index = rf'<sub><span style="font-size:{SMALL_FONT_SIZE}px">\1</span></sub>'
    return re.sub(r"_(\w)", index, escape(symbols))


def _fixed(value: float) -> str:
    return f"{value:.{DIGITS}f}"


def _signed(number: str) -> str:
    return number.replace("-", "−")


def _bracketed(number: str) -> str:
    return f"({_signed(number)})" if number.startswith("-") else number


PANEL = Panel(
    "cell",
    N_("What happens in one step?"),
    draw,
    views=("cell",),
    about=N_(
        "These are the equations of one hidden unit at one time step, in the order in "
        "which they are computed, with the run's own numbers put in. An arrow leads "
        "from a value to the line that uses it; move through the lines with the arrow "
        "keys on the control called Line. The numbers add up as they are shown, and "
        "the last line is the hidden state that the model really had."
    ),
    pages={"inside": 30},
)
