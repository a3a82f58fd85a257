"""Every colour of every figure, and one Plotly template for light and one for dark.

Figures carry no template and no colour scale: where they are shown, `layout.template`
is set to `template("light")` or `template("dark")`, and the same figure fits both. The
colours of lines are chosen to reach a contrast of 3:1 on either background and to stay
apart for colour-blind readers (Machado, Oliveira and Fernandes, 2009,
https://doi.org/10.1109/TVCG.2009.113).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

Mode = Literal["light", "dark"]

ARCHITECTURES: Mapping[str, str] = {
    "rnn": "#965a00",
    "lstm": "#1e96ff",
    "gru": "#4ba569",
    "transformer": "#f0690f",
    "bidirectional": "#872dff",
    "encoder_decoder": "#5a693c",
    "seq2seq": "#00918c",
    "gan": "#b42d69",
    "hmm": "#a578b4",
    "crf": "#4b5ac3",
    "min_gru": "#695aa5",
    "min_lstm": "#ff2d5a",
    "lru": "#0087d2",
    "linear_attention": "#f05a96",
    "slstm": "#f0693c",
    "tcn": "#c31e3c",
    "selective": "#ff00f0",
}

GATES: Mapping[str, str] = {
    "input": "#00a569",
    "forget": "#e16900",
    "output": "#1e96ff",
    "candidate": "#875ad2",
    "memory": "#b42d69",
    "hidden": "#2d6996",
    "reset": "#e169b4",
    "update": "#875a00",
}
"""The parts of a cell; a capture and a line of its equations say which is theirs."""

GREY = "#8a8f98"
"""Baselines, truth, marks: everything that is not a model, in light and in dark."""

OTHER = "#2d96b4"
"""An architecture that has no colour of its own yet."""

FONTS = (
    "'Source Sans', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', "
    "'Microsoft YaHei', sans-serif"
)
"""The same, in the same order, as in `.streamlit/config.toml`."""

FONT_SIZE = 14
SMALL_FONT_SIZE = 13


class Ground(NamedTuple):
    """What a figure stands on; paper and text as in `.streamlit/config.toml`."""

    paper: str
    text: str
    quiet_text: str
    grid: str
    extreme: str  # what a colour scale goes towards beyond its colour


GROUNDS: Mapping[Mode, Ground] = {
    "light": Ground("#ffffff", "#1c2329", "#545d66", "#e3e7eb", "#000000"),
    "dark": Ground("#10151a", "#e6ebf0", "#a8b1ba", "#2a333b", "#ffffff"),
}

ATTENTION = "coloraxis"
SIGNED = "coloraxis2"
GATE_AXES: Mapping[str, str] = {
    name: f"coloraxis{k}" for k, name in enumerate(GATES, start=3)
}
INK = f"coloraxis{3 + len(GATES)}"
"""The template gives each of these axes its colours; figures name the axis only."""

LOW_END, HIGH_END = "#1e78c8", "#e16900"
"""The two arms of the diverging scale: below zero and above."""


def colour_of(model: str) -> str:
    """The colour of an architecture on every chart."""
    return ARCHITECTURES.get(model, OTHER)


def see_through(colour: str, share: float) -> str:
    """A colour that covers only a share of what lies under it.

    >>> see_through("#ff8000", 0.2)
    'rgba(255, 128, 0, 0.2)'
    """
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({', '.join(map(str, parts))}, {share:g})"


def mix(a: str, b: str, share: float) -> str:
    """The colour `share` of the way from `a` to `b`.

    >>> mix("#000000", "#ffffff", 0.2)
    '#333333'
    """
    pairs = ((int(a[k : k + 2], 16), int(b[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def sequential(colour: str, mode: Mode) -> list[list[float | str]]:
    """A scale for 0..1: the further from the background, the more."""
    ground = GROUNDS[mode]
    return [
        [0.0, mix(ground.paper, colour, 0.06)],
        [0.6, mix(ground.paper, colour, 0.9)],
        [1.0, mix(colour, ground.extreme, 0.5)],
    ]


def diverging(mode: Mode) -> list[list[float | str]]:
    """A scale about zero, which has nearly the colour of the background."""
    ground = GROUNDS[mode]
    return [
        [0.0, mix(LOW_END, ground.extreme, 0.5)],
        [0.2, mix(ground.paper, LOW_END, 0.9)],
        [0.5, mix(ground.paper, GREY, 0.08)],
        [0.8, mix(ground.paper, HIGH_END, 0.9)],
        [1.0, mix(HIGH_END, ground.extreme, 0.5)],
    ]


def ink(mode: Mode) -> list[list[float | str]]:
    """A grey scale from paper to the colour of text, so that it stands apart from the
    background where there is none."""
    ground = GROUNDS[mode]
    return [[0.0, mix(ground.paper, GREY, 0.18)], [1.0, ground.text]]


def scales(mode: Mode) -> dict[str, list[list[float | str]]]:
    """The colour scale of every colour axis."""
    found = {
        ATTENTION: sequential(ARCHITECTURES["transformer"], mode),
        SIGNED: diverging(mode),
        INK: ink(mode),
    }
    gates = {axis: sequential(GATES[g], mode) for g, axis in GATE_AXES.items()}
    return found | gates


@cache
def template(mode: Mode) -> dict[str, Any]:
    """What every figure looks like, as the value of `layout.template`."""
    ground = GROUNDS[mode]
    small = {"size": SMALL_FONT_SIZE}
    axis = _axis(ground)
    bar = {
        "thickness": 12,
        "outlinewidth": 0,
        "ticks": "",
        "xpad": 8,
        "tickfont": small | {"color": ground.quiet_text},
    }
    return {
        "layout": {
            "font": {"family": FONTS, "size": FONT_SIZE, "color": ground.text},
            "title": {"x": 0, "xanchor": "left", "font": {"size": 17}},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(ARCHITECTURES.values()),
            "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": ground.paper,
                "bordercolor": ground.grid,
                "font": small | {"color": ground.text, "family": FONTS},
            },
            "annotationdefaults": {"font": small, "showarrow": False},
            "xaxis": axis,
            "yaxis": axis,
        }
        | {
            name: {"colorscale": scale, "colorbar": bar}
            for name, scale in scales(mode).items()
        },
        # Words on a chart stay legible where a line runs behind them.
        "data": {"scatter": [{"textfont": {"shadow": _halo(ground)}}]},
    }


def _halo(ground: Ground) -> str:
    """A rim about letters in the colour of the background, as CSS draws shadows."""
    return ", ".join([f"0 0 2px {ground.paper}"] * 4)


def _axis(ground: Ground) -> dict[str, Any]:
    return {
        "automargin": True,
        "gridcolor": ground.grid,
        "gridwidth": 1,
        "linecolor": ground.grid,
        "showline": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": SMALL_FONT_SIZE, "color": ground.quiet_text},
        "title": {"font": {"size": FONT_SIZE}, "standoff": 8},
        # Plotly puts the title at infinity where no label has room, as while a page is
        # being laid out.
        "ticklabeloverflow": "allow",
    }
