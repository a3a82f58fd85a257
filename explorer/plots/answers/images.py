"""What does it make? Generated images below real ones, and an alarm for their sameness.

Paper and ink are the data's own, so that a pale generator looks pale.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots import images
from explorer.plots.answers.generated import QUESTION, verdict
from explorer.plots.images import Sheet, in_rows
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import Figure, Translate, finite
from explorer.plots.words import in_percent
from explorer.runs.records import View

COLUMNS = 6
"""Images beside each other: on a phone each still has room for its points."""


class ImagesDrawn(NamedTuple):
    """Exactly what the picture shows."""

    images: NDArray[np.float32]  # (2, k, rows, columns) real and generated
    paper: float
    ink: float
    measures: Mapping[str, float | None]
    collapsed: bool
    real_kinds: float | None  # how many kinds real ones are of, if of several
    step: int


def extract(view: View | None) -> ImagesDrawn:
    """Read the view; None before there is one."""
    if view is None:
        none = np.empty((2, 0, 1, 1), np.float32)
        return ImagesDrawn(none, 0.0, 1.0, {}, False, None, 0)
    notes = view.notes
    return ImagesDrawn(
        finite(view.arrays["images"]),
        notes["paper"],
        notes["ink"],
        notes["measures"],
        bool(notes["collapsed"]),
        notes.get("real_kinds"),
        view.step,
    )


def figure(drawn: ImagesDrawn, _: Translate = str) -> Figure:
    """Rows of real images, and below them as many rows of generated ones."""
    real, fake = (in_rows(each, COLUMNS) for each in drawn.images)
    sheet = Sheet(np.concatenate([real, fake]), drawn.paper, drawn.ink)
    rows = [(len(real), _("real")), (len(fake), _("generated"))]
    return images.figure(sheet, (_("one image per window"), _("windows")), down=rows)


def reading(drawn: ImagesDrawn, _: Translate = str) -> str:
    """Whether the images differ as real ones do, and whether D knows them."""
    of_kinds = drawn.real_kinds
    return verdict(drawn.measures, drawn.collapsed, drawn.step, _, of_kinds)


def alternative(drawn: ImagesDrawn, _: Translate = str) -> str:
    """The picture in words, for those who do not see it."""
    _kinds, count, height, width = drawn.images.shape
    if not count:
        return _("Generated images; nothing is drawn yet.")
    message = _(
        "%(count)d real images of %(height)d rows of %(width)d points, and below them "
        "as many generated ones, the stronger the more ink. On average the real ones "
        "have %(real)s of the ink that there could be, the generated ones %(fake)s."
    )
    shares = (drawn.images - drawn.paper) / (drawn.ink - drawn.paper)
    real, fake = (in_percent(share, _) for share in np.nanmean(shares, (1, 2, 3)))
    return message % {
        "count": count,
        "height": height,
        "width": width,
        "real": real,
        "fake": fake,
    }


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel; `alarm` marks a sentence that warns."""
    drawn = extract(scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
        "alarm": drawn.collapsed,
    }


ANSWER = AnswerPanel(QUESTION, draw)
