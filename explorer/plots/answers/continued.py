"""How does it go on? Real images, and below each the same with its end written by the
model."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots import images
from explorer.plots.answers.images import COLUMNS
from explorer.plots.images import GAP, Sheet, in_rows
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, finite, short
from explorer.runs.records import View


class ContinuedDrawn(NamedTuple):
    """Exactly what the picture shows."""

    both: NDArray[np.float32]  # (2, k, rows, columns) real, and written on
    given: int  # how many rows are real in both
    paper: float
    ink: float
    missed: float  # mean absolute error of the written rows, in units of ink
    usual: float  # the same of the mean rows


def extract(view: View | None) -> ContinuedDrawn:
    """Read the view; None before there is one."""
    if view is None:
        none = np.empty((2, 0, 1, 1), np.float32)
        return ContinuedDrawn(none, 0, 0.0, 1.0, np.nan, np.nan)
    notes = view.notes
    return ContinuedDrawn(
        finite(view.arrays["both"]),
        notes["given"],
        notes["paper"],
        notes["ink"],
        notes["missed"],
        notes["usual"],
    )


def figure(drawn: ContinuedDrawn, _: Translate = str) -> Figure:
    """Pairs of rows; a dotted line where the model begins to write."""
    real, written = (in_rows(each, COLUMNS) for each in drawn.both)
    pairs = np.stack([real, written], 1)  # (rows, 2, columns, height, width)
    sheet = Sheet(pairs.reshape(-1, *real.shape[1:]), drawn.paper, drawn.ink)
    down = [(1, word) for _row in real for word in (_("real"), _("written on"))]
    made = images.figure(sheet, (_("one image per window"), _("windows")), down=down)
    height = real.shape[2] + GAP
    begins = [
        (2 * row + 1) * height + drawn.given + 0.5 for row, _each in enumerate(real)
    ]
    made["layout"]["shapes"] += [images.line(sheet, y, "dot") for y in begins]
    return made


def reading(drawn: ContinuedDrawn, _: Translate = str) -> str:
    """How far what it wrote misses, beside the mean."""
    if not np.isfinite(drawn.missed):
        return _("There is no prediction to judge yet.")
    message = _(
        "Given %(given)d rows, it wrote the other %(rest)d by itself: a point misses "
        "by %(missed)s of %(ink)s on average, the mean of all images by %(usual)s."
    )
    return message % {
        "given": drawn.given,
        "rest": drawn.both.shape[2] - drawn.given,
        "missed": short(drawn.missed),
        "ink": short(drawn.ink - drawn.paper),
        "usual": short(drawn.usual),
    }


def alternative(drawn: ContinuedDrawn, _: Translate = str) -> str:
    """The picture in words, for those who do not see it."""
    if not drawn.both.shape[1]:
        return _("Images that are written on; nothing is drawn yet.")
    message = _(
        "%(count)d real images of %(height)d rows of %(width)d points, and below each "
        "the same, of which the model wrote all but the first %(given)d rows. "
        "%(reading)s"
    )
    _kinds, count, height, width = drawn.both.shape
    return message % {
        "count": count,
        "height": height,
        "width": width,
        "given": drawn.given,
        "reading": reading(drawn, _),
    }


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
    }


ANSWER = AnswerPanel(N_("How does it go on?"), draw)
