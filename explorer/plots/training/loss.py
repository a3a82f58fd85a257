"""How low can the loss go? Training, validation, and the lines to measure them against.

One line grammar: training thin and light, validation strong with markers, baselines
dashed grey, the floor solid and thin with its name, commands as marks on the axis.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_, Words
from explorer.plots.parts import (
    Figure,
    Translate,
    end_labels,
    escape,
    finite,
    key,
    last,
    short,
    thin,
)
from explorer.plots.theme import GREY, OTHER, colour_of
from explorer.plots.training import levels, verdict
from explorer.plots.training.clock import clock_place
from explorer.plots.training.commands import Mark, marks
from explorer.plots.training.levels import Floor, floors_of
from explorer.plots.training.loss_axis import Span, levels_in_words, loss_span
from explorer.plots.training.loss_still import axes, marked, steady
from explorer.plots.training.trend import latest, rise_by_heart, trend
from explorer.plots.words import paragraph
from explorer.runs.records import Awaited, Clock, Command, Curves, Lines, Validation

Floats = NDArray[np.float32]

NOTE_ROOM = 0.13
"""Of the axis, below the floor, for each line of its note: no curve is there."""


class LossDrawn(NamedTuple):
    """Exactly what the loss chart shows."""

    model: str
    axis: Clock
    x: Floats  # (n,) steps or seconds
    y: Floats  # (n,) training loss, NaN where it was not finite
    now: float | None  # median of the latest training losses
    validation_x: Floats  # (m,)
    validation_y: Floats  # (m,)
    marks: tuple[Mark, ...]
    floors: tuple[Floor, ...]  # the one that holds first
    baselines: tuple[tuple[str, float], ...]
    unit: str
    x_end: float | None  # right end of the axis; None: as far as the data
    diverged_at: float | None  # where the loss first was not a number
    parent_x: Floats  # (k,) the run that this one was forked from
    parent_y: Floats  # (k,)
    discriminator: Floats  # (n,) its training loss; empty where there is none
    diverged: bool  # whether the run was ended because its loss ran away
    methods: tuple[tuple[str, float], ...]  # simple ones that were fitted
    awaited: Awaited  # whether they are being fitted
    trouble: Words | None  # why there are none

    @property
    def steady(self) -> tuple[tuple[str, float], ...]:
        """Every dashed line by its name, each once."""
        return tuple(dict([*self.methods, *self.baselines]).items())


def extract(
    model: str,
    curves: Curves,
    validations: Sequence[Validation],
    commands: Sequence[Command],
    lines: Lines,
    axis: Clock = "step",
    total_steps: int = 0,
    parent: Curves | None = None,
    diverged: bool = False,
) -> LossDrawn:
    """Thin the curve to what a screen can show and put everything on one axis."""
    n = len(curves.losses)
    times = _clock(curves, axis)
    picked = thin(curves.losses)
    broken = np.flatnonzero(~np.isfinite(curves.losses))
    diverged_at = float(times[broken[0]]) if len(broken) else None
    seen = [v.step if axis == "step" else v.seconds for v in validations]
    marked = marks(commands, curves, axis)
    before = Curves.empty() if parent is None else parent
    past = thin(before.losses)
    second = finite(curves.discriminator_losses[picked])
    if diverged_at is not None:
        marked = (*marked, Mark(diverged_at, N_("diverged")))
    return LossDrawn(
        model=model,
        axis=axis,
        x=times[picked].astype(np.float32),
        y=finite(curves.losses[picked]),
        now=latest(curves.losses),
        validation_x=np.array(seen, np.float32),
        validation_y=finite(np.array([v.loss for v in validations], np.float32)),
        marks=marked,
        floors=floors_of(lines),
        baselines=tuple(lines.baselines.items()),
        unit=lines.unit,
        x_end=float(max(total_steps, n, 1)) if axis == "step" else None,
        diverged_at=diverged_at,
        parent_x=_clock(before, axis)[past].astype(np.float32),
        parent_y=finite(before.losses[past]),
        discriminator=second if np.isfinite(second).any() else second[:0],
        diverged=diverged,
        methods=tuple((lines.methods or {}).items()),
        awaited=lines.awaited,
        trouble=lines.trouble,
    )


def _clock(curves: Curves, axis: Clock) -> NDArray[Any]:
    """(n,) the place of every step on the axis."""
    return np.arange(len(curves.losses)) if axis == "step" else curves.seconds


def figure(drawn: LossDrawn, _: Translate = str, *, y_log: bool = True) -> Figure:
    """The chart; with `y_log` equal distances are equal ratios of the loss."""
    span = _span(drawn, y_log, _)
    unit = _(drawn.unit) if drawn.unit else _("loss")
    names = [name for name, _value in _named(drawn, _)]
    names += [_(floor.name) for floor in drawn.floors]
    names += [_("training"), _("validation")]
    names += [_("Discriminator")] if len(drawn.discriminator) else []
    last_x = float(drawn.x[-1]) if len(drawn.x) else 1.0
    return {
        "data": [*_curves(drawn, _), marked(drawn.marks, drawn.x_end or last_x, _)],
        "layout": {
            **axes(drawn.axis, drawn.x_end, unit, span, y_log, _),
            **steady(drawn.floors, drawn.steady, y_log, tuple(names)),
            "annotations": _words(drawn, _, span, y_log) if span else _zeros(drawn, _),
        },
    }


def reading(drawn: LossDrawn, _: Translate = str) -> str:
    """What the chart says about this run, and whether a simple method does as well."""
    seen = drawn.validation_y[np.isfinite(drawn.validation_y)]
    if not len(seen) or drawn.diverged or drawn.diverged_at is not None:
        return _of_run(drawn, _)
    beside = verdict.methods_beside(float(seen[-1]), drawn.methods, _)
    news = verdict.methods_awaited(drawn.awaited, drawn.trouble, _)
    return paragraph(*filter(None, (_of_run(drawn, _), beside, news)))


def _of_run(drawn: LossDrawn, _: Translate) -> str:
    """Where this run stands, in one sentence."""
    if drawn.diverged_at is not None:
        return _(
            "The loss stopped being a finite number. Go back to an earlier moment, or "
            "try what the run's message advises."
        )
    if drawn.diverged:
        return verdict.of_diverged(_)
    seen = drawn.validation_y[np.isfinite(drawn.validation_y)]
    if not len(seen):
        if drawn.now is None:
            return _("Nothing has been trained yet.")
        message = _("The training loss is %(now)s; nothing has been validated yet.")
        return message % {"now": short(drawn.now)}
    if (second := last(drawn.discriminator)) is not None:
        message = _(
            "The generator's held-out loss is %(now)s, the discriminator's loss "
            "%(rival)s. Where neither wins, they stand at 0.69 and 1.39: the "
            "discriminator can only guess."
        )
        return message % {"now": short(float(seen[-1])), "rival": short(second)}
    seen_at = drawn.validation_x, drawn.validation_y
    if rise := rise_by_heart(*seen_at, drawn.x, drawn.y, drawn.now):
        return verdict.by_heart(rise, _)
    now = float(seen[-1])
    if drawn.floors and drawn.floors[0].value > 0:
        return _against_floor(drawn, now, _)
    if drawn.baselines:
        return verdict.against_guess(now, drawn.baselines, _)
    message = _("Validation stands at %(now)s; it began at %(first)s.")
    return message % {"now": short(now), "first": short(float(seen[0]))}


def _against_floor(drawn: LossDrawn, now: float, _: Translate) -> str:
    """How far above the floor that holds, whether it still falls, and what else stands
    as low."""
    floor, *others = drawn.floors
    moves = trend(drawn.validation_x, drawn.validation_y, floor.value)
    sentences = [
        verdict.above_floor(now / floor.value - 1, moves, _),
        verdict.guess_beside(now, drawn.baselines, _),
        *(verdict.other_floor(other.value, _) for other in others),
    ]
    return paragraph(*filter(None, sentences))


def alternative(drawn: LossDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    sentences = [
        _("Line chart of the loss (%(unit)s) over training.") % {"unit": _(drawn.unit)}
    ]
    for name, values in (
        (_("training"), drawn.y),
        (_("validation"), drawn.validation_y),
        (_("Discriminator"), drawn.discriminator),
    ):
        losses = values[np.isfinite(values)]
        if len(losses):
            message = _("%(name)s: from %(first)s to %(last)s, lowest %(low)s.")
            sentences.append(
                message
                % {
                    "name": name,
                    "first": short(float(losses[0])),
                    "last": short(float(losses[-1])),
                    "low": short(float(losses.min())),
                }
            )
    floors = [(floor.name, floor.value) for floor in drawn.floors]
    sentences += levels_in_words([*floors, *drawn.steady], _)
    return paragraph(*sentences)


def _span(drawn: LossDrawn, y_log: bool, _: Translate) -> Span | None:
    """The vertical range, with room below the floor for what it is."""
    losses = np.concatenate((drawn.y, drawn.validation_y, drawn.discriminator))
    steady, floor = levels.in_span(drawn.floors, drawn.steady)
    span = loss_span([losses], steady, floor, y_log)
    if span is None or not y_log:
        return span
    low, high = span
    return low - NOTE_ROOM * len(levels.note_lines(drawn.floors, _)) * (
        high - low
    ), high


def _curves(drawn: LossDrawn, _: Translate) -> list[dict[str, Any]]:
    """Training thin and light, validation strong with markers."""
    colour, place = colour_of(drawn.model), clock_place(drawn.axis, _)
    mode = "lines" if len(drawn.x) > 1 else "markers"
    parent = _curve(_("parent"), "lines", drawn.parent_x, drawn.parent_y, place)
    parent["line"] = {"color": GREY, "width": 1.2}
    parent["opacity"] = 0.7
    training = _curve(_("training"), mode, drawn.x, drawn.y, place)
    training["line"] = {"color": colour, "width": 1.2}
    training["marker"] = {"color": colour, "size": 5}
    training["opacity"] = 0.5
    seen = drawn.validation_x, drawn.validation_y
    validation = _curve(_("validation"), "lines+markers", *seen, place)
    validation["line"] = {"color": colour, "width": 2.6}
    validation["marker"] = {"color": colour, "size": 7}
    second = _curve(_("Discriminator"), mode, drawn.x, drawn.discriminator, place)
    second["line"] = {"color": OTHER, "width": 1.2, "dash": "dash"}
    second["marker"] = {"color": OTHER, "size": 5}
    return [
        *([parent] if len(drawn.parent_x) else []),
        training,
        validation,
        *([second] if len(drawn.discriminator) else []),
    ]


def _curve(name: str, mode: str, x: Floats, y: Floats, place: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": mode,
        "x": x,
        "y": y,
        "name": name,
        "hovertemplate": f"{place}<br>%{{y:.4~g}}<extra>{name}</extra>",
    }


def _named(drawn: LossDrawn, _: Translate) -> list[tuple[str, float]]:
    """The dashed lines as they are labelled: methods that do alike share a label."""
    guesses = [(_(name), value) for name, value in drawn.baselines]
    baselines = dict(drawn.baselines)
    return guesses + levels.together(
        [m for m in drawn.methods if m[0] not in baselines], _
    )


def _words(
    drawn: LossDrawn, _: Translate, span: tuple[float, float], y_log: bool
) -> list[dict[str, Any]]:
    """A name and a number at the right end of every line, and what the floor is."""
    colour = colour_of(drawn.model)
    ends = levels.ends(drawn.floors, _named(drawn, _), _)
    if drawn.now is not None:
        ends.append(("—", colour, _("training"), drawn.now))
    if (seen := last(drawn.validation_y)) is not None:
        ends.append(("●", colour, _("validation"), seen))
    if (second := last(drawn.discriminator)) is not None:
        ends.append(("┄", OTHER, _("Discriminator"), second))
    if (past := last(drawn.parent_y)) is not None:
        ends.append(("—", GREY, _("parent"), past))
    labels = []
    for glyph, tint, name, value in ends:
        place = levels.place(value, y_log)
        out = " ↓" if place < span[0] else ""
        text = key(glyph, tint, f"{escape(name)} {short(value)}{out}")
        labels.append((text, place))
    return end_labels(labels, *span) + levels.note(drawn.floors, span[0], y_log, _)


def _zeros(drawn: LossDrawn, _: Translate) -> list[dict[str, Any]]:
    """Why a logarithmic chart stays empty though there are losses."""
    if not np.isfinite(drawn.y).any():
        return []
    words = _("Every loss is 0, which a logarithmic axis cannot show.")
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    return [middle | {"text": words, "showarrow": False}]
