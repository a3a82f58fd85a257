"""What is believed of each step? Probabilities, the best path, and the truth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.config.run import RunConfig
from explorer.errors import N_
from explorer.plots.chains.transitions import named
from explorer.plots.panel import Content, Panel, Scene, mark_time
from explorer.plots.parts import Figure, Translate, axis, escape, key, layout, ticks
from explorer.plots.theme import ATTENTION, GREY, colour_of
from explorer.plots.words import entry, paragraph, percent
from explorer.runs.records import View

GAP = 0.12
"""Between two maps, as a share of the height."""

APART = 0.15
"""How far the path stands above the middle of a row, and the truth below it."""

LIGHT = "#ffffff"


def draw(scene: Scene, _: Translate) -> Content:
    """A map of this run, and of another one below it."""
    shown = [(scene.config, scene.view)]
    if scene.beside is not None and fits(scene.view, scene.beside[1]):
        shown.append(scene.beside)
    readings = paragraph(*(_reading(config, view, _) for config, view in shown))
    message = _("Heat map of probabilities over %(steps)d time steps. %(reading)s")
    steps = len(scene.view.arrays["path"])
    return {
        "figure": mark_time(figure(shown, _), scene.mark, "x"),
        "reading": readings,
        "alternative": message % {"steps": steps, "reading": readings},
    }


def fits(view: View, other: View) -> bool:
    """Whether two views are of the same steps."""
    return bool(len(view.arrays["path"]) == len(other.arrays["path"]))


def figure(shown: list[tuple[RunConfig, View]], _: Translate = str) -> Figure:
    """One map for each run, on the same time axis; the path and the truth on it."""
    data: list[dict[str, Any]] = []
    steps = len(shown[0][1].arrays["path"])
    x = axis(_("time step"), range=[0.5, steps + 0.5], showgrid=False)
    height = (1 - GAP * (len(shown) - 1)) / len(shown)
    axes: dict[str, Any] = {}
    words = []
    for k, (config, view) in enumerate(shown):
        number = "" if k == 0 else str(k + 1)
        top = 1 - k * (height + GAP)
        data += _map(config, view, f"y{number}", _)
        axes[f"yaxis{number}"] = _rows(view, [max(0.0, top - height), top], _)
        words.append(_title(config, view, top, _))
    y = axes.pop("yaxis")
    x["anchor"] = "y" if len(shown) == 1 else f"y{len(shown)}"
    bar = ticks({share / 100: percent(str(share), _) for share in (0, 50, 100)})
    extra = {ATTENTION: {"cmin": 0, "cmax": 1, "colorbar": bar}, "annotations": words}
    return {"data": data, "layout": layout(x, y, margin={"t": 26}, **axes, **extra)}


def _map(
    config: RunConfig, view: View, rows: str, _: Translate
) -> list[dict[str, Any]]:
    chances, path = view.arrays["chances"], view.arrays["path"]
    truth = view.arrays["truth"]
    heat = {
        "type": "heatmap",
        "z": np.ascontiguousarray(chances.T, np.float32),
        "x0": 1,
        "dx": 1,
        "yaxis": rows,
        "coloraxis": ATTENTION,
        "hovertemplate": "%{x}, %{y}: %{z:.1%}<extra></extra>",
    }
    steps = np.arange(1, len(path) + 1, dtype=np.int32)
    lines = _line(steps, path - APART, rows, colour_of(config.model))
    if (labelled := truth >= 0).any():
        lines += _line(steps, np.where(labelled, truth + APART, np.nan), rows, GREY)
    return [heat, *lines]


def _line(
    steps: NDArray[Any], places: NDArray[Any], rows: str, colour: str
) -> list[dict[str, Any]]:
    """A line from row to row, on a light ground so that it stands out of the map."""
    line = {"type": "scatter", "mode": "lines", "x": steps, "yaxis": rows}
    line |= {"y": places.astype(np.float32), "hoverinfo": "skip"}
    ground = {"color": LIGHT, "width": 7, "shape": "hvh"}
    return [
        line | {"line": ground},
        line | {"line": ground | {"color": colour, "width": 3}},
    ]


def _rows(view: View, domain: list[float], _: Translate) -> dict[str, Any]:
    names = named(view.notes, _)
    title = _("label") if view.notes["labelled"] else _("state")
    return axis(
        title,
        domain=domain,
        range=[len(names) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[escape(name) for name in names],
        showgrid=False,
    )


def _title(config: RunConfig, view: View, top: float, _: Translate) -> dict[str, Any]:
    """Which run a map is of, and what its marks are."""
    way = _("Viterbi path") if view.notes["viterbi"] else _("likeliest label")
    text = entry(config.model.upper(), key("━", colour_of(config.model), way), _)
    if (view.arrays["truth"] >= 0).any():
        text += f"  {key('━', GREY, _('truth'))}"
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper"}
    return {**place, "yanchor": "bottom", "showarrow": False, "text": text}


def _reading(config: RunConfig, view: View, _: Translate) -> str:
    """How often the path is right, or how sure it is."""
    path, truth = view.arrays["path"], view.arrays["truth"]
    labelled, name = truth >= 0, config.model.upper()
    sure = float(view.arrays["chances"].max(1).mean())
    if labelled.any():
        message = _(
            "%(model)s: the path is right at %(right)d of %(all)d steps; on average "
            "the likeliest has %(sure).0f %%."
        )
        right = int((path[labelled] == truth[labelled]).sum())
        values = {"model": name, "right": right, "all": int(labelled.sum())}
        return message % {**values, "sure": 100 * sure}
    message = _("%(model)s: on average the likeliest state has %(sure).0f %%.")
    return message % {"model": name, "sure": 100 * sure}


PANEL = Panel(
    "states",
    N_("What is believed of each step?"),
    draw,
    views=("states",),
    about=N_(
        "A column is a time step and a row a label, or a hidden state where there are "
        "no labels; the darker, the likelier after all of the window was read. The "
        "upper line is the one likeliest sequence as a whole (Viterbi), the grey one "
        "below it the truth. "
        "Choose another run to see what it believes of the same window."
    ),
    pages={"inside": 190},
    beside=True,
)
