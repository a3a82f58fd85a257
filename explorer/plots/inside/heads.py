"""Which head does what? A small attention map per head, layers down, heads across."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config import N_
from explorer.plots.inside import attention
from explorer.plots.inside.attention import AttentionDrawn
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
from explorer.plots.theme import ATTENTION
from explorer.runs.records import View

ENTROPY = 4
OF_TOKENS = (
    N_("previous token"),
    N_("same token"),
    N_("induction"),
    N_("first token"),
)
OF_STEPS = (N_("previous step"), "", "", N_("first step"))
"""What the scores are called, in the order in which they stand; a series has two."""

CLEAR, TIMES_CHANCE = 0.3, 2.0
"""A score counts when it is above the first, and this many times that by chance."""

CELLS = 150_000
"""All maps together have at most this many cells: 200 kB."""

LIMIT = 1e-5

WIDE = 4
"""From more heads beside each other on, their titles are small."""
TITLE, SMALL_TITLE = 13, 9
ROW = 260
"""The pixels that all rows have in the smallest panel."""
MOST_TICKS = 12


class Head(NamedTuple):
    """One map and its scores."""

    layer: int
    head: int
    percent: NDArray[np.float32]  # (T, T)
    scores: NDArray[np.float32]  # (5,)


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


def kind_of(head: Head, chance: NDArray[np.float32]) -> int | None:
    """The index of the highest score that is clearly above chance; None if none is."""
    clear = [
        k
        for k in range(ENTROPY)
        if head.scores[k] > max(CLEAR, TIMES_CHANCE * chance[k])
    ]
    return max(clear, key=lambda k: head.scores[k], default=None)


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
    said = _scores_said(view, rows[0][0], _) if single else _kinds_said(view, rows, _)
    message = _(
        "Heat maps of attention after %(step)d training steps: %(layers)d layers down, "
        "%(heads)d heads across, each of %(steps)d steps that look. %(reading)s"
    )
    alternative = message % {
        "step": view.step,
        "layers": len(rows),
        "heads": len(rows[0]),
        "steps": view.arrays["attention"].shape[-1],
        "reading": said,
    }
    checks = [residual(N_("max |row sum − 1|"), view.notes["residual"], LIMIT, _)]
    if (above := view.notes["above"]) is not None:
        checks.append(residual(N_("weight above the diagonal"), above, 0.0, _))
    return {
        "figure": figure,
        "reading": said,
        "alternative": alternative,
        "proof": " ".join(checks),
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
    steps = view.arrays["attention"].shape[-1]
    count, columns = len(rows), len(rows[0])
    size = block(count * columns, steps)
    wide = columns > WIDE
    title_pixels = 3.9 * SMALL_TITLE if wide else 2.6 * TITLE
    title_room = min(title_pixels / ROW, 0.6 / count)
    across, down = 0.12 / columns, 1 / count
    data, titles = [], []
    axes: dict[str, Any] = {}
    for i, row in enumerate(rows):
        for j, head in enumerate(row):
            number = i * columns + j + 1
            x, y = _name("x", number), _name("y", number)
            left = j * (1 + across) / columns
            right = left + (1 + across) / columns - across
            bottom = 1 - (i + 1) * down
            top = 1 - i * down - title_room
            ends = _ends(view, head)
            plain = {"showgrid": False}
            axes[_axis(x)] = axis(
                _("looked-at position (key)")
                if (i, j) == (count - 1, columns // 2)
                else "",
                **plain,
                tickvals=list(ends[2:]),
                anchor=y,
                domain=[left, right],
                range=[ends[2] - 0.5, ends[3] + 0.5],
                showticklabels=(i, j) == (count - 1, 0),
            )
            axes[_axis(y)] = axis(
                _("looking position (query)") if (i, j) == (count // 2, 0) else "",
                **plain,
                tickvals=list(ends[:2]),
                anchor=x,
                domain=[bottom, top],
                range=[ends[1] + 0.5, ends[0] - 0.5],
                showticklabels=j == 0,
            )
            data.append(_small(view, head, x, y, size, _))
            titles.append(
                {
                    "text": _title(view, head, wide, _),
                    "x": (left + right) / 2,
                    "y": top,
                    "xref": "paper",
                    "yref": "paper",
                    "xanchor": "center",
                    "yanchor": "bottom",
                    "font": {"size": SMALL_TITLE if wide else TITLE},
                    "showarrow": False,
                }
            )
    first = axes.pop("xaxis"), axes.pop("yaxis")
    more: dict[str, Any] = {**axes, ATTENTION: share_colours(), "annotations": titles}
    return {"data": data, "layout": layout(*first, **more)}


def _small(
    view: View, head: Head, x: str, y: str, size: int, _: Translate
) -> dict[str, Any]:
    where = _title(view, head, False, _).removesuffix("<br> ")
    hover = _("from position %(row)s to position %(column)s: %(z)s %%")
    lines = [where, hover % {"row": "%{y}", "column": "%{x}", "z": "%{z}"}]
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


def _words(view: View) -> tuple[str, ...]:
    return OF_STEPS if view.notes["labels"] is None else OF_TOKENS


def _where(view: View, head: Head) -> dict[str, Any]:
    """Which part of the window looks at which; all at all where nothing is noted."""
    whole = 0, view.arrays["attention"].shape[-1]
    plain = {"title": "", "layer": head.layer, "rows": whole, "columns": whole}
    return dict(view.notes["maps"][head.layer]) if "maps" in view.notes else plain


def _ends(view: View, head: Head) -> tuple[int, int, int, int]:
    """First and last row and column of a map, as steps of the window from 1."""
    here = _where(view, head)
    (top, bottom), (left, right) = here["rows"], here["columns"]
    return top + 1, bottom, left + 1, right


def _numbers(view: View, head: Head) -> dict[str, int]:
    return {"layer": _where(view, head)["layer"] + 1, "head": head.head + 1}


def _kind(view: View, head: Head, _: Translate) -> str:
    """What a map lies between, before its number; nothing where there is one kind."""
    title = _where(view, head)["title"]
    return f"{_(title)} · " if title else ""


def _title(view: View, head: Head, wide: bool, _: Translate) -> str:
    """Which head it is, and below it what it does, where that is clear.

    In a wide grid there is no room for the score, which the hover text still has.
    """
    if wide:
        where = _("layer %(layer)d,<br>head %(head)d") % _numbers(view, head)
    else:
        where = _("layer %(layer)d, head %(head)d") % _numbers(view, head)
    where = _kind(view, head, _) + where
    kind = kind_of(head, view.arrays["badges_by_chance"])
    if kind is None:
        return f"{where}<br> "
    score = "" if wide else f" {head.scores[kind]:.2f}"
    return f"{where}<br>{_(_words(view)[kind])}{score}"


def _scores_said(view: View, head: Head, _: Translate) -> str:
    """All scores of one head beside what an even look would score."""
    chance = view.arrays["badges_by_chance"]
    each = _("%(kind)s %(score).2f (by chance %(chance).2f)")
    said = [
        each % {"kind": _(word), "score": head.scores[k], "chance": chance[k]}
        for k, word in enumerate(_words(view))
        if not math.isnan(head.scores[k])
    ]
    if not said and math.isnan(head.scores[ENTROPY]):
        return _nothing_said(view, _)
    message = _("Layer %(layer)d, head %(head)d: entropy %(entropy).2f.")
    if said:
        message = _(
            "Layer %(layer)d, head %(head)d: %(scores)s; entropy %(entropy).2f."
        )
    more = {"scores": ", ".join(said), "entropy": head.scores[ENTROPY]}
    return _kind(view, head, _) + message % (_numbers(view, head) | more)


def _kinds_said(view: View, rows: list[list[Head]], _: Translate) -> str:
    """How many heads are of which kind, and the highest score of each kind."""
    chance = view.arrays["badges_by_chance"]
    heads = [head for row in rows for head in row]
    found: dict[int, list[float]] = {}
    for head in heads:
        if (kind := kind_of(head, chance)) is not None:
            found.setdefault(kind, []).append(float(head.scores[kind]))
    if not found:
        return _none_said(view, heads, _)
    each = _("%(kind)s %(count)d (up to %(score).2f)")
    said = [
        each % {"kind": _(_words(view)[k]), "count": len(scores), "score": max(scores)}
        for k, scores in sorted(found.items())
    ]
    message = _(
        "Of %(count)d heads, counted by their clearest habit: %(kinds)s; no clear "
        "habit: %(rest)d."
    )
    rest = len(heads) - sum(map(len, found.values()))
    return message % {"count": len(heads), "kinds": ", ".join(said), "rest": rest}


def _none_said(view: View, heads: list[Head], _: Translate) -> str:
    """The score that comes nearest to a habit."""
    chance = view.arrays["badges_by_chance"][:ENTROPY]
    ratios = np.stack([head.scores[:ENTROPY] for head in heads]) / chance
    if np.isnan(ratios).all():
        return _nothing_said(view, _)
    best, kind = divmod(int(np.nanargmax(ratios)), ENTROPY)
    message = _(
        "None of the %(count)d heads has a clear habit; farthest above chance is "
        "%(kind)s with %(score).2f in place of %(chance).2f."
    )
    return message % {
        "count": len(heads),
        "kind": _(_words(view)[kind]),
        "score": heads[best].scores[kind],
        "chance": chance[kind],
    }


def _nothing_said(view: View, _: Translate) -> str:
    """Why there is no score at all."""
    if view.arrays["attention"].shape[-1] == 1:
        return _("A single step has nothing before it to look at.")
    return _("The attention holds values that are not numbers.")


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
