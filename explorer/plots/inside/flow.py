"""Which gate is open now? The cell's diagram with the values of one time step on it, or
what every head looks at from there, which `looks` draws."""

import math
import re
from itertools import product
from textwrap import wrap
from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.inside import looks
from explorer.plots.inside.columns import DOT, Place, columns_of, sides_of
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, layout, visible
from explorer.plots.theme import GATES, GREY
from explorer.plots.words import entry, in_percent, listed
from explorer.runs.facts import Facts
from explorer.runs.records import View

WIDEST = 7.0
"""Pixels of the arrow out of a gate that is wide open."""

PLAIN = 1.2
"""Pixels of any other arrow."""

MANY, LETTERS = 5, 12
"""In a diagram of more columns a name is broken after so many letters."""


def draw(scene: Scene, _: Translate) -> Content:
    """The marked time step; the last one where none is marked."""
    view = scene.view
    count = (
        view.arrays["looks"] if "looks" in view.arrays else view.arrays["means"]
    ).shape[1]
    t = count - 1 if scene.mark is None else min(scene.mark, count - 1)
    if "looks" in view.arrays:
        figure, sentence = looks.figure(scene, t, _), looks.reading(view, t, _)
    else:
        figure, sentence = _cell(view, t, _), _opened(view, t, _)
    reading = entry(_where(view, t, _), sentence, _)
    return {"figure": figure, "reading": reading, "alternative": reading}


def places_of(view: View) -> dict[str, Place]:
    """Where each node stands: columns from left to right, each spread over 0..1;
    several cells stand under each other."""
    columns = columns_of(view.notes["nodes"], view.notes["edges"])
    cells = list(dict.fromkeys(map(_cell_of, columns)))
    places = {}
    for cell, column in product(range(len(cells)), set(columns.values())):
        names = [
            name
            for name, at in columns.items()
            if at == column and _cell_of(name) == cells[cell]
        ]
        for k, name in enumerate(names):
            down = (cell + (k + 0.5) / len(names)) / len(cells)
            places[name] = (float(column), 1 - down)
    return places


def _count(view: View) -> int:
    """How many cells there are."""
    return len(set(map(_cell_of, view.notes["nodes"])))


def _cell_of(node: str) -> str:
    """The cell that a node is named after; empty where there is but one."""
    return node.rpartition(".")[0]


def _cell(view: View, t: int, _: Translate) -> Figure:
    """Nodes as dots, filled by what they are now; arrows as wide as their gate."""
    places, notes = places_of(view), view.notes
    means = view.arrays["means"][:, t].tolist()
    named = zip(notes["parts"], means, strict=True)
    values = {name: mean for name, mean in named if not math.isnan(mean)}
    kinds = zip(notes["parts"], notes["gates"], strict=True)
    gates = [part for part, gate in kinds if gate and part in values]
    now = [(a, b) for a, b, later in notes["edges"] if not later]
    ways = [(a, [(places[a], places[b]) for a_, b in now if a_ == a]) for a in gates]
    others = [(places[a], places[b]) for a, b in now if a not in gates]
    right = max(x for x, _y in places.values())
    cells = _count(view)
    x_range, y_range = (-0.6, right + 0.6), (-0.1, 1.15)
    names = _names(view, values, _)
    arrows = [(places[a], places[b]) for a, b in now]
    sides = sides_of(places, names, arrows, x_range, y_range)
    hidden: dict[str, Any] = {"visible": False, "fixedrange": True}
    return {
        "data": [
            _arrows(others, PLAIN, GREY),
            *(
                _arrows(out, 1 + WIDEST * values[gate], _tint(gate))
                for gate, out in ways
            ),
            _nodes(places, names, sides, values),
        ],
        "layout": layout(
            axis(_("order of computation"), range=list(x_range), **hidden),
            axis(_("parts of the cell"), range=list(y_range), **hidden),
            shapes=[
                _arc(places[a], places[b], 1 / cells)
                for a, b, later in notes["edges"]
                if later
            ],
            margin={"l": 8, "r": 8, "t": 8, "b": 8},
        ),
    }


def _names(view: View, values: dict[str, float], _: Translate) -> dict[str, list[str]]:
    """By node: its name in lines, with its value where it has one. What its ends mean
    the reading says; of which of several cells it is, that cell's last node."""
    places = places_of(view)
    titles = dict(zip(view.notes["parts"], view.notes["titles"], strict=True))
    right = max(x for x, _y in places.values())
    names = {}
    for name, symbols in view.notes["nodes"].items():
        title = _(titles[name]) if name in titles else symbols
        if name not in titles:
            lines = [title]
        elif _cell_of(name) and places[name][0] == right:
            lines = re.split(r"(?<=[,，:：])\s*", title)
        else:
            lines = wrap(_bare(title), LETTERS) if right > MANY else [_bare(title)]
        if name in values:
            lines[-1] += f" {values[name]:.2f}"
        names[name] = lines
    return names


def _nodes(
    places: dict[str, Place],
    names: dict[str, list[str]],
    sides: dict[str, str],
    values: dict[str, float],
) -> dict[str, Any]:
    """Every node with its name."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": np.array([x for x, _y in places.values()], np.float32),
        "y": np.array([y for _x, y in places.values()], np.float32),
        "text": [_words(names[name], name in values) for name in places],
        "textposition": [sides[name] for name in places],
        "cliponaxis": False,
        "marker": {
            "size": 2 * DOT,
            "color": [_tint(name) for name in places],
            "opacity": [
                0.15 + 0.85 * min(1.0, values.get(name, 0.2)) for name in places
            ],
            "line": {"width": 1.5, "color": GREY},
        },
        "hoverinfo": "skip",
    }


def _bare(title: str) -> str:
    """A part's name without its cell and without what its ends mean.

    >>> _bare("Decoder: update gate (1 keeps the old state)"), _bare("Memory, forward")
    ('update gate', 'Memory')
    """
    return re.split(r"[,，]|\s*[(（]", re.split(r"[:：]\s*", title)[-1])[0]


def _words(lines: list[str], valued: bool) -> str:
    """A name; the value at its end is bold."""
    text = "<br>".join(map(escape, lines))
    if not valued:
        return text
    words, _blank, value = text.rpartition(" ")
    return f"{words} <b>{value}</b>"


def _tint(part: str) -> str:
    return GATES.get(part.rpartition(".")[2], GREY)


def _arrows(ways: list[tuple[Place, Place]], wide: float, colour: str) -> Any:
    """Arrows of one width as one line with gaps: annotations take a browser far longer
    to draw."""
    points = [point for way in ways for point in (*way, (np.nan, np.nan))]
    x, y = np.array(points, np.float32).reshape(-1, 2).T
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "line": {"width": wide, "color": colour},
        "opacity": 0.8,
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0.0, 8 + wide, 0.0] * len(ways),
            "standoff": 11,
            "color": colour,
        },
        "hoverinfo": "skip",
    }


def _arc(start: Place, end: Place, high: float) -> dict[str, Any]:
    """A dotted line into the next time step, below what it leaps over, in a cell so
    high."""
    (x0, y0), (x1, y1) = start, end
    if start == end:
        down = y0 - 0.3 * high
        ways = f"C {x0 - 0.3},{down} {x0 + 0.3},{down} {x0 + 0.08},{y0}"
        path = f"M {x0 - 0.08},{y0} {ways}"
    else:
        path = f"M {x0},{y0} Q {(x0 + x1) / 2},{min(y0, y1) - 0.9 * high} {x1},{y1}"
    line = {"color": GREY, "width": 1.5, "dash": "dot"}
    return {"type": "path", "path": path, "line": line, "layer": "below"}


def _where(view: View, t: int, _: Translate) -> str:
    where = _("Time step %(step)d") % {"step": t + 1}
    labels = view.notes["labels"]
    return where if labels is None else f"{where} (“{visible(labels[t])}”)"


def _opened(view: View, t: int, _: Translate) -> str:
    """How far each gate is open on average; without gates, how large the state is."""
    gates = view.notes["gates"]
    shown = [
        f"{_(title)} {in_percent(value, _)}"
        for title, gate, value in zip(
            view.notes["titles"],
            gates,
            view.arrays["means"][:, t].tolist(),
            strict=True,
        )
        if gate and not math.isnan(value)
    ]
    if shown:
        return _("on average open: %(gates)s.") % {"gates": listed(shown, _)}
    states = view.arrays["means"][:, t]
    size = f"{states[np.isfinite(states)][-1]:.2f}"
    return _("the state is %(size)s large on average.") % {"size": size}


def question(facts: Facts) -> str:
    """What a model of these parts is to be asked."""
    if "attention" in facts.kinds and facts.task != "translate":
        return N_("What does each head look at now?")
    return N_("Which gate is open now?") if "gate" in facts.kinds else N_("What flows?")


PANEL = Panel(
    "flow",
    question,
    draw,
    views=("flow",),
    pages={"playground": 35},
)
