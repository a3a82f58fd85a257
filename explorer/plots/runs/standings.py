"""Who of a class is where? Everybody's validation loss, and the goal, on one chart.

Every line has its architecture's colour. Forty of them stay readable because only the
leaders are strong and have names.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explorer.errors import N_
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    key,
    layout,
    margin_for,
    rule,
    short,
    width_of,
)
from explorer.plots.theme import GREY, colour_of
from explorer.plots.training import levels
from explorer.plots.training.levels import Floor, floors_of
from explorer.plots.training.loss_axis import levels_in_words
from explorer.plots.words import listed, paragraph
from explorer.runs.boards import Line, Standing
from explorer.runs.places import places
from explorer.runs.records import Lines

LEADERS = 5
GOAL = "#b42d69"
GOAL_NAME = N_("goal")
WIDEST = 14
"""Letters of a nickname that a label shows."""


class Runner(NamedTuple):
    """One member's line."""

    nickname: str
    line: Line
    colour: str
    """Of the architecture."""
    leads: bool
    """Whether it is drawn strong, and named."""


class StandingsDrawn(NamedTuple):
    """Exactly what the chart shows; the leaders come first."""

    runners: tuple[Runner, ...]
    goal: float | None
    floors: tuple[Floor, ...]
    unit: str
    x_end: float


def extract(
    standings: Sequence[Standing], goal: float | None, steps: int, lines: Lines
) -> StandingsDrawn:
    """Everybody who has a number; `steps` is how far a run goes, at least."""
    there = [s for s in standings if np.isfinite(s.line.losses).any()]
    runners = tuple(
        Runner(s.nickname, s.line, _colour(s), place < LEADERS)
        for place, s in enumerate(there)
    )
    ends = [float(r.line.steps[-1]) for r in runners]
    return StandingsDrawn(
        runners, goal, floors_of(lines), lines.unit, max([float(steps), 1.0, *ends])
    )


def figure(drawn: StandingsDrawn, _: Translate = str) -> Figure:
    """The chart on a logarithmic axis, the leaders over the others."""
    low, high = _span(drawn)
    others = [r for r in drawn.runners if not r.leads]
    leaders = [r for r in drawn.runners if r.leads]
    x = axis(_("training step"), range=[0, drawn.x_end], uirevision="standings")
    unit = _(drawn.unit) if drawn.unit else _("loss")
    y = axis(
        _("validation loss: %(unit)s") % {"unit": unit},
        type="log",
        range=[low, high],
        tickformat="~g",
        uirevision="standings",
    )
    if high - low > 0.7:
        y["dtick"] = "D2" if high - low < 3.0 else 1
    names = [_(GOAL_NAME), *(_(floor.name) for floor in drawn.floors)]
    names += [_named(r.nickname) for r in leaders]
    shapes = levels.rules(drawn.floors, (), y_log=True)
    shapes += [rule(drawn.goal, GOAL, "dash")] if drawn.goal else []
    return {
        "data": [_trace(r, _) for r in (*others, *reversed(leaders))],
        "layout": layout(
            x,
            y,
            shapes=shapes,
            annotations=end_labels(_ends(drawn, leaders, _), low, high),
            margin=margin_for(names, digits=7),
        ),
    }


def reading(drawn: StandingsDrawn, _: Translate = str) -> str:
    """Who leads, alone or with others; nicknames are shown as they stand."""
    if not drawn.runners:
        return _("Nobody has trained yet.")
    lowest = [float(np.nanmin(r.line.losses)) for r in drawn.runners]
    placed = zip(drawn.runners, places(lowest), strict=True)
    first = [runner.nickname for runner, place in placed if place == 1]
    values = {"name": first[0], "loss": short(min(lowest)), "count": len(first)}
    if len(first) == 1:
        return _("%(name)s leads with a validation loss of %(loss)s.") % values
    if len(first) > LEADERS:
        message = _("%(count)d are level at a validation loss of %(loss)s.")
        return message % values
    message = _("%(names)s are level at a validation loss of %(loss)s.")
    return message % (values | {"names": listed(first, _)})


def alternative(drawn: StandingsDrawn, _: Translate = str) -> str:
    """The chart in words."""
    sentences = [_("Line chart of everybody's validation loss by training step.")]
    sentences += [
        _("%(name)s: %(value)s.")
        % {"name": r.nickname, "value": short(float(np.nanmin(r.line.losses)))}
        for r in drawn.runners
    ]
    goal = [] if drawn.goal is None else [(GOAL_NAME, drawn.goal)]
    floors = [(floor.name, floor.value) for floor in drawn.floors]
    sentences += levels_in_words([*goal, *floors], _)
    return paragraph(*sentences)


def _colour(standing: Standing) -> str:
    return colour_of(standing.drawn.model) if standing.drawn else GREY


def _trace(runner: Runner, _: Translate) -> Figure:
    name = escape(runner.nickname)
    steps, losses = runner.line
    hover = escape(_("step %(x)s") % {"x": "%{x:.4~g}"}) + "<br>%{y:.4~g}"
    return {
        "type": "scatter",
        "mode": "lines+markers" if runner.leads or len(steps) < 2 else "lines",
        "x": steps,
        "y": losses,
        "name": name,
        "line": {"color": runner.colour, "width": 2.6 if runner.leads else 1.0},
        "marker": {"color": runner.colour, "size": 6},
        "opacity": 1.0 if runner.leads else 0.55,
        "hovertemplate": f"{hover}<extra>{name}</extra>",
    }


def _span(drawn: StandingsDrawn) -> tuple[float, float]:
    """Tenths of a decade round all that is drawn."""
    curves = [r.line.losses for r in drawn.runners]
    lines = [value for value in (drawn.goal, *(f.value for f in drawn.floors)) if value]
    shown = np.concatenate([*curves, np.array(lines, np.float32), np.empty(0)])
    shown = shown[np.isfinite(shown) & (shown > 0)]
    if not len(shown):
        return -2.0, 0.5
    low, high = math.log10(shown.min()), math.log10(min(shown.max(), 1e3 * shown[0]))
    return math.floor(10 * low - 0.5) / 10, math.ceil(10 * high + 0.5) / 10


def _ends(
    drawn: StandingsDrawn, leaders: Sequence[Runner], _: Translate
) -> list[tuple[str, float]]:
    """A name and a number at the right of every leader's line and of the two rules."""
    ends = [("●", r.colour, _named(r.nickname), _last(r.line)) for r in leaders]
    ends.append(("┄", GOAL, _(GOAL_NAME), drawn.goal or 0.0))
    ends += levels.ends(drawn.floors, (), _)
    return [
        (key(glyph, colour, f"{escape(name)} {short(value)}"), math.log10(value))
        for glyph, colour, name, value in ends
        if value > 0
    ]


def _last(line: Line) -> float:
    return float(line.losses[np.isfinite(line.losses)][-1])


def _named(nickname: str) -> str:
    """A nickname as long as a label may be.

    >>> _named("a very long nickname")
    'a very long n…'
    """
    shown = nickname
    while width_of(shown) > WIDEST:
        shown = shown[:-1]
    return shown if shown == nickname else shown[:-1] + "…"
