"""Does every iteration help? What training itself lowers, step by step."""

import math
from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import (
    KEPT_POINTS,
    Figure,
    Translate,
    axis,
    end_labels,
    finite,
    key,
    layout,
    margin_for,
    rule,
    short,
    thin,
)
from explorer.plots.theme import GREY, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View

TITLES = {
    "point": N_("surprise (nats per step)"),
    "gaussian": N_("negative log-likelihood (nats per value)"),
    "quantile": N_("pinball loss (standardised)"),
}
"""Of what is lowered, by the model's head."""

NAMES = {
    "gaussian": N_("Negative log-likelihood (nats per value)"),
    "quantile": N_("Pinball loss (standardised)"),
}

ROUNDING = 1e-4
"""Relative: numbers of curves are float32 sums over hundreds of windows."""


def draw(scene: Scene, _: Translate) -> Content:
    """The training curve, and the held-out value now."""
    values = scene.curves.surprises
    sentence = reading(values, scene.view, _)
    message = _("Line chart over %(count)s training steps. %(reading)s")
    return {
        "figure": figure(scene, _),
        "reading": sentence,
        "alternative": message % {"count": f"{len(values):,}", "reading": sentence},
        "proof": proof(values, scene.view, _),
    }


def figure(scene: Scene, _: Translate = str) -> Figure:
    """The curve in the architecture's colour; a grey ring is the held-out part."""
    values = scene.curves.surprises
    total = scene.config.training.steps
    x = axis(_("training step"), range=[-0.02 * total, 1.02 * total])
    y = axis(_(TITLES[scene.view.notes["head"]]), nticks=5)
    floor = scene.view.notes["floor"]
    floors = [] if floor is None else [(key("┄", GREY, _("floor")), floor)]
    return {
        "data": [_curve(scene), _held_out(scene.view, _)],
        "layout": layout(
            x,
            y,
            shapes=[rule(value, GREY, "dash") for _name, value in floors],
            annotations=end_labels(floors, *_span(values, scene.view)),
            margin=margin_for([_("floor")] if floors else []),
        ),
    }


def _curve(scene: Scene) -> dict[str, Any]:
    values = scene.curves.surprises
    kept = thin(values, KEPT_POINTS)
    return {
        "type": "scatter",
        "mode": "lines" if len(values) > 1 else "markers",
        "x": kept,
        "y": finite(values[kept]),
        "line": {"color": colour_of(scene.config.model), "width": 2},
        "hovertemplate": "%{x}: %{y:.4~g}<extra></extra>",
    }


def _held_out(view: View, _: Translate) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [view.step],
        "y": view.arrays["held_out"],
        "marker": {
            "color": GREY,
            "size": 10,
            "symbol": "circle-open",
            "line": {"width": 2},
        },
        "name": _("held-out"),
        "hovertemplate": f"{_('held-out')}: %{{y:.4~g}}<extra></extra>",
    }


def _span(values: np.ndarray, view: View) -> tuple[float, float]:
    """From the lowest to the highest of what is drawn."""
    floor = [] if view.notes["floor"] is None else [view.notes["floor"]]
    every = np.concatenate([values, view.arrays["held_out"], floor])
    numbers = every[np.isfinite(every)]
    return float(numbers.min()), max(float(numbers.max()), float(numbers.min()) + 1e-9)


def rises(values: np.ndarray) -> int:
    """How many steps raised the value by more than rounding."""
    numbers = values[np.isfinite(values)].astype(np.float64)
    return int((np.diff(numbers) > ROUNDING * np.abs(numbers[:-1])).sum())


def proof(values: np.ndarray, view: View, _: Translate) -> str:
    """Whether no iteration made the data less likely; a gradient promises no such."""
    if not view.notes["monotone"] or len(values) < 2:
        return ""
    count = rises(values)
    verdict = _("holds") if count == 0 else _("is violated")
    message = _(
        "Check: iterations that made the data less likely: %(count)s: %(verdict)s."
    )
    return message % {"count": f"{count:,}", "verdict": verdict}


def reading(values: np.ndarray, view: View, _: Translate = str) -> str:
    """From where to where, and what that means as a likelihood per step."""
    surprises = values[np.isfinite(values)]
    held = float(view.arrays["held_out"][0])
    if view.notes["head"] != "point":
        return _of_a_head(surprises, held, view, _)
    if not len(surprises):
        return _("Surprise of the held-out part: %(held)s nats per step.") % {
            "held": short(held)
        }
    message = _(
        "From %(first)s to %(now)s nats per step in %(count)s steps: each step became "
        "%(factor).2f times as likely. Held-out (ring): %(held)s."
    )
    first, now = float(surprises[0]), float(surprises[-1])
    return message % {
        "first": short(first),
        "now": short(now),
        "count": f"{len(surprises):,}",
        "factor": math.exp(min(50.0, first - now)),
        "held": short(held),
    }


def _of_a_head(losses: np.ndarray, held: float, view: View, _: Translate) -> str:
    """Where the loss of a head came from and stands, and its floor if that is known."""
    head, floor = view.notes["head"], view.notes["floor"]
    parts = []
    if len(losses):
        message = _("%(name)s: from %(first)s to %(now)s in %(count)s steps.")
        parts.append(
            message
            % {
                "name": _(NAMES[head]),
                "first": short(float(losses[0])),
                "now": short(float(losses[-1])),
                "count": f"{len(losses):,}",
            }
        )
    parts.append(
        _("On the held-out part (ring) it is %(held)s.") % {"held": short(held)}
    )
    if floor is not None:
        message = _(
            "The floor is %(floor)s: the noise is Gaussian and its variance known, so "
            "that no model can expect less."
        )
        parts.append(message % {"floor": short(floor)})
    return paragraph(*parts)


PANEL = Panel(
    "surprise",
    N_("What does training itself lower?"),
    draw,
    views=("surprise",),
    about=N_(
        "The loss above is the task's, so that all models can be compared; this is "
        "what the model itself lowers. An HMM makes the inputs likelier, −log p(x), "
        "and no iteration of Baum-Welch can make them less likely; a CRF makes the "
        "whole sequence of labels likelier, −log p(y | x), by steps along the gradient "
        "of random batches, which wander. A Gaussian head of a forecast makes the next "
        "value likelier, and a head of quantiles lowers the pinball loss, both on "
        "standardised values."
    ),
    pages={"inside": 180},
    curves=True,
)
