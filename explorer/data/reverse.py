"""Random letters, to be written backwards: the plainest case of looking back.

The last letter comes first, so a model that reads all and then writes must remember
everything; one that may look at the source need only find the right place. Where a
Transformer looks is then a straight line from corner to corner.
"""

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.data.pairs import TRAINING, Pair, Room, pairs_field, translation
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import N_, ExplorerError

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class ReverseSettings(Settings):
    """How long the sequences are, and of what."""

    symbols: int = setting(
        26,
        N_("How many different letters there are."),
        title=N_("Letters"),
        ge=2,
        le=26,
    )
    shortest: int = setting(
        6,
        N_("The shortest sequence."),
        title=N_("Shortest length"),
        ge=1,
        le=48,
        unit=N_("letters"),
    )
    longest: int = setting(
        12,
        N_("The longest sequence."),
        title=N_("Longest length"),
        ge=1,
        le=48,
        unit=N_("letters"),
    )
    count: int = pairs_field()


def make(settings: ReverseSettings, seed: int) -> Data:
    """Sequences of letters drawn evenly, of a length drawn evenly.

    Raises:
        ExplorerError: if the shortest length exceeds the longest, or if there are too
            few different sequences.
    """
    if settings.shortest > settings.longest:
        raise ExplorerError(
            N_(
                "The shortest length must not exceed the longest, but got %(low)d and "
                "%(high)d. Swap them."
            ),
            low=settings.shortest,
            high=settings.longest,
        )
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    lengths = rng.integers(settings.shortest, settings.longest + 1, total)
    letters = np.array(list(ALPHABET))[
        rng.integers(settings.symbols, size=(total, settings.longest))
    ]
    sources = [
        "".join(row[:n]) for row, n in zip(letters.tolist(), lengths, strict=True)
    ]
    return translation(
        [Pair(source, source[::-1]) for source in sources],
        sources,
        Room(settings.longest, settings.longest),
        ALPHABET[: settings.symbols],
    )


SPEC = DataSpec(
    name="reverse",
    title=N_("Sequences to reverse"),
    summary=N_(
        "Random letters, to be written backwards. Nothing can be guessed: a model must "
        "keep the whole sequence in mind, or look back at the right place each time."
    ),
    settings=ReverseSettings,
    make=make,
    task="translate",
    order=60,
    training=TRAINING,
)
