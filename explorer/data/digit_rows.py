r"""Handwritten digits written on: every row of an image from the rows above it.

    x_t  the t-th row of 8 points          y_t = x_{t+1}

The images of `handwriting`. Of each the first rows are given, usually the upper half;
only the others count. A model that is left alone writes them, each from what it wrote
before. Many digits begin alike, so the best single guess of a row is a blurred one.
"""

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Image, Scaler
from explorer.data.fields import count_field
from explorer.data.handwriting import INK, PAPER, SIDE, images, parted
from explorer.data.spec import DataSpec
from explorer.data.windows import Windows
from explorer.errors import N_


class DigitRowsSettings(Settings):
    """How much of an image is given, and how many images there are."""

    given: int = setting(
        SIDE // 2,
        N_(
            "How many rows of an image are given, from the top; the others are to be "
            "written. The fewer, the more digits they may be the beginning of."
        ),
        title=N_("Rows given"),
        ge=1,
        le=SIDE - 1,
    )
    count: int = count_field(
        N_("How many images there are to learn from; the fewer, the sooner by heart."),
        N_("Images"),
        1700,
        most=1700,
    )


def whole(windows: Floats) -> Floats:
    """Rows (N, T, 8) are an image as they are."""
    return windows


def nearest(train: Floats, held: Floats, given: int) -> Floats:
    """The rows (N, 8 - given, 8) of held-out images (N, 8, 8) that are not given, each
    as in the training image that is most like the one at hand in the rows above it."""
    known, asked = (each.reshape(len(each), -1) for each in (train, held))
    rows = []
    for t in range(given, SIDE):
        a, b = asked[:, : t * SIDE], known[:, : t * SIDE]
        apart = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)  # (N, M)
        rows.append(train[apart.argmin(1), t])
    return np.stack(rows, 1)


def make(settings: DigitRowsSettings, seed: int) -> Data:
    """Images, of all of which some are held out; the loss counts the rows that are
    not given."""
    ink, digits = images()
    train, held = parted(digits, np.random.default_rng(seed))
    train, given = train[: settings.count], settings.given
    scaler = Scaler.fit(ink[train])
    known, asked = scaler.apply(ink[train]), scaler.apply(ink[held])
    truth = asked[:, given:]
    return Data(
        task="forecast",
        train=Windows(known[:, :-1], known[:, 1:]),
        validation=Windows(asked[:, :-1], asked[:, 1:]),
        baselines={
            name: float(np.mean((truth - said) ** 2))
            for name, said in (
                (N_("repeat last"), asked[:, given - 1 : -1]),
                (N_("mean row"), known[:, given:].mean(0)),
                (N_("nearest image"), nearest(known, asked, given)),
            )
        },
        counted_from=given - 1,
        image=Image(whole, PAPER, INK),
        scaler=scaler,
        streamed=False,
    )


SPEC = DataSpec(
    name="digit_rows",
    title=N_("Handwritten digits, to be written on"),
    summary=N_(
        "Images of handwritten digits, of which every row is foretold from the rows "
        "above it. Given the upper half, a model writes the lower half by itself."
    ),
    settings=DigitRowsSettings,
    make=make,
    task="forecast",
    order=29,
    tuned={"lstm": Tuned(0.011, "linear")},
)
