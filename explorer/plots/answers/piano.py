"""What would it play? The model's tune and a held-out one as piano rolls.

Time in beats runs to the right, pitch upwards; thin lines are the ends of bars.
"""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.answers import text
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, axis, finite, layout
from explorer.plots.roll import bar_line, name, pitch_ticks, roll
from explorer.plots.theme import GREY, colour_of
from explorer.runs.records import View

BEATS_PER_MINUTE = 120
ROWS = ((0.56, 1.0), (0.0, 0.44))
"""Shares of the height: what the model wrote, then the truth."""


class PianoDrawn(NamedTuple):
    """Exactly what the rolls show."""

    model: str
    wrote: NDArray[np.float32]  # (n, 4): start and length in beats, pitch, token
    wrote_bars: NDArray[np.float32]  # (m,) beats
    given: int  # tokens that the model was given, not wrote
    truth: NDArray[np.float32]  # (n, 4)
    truth_bars: NDArray[np.float32]  # (m,)


def extract(model: str, view: View | None) -> PianoDrawn:
    """Read the view "prediction" of a tune; None before there is one."""
    if view is None or "wrote" not in view.arrays:
        none, never = np.empty((0, 4), np.float32), np.empty(0, np.float32)
        return PianoDrawn(model, none, never, 0, none, never)
    arrays = view.arrays
    return PianoDrawn(
        model,
        finite(arrays["wrote"]),
        finite(arrays["wrote_bars"]),
        len(view.notes["prompt"]),
        finite(arrays["held"]),
        finite(arrays["held_bars"]),
    )


def figure(drawn: PianoDrawn, _: Translate = str) -> Figure:
    """Two rolls over the same beats and pitches; what was given is grey."""
    every = np.concatenate([drawn.wrote, drawn.truth])
    x, y = axis(_("beats"), showgrid=False, anchor="y2"), axis(_("model's pitch"))
    other = axis(_("true pitch"))
    for row, share in zip((y, other), ROWS, strict=True):
        row |= {"domain": list(share), "showgrid": False}
    if len(every):
        low, high = float(every[:, 2].min()) - 1, float(every[:, 2].max()) + 1
        x["range"] = [0, float((every[:, 0] + every[:, 1]).max())]
        for row in (y, other):
            row |= {"range": [low, high], **pitch_ticks(int(low), int(high))}
    ours = np.where(drawn.wrote[:, 3] < drawn.given, GREY, colour_of(drawn.model))
    traces = [
        roll(drawn.wrote, ours, "y", _),
        roll(drawn.truth, [GREY] * len(drawn.truth), "y2", _),
    ]
    lines = [bar_line(at, "y") for at in drawn.wrote_bars]
    lines += [bar_line(at, "y2") for at in drawn.truth_bars]
    more = {"yaxis2": other, "shapes": lines, "bargap": 0, "barmode": "overlay"}
    return {"data": traces, "layout": layout(x, y, **more)}


def reading(drawn: PianoDrawn, _: Translate = str) -> str:
    """Whether its bars add up, and how far its tune reaches."""
    wrote = drawn.wrote[drawn.wrote[:, 3] >= drawn.given]
    if not len(wrote):
        return _("There is no tune to judge yet.")
    numbers = {
        "notes": f"{len(wrote):,}",
        "low": name(int(wrote[:, 2].min())),
        "high": name(int(wrote[:, 2].max())),
    }
    lengths = whole_bars(drawn)
    if not lengths:
        message = _(
            "It wrote %(notes)s notes from %(low)s to %(high)s, and no whole bar."
        )
        return message % numbers
    ((usual, count),) = Counter(lengths).most_common(1)
    message = _(
        "It wrote %(notes)s notes from %(low)s to %(high)s; %(same)d of its "
        "%(bars)d bars are %(beats)g beats long, its commonest measure."
    )
    return message % {**numbers, "same": count, "bars": len(lengths), "beats": usual}


def whole_bars(drawn: PianoDrawn) -> list[float]:
    """The beats in every bar that the model wrote from its beginning to its end."""
    given = drawn.wrote[drawn.wrote[:, 3] < drawn.given]
    start = float((given[:, 0] + given[:, 1]).max(initial=0.0))
    ends = drawn.wrote_bars
    lengths = np.diff(ends[ends >= start])
    return [float(beats) for beats in lengths if beats > 0]


def alternative(drawn: PianoDrawn, _: Translate = str) -> str:
    """The rolls in words, for those who do not see them."""
    if not len(drawn.wrote):
        return _("Piano roll of a tune; nothing is drawn yet.")
    message = _(
        "Piano rolls of the model's tune, %(notes)s notes over %(beats)g beats, and of "
        "a held-out one of %(true)s notes. %(reading)s"
    )
    ends = drawn.wrote[:, 0] + drawn.wrote[:, 1]
    return message % {
        "notes": f"{len(drawn.wrote):,}",
        "beats": float(ends.max()),
        "true": f"{len(drawn.truth):,}",
        "reading": reading(drawn, _),
    }


def blocks(drawn: PianoDrawn, view: View, _: Translate) -> list[dict[str, Any]]:
    """The texts of both tunes, each with its notes to be played."""
    found = text.blocks(view, _)
    for block, notes in zip(found, (drawn.wrote, drawn.truth), strict=True):
        block["play"] = {
            "notes": notes.tolist(),
            "tempo": BEATS_PER_MINUTE,
            "start": _("Listen"),
            "stop": _("Stop playing"),
            "silent": _(
                "The browser holds the sound back. Allow sound for this page, and see "
                "whether this device can play any."
            ),
        }
    return found


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
        "text": {"blocks": blocks(drawn, scene.view, _)},
    }


ANSWER = AnswerPanel(
    N_("What would it play?"), draw, ("temperature", "top_k", "prompt")
)
