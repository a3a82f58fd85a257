r"""Copy memory: ten symbols, a long blank, and then the same ten symbols again.

    x  s1 ... s10  blank ... blank  mark  blank ... blank     10 + (T - 1) + 1 + 10
    y  blank ...            ... blank     s1 ... s10          (T + 10) + 10

The symbols are drawn evenly from eight, so whoever has forgotten them still knows when
to say blank, and pays ln 8 at each of the last ten steps: on average
10 ln 8 / (T + 20). Anything below that line is memory (Arjovsky, Shah and Bengio, 2016,
https://arxiv.org/abs/1511.06464; Hochreiter and Schmidhuber, 1997).
"""

import math

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Ints
from explorer.data.fields import count_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

SYMBOLS = tuple("abcdefgh·?")
COPIED = 10
KINDS = 8
BLANK, MARK = 8, 9


class CopyMemorySettings(Settings):
    """How long the symbols must be kept."""

    blanks: int = setting(
        10,
        N_(
            "How many steps lie between the last symbol and the first answer: the "
            "longer, the harder to remember across."
        ),
        title=N_("Blanks"),
        ge=1,
        le=1000,
        scale="log",
        unit=N_("steps"),
    )
    count: int = count_field(
        N_("How many windows there are to learn from."), N_("Windows"), 2000
    )


def make(settings: CopyMemorySettings, seed: int) -> Data:
    """Windows of T + 20 steps, each with symbols of its own; T is `blanks`."""
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    both = windows(rng.integers(KINDS, size=(total, COPIED)), settings.blanks)
    split = settings.count
    return Data(
        task="next_token",
        train=Windows(both.x[:split], both.y[:split]),
        validation=Windows(both.x[split:], both.y[split:]),
        baselines={
            N_("no memory"): COPIED * math.log(KINDS) / (settings.blanks + 2 * COPIED),
            N_("uniform"): math.log(len(SYMBOLS)),
        },
        floor=0.0,
        floor_note=N_("a perfect memory: every answer has been read before"),
        recalled_from=settings.blanks + COPIED,
        symbols=SYMBOLS,
        streamed=False,
        shifted=False,
        hint=N_(
            "The loss falls to the line 'no memory' within a few steps: to say blank "
            "is easy. Only below it are symbols remembered; accuracy is that of the "
            "ten symbols alone, by chance 12.5 %."
        ),
    )


def windows(kept: Ints, blanks: int) -> Windows:
    """What is read and what is to be said: (N, T + 20) each, of symbols (N, 10)."""
    count, steps = len(kept), blanks + 2 * COPIED
    x = np.full((count, steps), BLANK, np.int64)
    y = x.copy()
    x[:, :COPIED] = kept
    x[:, -COPIED - 1] = MARK
    y[:, -COPIED:] = kept
    return Windows(x, y)


SPEC = DataSpec(
    name="copy_memory",
    title=N_("Copy memory"),
    summary=N_(
        "Ten symbols, a long blank, then say them again. Nothing helps but keeping "
        "them: the plainest test of a memory, and the plain RNN's undoing."
    ),
    settings=CopyMemorySettings,
    make=make,
    task="next_token",
    order=70,
    training={"steps": 1500, "learning_rate": 0.01},
    tuned={"gru": Tuned(0.032, "cosine"), "min_gru": Tuned(0.034, "warmup")},
)
