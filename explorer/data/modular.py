r"""Sums on a clock: a + b modulo p, where half of all sums are never shown.

    x  a b =        y  (a + b) mod p

There are only p^2 sums, so that a model can learn those of its training part by heart.
With weight decay it may find the rule long after that, all at once: "grokking" (Power
et al., 2022, https://arxiv.org/abs/2201.02177). What it then has learned are a few
waves round the clock (Nanda et al., 2023, https://arxiv.org/abs/2301.05217). Held-out
sums are drawn so that every answer occurs among them as often as any other, as nearly
as their number allows.
"""

import math

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Ints
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_


class ModularSettings(Settings):
    """The clock, and how much of its sums is shown."""

    modulus: int = setting(
        23,
        N_("How many hours the clock has: the numbers are 0 to one less, p in all."),
        title=N_("Modulus"),
        ge=5,
        le=53,
    )
    share: float = setting(
        0.5,
        N_(
            "Which part of all sums is shown. The fewer, the longer the rule takes to "
            "be found; with very few it never is."
        ),
        title=N_("Training share"),
        ge=0.2,
        le=0.8,
        step=0.05,
    )


def make(settings: ModularSettings, seed: int) -> Data:
    """Every sum once, in the training or in the held-out part.

    Of the held-out sums at most `MAX_VALIDATION_WINDOWS` are judged.
    """
    p = settings.modulus
    rng = np.random.default_rng(seed)
    train, held = parted(p, settings.share, rng)
    return Data(
        task="classify",
        train=sums(train, p),
        validation=sums(held[:MAX_VALIDATION_WINDOWS], p),
        baselines={N_("uniform"): math.log(p)},
        floor=0.0,
        floor_note=N_("whoever knows the rule is never in doubt"),
        symbols=(*map(str, range(p)), "="),
        labels=tuple(map(str, range(p))),
        joiner=" ",
        streamed=False,
        shifted=False,
        modulus=p,
        hint=N_(
            "The training sums are soon known by heart, while the held-out loss rises. "
            "With weight decay it may fall again, long afterwards: train on, and look "
            "at the accuracy over a logarithmic axis of steps."
        ),
    )


def parted(p: int, share: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pairs (n, 2) to learn from, in random order, and the others: of every sum in
    turn, so that any first p of these have all sums."""
    first = np.stack([rng.permutation(p) for _sum in range(p)], 1)  # (p, sums): a
    answer = np.broadcast_to(rng.permutation(p), (p, p))
    pairs = np.stack([first, (answer - first) % p], 2).reshape(-1, 2)
    held = max(p, round(p * p * (1 - share)))
    return rng.permutation(pairs[held:]), pairs[:held]


def sums(pairs: Ints, p: int) -> Windows:
    """x (n, 3), "a b =", and y (n,)."""
    equals = np.full((len(pairs), 1), p)
    x = np.concatenate([pairs, equals], 1).astype(np.int64)
    return Windows(x, (pairs.sum(1) % p).astype(np.int64))


SPEC = DataSpec(
    name="modular",
    title=N_("Sums on a clock"),
    summary=N_(
        "Additions modulo a number, of which a part is never shown. First the others "
        "are learned by heart; whether and when the rule is found shows on the rest."
    ),
    settings=ModularSettings,
    make=make,
    task="classify",
    order=77,
    clock=True,
    training={"steps": 3000, "weight_decay": 1.0, "batch_size": 128},
    tuned={
        "bidirectional": Tuned(0.021, "constant"),
        "gru": Tuned(0.033, "constant"),
        "lstm": Tuned(0.049, "warmup"),
        "min_lstm": Tuned(0.041, "constant"),
        "rnn": Tuned(0.032, "linear"),
        "slstm": Tuned(0.019, "warmup"),
    },
)
