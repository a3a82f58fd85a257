"""What else did it think of? The tree of a beam search, step by step."""

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, escape, layout, visible
from explorer.plots.theme import GREY, SMALL_FONT_SIZE, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View

WIDTHS = ((0.9, 6.0), (0.5, 4.0), (0.1, 2.5), (0.0, 1.2))
"""Of an edge, by the least chance of its token."""

NAMED = 3
"""Up to this width the tokens that were dropped are written out too."""


class Tree(NamedTuple):
    """Where every node stands."""

    step: NDArray[np.int64]  # (M,) from 1
    height: NDArray[np.float64]  # (M,) 0 is the middle


def placed(parent: NDArray[Any], score: NDArray[Any]) -> Tree:
    """A level per step, its nodes below each other in their parents' order, so that no
    two edges cross; children of one parent from the best down."""
    step = np.ones(len(parent), np.int64)
    height = np.zeros(len(parent))
    for k, before in enumerate(parent):
        if before >= 0:
            step[k] = step[before] + 1
    for level in range(1, int(step.max(initial=0)) + 1):
        here = np.flatnonzero(step == level)
        above = np.where(parent[here] >= 0, height[parent[here]], 0.0)
        ordered = here[np.lexsort((-score[here], -above))]
        height[ordered] = (len(here) - 1) / 2 - np.arange(len(here))
    return Tree(step, height)


def draw(scene: Scene, _: Translate) -> Content:
    """The tree, the best translation bold."""
    view = scene.view
    reading = _reading(view, _)
    message = _("Tree of a beam search with %(nodes)d tokens. %(reading)s")
    nodes = len(view.arrays["parent"])
    return {
        "figure": _figure(view, colour_of(scene.config.model), _),
        "reading": reading,
        "alternative": message % {"nodes": nodes, "reading": reading},
        "proof": "",
    }


def _figure(view: View, colour: str, _: Translate) -> Figure:
    arrays = view.arrays
    tree = placed(arrays["parent"], arrays["score"])
    reach = max(2.0, float(np.abs(tree.height).max()) + 0.7)
    steps = int(tree.step.max())
    return {
        "data": [*_edges(arrays, tree, colour), *_nodes(view, tree, colour, _)],
        "layout": layout(
            axis(
                _("written token"),
                range=[-0.3, steps + 0.6],
                dtick=1 if steps <= 20 else 5,
                tick0=0,
                showgrid=False,
            ),
            axis(
                _("likelier beginnings above"),
                range=[-reach, reach],
                showticklabels=False,
                showgrid=False,
            ),
        ),
    }


def _edges(arrays: Any, tree: Tree, colour: str) -> list[dict[str, Any]]:
    """One trace per look of an edge: thick for likely tokens, bold on the best path."""
    chances = np.exp(arrays["log_chance"])
    found: dict[tuple[str, float], list[int]] = defaultdict(list)
    for k, chance in enumerate(chances):
        kind = "best" if arrays["best"][k] else "kept" if arrays["kept"][k] else "gone"
        width = next(w for least, w in WIDTHS if chance >= least)
        found[kind, width].append(k)
    looks = {
        "gone": {"color": GREY, "dash": "dot"},
        "kept": {"color": GREY},
        "best": {"color": colour},
    }
    traces = []
    for kind, width in sorted(found, key=lambda each: list(looks).index(each[0])):
        x, y = [], []
        for k in found[kind, width]:
            p = int(arrays["parent"][k])
            x += [int(tree.step[k]) - 1, int(tree.step[k]), None]
            y += [float(tree.height[p]) if p >= 0 else 0.0, float(tree.height[k]), None]
        bold = 2.0 if kind == "best" else 0.0
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": y,
                "line": {**looks[kind], "width": width + bold},
                "opacity": 0.45 if kind == "gone" else 1.0,
                "hoverinfo": "skip",
            }
        )
    return traces


def _node_words(view: View, k: int, _: Translate) -> str:
    """What is known of the k-th token."""
    arrays = view.arrays
    message = _(
        "“%(token)s”: %(percent)s %%, log p in all %(total)s, ranked by %(score)s"
    )
    return message % {
        "token": escape(visible(view.notes["labels"][k])),
        "percent": f"{100 * np.exp(arrays['log_chance'][k]):.3g}",
        "total": f"{arrays['total'][k]:.3g}",
        "score": f"{arrays['score'][k]:.3g}",
    }


def _nodes(view: View, tree: Tree, colour: str, _: Translate) -> list[dict[str, Any]]:
    """Tokens in circles; what was dropped is faint."""
    arrays, labels = view.arrays, view.notes["labels"]
    traces = []
    for kept in (False, True):
        chosen = np.flatnonzero(arrays["kept"].astype(bool) == kept)
        named = kept or view.notes["width"] <= NAMED
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text" if named else "markers",
                "x": tree.step[chosen],
                "y": tree.height[chosen],
                "text": [escape(visible(labels[k])) for k in chosen],
                "textposition": "middle center",
                "textfont": {"size": SMALL_FONT_SIZE, "color": "#ffffff"}
                if kept
                else {"size": SMALL_FONT_SIZE},
                "opacity": 1.0 if kept else 0.6,
                "marker": {
                    "size": [20 if kept else 6 + 10 * named for _k in chosen],
                    "color": [
                        (colour if arrays["best"][k] else "#5f646d")
                        if kept
                        else "rgba(138,143,152,0.25)"
                        for k in chosen
                    ],
                    "line": {"width": 0},
                    "opacity": 1.0,
                },
                "hovertext": [_node_words(view, k, _) for k in chosen.tolist()],
                "hoverinfo": "text",
                "cliponaxis": False,
            }
        )
    return traces


def _reading(view: View, _: Translate) -> str:
    notes = view.notes
    numbers = {
        "said": notes["said"],
        "greedy": notes["greedy"],
        "width": notes["width"],
        "score": f"{notes['score']:.3g}",
        "greedy_score": f"{notes['greedy_score']:.3g}",
        "truth": notes["truth"],
    }
    if notes["said"] == notes["greedy"]:
        message = _(
            "A beam of %(width)d finds “%(said)s”, ranked by %(score)s: the same as "
            "taking the likeliest token each time."
        )
    else:
        message = _(
            "A beam of %(width)d finds “%(said)s”, ranked by %(score)s; the likeliest "
            "token each time gives “%(greedy)s”, ranked by %(greedy_score)s."
        )
    sentence = message % numbers
    if notes["truth"] is None:
        return sentence
    right = notes["said"] == notes["truth"]
    verdict = _("That is right.") if right else _("Right is “%(truth)s”.") % numbers
    return paragraph(sentence, verdict)


PANEL = Panel(
    "beam",
    N_("What else did it think of?"),
    draw,
    views=("beam",),
    about=N_(
        "A beam search goes on from several beginnings at once and drops all but the "
        "best after each token; thick edges are likely tokens, dotted ones were "
        "dropped, and the bold path is the best translation. With width 1 it is greedy "
        "and can never take back a token. A wider beam may find a translation that "
        "begins with a less likely token but is likelier as a whole."
    ),
    pages={"translate": 30},
)
