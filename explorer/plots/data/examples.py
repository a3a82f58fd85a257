"""What do single examples look like? Rows of small lines, a map, or written lines."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots import images
from explorer.plots.images import Sheet, in_rows
from explorer.plots.parts import Figure, Translate, axis, escape, layout, width_of
from explorer.plots.theme import GREY, SIGNED
from explorer.plots.words import listed

MOST_ROWS = 6
"""A window of more channels is drawn as a map, here and where it is answered."""

EACH = 3
"""Examples of a label that lie over each other."""

BESIDE = 5
"""Images beside each other."""

UNNAMED = 10
"""Images that are shown where they have no labels."""

WIDTH = 28
"""Letters that a line of the drawer holds."""

Floats = NDArray[np.floating[Any]]


class ExamplesDrawn(NamedTuple):
    """Exactly what the preview shows; all windows have T steps."""

    names: tuple[str, ...]  # of the rows, the first on top
    rows: tuple[tuple[Floats, ...], ...]  # of every row: lines (T,), scaled values
    title: str  # what the rows are
    steps: int
    sheet: Sheet | None = None  # images instead of rows, one per name


def of_labels(
    x: Floats, y: NDArray[np.integer[Any]], labels: Sequence[str], title: str
) -> ExamplesDrawn:
    """The first channel of the first windows (N, T, I) of each label y (N,)."""
    rows = [tuple(x[y == k][:EACH, :, 0]) for k in range(len(labels))]
    return ExamplesDrawn(tuple(labels), tuple(rows), title, x.shape[1])


def of_images(
    every: Sheet, y: NDArray[np.integer[Any]], labels: Sequence[str], title: str
) -> ExamplesDrawn:
    """The first image of each label y (N,) of a row of N images; the first images where
    there are no labels."""
    shown = [k for k in range(len(labels)) if (y == k).any()]
    picked = [int((y == k).argmax()) for k in shown] or list(
        range(min(UNNAMED, len(y)))
    )
    chosen = every.images[0, picked]
    return ExamplesDrawn(
        tuple(labels[k] for k in shown),
        (),
        title,
        chosen.shape[1],
        every._replace(images=in_rows(chosen, BESIDE)),
    )


def of_channels(window: Floats, names: Sequence[str], title: str) -> ExamplesDrawn:
    """Every channel of one window (T, I); numbers where there are no names."""
    steps, inputs = window.shape
    named = names or [str(k + 1) for k in range(inputs)]
    return ExamplesDrawn(tuple(named), tuple((c,) for c in window.T), title, steps)


def figure(drawn: ExamplesDrawn, _: Translate = str) -> Figure:
    """Grey lines, a row for each name, or a map of many channels."""
    if drawn.sheet is not None:
        titles = _(drawn.title), _(drawn.sheet.counted[1])
        return images.figure(drawn.sheet, titles, _across(drawn, _))
    x = axis(_("time step"), nticks=5)
    if len(drawn.rows) > MOST_ROWS:
        return _map(drawn, x, _)
    places = [k + 0.5 for k in range(len(drawn.rows))]
    y = axis(
        _(drawn.title),
        range=[max(1, len(drawn.rows)), 0],
        tickmode="array",
        tickvals=places,
        ticktext=[escape(_(name)) for name in drawn.names],
        showgrid=False,
    )
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x0": 1,
            "dx": 1,
            "y": line,
            "line": {"color": GREY, "width": 1.3},
            "opacity": 1.0 if len(row) == 1 else 0.75,
            "hoverinfo": "skip",
        }
        for k, row in enumerate(drawn.rows)
        for line in _within(row, k)
    ]
    return {"data": traces, "layout": layout(x, y, margin={"r": 12})}


def _across(drawn: ExamplesDrawn, _: Translate) -> list[str]:
    """What stands in each column, from top to bottom."""
    names = [_(name) for name in drawn.names]
    return [" / ".join(names[k::BESIDE]) for k in range(min(BESIDE, len(names)))]


def _within(row: Iterable[Floats], place: int) -> list[NDArray[np.float32]]:
    """The lines of a row between `place` and the next, the larger the higher up."""
    lines = list(row)
    if not lines:
        return []
    low = min(float(np.nanmin(line)) for line in lines)
    reach = max(float(np.nanmax(line)) for line in lines) - low or 1.0
    return [
        (place + 0.92 - 0.84 * (line - low) / reach).astype(np.float32)
        for line in lines
    ]


def _map(drawn: ExamplesDrawn, x: dict[str, Any], _: Translate) -> Figure:
    """Channels up, time to the right, colours about zero."""
    values = np.stack([row[0] for row in drawn.rows]).astype(np.float32)
    reach = float(np.abs(values).max()) or 1.0
    heat = {
        "type": "heatmap",
        "z": values,
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": SIGNED,
        "hoverinfo": "skip",
    }
    y = axis(_(drawn.title), nticks=5, showgrid=False)
    colours = {"cmin": -reach, "cmax": reach, "showscale": False}
    return {
        "data": [heat],
        "layout": layout(x, y, margin={"r": 12}, **{SIGNED: colours}),
    }


def alternative(drawn: ExamplesDrawn, _: Translate = str) -> str:
    """The preview in words, for those who do not see it."""
    if drawn.sheet is not None:
        message = _("Small images of examples, each of %(steps)d rows.")
        if drawn.names:
            message = _(
                "Small images of examples, each of %(steps)d rows; %(title)s: "
                "%(names)s."
            )
        return message % {
            "steps": drawn.steps,
            "title": _(drawn.title),
            "names": listed([_(name) for name in drawn.names], _),
        }
    if not drawn.rows:
        return _("Small line charts of examples; nothing is drawn yet.")
    message = _(
        "Small line charts of examples over %(steps)d time steps; %(title)s: %(names)s."
    )
    return message % {
        "steps": drawn.steps,
        "title": _(drawn.title),
        "names": listed([_(name) for name in drawn.names], _),
    }


def answered(given: str, answer: str) -> str:
    """An example as it is written, and what is asked for.

    >>> print(answered("March 3, 2021", "2021-03-03"))
    March 3, 2021
    → 2021-03-03
    """
    return f"{given}\n→ {answer}"


def aligned(tokens: Sequence[str], tags: Sequence[str], width: int = WIDTH) -> str:
    """Tokens with a tag under each, in lines of at most `width` letters.

    >>> print(aligned(["the", "old", "dog"], ["DET", "ADJ", "NOUN"], width=8))
    the old
    DET ADJ
    dog
    NOUN
    """
    lines: list[tuple[str, str]] = []
    above, below = "", ""
    for token, tag in zip(tokens, tags, strict=True):
        wide = max(width_of(token), width_of(tag))
        if above and width_of(above) + wide > width:
            lines.append((above, below))
            above, below = "", ""
        above += token + " " * (wide - width_of(token) + 1)
        below += tag + " " * (wide - width_of(tag) + 1)
    lines.append((above, below))
    return "\n".join(f"{above.rstrip()}\n{below.rstrip()}" for above, below in lines)
