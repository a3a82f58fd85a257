r"""Series told apart by their shape: what did I hear, rather than what comes next?

Cylinder, bell and funnel (Saito, 1994), a well-known test, with the event on [a, b]:

    cylinder  (6 + h) 1_[a, b]            + e_t
    bell      (6 + h) (t - a) / (b - a)   + e_t
    funnel    (6 + h) (b - t) / (b - a)   + e_t,    h, e_t ~ N(0, 1)

with a in T/8..T/4 and b - a in T/4..3T/4 (16..32 and 32..96 of Saito's 128 steps). Or
waves of a random phase and period. All labels are equally frequent.
"""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Ints, Scaler
from explorer.data.fields import count_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

HEIGHT = 6.0
"""Of an event, in standard deviations of Saito's noise."""


class ShapesSettings(Settings):
    """Which shapes, and how hard to see."""

    family: Literal["events", "waves"] = setting(
        "events",
        N_("What is told apart."),
        title=N_("Shapes"),
        choices={
            "events": N_("cylinder, bell, funnel"),
            "waves": N_("sine, square, triangle, sawtooth"),
        },
    )
    noise: float = setting(
        1.0,
        N_(
            "Standard deviation of what is added to every value; an event is about 6 "
            "high, a wave 3."
        ),
        title=N_("Noise"),
        ge=0.0,
        le=5.0,
        step=0.1,
    )
    count: int = count_field(
        N_("How many series there are to learn from."),
        N_("Windows"),
        1200,
        least=60,
        step=60,
    )
    window: int = window_field(24)


def events(rng: np.random.Generator, labels: Ints, steps: int) -> Floats:
    """(N, T) cylinders (label 0), bells (1) and funnels (2), without noise."""
    count = len(labels)
    a = rng.uniform(steps / 8, steps / 4, (count, 1))
    length = rng.uniform(steps / 4, 3 * steps / 4, (count, 1))
    height = HEIGHT + rng.normal(size=(count, 1))
    along = (np.arange(steps) - a) / length  # 0..1 within the event
    form = np.choose(labels[:, None], [np.ones_like(along), along, 1 - along])
    return np.asarray(height * form * ((along >= 0) & (along <= 1)))


def waves(rng: np.random.Generator, labels: Ints, steps: int) -> Floats:
    """(N, T) sines (label 0), squares, triangles and sawteeth of power 4.5.

    Periods lie between T/8 and T/3; all have the same power, so that none is told by
    its loudness.
    """
    count = len(labels)
    period = rng.uniform(steps / 8, steps / 3, (count, 1))
    turns = (np.arange(steps) / period + rng.random((count, 1))) % 1
    forms = [
        np.sin(2 * np.pi * turns) * math.sqrt(2),
        np.sign(0.5 - turns),
        (1 - 4 * np.abs(turns - 0.5)) * math.sqrt(3),
        (2 * turns - 1) * math.sqrt(3),
    ]
    return np.asarray(math.sqrt(4.5) * np.choose(labels[:, None], forms))


Forms = Callable[[np.random.Generator, Ints, int], Floats]

FAMILIES: dict[str, tuple[Forms, tuple[str, ...]]] = {
    "events": (events, (N_("cylinder"), N_("bell"), N_("funnel"))),
    "waves": (waves, (N_("sine"), N_("square"), N_("triangle"), N_("sawtooth"))),
}


def make(settings: ShapesSettings, seed: int) -> Data:
    """Series, each of a shape of its own."""
    rng = np.random.default_rng(seed)
    form, labels = FAMILIES[settings.family]
    total = settings.count + MAX_VALIDATION_WINDOWS
    y = np.arange(total) % len(labels)
    held_out = y[:MAX_VALIDATION_WINDOWS]
    y = np.concatenate([rng.permutation(held_out), rng.permutation(y[len(held_out) :])])
    values = form(rng, y, settings.window)
    values += settings.noise * rng.normal(size=values.shape)
    scaler = Scaler.fit(values[MAX_VALIDATION_WINDOWS:])
    x = scaler.apply(values)[..., None]  # (N, T, 1)
    return Data(
        task="classify",
        train=Windows(x[MAX_VALIDATION_WINDOWS:], y[MAX_VALIDATION_WINDOWS:]),
        validation=Windows(x[:MAX_VALIDATION_WINDOWS], y[:MAX_VALIDATION_WINDOWS]),
        baselines={N_("uniform"): math.log(len(labels))},
        labels=labels,
        channels=(N_("value"),),
        scaler=scaler,
        streamed=False,
        shifted=False,
    )


SPEC = DataSpec(
    name="shapes",
    title=N_("Shapes of series"),
    summary=N_(
        "Short noisy series, each of one of a few shapes, to be told apart. One answer "
        "for a whole sequence: what matters must be carried to its end."
    ),
    settings=ShapesSettings,
    make=make,
    task="classify",
    order=26,
)
