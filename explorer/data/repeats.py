r"""A block of random tokens, said again and again: what an induction head is for.

A window draws a period P evenly from a range and P tokens evenly from the vocabulary,
and repeats them to its end. Nothing is to be learned by heart: who wants to know the
next token must find where the present one stood before, and copy what came after it
(Olsson et al., 2022, https://arxiv.org/abs/2209.11895).
"""

import numpy as np
from numpy.typing import NDArray

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Ints, Text
from explorer.data.baselines import token_baselines
from explorer.data.fields import count_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_, ExplorerError

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class RepeatsSettings(Settings):
    """How long the blocks are, and of what."""

    symbols: int = setting(
        26,
        N_("How many different tokens there are."),
        title=N_("Vocabulary"),
        ge=2,
        le=26,
        unit=N_("tokens"),
    )
    shortest: int = setting(
        4,
        N_("The shortest block that is repeated."),
        title=N_("Shortest period"),
        ge=1,
        le=64,
        unit=N_("tokens"),
    )
    longest: int = setting(
        16,
        N_("The longest block that is repeated."),
        title=N_("Longest period"),
        ge=1,
        le=64,
        unit=N_("tokens"),
    )
    count: int = count_field(
        N_("How many windows there are to learn from."),
        N_("Windows"),
        10000,
        most=10000,
    )
    window: int = window_field(48)


def make(settings: RepeatsSettings, seed: int) -> Data:
    """Windows, each with a period and a block of its own.

    The floor is the mean loss of the Bayes predictor on the validation windows: it
    knows how windows are made, but must find out each one's period as it reads.

    Raises:
        ExplorerError: if the shortest period is longer than the longest.
    """
    if settings.shortest > settings.longest:
        raise ExplorerError(
            N_(
                "The shortest period must not exceed the longest, but got %(low)d and "
                "%(high)d. Swap them."
            ),
            low=settings.shortest,
            high=settings.longest,
        )
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    periods = rng.integers(settings.shortest, settings.longest + 1, total)
    blocks = rng.integers(settings.symbols, size=(total, settings.longest))
    places = np.arange(settings.window + 1) % periods[:, None]  # (N, T + 1)
    tokens = np.take_along_axis(blocks, places, 1).astype(np.int64)
    train, held = tokens[: settings.count], tokens[settings.count :]
    validation = Windows(held[:, :-1], held[:, 1:])
    stream = tokens[:, :-1].reshape(-1)
    split = settings.count * settings.window
    return Data(
        task="next_token",
        train=Windows(train[:, :-1], train[:, 1:]),
        validation=validation,
        baselines=token_baselines(stream[:split], validation, settings.symbols),
        floor=float(bayes_losses(held, settings)[:, 1:].mean()),
        floor_note=N_("the Bayes predictor, which knows how windows are made"),
        text=Text(stream, split),
        symbols=tuple(ALPHABET[: settings.symbols]),
        streamed=False,
    )


def bayes_losses(tokens: Ints, settings: RepeatsSettings) -> NDArray[np.float64]:
    """-ln P(token t | tokens before it), nats, of windows (N, n) -> (N, n).

    Sums over every period that the tokens so far leave possible.
    """
    count, length = tokens.shape
    V = settings.symbols
    periods = np.arange(settings.shortest, settings.longest + 1)
    weights = np.full((count, len(periods)), 1.0 / len(periods))  # posterior
    losses = np.empty((count, length))
    for t in range(length):
        likelihoods = np.full((count, len(periods)), 1.0 / V)
        for k, period in enumerate(periods):
            if period <= t:
                likelihoods[:, k] = tokens[:, t] == tokens[:, t - period]
        chance = (weights * likelihoods).sum(1)
        losses[:, t] = -np.log(chance)
        weights = weights * likelihoods / chance[:, None]
    return losses


SPEC = DataSpec(
    name="repeats",
    title=N_("Repeated random sequences"),
    summary=N_(
        "A random block of random length, repeated to the end of the window. Only a "
        "model that looks back for the present token and copies what followed can "
        "foresee it: an induction head."
    ),
    settings=RepeatsSettings,
    make=make,
    task="next_token",
    order=50,
    tuned={"gru": Tuned(0.018, "linear")},
)
