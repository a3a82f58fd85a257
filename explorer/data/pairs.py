"""Pairs of texts, a source and what it becomes, as windows of a translation.

A window is the source filled up to S, then what the decoder is given: a beginning and
the target one place later. Its answer is the target and an end:

    source "12"    x: 1 2 ␀ ▷ 十 二 ␀     (S = 3, L = 4)
    target "十二"  y:       十 二 ■ .
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from explorer.config.settings import Scalar, setting
from explorer.data.base import Data, Ints
from explorer.data.baselines import bigrams, guesses, unigrams
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_, ExplorerError
from explorer.tasks import BEGIN, END, FILLED, IGNORED

SPECIAL = ("␀", "▷", "■")
"""What fills up, begins and ends: the symbols of `FILLED`, `BEGIN` and `END`."""

TRAINING: Mapping[str, Scalar] = {
    "steps": 1000,
    "learning_rate": 0.003,
    "schedule": "warmup",
}
"""Where a newcomer's training starts."""

FEWEST = 10
"""Fewer different sources leave nothing to hold out."""


class Pair(NamedTuple):
    """A source and its translation: characters, or words."""

    source: Sequence[str]
    target: Sequence[str]


class Room(NamedTuple):
    """The longest source and the longest target that settings allow, in characters."""

    source: int
    target: int


def pairs_field(default: int = 4000) -> Any:
    """The setting for how many pairs are made."""
    return setting(
        default,
        N_("How many pairs there are to learn from."),
        title=N_("Pairs"),
        ge=300,
        le=10000,
        step=100,
        more=True,
    )


def translation(
    pairs: Sequence[Pair], keys: Sequence[Hashable], room: Room, characters: str
) -> Data:
    """A dataset of pairs in which each source has one right target, so the floor is 0.

    Args:
        pairs: in the order in which they were drawn.
        keys: what each pair is about; what is held out never occurs in training.
        room: the lengths that windows are filled up to.
        characters: all that may occur; they follow `SPECIAL` in the vocabulary.

    Raises:
        ExplorerError: if there are too few different keys.
    """
    symbols = (*SPECIAL, *characters)
    held = held_out(keys)
    kept = [p for p, key in zip(pairs, keys, strict=True) if key not in held]
    train = as_windows(kept, room, symbols)
    validation = as_windows([pairs[k] for k in held.values()], room, symbols)
    return Data(
        task="translate",
        train=train,
        validation=validation,
        baselines=target_guesses(train, validation, room.source, len(symbols)),
        floor=0.0,
        floor_note=N_("each source has one right answer"),
        symbols=symbols,
        source=room.source,
        padded=True,
        streamed=False,
        shifted=False,
    )


def held_out(keys: Sequence[Hashable]) -> dict[Hashable, int]:
    """The keys that are kept away from training, and where each stands first.

    They are those that come up last, so that what is common stays in training; a fifth
    of the different ones at most.

    Raises:
        ExplorerError: if there are too few different ones.
    """
    different = {key: place for place, key in reversed(list(enumerate(keys)))}
    if len(different) < FEWEST:
        raise ExplorerError(
            N_(
                "Training and held-out part need at least %(least)d different sources, "
                "but these settings give %(came)d. Allow longer or more varied ones."
            ),
            least=FEWEST,
            came=len(different),
        )
    count = min(MAX_VALIDATION_WINDOWS, len(different) // 5)
    return dict(sorted(different.items(), key=lambda item: item[1])[-count:])


def as_windows(pairs: Iterable[Pair], room: Room, symbols: Sequence[str]) -> Windows:
    """x (N, S + L) and y (N, L), with L = 1 + the longest target."""
    place = {symbol: k for k, symbol in enumerate(symbols)}
    x, y = [], []
    for pair in pairs:
        source = [place[c] for c in pair.source]
        target = [place[c] for c in pair.target]
        rest = [FILLED] * (room.source - len(source))
        spare = room.target - len(target)
        x.append([*source, *rest, BEGIN, *target, *[FILLED] * spare])
        y.append([*target, END, *[IGNORED] * spare])
    return Windows(np.array(x, np.int64), np.array(y, np.int64))


def target_guesses(
    train: Windows, validation: Windows, source: int, n_symbols: int
) -> dict[str, float]:
    """Guesses at the next token of a target by what stands before it at most."""
    before, after = _tokens_after(train, source)
    unigram = unigrams(after, n_symbols)
    return guesses(
        unigram, bigrams(before, after, unigram), *_tokens_after(validation, source)
    )


def _tokens_after(part: Windows, source: int) -> tuple[Ints, Ints]:
    """Each token of the targets (n,), after the one that stands before it (n,)."""
    counted = part.y != IGNORED
    return part.x[:, source:][counted], part.y[counted]
