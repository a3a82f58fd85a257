r"""The adding problem: two numbers far apart, of which only the sum is asked.

Every step gives a number u_t, drawn evenly from 0 to 1, and a marker that is 1 at one
step of the window's first half and at one of its second, else 0. Asked for at the last
step is the sum of the two marked numbers (Hochreiter and Schmidhuber, 1997,
https://doi.org/10.1162/neco.1997.9.8.1735; here as in Arjovsky, Shah and Bengio, 2016,
https://arxiv.org/abs/1511.06464). Nothing is standardised: who always answers 1 has a
mean squared error of Var[u + u'] = 2/12 = 0.16667. The 0.1767 of a well-known paper is
a misprint.
"""

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats
from explorer.data.fields import count_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

GRID = 8
"""Cells a side that the held-out pairs fill evenly."""


class AddingSettings(Settings):
    """How far apart, and how many."""

    window: int = setting(
        50,
        N_(
            "How many numbers there are; the first marked one must be remembered for "
            "about half as many steps."
        ),
        title=N_("Window"),
        ge=10,
        le=400,
        step=10,
        unit=N_("steps"),
    )
    count: int = count_field(
        N_("How many windows there are to learn from."),
        N_("Windows"),
        4000,
        least=200,
        most=10000,
    )


def problems(rng: np.random.Generator, count: int, steps: int) -> tuple[Floats, Floats]:
    """Numbers and markers, both (N, T)."""
    numbers = rng.random((count, steps))
    markers = np.zeros((count, steps))
    rows = np.arange(count)
    markers[rows, rng.integers(0, steps // 2, count)] = 1
    markers[rows, rng.integers(steps // 2, steps, count)] = 1
    return numbers, markers


def spread_pairs(rng: np.random.Generator) -> Floats:
    """Pairs (GRID^2, 2), one drawn evenly from each cell of a grid over 0..1 squared.

    By itself each is drawn as any other, but together 64 of them measure a mean error
    as well as thousands that are drawn freely.
    """
    rows, columns = np.divmod(rng.permutation(GRID * GRID), GRID)
    cells = np.stack([rows, columns], 1)
    return np.asarray((cells + rng.random((GRID * GRID, 2))) / GRID)


def windows(numbers: Floats, markers: Floats) -> Windows:
    """x (N, T, 2), and the sum of what was marked so far, y (N, T, 1)."""
    x = np.stack([numbers, markers], 2).astype(np.float32)
    y = np.cumsum(numbers * markers, 1)[..., None].astype(np.float32)
    return Windows(x, y)


def make(settings: AddingSettings, seed: int) -> Data:
    """Windows, each with numbers and markers of its own; the last step's sum counts."""
    rng = np.random.default_rng(seed)
    train = windows(*problems(rng, settings.count, settings.window))
    numbers, markers = problems(rng, MAX_VALIDATION_WINDOWS, settings.window)
    numbers[markers == 1] = spread_pairs(rng).ravel()
    held_out = windows(numbers, markers)
    return Data(
        task="forecast",
        train=train,
        validation=held_out,
        baselines={
            N_("always 1"): float(np.mean((held_out.y[:, -1] - 1) ** 2)),
        },
        floor=0.0,
        floor_note=N_("nothing is left to chance"),
        counted_from=settings.window - 1,
        channels=(N_("number"), N_("marker")),
        loss_unit=N_("mean squared error"),
        streamed=False,
        shifted=False,
    )


SPEC = DataSpec(
    name="adding",
    title=N_("Adding problem"),
    summary=N_(
        "Of many numbers two are marked, far apart, and their sum is asked for at the "
        "end. It shows who can remember over a long time: gates can, a plain recurrent "
        "network cannot."
    ),
    settings=AddingSettings,
    make=make,
    task="forecast",
    order=24,
    training={"steps": 1500},
)
