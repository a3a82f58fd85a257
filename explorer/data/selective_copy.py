r"""Selective copying: a few letters scattered among blanks, to be said again in order.

    x  · b · · a · · · c · ...   ? ? ? ...     L + N
    y  · · · · · · · · · · ...   b a c ...

The N letters are drawn evenly from eight, and stand at N places of the first L that are
drawn evenly too; only the last N steps count. In copy memory a fixed filter is enough,
for each letter comes so many steps before its answer. Here what a step is worth must be
decided by what stands there (Gu and Dao, 2023, Mamba, section 3.1,
https://arxiv.org/abs/2312.00752; Jing et al., 2019, https://arxiv.org/abs/1706.02761).
"""

import math

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.data.fields import count_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_, ExplorerError

SYMBOLS = tuple("abcdefgh·?")
KINDS = 8
BLANK, MARK = 8, 9


class SelectiveCopySettings(Settings):
    """How much is to be copied, out of how much."""

    letters: int = setting(
        4,
        N_("How many letters a window holds, all of which are to be said at its end."),
        title=N_("Letters"),
        ge=1,
        le=32,
    )
    places: int = setting(
        16,
        N_(
            "Among how many steps the letters are scattered; all others are blank and "
            "must be passed over."
        ),
        title=N_("Places"),
        ge=2,
        le=512,
        scale="log",
        unit=N_("steps"),
    )
    count: int = count_field(
        N_("How many windows there are to learn from."),
        N_("Windows"),
        4000,
        most=10000,
    )


def make(settings: SelectiveCopySettings, seed: int) -> Data:
    """Windows of L + N steps, each with letters and places of its own.

    Raises:
        ExplorerError: if there are more letters than places.
    """
    if settings.letters > settings.places:
        raise ExplorerError(
            N_(
                "Every letter needs a place of its own, but %(letters)d letters do not "
                "fit into %(places)d places. Take fewer letters or more places."
            ),
            letters=settings.letters,
            places=settings.places,
        )
    rng = np.random.default_rng(seed)
    both = windows(settings, settings.count + MAX_VALIDATION_WINDOWS, rng)
    split = settings.count
    return Data(
        task="next_token",
        train=Windows(both.x[:split], both.y[:split]),
        validation=Windows(both.x[split:], both.y[split:]),
        baselines={N_("uniform"): math.log(KINDS)},
        floor=0.0,
        floor_note=N_("a perfect memory: every answer has been read before"),
        counted_from=settings.places,
        symbols=SYMBOLS,
        streamed=False,
        shifted=False,
        hint=N_(
            "Only the answers at the end count. Who forgets everything has an accuracy "
            "of 12.5 %; who keeps the letters but not their order has little more."
        ),
    )


def windows(
    settings: SelectiveCopySettings, count: int, rng: np.random.Generator
) -> Windows:
    """What is read and what is to be said: (count, L + N) each."""
    letters, places = settings.letters, settings.places
    kept = rng.integers(KINDS, size=(count, letters))
    where = np.sort(rng.random((count, places)).argsort(1)[:, :letters], 1)
    x = np.full((count, places + letters), BLANK, np.int64)
    y = x.copy()
    np.put_along_axis(x, where, kept, 1)
    x[:, places:] = MARK
    y[:, places:] = kept
    return Windows(x, y)


SPEC = DataSpec(
    name="selective_copy",
    title=N_("Selective copying"),
    summary=N_(
        "A few letters scattered among blanks, to be said again in order. A fixed "
        "filter cannot: what to keep and what to pass over depends on what is read."
    ),
    settings=SelectiveCopySettings,
    make=make,
    task="next_token",
    order=71,
    training={"steps": 1500, "learning_rate": 0.01},
    tuned={"lru": Tuned(0.01, "linear")},
)
