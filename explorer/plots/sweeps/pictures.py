"""What did a sweep find? Optuna's pictures of its trials, in this app's looks."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import optuna

# Plotly looks for pandas when it first draws, and must not find it half imported by
# another thread.
import pandas  # type: ignore[import-untyped]  # noqa: F401

from explorer.errors import N_
from explorer.plots.parts import Figure, Translate, axis, escape, layout, rule
from explorer.plots.sweeps.study import FEW, SweepDrawn, study, weights
from explorer.plots.theme import GREY, colour_of, see_through
from explorer.plots.words import in_percent
from explorer.runs.trials import Trial, TrialState

WIDE = 4
"""Losses that differ by this factor stand on a logarithmic axis."""

BESIDE_NUMBERS = 36
"""Pixels between the first upright line and the title beside its numbers."""

UNTITLED = {
    "Trial": N_("trial (in the order of the sweep)"),
    "Step": N_("training steps"),
    "Hyperparameter": N_("setting"),
    "Hyperparameter Importance": N_("share of what the settings change in the loss"),
}
"""Optuna's axis titles, and ours."""

ENDS: Mapping[TrialState, str] = {
    "pruned": "x-thin-open",
    "diverged": "triangle-up-open",
}
"""What stands at the end of a trial that came to none."""

OBJECTIVES = ("Objective Value", "Intermediate Value")


def history(drawn: SweepDrawn, _: Translate = str) -> Figure:
    """The loss of every trial, and the lowest so far."""
    titles = _("trial (in the order of the sweep)"), _loss(drawn, _)
    if not drawn.ended:
        return _empty(*titles)
    made = _plain(optuna.visualization.plot_optimization_history(study(drawn)), _)
    points, line = made["data"][:2]
    pruned = {t.place for t in drawn.trials if t.state == "pruned"}
    for trace in (points, line):
        trace["x"] = [number + 1 for number in trace["x"]]
    colour = colour_of(drawn.model)
    symbols = ["x-thin-open" if n in pruned else "circle" for n in points["x"]]
    points |= {"marker": {"color": colour, "size": 9, "symbol": symbols}}
    points |= {"hovertemplate": _("trial %(number)s") % {"number": "%{x}"}}
    points["hovertemplate"] += "<br>%{y:.4~g}<extra></extra>"
    line |= {
        "line": {"color": colour, "width": 2.6, "shape": "hv"},
        "hoverinfo": "skip",
    }
    line["y"] = [value if math.isfinite(value) else None for value in line["y"]]
    points["name"], line["name"] = _("loss of a trial"), _("lowest so far")
    made["data"] = [points, line]
    count = len(drawn.trials)
    ticks = {"tickformat": "d", "tick0": 1, "dtick": max(1, count // 10)}
    made["layout"]["xaxis"] |= ticks | {"range": [0.5, max(count, 5) + 0.5]}
    return _with_losses(made, drawn, "yaxis", _)


def intermediate(drawn: SweepDrawn, _: Translate = str) -> Figure:
    """Every trial's held-out loss while it trained; the best one strong."""
    titles = _("training steps"), _loss(drawn, _)
    begun = [t for t in drawn.trials if t.measured]
    if not begun:
        return _empty(*titles)
    made = _plain(optuna.visualization.plot_intermediate_values(study(drawn, begun)), _)
    first = min(drawn.ended, key=lambda t: t.loss, default=None)
    colour = colour_of(drawn.model)
    for trace, trial in zip(made["data"], begun, strict=True):
        leads = first is not None and trial.number == first.number
        look: dict[str, Any] = {"color": colour if leads else see_through(GREY, 0.55)}
        look |= {"width": 2.8 if leads else 1.4}
        label = _("trial %(number)s") % {"number": trial.place}
        trace |= {"line": look, "mode": "lines", "name": label}
        trace |= {"hovertemplate": f"{label}<br>%{{x}}: %{{y:.4~g}}<extra></extra>"}
        if trial.state in ENDS:
            trace |= {"mode": "lines+markers", "marker": _ends(trial, look["color"])}
    made["data"].sort(key=lambda trace: trace["line"]["width"])
    made["layout"]["xaxis"]["range"] = [0, drawn.steps]
    return _with_losses(made, drawn, "yaxis", _)


def parallel(drawn: SweepDrawn, _: Translate = str) -> Figure:
    """One line per trial through all its settings; the lower its loss, the stronger."""
    if len(drawn.ended) < FEW:
        return _empty(_("setting"), _loss(drawn, _))
    made = _plain(optuna.visualization.plot_parallel_coordinate(study(drawn)), _)
    colour = colour_of(drawn.model)
    lines = [trace for trace in made["data"] if trace["mode"] == "lines"]
    ranks = sorted(trace["y"][0] for trace in lines)
    for trace in lines:
        share = 1 - ranks.index(trace["y"][0]) / max(1, len(ranks) - 1)
        trace |= {"opacity": 0.12 + 0.83 * share**2, "name": ""}
        trace["customdata"] = [
            [_("loss") if name in OBJECTIVES else escape(name), value]
            for name, value in trace["customdata"]
        ]
        trace |= {"line": {"color": colour, "width": 1.2 + 2 * share**3}}
    made["data"] = lines
    frame = made["layout"]
    for note in frame["annotations"]:
        del note["font"]
    for shape in frame["shapes"]:
        shape["line"] = {"color": GREY, "width": 1}
    x, y = frame["xaxis"], frame["yaxis"]
    heads = [_("loss") if t in OBJECTIVES else t for t in x["ticktext"]]
    x |= {"ticktext": heads}
    x["title"] = {"text": _("loss, and the settings searched"), "standoff": 8}
    y |= {"visible": True, "showticklabels": False, "showgrid": False}
    title = _("from the lowest value to the highest")
    y["title"] = {"text": title, "standoff": BESIDE_NUMBERS}
    return made


def importances(drawn: SweepDrawn, _: Translate = str) -> Figure:
    """How much of what moves the loss each setting is behind."""
    titles = _(UNTITLED["Hyperparameter Importance"]), _("setting")
    shares = weights(drawn)
    if not shares:
        return _empty(*titles)
    made = _plain(optuna.visualization.plot_param_importances(study(drawn)), _)
    bars = made["data"][0]
    bars |= {"marker": {"color": colour_of(drawn.model)}, "name": ""}
    bars |= {"hovertemplate": "%{y}: %{x:.0%}<extra></extra>"}
    bars |= {"text": [in_percent(share, _) for share in bars["x"]]}
    made["layout"]["xaxis"] |= {"range": [0, 1.12], "tickformat": ".0%"}
    return made


def contour(drawn: SweepDrawn, _: Translate = str) -> Figure:
    """The loss over each pair of settings: the stronger the colour, the lower."""
    names = list(drawn.titles.values())
    if len(drawn.ended) < FEW or len(names) < 2:
        return _empty(names[0] if names else _("setting"), _("another setting"))
    made = _plain(optuna.visualization.plot_contour(study(drawn)), _)
    losses = sorted(trial.loss for trial in drawn.ended)
    colour = colour_of(drawn.model)
    first = True
    for trace in made["data"]:
        if trace["type"] == "contour":
            trace |= _ground(losses, colour, first, _)
            first = False
        elif "marker" in trace:
            trace["marker"] = {"color": GREY, "size": 6, "line": {"width": 0}}
            trace["hovertemplate"] = "%{x}, %{y}<extra></extra>"
    made["data"] = [t for t in made["data"] if t.get("x") is not None]
    return made


def cuts(drawn: SweepDrawn, _: Translate = str) -> Figure:
    """The loss of every trial by each setting alone."""
    names = list(drawn.titles.values())
    if len(drawn.ended) < FEW:
        return _empty(names[0] if names else _("setting"), _loss(drawn, _))
    made = _plain(optuna.visualization.plot_slice(study(drawn)), _)
    for trace in made["data"]:
        trace["marker"] = {
            "color": see_through(colour_of(drawn.model), 0.75),
            "size": 9,
        }
        trace["hovertemplate"] = "%{x}<br>%{y:.4~g}<extra></extra>"
        trace["name"] = _("loss of a trial")
    return _with_losses(made, drawn, "yaxis", _)


FIGURES: Mapping[str, Callable[[SweepDrawn, Translate], Figure]] = {
    "history": history,
    "intermediate": intermediate,
    "cuts": cuts,
    "contour": contour,
    "parallel": parallel,
    "importances": importances,
}


def _plain(made: Any, _: Translate) -> Figure:
    """Optuna's figure without its own looks, its axes under our titles."""
    figure = made.to_plotly_json()
    data = [dict(trace) for trace in figure["data"]]
    frame = {k: v for k, v in figure["layout"].items() if k not in _LOOKS}
    for name, each in frame.items():
        if name.startswith(("xaxis", "yaxis")):
            each["automargin"] = True
            if each.get("type") == "log":
                each |= {"tickformat": "~g", "dtick": _tick(data, name)}
            title = each.get("title", {}).get("text")
            if title in UNTITLED:
                each["title"] = {"text": _(UNTITLED[title])}
            elif title is not None:
                each["title"] = {"text": escape(title)}
    return {
        "data": data,
        "layout": frame | {"uirevision": "explorer", "showlegend": False},
    }


def _tick(data: list[dict[str, Any]], name: str) -> str | int:
    """Ticks of a logarithmic axis: 1, 2, 5 of each power of ten, or these alone."""
    letter, which = name[0], name[0] + name[5:]
    values = [
        float(value)
        for trace in data
        if trace.get(f"{letter}axis", letter) == which
        for value in trace.get(letter) or ()
    ]
    few = not values or max(values) < 30 * min(values)
    return "D2" if few else 1


_LOOKS = ("template", "title", "plot_bgcolor", "legend")


def _with_losses(made: Figure, drawn: SweepDrawn, name: str, _: Translate) -> Figure:
    """The loss with its unit and the floor; logarithmic where it spans much."""
    frame = made["layout"]
    shown = [y for t in made["data"] for y in t["y"] if y is not None]
    wide = min(shown) > 0 and max(shown) > WIDE * min(shown)
    kind = {"type": "log", "dtick": "D2"} if wide else {"type": "linear"}
    frame[name] |= {"title": {"text": _loss(drawn, _)}, "tickformat": "~g", **kind}
    for key in [k for k in frame if k.startswith("yaxis") and k != name]:
        frame[key] |= kind
    if drawn.floor:
        frame["shapes"] = [rule(drawn.floor)]
        frame["annotations"] = [
            {
                "x": 1,
                "xref": "paper",
                "xanchor": "right",
                "y": math.log10(drawn.floor) if wide else drawn.floor,
                "yref": "y",
                "yanchor": "top",
                "text": _("floor"),
                "showarrow": False,
            }
        ]
    return made


def _ground(
    losses: list[float], colour: str, first: bool, _: Translate
) -> dict[str, Any]:
    """Strong where the loss is low; what is worse than most is all alike."""
    worst = losses[3 * len(losses) // 4]
    bar = {"title": {"text": _("loss"), "side": "right"}, "tickformat": "~g"}
    return {
        "colorscale": [
            [0.0, see_through(colour, 0.9)],
            [1.0, see_through(colour, 0.05)],
        ],
        "reversescale": False,
        "zmin": losses[0],
        "zmax": worst if worst > losses[0] else losses[0] * 1.01,
        "zauto": False,
        "contours": {"coloring": "heatmap"},
        "line": {"width": 0},
        "showscale": first,
        "colorbar": bar,
    }


def _ends(trial: Trial, colour: str) -> dict[str, Any]:
    """A cross where a trial was ended early, a triangle where it diverged."""
    sizes = [0] * (len(trial.measured) - 1) + [8]
    return {
        "symbol": ENDS[trial.state],
        "color": colour,
        "size": sizes,
        "line": {"width": 2},
    }


def _loss(drawn: SweepDrawn, _: Translate) -> str:
    return _("held-out loss: %(unit)s") % {"unit": _(drawn.unit)}


def _empty(x: str, y: str) -> Figure:
    bare = {"range": [0, 1], "showticklabels": False}
    return {"data": [], "layout": layout(axis(x, **bare), axis(y, **bare))}
