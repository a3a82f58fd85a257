"""When is a unit on? A few hidden units over the example, and similar moments."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside.gradients import DASHES, GLYPHS
from explorer.plots.panel import Content, Panel, Scene, mark_time
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    key,
    layout,
    margin_for,
    rule,
    short,
    token_ticks,
    visible,
)
from explorer.plots.stretches import stretches
from explorer.plots.theme import GATES, GREY
from explorer.plots.words import listed, paragraph
from explorer.runs.records import View

COLOURS = tuple(GATES.values())
"""The first unit's colour first; there are at most five units."""

LINES, STRIP = (0.0, 0.82), (0.86, 1.0)


def draw(scene: Scene, _: Translate) -> Content:
    """Lines of the units, the threshold to drag, and the similar moments as text."""
    view = scene.view
    return {
        "figure": mark_time(figure(view, _), scene.mark, "x"),
        "reading": reading(view, _),
        "alternative": alternative(view, _),
        "text": {"blocks": [block(view, _)]},
        "drag": "traces.threshold",
    }


def figure(view: View, _: Translate) -> Figure:
    """One line per unit on the value's own range, wider where a line leaves it; the
    first shape is the threshold."""
    arrays, notes = view.arrays, view.notes
    traces, start = arrays["traces"], 1 + notes.get("first", 0)
    low, high = _span(view)
    names = [_("unit %(number)d") % {"number": unit + 1} for unit in arrays["units"]]
    data = [
        _unit(values, name, k, start, _)
        for k, (name, values) in enumerate(zip(names, traces.T, strict=True))
    ]
    x = _time_axis(notes["labels"], start, len(traces), _)
    y = axis(value_title(view, _), range=[low, high])
    ends = [
        (key(GLYPHS[k], COLOURS[k], name), float(np.nan_to_num(traces[-1, k])))
        for k, name in enumerate(names)
    ]
    more: dict[str, Any] = {}
    if "input" in arrays:
        data.append(_input(arrays["input"], _))
        y["domain"] = list(LINES)
        more["yaxis2"] = axis(
            _("input"), domain=list(STRIP), anchor="x", showgrid=False, nticks=3
        )
    threshold = rule(notes["threshold"], dash="dash")
    return {
        "data": data,
        "layout": layout(
            x,
            y,
            shapes=[
                threshold | {"editable": True, "layer": "above"},
                *(_on(start + a, start + b) for a, b in stretches(arrays["on"][:, 0])),
            ],
            annotations=end_labels(ends, low, high),
            margin=margin_for(names, digits=5),
            # what a reader has dragged holds until the threshold is another one
            editrevision=notes["threshold"],
            **more,
        ),
    }


def _span(view: View) -> tuple[float, float]:
    """The vertical range: the value's own, and all that is drawn."""
    traces, notes = view.arrays["traces"], view.notes
    finite = traces[np.isfinite(traces)]
    return (
        float(finite.min(initial=notes["low"])),
        float(finite.max(initial=notes["high"])),
    )


def _time_axis(
    labels: list[str] | None, start: int, steps: int, _: Translate
) -> dict[str, Any]:
    return axis(
        _("time step") if labels is None else _("token"),
        range=[start - 0.5, start + steps - 0.5],
        showgrid=False,
        anchor="y",
        **({} if labels is None else token_ticks(labels, start)),
    )


def _unit(
    values: NDArray[Any], name: str, k: int, start: int, _: Translate
) -> dict[str, Any]:
    """The k-th unit (T,) from time step `start` on."""
    hover = _("%(name)s, time step %(step)s: %(value)s")
    return {
        "type": "scatter",
        "mode": "lines" if len(values) > 1 else "markers",
        "x0": start,
        "dx": 1,
        "y": np.ascontiguousarray(values),
        "name": name,
        "meta": {"time": "x"},
        "line": {"color": COLOURS[k], "width": 2.2, "dash": DASHES[k]},
        "marker": {"color": COLOURS[k]},
        "hovertemplate": hover % {"name": name, "step": "%{x}", "value": "%{y:.4~g}"}
        + "<extra></extra>",
    }


def _input(values: NDArray[Any], _: Translate) -> dict[str, Any]:
    """The strip above: what the model is given."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x0": 1,
        "dx": 1,
        "y": values,
        "yaxis": "y2",
        "line": {"color": GREY, "width": 2},
        "hovertemplate": f"{_('input')}: %{{y:.4~g}}<extra></extra>",
    }


def _on(first: int, last: int) -> dict[str, Any]:
    """A stretch of time steps at which the first unit is on."""
    return {
        "type": "rect",
        "xref": "x",
        "x0": first - 0.5,
        "x1": last + 0.5,
        "yref": "y domain",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": COLOURS[0],
        "opacity": 0.14,
        "line": {"width": 0},
    }


def value_title(view: View, _: Translate) -> str:
    """The value with its layer and its range, as an axis says it."""
    notes, name = view.notes, view.notes["title"]
    title = _("%(title)s, layer %(number)d") % {
        "title": _(name),
        "number": notes["layer"] + 1,
    }
    span = f"{short(notes['low'])} … {short(notes['high'])}"
    return _("%(name)s (%(more)s)") % {"name": title, "more": span}


def block(view: View, _: Translate) -> dict[str, Any]:
    """The marked moment and those like it, a line each: what stands there in bold."""
    notes, arrays = view.notes, view.arrays
    tokens: list[list[Any]] = []
    here = _("marked, time step %(step)d") % {"step": notes["mark"] + 1}
    _line(tokens, here, notes["here"], 1.0)
    for k, moment in enumerate(notes["moments"]):
        alike = float(arrays["similarity"][k])
        where = _("%(percent).0f %%, window %(window)d, time step %(step)d") % {
            "percent": 100 * alike,
            "window": arrays["window"][k],
            "step": arrays["step"][k] + 1,
        }
        tokens.append(["\n", "", 0])
        _line(tokens, where, moment, alike)
    caption = _(
        "The most similar held-out moments: of the units that are on there or at the "
        "marked one, the share that is on at both; windows are counted from 0"
    )
    return {"caption": caption, "tokens": tokens, "joiner": ""}


def _line(
    tokens: list[list[Any]], where: str, moment: dict[str, Any], alike: float
) -> None:
    """One moment: where it is, what stood before, and what stands there."""
    tokens.append([f"{where}: ", "", 0])
    if "value" in moment:
        tokens.append([short(moment["value"]), "prompt", alike])
        return
    joiner = moment["joiner"]
    before = "".join(_one_line(token) + joiner for token in moment["before"])
    tokens.append([before, "", 0])
    tokens.append([visible(moment["token"]), "prompt", alike])


def _one_line(token: str) -> str:
    return token if token.isprintable() else visible(token)


def reading(view: View, _: Translate) -> str:
    """How often the first unit is on, and how alike the most similar moment is."""
    notes, arrays = view.notes, view.arrays
    on = arrays["on"][:, 0]
    message = _(
        "Unit %(unit)d is on, above %(threshold)s, at %(percent).0f %% of the time "
        "steps (separate stretches: %(count)d)."
    )
    first = message % {
        "unit": arrays["units"][0] + 1,
        "threshold": short(notes["threshold"]),
        "percent": 100 * float(on.mean()),
        "count": len(stretches(on)),
    }
    if not len(arrays["similarity"]):
        return first
    message = _(
        "At time step %(step)d, %(active)d of %(hidden)d units are on, and the most "
        "similar other moment shares %(percent).0f %%."
    )
    second = message % {
        "step": notes["mark"] + 1,
        "active": notes["active"],
        "hidden": notes["hidden"],
        "percent": 100 * float(arrays["similarity"][0]),
    }
    return paragraph(first, second)


def alternative(view: View, _: Translate) -> str:
    """The lines in words, for those who do not see them."""
    message = _(
        "Line chart of %(title)s after %(step)s training steps: the hidden units "
        "%(units)s over %(steps)d time steps, with a threshold at %(threshold)s. "
        "%(reading)s"
    )
    return message % {
        "title": value_title(view, _),
        "step": f"{view.step:,}",
        "units": listed([str(unit + 1) for unit in view.arrays["units"]], _),
        "steps": len(view.arrays["traces"]),
        "threshold": short(view.notes["threshold"]),
        "reading": reading(view, _),
    }


PANEL = Panel(
    "traces",
    N_("When is a unit on?"),
    draw,
    views=("traces",),
    about=N_(
        "Each line is one hidden unit over the example, and the dashed line is a "
        "threshold that you can drag: where the first unit lies above it, the "
        "background is tinted. Take all units that are on at the marked time step, "
        "not only the drawn ones, and you have a fingerprint of that moment. The list "
        "shows the held-out moments with the most similar fingerprints, so that you "
        "can guess what those units stand for."
    ),
    pages={"inside": 20},
)
