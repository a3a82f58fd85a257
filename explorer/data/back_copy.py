r"""Letters that follow each other by chance, and signals that ask for the one before.

    x  ^ a d R d c e S e a ...
    y  a d R d c e S e a k ...

Each letter is drawn by the one before it, from a table that is drawn once. Now and
then a signal (a capital) stands in its place, and after a signal comes again what stood
before it. Every window begins with the same sign. For a letter the table is all that
can be known, and the part of a layer that looks at one step alone can hold it; only a
signal is a reason to look back. But softmax makes a head look somewhere at every step:
where there is no reason, it rests on the first sign, an attention sink (Guo et al.,
2024, who call the task bigram-backcopy, https://arxiv.org/abs/2410.13835).
"""

import math

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Ints, Text
from explorer.data.baselines import bigrams, guesses, unigrams
from explorer.data.fields import count_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

LETTERS, SIGNALS = "abcdefghijklmnopqrstuvwxyz", "RSTUVWXYZ"
FIRST = "^"
EVENNESS = 0.3
"""Of the Dirichlet distribution by which a letter's followers are drawn: below 1 a few
of them are likely."""


class BackCopySettings(Settings):
    """How many letters and signals there are, and how often one asks."""

    letters: int = setting(
        20,
        N_("How many different letters there are."),
        title=N_("Letters"),
        ge=2,
        le=len(LETTERS),
    )
    signals: int = setting(
        3,
        N_("How many different signals ask for the letter before them."),
        title=N_("Signals"),
        ge=1,
        le=len(SIGNALS),
    )
    share: float = setting(
        0.1,
        N_("How often a letter is followed by a signal."),
        title=N_("Share of signals"),
        ge=0.01,
        le=0.5,
    )
    count: int = count_field(
        N_("How many windows there are to learn from."),
        N_("Windows"),
        10000,
        most=10000,
    )
    window: int = window_field(48)


def make(settings: BackCopySettings, seed: int) -> Data:
    """Windows that each begin anew, all by one table.

    The floor is what the held-out windows cost who knows the table and copies.
    """
    rng = np.random.default_rng(seed)
    chances = table(settings, rng)
    total = settings.count + MAX_VALIDATION_WINDOWS
    tokens = windows(chances, total, settings.window + 1, rng)
    train, held = tokens[: settings.count], tokens[settings.count :]
    validation = Windows(held[:, :-1], held[:, 1:])
    stream, split = tokens[:, :-1].reshape(-1), settings.count * settings.window
    symbols = (*LETTERS[: settings.letters], *SIGNALS[: settings.signals], FIRST)
    return Data(
        task="next_token",
        train=Windows(train[:, :-1], train[:, 1:]),
        validation=validation,
        baselines=guessed(train, validation, len(symbols)),
        floor=float(losses(held, chances).mean()),
        floor_note=N_("who knows the table of letters and copies at every signal"),
        text=Text(stream, split),
        symbols=symbols,
        streamed=False,
        hint=N_(
            "Below the bigram's line the net copies at the signals: a pair does not "
            "tell what stood before its signal."
        ),
    )


def guessed(train: Ints, validation: Windows, kinds: int) -> dict[str, float]:
    """Loss, nats, of who counts in windows (N, T + 1), of which none goes on into the
    next."""
    before, after = train[:, :-1].ravel(), train[:, 1:].ravel()
    unigram = unigrams(after, kinds)
    held = [part.ravel() for part in validation]
    return guesses(unigram, bigrams(before, after, unigram), *held)


def table(settings: BackCopySettings, rng: np.random.Generator) -> NDArray[np.float64]:
    """P(what follows | a letter): (letters, letters + signals), rows of sum 1."""
    V, S = settings.letters, settings.signals
    letters = rng.dirichlet(np.full(V, EVENNESS), V) * (1 - settings.share)
    return np.concatenate([letters, np.full((V, S), settings.share / S)], 1)


def windows(
    chances: NDArray[np.float64], count: int, steps: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """(count, steps) of tokens: the sign, a letter drawn evenly, and what follows."""
    letters, first = chances.shape
    tokens = np.empty((count, steps), np.int64)
    tokens[:, 0], tokens[:, 1] = first, rng.integers(letters, size=count)
    shares = chances.cumsum(1)
    shares[:, -1] = 1.0  # rounding must not leave room above the last one
    for t in range(2, steps):
        before = tokens[:, t - 1]
        asked = before >= letters
        turns = rng.random((count, 1))
        drawn = (turns >= shares[np.where(asked, 0, before)]).sum(1)
        tokens[:, t] = np.where(asked, tokens[:, t - 2], drawn)
    return tokens


def losses(tokens: Ints, chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """-ln P(token t | tokens before it), nats, of windows (N, n) -> (N, n - 1)."""
    before, after = tokens[:, :-1], tokens[:, 1:]
    drawn = before < len(chances)
    found = np.zeros(after.shape)  # after a signal nothing is left open
    found[drawn] = -np.log(chances[before[drawn], after[drawn]])
    found[:, 0] = math.log(len(chances))
    return found


SPEC = DataSpec(
    name="back_copy",
    title=N_("Pairs, and signals to copy"),
    summary=N_(
        "Each letter hangs on the one before it; after a capital comes again what "
        "stood before that. Only a capital is a reason to look back: where a head "
        "looks at all other steps is an attention sink."
    ),
    settings=BackCopySettings,
    make=make,
    task="next_token",
    order=52,
)
