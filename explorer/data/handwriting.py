r"""Handwritten digits as sequences, to be told apart or made anew: an image read row by
row, or point by point.

    x_t  the t-th row of 8 points          y  which digit it is

Images of 8 by 8 points, 0 (paper) to 16 (ink), by 43 people; scikit-learn ships them.
Read by rows, an image has 8 steps of 8 numbers, by points 64 of one: what was seen at
the top must be carried through to the bottom. Each digit has the same share of the
held-out images, as nearly as their number allows.

Alpaydin and Kaynak (1998), https://doi.org/10.24432/C50P49, under CC BY 4.0.
By rows and by points: Le, Jaitly and Hinton (2015), https://arxiv.org/abs/1504.00941
"""

import math
from functools import cache, partial
from typing import Literal

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Image, Ints, Scaler
from explorer.data.fields import count_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

SIDE, DIGITS, IMAGES = 8, 10, 1797
PAPER, INK = 0.0, 16.0

GENERATOR = {
    "model.hidden_size": 64,
    "model.generator_size": 64,
    "model.noise_size": 16,
    "training.steps": 4000,
    "training.batch_size": 64,
    "training.learning_rate": 0.004,
}
"""Ten kinds of image, written in many ways, need more room and noise than a wave."""


class HandwritingSettings(Settings):
    """How an image becomes a sequence, and how many there are."""

    reading: Literal["rows", "columns", "points"] = setting(
        "rows",
        N_(
            "How an image is read: 8 rows from top to bottom, 8 columns from left to "
            "right, or all 64 points one by one, row after row."
        ),
        title=N_("Reading"),
        choices={
            "rows": N_("row by row"),
            "columns": N_("column by column"),
            "points": N_("point by point"),
        },
    )
    count: int = count_field(
        N_("How many images there are to learn from; the fewer, the sooner by heart."),
        N_("Images"),
        1700,
        most=1700,
    )


@cache
def images() -> tuple[Floats, Ints]:
    """(N, 8, 8) ink, 0 to 16, and (N,) the digit of each."""
    # It takes a second to import.
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    found = load_digits()
    ink, digits = np.asarray(found.images), np.asarray(found.target, np.int64)
    ink.flags.writeable = digits.flags.writeable = False
    return ink, digits


def read(ink: Floats, reading: str) -> Floats:
    """(N, 8, 8) -> (N, 8, 8) rows or columns, or (N, 64, 1) points."""
    if reading == "points":
        return ink.reshape(len(ink), SIDE * SIDE, 1)
    return ink if reading == "rows" else ink.transpose(0, 2, 1)


def upright(windows: Floats, reading: str) -> Floats:
    """What was read as an image again: (N, 8, 8) of any reading."""
    images = windows.reshape(len(windows), SIDE, SIDE)
    return images.transpose(0, 2, 1) if reading == "columns" else images


def parted(digits: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Places to learn from, and those held out, of every digit in turn; in random
    order."""
    turn = np.empty(len(digits), np.int64)
    order = rng.permutation(len(digits))
    for digit in range(DIGITS):
        of_it = order[digits[order] == digit]
        turn[of_it] = np.arange(len(of_it)) * DIGITS + rng.permutation(DIGITS)[digit]
    first = np.argsort(turn, kind="stable")
    held, rest = first[:MAX_VALIDATION_WINDOWS], first[MAX_VALIDATION_WINDOWS:]
    return rng.permutation(rest), rng.permutation(held)


def make(settings: HandwritingSettings, seed: int) -> Data:
    """Images as sequences, of all of which some are held out."""
    ink, digits = images()
    train, held = parted(digits, np.random.default_rng(seed))
    train = train[: settings.count]
    values = read(ink, settings.reading)
    scaler = Scaler.fit(values[train])
    x = scaler.apply(values)
    single = settings.reading == "points"
    return Data(
        task="classify",
        train=Windows(x[train], digits[train]),
        validation=Windows(x[held], digits[held]),
        baselines={N_("uniform"): math.log(DIGITS)},
        labels=tuple(map(str, range(DIGITS))),
        channels=(N_("ink"),) if single else (),
        image=Image(partial(upright, reading=settings.reading), PAPER, INK),
        scaler=scaler,
        streamed=False,
        shifted=False,
    )


SPEC = DataSpec(
    name="handwriting",
    title=N_("Handwritten digits"),
    summary=N_(
        "Images of handwritten digits, read as sequences: row by row, or point by "
        "point, which takes a longer memory. A generator can learn to write more."
    ),
    settings=HandwritingSettings,
    make=make,
    task="classify",
    resembled=True,
    beginnings={"generate": GENERATOR},
    order=28,
)
