"""Images that the generator makes, beside held-out real ones."""

from typing import Any

import numpy as np

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.answers.generated import some
from explorer.inspection.base import Subject

SHOWN = 12
"""How many images of each kind are drawn."""


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """images (2, k, rows, columns), real and generated, in the units of the data; notes
    have the measures, and what paper and ink are."""
    images, notes = some(subject, SHOWN)
    assert subject.data.image is not None  # `applies`
    _paint, paper, ink = subject.data.image
    return {"images": np.stack(images)}, {**notes, "paper": paper, "ink": ink}


def applies(data: Data) -> bool:
    """Whether windows are images."""
    return data.image is not None


AXES = {"images": ("real or generated", "image", "row", "column")}

ANSWER = Answer(("generate",), look, AXES, applies)
