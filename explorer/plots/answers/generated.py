"""What does it make? Generated windows over real ones, and an alarm for their sameness.

The vertical range comes from the real windows alone, so that a wild generator leaves
the plot instead of squeezing it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    finite,
    key,
    layout,
    margin_for,
)
from explorer.plots.theme import GREY, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View, number

Floats = NDArray[np.float32]

PADDING = 0.25
"""Empty share above and below the real windows."""


class WindowsDrawn(NamedTuple):
    """Exactly what the chart shows, in the units of the data."""

    model: str
    real: Floats  # (k, T)
    fake: Floats  # (k, T)
    measures: Mapping[str, float | None]
    collapsed: bool
    step: int


def extract(model: str, view: View | None) -> WindowsDrawn:
    """Read the view; None before there is one."""
    if view is None:
        none = np.empty((0, 0), np.float32)
        return WindowsDrawn(model, none, none, {}, False, 0)
    return WindowsDrawn(
        model,
        finite(view.arrays["real"]),
        finite(view.arrays["fake"]),
        view.notes["measures"],
        bool(view.notes["collapsed"]),
        view.step,
    )


def figure(drawn: WindowsDrawn, _: Translate = str) -> Figure:
    """Real windows grey and dotted, generated ones in the model's colour."""
    kinds: list[tuple[str, str, Floats, str, dict[str, Any]]] = [
        ("···", _("real"), drawn.real, GREY, {"width": 1.4, "dash": "dot"}),
        ("—", _("generated"), drawn.fake, colour_of(drawn.model), {"width": 1.8}),
    ]
    y = axis(_("value (in the data's units)"))
    words = []
    if drawn.real.size:
        low, high = float(drawn.real.min()), float(drawn.real.max())
        room = PADDING * (high - low) or 1.0
        y["range"] = [low - room, high + room]
        ends = [
            (key(glyph, tint, escape(name)), place)
            for (glyph, name, _w, tint, _l), place in zip(
                kinds, (high, low), strict=True
            )
        ]
        words = end_labels(ends, low - room, high + room)
    return {
        "data": [
            _line(window, name, tint, line)
            for _glyph, name, windows, tint, line in kinds
            for window in windows
        ],
        "layout": layout(
            axis(_("time step")),
            y,
            annotations=words,
            margin=margin_for([name for _g, name, *_rest in kinds]),
        ),
    }


def reading(drawn: WindowsDrawn, _: Translate = str) -> str:
    """Whether the windows differ as real ones do, and whether D knows them."""
    return verdict(drawn.measures, drawn.collapsed, drawn.step, _)


def verdict(
    measures: Mapping[str, float | None],
    collapsed: bool,
    step: int,
    _: Translate,
    real_kinds: float | None = None,
) -> str:
    """The same of windows that are drawn in any way; `real_kinds` is of how many kinds
    real ones are, where they are of several."""
    if not measures:
        return _("Nothing has been generated yet.")
    numbers = {
        name: 100 * number(measures[measure])
        for name, measure in (
            ("diversity", "diversity"),
            ("real", "real_score"),
            ("fake", "fake_score"),
        )
    }
    if step == 0:
        message = _(
            "Before training the generator makes nothing of the noise yet; press Train."
        )
    elif collapsed and real_kinds is not None:
        message = _(
            "Mode collapse: the generator says the same thing again and again. Two "
            "generated windows differ %(diversity).0f %% as much as two real ones."
        )
    elif collapsed:
        message = _(
            "Mode collapse: two generated windows differ only %(diversity).0f %% as "
            "much as two real ones. The generator says the same thing again and again."
        )
    elif measures["diversity"] is None:
        message = _(
            "The real windows are all alike, so diversity is undefined (–). The "
            "discriminator takes real windows for real with %(real).0f %%, generated "
            "ones with %(fake).0f %%."
        )
    else:
        message = _(
            "Two generated windows differ %(diversity).0f %% as much as two real ones. "
            "The discriminator takes real windows for real with %(real).0f %%, "
            "generated ones with %(fake).0f %%."
        )
    sentence = message % numbers
    if step == 0 or real_kinds is None:
        return sentence
    of_kinds = _(
        "By their nearest training windows they are of %(made).1f kinds in effect, "
        "real ones of %(real).1f."
    )
    counts = {"made": number(measures["kinds"]), "real": real_kinds}
    return paragraph(sentence, of_kinds % counts)


def alternative(drawn: WindowsDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    if not drawn.real.size:
        return _("Line chart of generated windows; nothing is drawn yet.")
    message = _(
        "Line chart of %(count)s real windows between %(low)s and %(high)s and as many "
        "generated ones between %(fake_low)s and %(fake_high)s, over %(steps)d steps."
    )
    return message % {
        "count": f"{len(drawn.real):,}",
        "low": f"{drawn.real.min():.3g}",
        "high": f"{drawn.real.max():.3g}",
        "fake_low": f"{np.nanmin(drawn.fake):.3g}",
        "fake_high": f"{np.nanmax(drawn.fake):.3g}",
        "steps": drawn.real.shape[1],
    }


def _line(
    window: Floats, name: str, colour: str, line: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x0": 1,
        "dx": 1,
        "y": window,
        "name": name,
        "opacity": 0.75,
        "line": {"color": colour, **line},
        "hovertemplate": f"%{{y:.4~g}}<extra>{escape(name)}</extra>",
    }


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel; `alarm` marks a sentence that warns."""
    drawn = extract(scene.config.model, scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
        "alarm": drawn.collapsed,
    }


QUESTION = N_("What does it make?")

ANSWER = AnswerPanel(QUESTION, draw)
