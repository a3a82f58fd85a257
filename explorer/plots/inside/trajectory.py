"""Which way does the state go? Hidden states along their two widest directions.

The axes are the first two principal components of a basis: the cloud of a moment that
stays. While the training step is moved the states move, and the axes do not.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    colour_axis,
    escape,
    layout,
    short,
    visible,
)
from explorer.plots.theme import ATTENTION, GREY, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View

MARGIN = 1.15
"""The axes reach this many times as far as the basis' cloud."""

Floats = NDArray[np.float64]


class Basis(NamedTuple):
    """Two axes for states of H units."""

    centre: Floats  # (H,)
    axes: Floats  # (2, H), of length 1; zero where there is no such direction
    shares: Floats  # (2,) of the variance, 0..1
    reach: Floats  # (2,) ends of the drawn axes, about zero

    def project(self, states: NDArray[Any]) -> Floats:
        """States (n, H) as places (n, 2)."""
        return np.asarray((states.astype(np.float64) - self.centre) @ self.axes.T)


def draw(scene: Scene, _: Translate) -> Content:
    """The cloud, the example's path through it, and the marked step."""
    view = scene.view
    basis = basis_of((scene.basis or view).arrays["cloud"])
    return {
        "figure": figure(view, basis, scene.mark, colour_of(scene.config.model), _),
        "reading": reading(view, basis, _),
        "alternative": alternative(view, basis, _),
        "proof": "",
    }


def basis_of(cloud: NDArray[Any]) -> Basis:
    """The principal components of states (M, H), the widest first.

    The loading that is largest in magnitude is positive, so that signs do not flip.
    States that are not numbers are left out.
    """
    points = cloud[np.isfinite(cloud).all(1)].astype(np.float64)
    axes, shares = np.zeros((2, cloud.shape[1])), np.zeros(2)
    if not len(points):
        return Basis(np.zeros(cloud.shape[1]), axes, shares, np.ones(2))
    centre = points.mean(0)
    _left, lengths, found = np.linalg.svd(points - centre, full_matrices=False)
    count = min(2, len(found))
    axes[:count] = found[:count]
    if variance := float(np.square(lengths).sum()):
        shares[:count] = np.square(lengths[:count]) / variance
    largest = np.abs(axes).argmax(1)
    axes *= np.where(axes[[0, 1], largest] < 0, -1.0, 1.0)[:, None]
    farthest = np.abs((points - centre) @ axes.T).max(0)
    return Basis(
        centre, axes, shares, np.where(farthest > 1e-9, MARGIN * farthest, 1.0)
    )


def figure(
    view: View, basis: Basis, mark: int | None, colour: str, _: Translate
) -> Figure:
    """Points on the basis' own axes, coloured by their time step."""
    cloud = basis.project(view.arrays["cloud"]).astype(np.float32)
    path = basis.project(view.arrays["states"]).astype(np.float32)
    steps, first = len(path), view.notes.get("first", 0)
    data = [_cloud(cloud), _path(view, path, colour, _)]
    if mark is not None and first <= mark < first + steps:
        data.append(_ring(path[mark - first], colour))
    title = _("PC %(number)d (%(percent).0f %% of the variance)")
    x, y = (
        axis(
            title % {"number": k + 1, "percent": 100 * basis.shares[k]},
            range=[-float(basis.reach[k]), float(basis.reach[k])],
        )
        for k in range(2)
    )
    legend = {"text": _("time step"), "side": "right"}
    colours = colour_axis(first + 1, first + max(2, steps), title=legend)
    return {"data": data, "layout": layout(x, y, **{ATTENTION: colours})}


def _cloud(cloud: NDArray[np.float32]) -> dict[str, Any]:
    """All held-out states (n, 2), in the background."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": cloud[:, 0],
        "y": cloud[:, 1],
        "marker": {"color": GREY, "size": 5, "opacity": 0.3},
        "hoverinfo": "skip",
    }


def _path(
    view: View, path: NDArray[np.float32], colour: str, _: Translate
) -> dict[str, Any]:
    """The example's states (T, 2), step after step."""
    steps, first = len(path), view.notes.get("first", 0)
    what = _("token") if view.notes["labels"] is not None else _("input")
    where = _("time step %(step)s") % {"step": "%{customdata}"}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": path[:, 0],
        "y": path[:, 1],
        "line": {"color": colour, "width": 1.2},
        "marker": {
            "size": 8,
            "color": first + np.arange(1, steps + 1, dtype=np.int32),
            "coloraxis": ATTENTION,
            "line": {"color": GREY, "width": 0.5},
        },
        "text": words(view),
        "customdata": list(range(first + 1, first + steps + 1)),
        "meta": {"time": "customdata"},
        "hovertemplate": f"{where}<br>{what}: %{{text}}"
        "<br>%{x:.4~g}, %{y:.4~g}<extra></extra>",
    }


def _ring(state: NDArray[np.float32], colour: str) -> dict[str, Any]:
    """Around the state (2,) of the marked step."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": state[:1],
        "y": state[1:],
        "marker": {
            "size": 18,
            "symbol": "circle-open",
            "color": colour,
            "line": {"color": colour, "width": 3},
        },
        "hoverinfo": "skip",
    }


def words(view: View) -> list[str]:
    """What stands at each time step of the example."""
    if (labels := view.notes["labels"]) is not None:
        return [escape(visible(token)) for token in labels]
    return [f"{value:.4g}" for value in view.arrays["input"]]


def length(states: NDArray[Any]) -> float:
    """How long the path through states (T, H) is, over all units."""
    moves = np.diff(states.astype(np.float64), axis=0)
    return float(np.sqrt(np.square(moves).sum(1)).sum())


def radius(cloud: NDArray[Any]) -> float:
    """The root-mean-square distance of states (M, H) from their middle."""
    away = cloud.astype(np.float64) - cloud.astype(np.float64).mean(0)
    return float(np.sqrt(np.square(away).sum(1).mean()))


def held(cloud: NDArray[Any], basis: Basis) -> float:
    """The share of the variance of states (M, H) that lies along the two axes."""
    variance = float(cloud.astype(np.float64).var(0).sum())
    return float(basis.project(cloud).var(0).sum()) / variance if variance else 0.0


def reading(view: View, basis: Basis, _: Translate) -> str:
    """How much two axes hold, and how far the state goes."""
    states, cloud = view.arrays["states"], view.arrays["cloud"]
    if not (np.isfinite(states).all() and np.isfinite(cloud).all()):
        return _("The states are not numbers, so there is no path to see.")
    wide = radius(cloud)
    message = _(
        "The two axes hold %(percent).0f %% of the drawn cloud's variance; the path is "
        "%(times)s times as long as the cloud's radius (%(radius)s, over all units)."
    )
    sentence = message % {
        "percent": 100 * held(cloud, basis),
        "times": short(length(states) / wide if wide else 0.0),
        "radius": short(wide),
    }
    outside = int((np.abs(basis.project(states)) > basis.reach).any(1).sum())
    if not outside:
        return sentence
    message = _("%(count)d of its %(steps)d points lie beyond the axes, which stay.")
    return paragraph(sentence, message % {"count": outside, "steps": len(states)})


def alternative(view: View, basis: Basis, _: Translate) -> str:
    """The picture in words, for those who do not see it."""
    message = _(
        "Scatter plot of %(title)s, layer %(layer)d, after %(step)s training steps, "
        "along two principal components: a cloud of %(cloud)s states and the path of "
        "the example's %(steps)d. %(reading)s"
    )
    title = view.notes["title"]
    return message % {
        "title": _(title),
        "layer": view.notes["layer"] + 1,
        "step": f"{view.step:,}",
        "cloud": len(view.arrays["cloud"]),
        "steps": len(view.arrays["states"]),
        "reading": reading(view, basis, _),
    }


PANEL = Panel(
    "trajectory",
    N_("Which way does the state go?"),
    draw,
    views=("trajectory",),
    about=N_(
        "A hidden state is a point in a space with one direction per unit, and the "
        "picture looks at that space along the two directions in which the states of "
        "held-out windows differ most. The grey dots are those states, and the line "
        "is the example's path from its first time step to its last; click a point to "
        "mark its step. The axes stay while you move the training step, so what moves "
        "is what the model has learned."
    ),
    pages={"inside": 30},
    basis=True,
)
