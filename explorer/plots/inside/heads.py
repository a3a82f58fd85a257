"""Which head does what? A small attention map per head, layers down, heads across."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside import attention
from explorer.plots.inside.attention import AttentionDrawn
from explorer.plots.inside.habits import (
    Head,
    kinds_in_words,
    scores_in_words,
    title,
    where,
)
from explorer.plots.inside.support import framed, support_in_words
from explorer.plots.panel import (
    EXACT_CELLS,
    Content,
    Panel,
    Scene,
    mark_time,
    residual,
)
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    layout,
    share_colours,
    token_ticks,
)
from explorer.plots.theme import ATTENTION, SMALL_FONT_SIZE
from explorer.plots.words import paragraph
from explorer.runs.records import View

CELLS = 150_000
"""All maps together have at most this many cells: 200 kB."""

LIMIT = 1e-5

WIDE = 4
"""From more heads beside each other on, their titles are short."""
ROW = 260
"""The pixels that all rows have in the smallest panel."""
MOST_TICKS = 12


def shown(view: View) -> list[list[Head]]:
    """The heads that were chosen, a row per layer."""
    maps = 100 * np.nan_to_num(view.arrays["attention"])
    badges = view.arrays["badges"]
    layers, heads = maps.shape[:2]
    wanted = [view.notes["layer"], view.notes["head"]]
    rows, columns = (
        range(count) if one is None else [one]
        for one, count in zip(wanted, (layers, heads), strict=True)
    )
    return [[Head(i, j, maps[i, j], badges[i, j]) for j in columns] for i in rows]


def pooled(percent: NDArray[np.float32], size: int) -> NDArray[np.uint8]:
    """The largest of every block of size x size cells, in whole percents; smaller
    blocks at the ends."""
    places = np.arange(0, len(percent), size)
    rows = np.maximum.reduceat(percent, places, axis=0)
    blocks = np.maximum.reduceat(rows, places, axis=1)
    return np.ascontiguousarray(np.rint(blocks), np.uint8)


def block(heads: int, steps: int) -> int:
    """How many steps a cell must hold for all maps to stay small."""
    return next(k for k in range(1, steps + 1) if heads * (-(-steps // k)) ** 2 < CELLS)


def draw(scene: Scene, _: Translate) -> Content:
    """The grid, or one map with its scores."""
    view = scene.view
    rows = shown(view)
    single = len(rows) == len(rows[0]) == 1
    if single:
        figure = _large(view, rows[0][0], _)
        figure = mark_time(figure, scene.mark, "x", "y")
    else:
        figure = _grid(view, rows, _)
        places = [k * len(rows[0]) + 1 for k in range(len(rows))]
        # one line per layer runs through all of its maps
        figure = mark_time(figure, scene.mark, *(_name("y", k) for k in places))
    figure = framed(figure, view, len(rows) * len(rows[0]))
    habits = (
        scores_in_words(view, rows[0][0], _)
        if single
        else kinds_in_words(view, rows, _)
    )
    sentence = paragraph(*filter(None, (habits, support_in_words(view, rows, _))))
    message = _(
        "Heat maps of attention after %(step)s training steps: %(layers)d layers down, "
        "%(heads)d heads across, each of %(steps)d steps that look. %(reading)s"
    )
    alternative = message % {
        "step": f"{view.step:,}",
        "layers": len(rows),
        "heads": len(rows[0]),
        "steps": view.arrays["attention"].shape[-1],
        "reading": sentence,
    }
    checks = [residual(N_("max |row sum − 1|"), view.notes["residual"], LIMIT, _)]
    if (above := view.notes["above"]) is not None:
        checks.append(residual(N_("weight above the diagonal"), above, 0.0, _))
    return {
        "figure": figure,
        "reading": sentence,
        "alternative": alternative,
        "proof": paragraph(*checks),
    }


def _large(view: View, head: Head, _: Translate) -> Figure:
    """One head's map with its ticks; a click on it marks the step that looks."""
    labels = view.notes["labels"]
    tokens = None if labels is None else tuple(labels)
    drawn = AttentionDrawn("", head.head, head.percent, tokens, view.step)
    figure = attention.figure(drawn, _)
    heat = figure["data"][0]
    if head.percent.size <= EXACT_CELLS:
        heat["hovertemplate"] = heat["hovertemplate"].replace("%{z}", "%{z:.4~g}")
    else:
        heat["z"] = pooled(head.percent, 1)
    figure["data"][0]["meta"] = {"time": "y"}
    top, bottom, left, right = _ends(view, head)
    rows, columns = figure["layout"]["yaxis"], figure["layout"]["xaxis"]
    rows["range"] = [bottom + 0.5, top - 0.5]
    columns["range"] = [left - 0.5, right + 0.5]
    del rows["scaleanchor"]  # the whole panel: its ticks need the room
    if tokens is not None:
        rows |= token_ticks(tokens, at_most=MOST_TICKS)
    return figure


def _grid(view: View, rows: list[list[Head]], _: Translate) -> Figure:
    """A small map per head; a click on one chooses it."""
    count, columns = len(rows), len(rows[0])
    size = block(count * columns, view.arrays["attention"].shape[-1])
    wide = columns > WIDE
    data, titles = [], []
    axes: dict[str, Any] = {}
    for i, row in enumerate(rows):
        for j, head in enumerate(row):
            place = _place(i, j, count, columns)
            axes |= _axes(place, _ends(view, head), i, j, count, columns, _)
            data.append(_small(view, head, place.x, place.y, size, _))
            titles.append(_heading(title(view, head, wide, _), place))
    first = axes.pop("xaxis"), axes.pop("yaxis")
    axes[ATTENTION] = share_colours(_)
    return {"data": data, "layout": layout(*first, **axes, annotations=titles)}


class Place(NamedTuple):
    """Where in the grid a map stands, as shares of the whole, and on which axes."""

    x: str
    y: str
    left: float
    right: float
    bottom: float
    top: float


def _place(i: int, j: int, count: int, columns: int) -> Place:
    """Of the j-th map in the i-th of `count` rows, below room for its title."""
    number = i * columns + j + 1
    title_room = min(2.6 * SMALL_FONT_SIZE / ROW, 0.6 / count)
    across, down = 0.12 / columns, 1 / count
    left = j * (1 + across) / columns
    right = left + (1 + across) / columns - across
    bottom, top = 1 - (i + 1) * down, 1 - i * down - title_room
    return Place(_name("x", number), _name("y", number), left, right, bottom, top)


def _axes(
    place: Place,
    ends: tuple[int, int, int, int],
    i: int,
    j: int,
    count: int,
    columns: int,
    _: Translate,
) -> dict[str, Any]:
    """The axes of one map; one in the middle of either side has the title for all."""
    top, bottom, left, right = ends
    below, beside = (i, j) == (count - 1, columns // 2), (i, j) == (count // 2, 0)
    across = axis(
        _("looked-at position (key)") if below else "",
        showgrid=False,
        tickvals=[left, right],
        anchor=place.y,
        domain=[place.left, place.right],
        range=[left - 0.5, right + 0.5],
        showticklabels=(i, j) == (count - 1, 0),
    )
    down = axis(
        _("looking position (query)") if beside else "",
        showgrid=False,
        tickvals=[top, bottom],
        anchor=place.x,
        domain=[place.bottom, place.top],
        range=[bottom + 0.5, top - 0.5],
        showticklabels=j == 0,
    )
    return {_axis(place.x): across, _axis(place.y): down}


def _heading(text: str, place: Place) -> dict[str, Any]:
    return {
        "text": text,
        "x": (place.left + place.right) / 2,
        "y": place.top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "font": {"size": SMALL_FONT_SIZE},
        "showarrow": False,
    }


def _small(
    view: View, head: Head, x: str, y: str, size: int, _: Translate
) -> dict[str, Any]:
    name = title(view, head, False, _).removesuffix("<br> ")
    hover = _("from position %(row)s to position %(column)s: %(z)s %%")
    lines = [name, hover % {"row": "%{y}", "column": "%{x}", "z": "%{z}"}]
    if size > 1:
        lines.append(_("the largest of %(size)d × %(size)d steps") % {"size": size})
    return {
        "type": "heatmap",
        "z": pooled(head.percent, size),
        "x0": (1 + size) / 2,
        "dx": size,
        "y0": (1 + size) / 2,
        "dy": size,
        "xaxis": x,
        "yaxis": y,
        "coloraxis": ATTENTION,
        "hovertemplate": "<br>".join(lines) + "<extra></extra>",
        "meta": {
            "choose": {"heads.layer": str(head.layer), "heads.head": str(head.head)}
        },
    }


def _name(letter: str, number: int) -> str:
    """Plotly's name of the n-th axis, counted from 1: "x", "x2"."""
    return f"{letter}{number}" if number > 1 else letter


def _axis(name: str) -> str:
    """Where the layout keeps it: "xaxis2" for "x2"."""
    return f"{name[0]}axis{name[1:]}"


def _ends(view: View, head: Head) -> tuple[int, int, int, int]:
    """First and last row and column of a map, as steps of the window from 1."""
    here = where(view, head)
    (top, bottom), (left, right) = here["rows"], here["columns"]
    return top + 1, bottom, left + 1, right


PANEL = Panel(
    "heads",
    N_("Which head does what?"),
    draw,
    views=("heads",),
    about=N_(
        "Every small map is one attention head: row by row it says where each step "
        "looks, on the same colours for all heads. A name below the title is a habit "
        "that is clearly stronger than looking everywhere evenly: at the previous "
        "token, at the same token earlier, at what followed it there (induction), or "
        "at the first token. Click a map to see it large, and there a row to mark its "
        "time step."
    ),
    pages={"inside": 35},
)
