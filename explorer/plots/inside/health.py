"""Is every layer well? Update-to-weight ratios over training, and clipped gradients."""

from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import (
    Translate,
    axis,
    band,
    end_labels,
    escape,
    finite,
    key,
    layout,
    margin_for,
    rule,
    short,
    thin,
)
from explorer.plots.theme import OTHER, colour_of
from explorer.plots.words import listed, paragraph
from explorer.runs.records import View

USUAL = (1e-4, 1e-1)
"""A step usually moves a matrix by between a 10,000th and a tenth of its length."""

MUCH = 0.5
"""Of all units, or of all steps: more than this is unusual."""

MOST_LABELS = 6
"""Names that fit beside the chart; hovering tells the others."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
GLYPHS = ("—", "- -", "···", "-·-", "— —", "—·")
RATIOS, NORMS = (0.42, 1.0), (0.0, 0.3)
DECADES = (-6.0, 0.0)


def draw(scene: Scene, _: Translate) -> Content:
    """Above the ratio of every matrix, below the gradient's norm and the clipping."""
    norms, clipped = _norms(scene, _)
    names = [short_name(name) for name in scene.view.notes["names"]]
    y = axis(_("update / weight"), type="log", range=list(DECADES), domain=RATIOS)
    y["tickformat"] = "~g"
    x = axis(_("training step"), range=[0, scene.config.training.steps], anchor="y2")
    lower = axis("", type="log", domain=NORMS, tickformat="~g", dtick=1)
    shapes = [band(*USUAL, 0.12)]
    if scene.config.training.clip > 0:
        limit = rule(scene.config.training.clip, dash="dash")
        shapes.append(limit | {"yref": "y2"})
    figure = {
        "data": [*_ratios(scene), norms],
        "layout": layout(
            x,
            y,
            yaxis2=lower,
            shapes=shapes,
            annotations=[*end_labels(_ends(scene), *DECADES), _title(_)],
            margin=margin_for(names),
        ),
    }
    return {
        "figure": figure,
        "reading": _reading(scene.view, clipped, _),
        "alternative": _alternative(scene.view, _),
        "proof": "",
    }


def _ratios(scene: Scene) -> list[dict[str, Any]]:
    """How each matrix moved, now and at earlier moments."""
    views = [*scene.ghosts, scene.view]
    steps = np.array([view.step for view in views], np.int32)
    colour = colour_of(scene.config.model)
    lines = []
    for k, name in enumerate(scene.view.notes["names"]):
        ratios = np.array([view.arrays["ratios"][k] for view in views], np.float32)
        dash = DASHES[k % len(DASHES)]
        lines.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": steps,
                "y": np.where(ratios > 0, ratios, np.nan).astype(np.float32),
                "name": name,
                "line": {"color": colour, "width": 1.8, "dash": dash},
                "marker": {"color": colour, "size": 6},
                "hovertemplate": f"{escape(name)}<br>%{{x}}: %{{y:.4~g}}"
                "<extra></extra>",
            }
        )
    return lines


def _ends(scene: Scene) -> list[tuple[str, float]]:
    """The names of the lines, and where they end."""
    colour, ratios = colour_of(scene.config.model), scene.view.arrays["ratios"]
    ends = [
        (
            key(GLYPHS[k % len(GLYPHS)], colour, escape(short_name(name))),
            float(np.log10(np.float32(ratio))),
        )
        for k, (name, ratio) in enumerate(
            zip(scene.view.notes["names"], ratios, strict=True)
        )
        if ratio > 0
    ]
    return _some(ends)


def _title(_: Translate) -> dict[str, Any]:
    """The lower axis' title, written above it: along it there is no room."""
    return {
        "text": _("gradient norm (before clipping)"),
        "x": 0,
        "y": NORMS[1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }


def short_name(name: str) -> str:
    """A parameter's name without what all of them have.

    >>> short_name("blocks.0.attention_in.weight"), short_name("lstm.weight_hh_l0")
    ('1.attention_in', 'weight_hh_l0')
    >>> short_name("generator.lstm.weight_hh_l0")
    'G.weight_hh_l0'
    """
    pieces = name.removesuffix(".weight").split(".")
    if pieces[0] == "blocks":
        pieces = [str(int(pieces[1]) + 1), *pieces[2:]]
    if len(pieces) > 2 and not pieces[0].isdigit():  # one net of several
        return f"{pieces[0][0].upper()}.{pieces[-1]}"
    return ".".join(pieces[-2:] if pieces[0].isdigit() else pieces[-1:])


def _some(ends: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """At most `MOST_LABELS` of the labels: the highest, the lowest, some between."""
    ranked = sorted(ends, key=lambda end: end[1])
    if len(ranked) <= MOST_LABELS:
        return ranked
    kept = np.linspace(0, len(ranked) - 1, MOST_LABELS).round().astype(int)
    return [ranked[k] for k in kept]


def _norms(scene: Scene, _: Translate) -> tuple[dict[str, Any], float]:
    """The whole gradient's norm at every step so far, and the share of clipped ones."""
    norms = scene.curves.gradient_norms
    kept = thin(norms)
    clip = scene.config.training.clip
    clipped = float(np.mean(norms > clip)) if clip > 0 and len(norms) else 0.0
    name = _("gradient norm")
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": kept.astype(np.int32),
        "y": finite(norms[kept]),
        "yaxis": "y2",
        "name": name,
        "line": {"color": OTHER, "width": 1.2},
        "hovertemplate": f"{escape(name)}<br>%{{x}}: %{{y:.4~g}}<extra></extra>",
    }
    return trace, clipped


TOO_FAST = N_("%(name)s moves by %(share)s of its length a step: too fast.")
TOO_SLOW = N_("%(name)s moves by only %(share)s of its length a step.")
DEAD = N_("In layer %(layer)d, %(percent).0f %% of the units are dead.")
STUCK = N_("In layer %(layer)d, %(percent).0f %% of the units are saturated.")
CLIPPED = N_("%(percent).0f %% of the steps were clipped.")

NOT_KEPT = N_(
    "How far the next step moves a matrix is not known: the optimizer's memory of this "
    "moment is not kept."
)


def unusual(view: View, clipped: float) -> list[tuple[str, dict[str, Any]]]:
    """What the rule finds: a sentence and its numbers for each finding."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, ratio in zip(view.notes["names"], view.arrays["ratios"], strict=True):
        if ratio < USUAL[0] or ratio > USUAL[1]:  # NaN is neither
            sentence = TOO_FAST if ratio > USUAL[1] else TOO_SLOW
            found.append((sentence, {"name": name, "share": short(float(ratio))}))
    for sentence, shares in ((DEAD, "dead"), (STUCK, "saturated")):
        for layer, share in enumerate(view.arrays[shares].tolist(), 1):
            if share > MUCH:
                found.append((sentence, {"layer": layer, "percent": 100 * share}))
    if clipped > MUCH:
        found.append((CLIPPED, {"percent": 100 * clipped}))
    return found


def _reading(view: View, clipped: float, _: Translate) -> str:
    found = unusual(view, clipped)
    if found:
        sentences = paragraph(*(_(words) % numbers for words, numbers in found[:2]))
        return _("Unusual: %(said)s") % {"said": sentences}
    ratios = view.arrays["ratios"]
    if np.isnan(ratios).any():
        return _(NOT_KEPT)
    message = _(
        "Nothing unusual: each step moves a matrix by %(low)s to %(high)s of its "
        "length, %(percent).0f %% of the steps were clipped, and most units work."
    )
    return message % {
        "low": short(float(ratios.min())),
        "high": short(float(ratios.max())),
        "percent": 100 * clipped,
    }


def _alternative(view: View, _: Translate) -> str:
    if np.isnan(view.arrays["ratios"]).any():
        return _(NOT_KEPT)
    pairs = zip(view.notes["names"], view.arrays["ratios"], strict=True)
    each = listed([f"{name} {ratio:.2g}" for name, ratio in pairs], _)
    message = _("Line chart of the update-to-weight ratio of each matrix: %(each)s.")
    return message % {"each": each}


PANEL = Panel(
    "health",
    N_("Is every layer well?"),
    draw,
    views=("health",),
    about=N_(
        "Each line is one weight matrix: by what share of its own length the next step "
        "moves it, now and at earlier moments of the training. Inside the grey band a "
        "matrix learns at a usual pace; above it tends to overshoot and below it "
        "hardly learns. The lower chart is the length of the whole gradient, with a "
        "dashed line where it is clipped."
    ),
    pages={"inside": 70},
    ghosts=8,
    curves=True,
)
