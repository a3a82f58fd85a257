r"""Pairs of a key and a value, and then the keys again: which value stood behind each?

    x  k1 v1 k2 v2 ... kN vN   kb ka kb ...            2 N + Q
    y  ·  ·  ·  ·  ... ·  ·    vb va vb ...

Only the last Q steps count, each asking for any of the window's keys, evenly. Keys
differ from each other, values are drawn evenly and by themselves. A model must bind
what stands together, many times over, and find by content: attention looks it up, while
a state of fixed size has to hold all pairs at once (Arora et al., 2024, Zoology,
https://arxiv.org/abs/2312.04927).
"""

import math

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Ints
from explorer.data.fields import count_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_, ExplorerError

KEYS, VALUES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
NOTHING = "·"


class RecallSettings(Settings):
    """How much must be kept, and of what."""

    pairs: int = setting(
        3,
        N_("How many pairs a window tells, and then asks for: all must be kept."),
        title=N_("Pairs of a window"),
        ge=1,
        le=26,
    )
    queries: int = setting(
        16,
        N_("How often a window asks for one of its keys, drawn evenly."),
        title=N_("Questions"),
        ge=1,
        le=64,
    )
    key_kinds: int = setting(
        3,
        N_("How many different keys there are; a window takes some of them."),
        title=N_("Kinds of keys"),
        ge=2,
        le=26,
    )
    value_kinds: int = setting(
        4,
        N_("How many different values there are: the more, the rarer a lucky guess."),
        title=N_("Kinds of values"),
        ge=2,
        le=26,
    )
    count: int = count_field(
        N_("How many windows there are to learn from."),
        N_("Windows"),
        10000,
        most=10000,
    )


def make(settings: RecallSettings, seed: int) -> Data:
    """Windows of 2 N + Q steps, each with pairs of its own.

    Raises:
        ExplorerError: if a window needs more keys than there are.
    """
    _check_keys(settings)
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    both = windows(settings, total, rng)
    split = settings.count
    held = Windows(both.x[split:], both.y[split:])
    asked_from = 2 * settings.pairs
    return Data(
        task="next_token",
        train=Windows(both.x[:split], both.y[:split]),
        validation=held,
        baselines={
            N_("uniform"): math.log(settings.value_kinds),
            N_("values kept, pairs forgotten"): unbound(
                held.x[:, 1:asked_from:2], held.y[:, asked_from:]
            ),
        },
        floor=0.0,
        floor_note=N_("a perfect memory: every answer has been read before"),
        counted_from=asked_from,
        symbols=(*KEYS[: settings.key_kinds], *VALUES[: settings.value_kinds], NOTHING),
        streamed=False,
        shifted=False,
        hint=N_(
            "At the upper line a model knows which letters are values, at the lower "
            "one which of them this window has. Below it, keys and values are bound."
        ),
    )


def _check_keys(settings: RecallSettings) -> None:
    if settings.pairs > settings.key_kinds:
        raise ExplorerError(
            N_(
                "No key may stand in two pairs of a window, but %(pairs)d pairs need "
                "more than the %(keys)d keys that there are. Take more keys or fewer "
                "pairs."
            ),
            pairs=settings.pairs,
            keys=settings.key_kinds,
        )


def windows(settings: RecallSettings, count: int, rng: np.random.Generator) -> Windows:
    """What is read and what is to be said: (count, 2 N + Q) each."""
    pairs, nothing = settings.pairs, settings.key_kinds + settings.value_kinds
    keys = rng.random((count, settings.key_kinds)).argsort(1)[:, :pairs]  # (count, N)
    values = settings.key_kinds + rng.integers(
        settings.value_kinds, size=(count, pairs)
    )
    order = rng.integers(pairs, size=(count, settings.queries))
    given = np.stack([keys, values], 2).reshape(count, -1)  # (count, 2 N)
    asked, answers = (np.take_along_axis(a, order, 1) for a in (keys, values))
    x = np.concatenate([given, asked], 1)
    y = np.concatenate([np.full_like(given, nothing), answers], 1)
    return Windows(x.astype(np.int64), y.astype(np.int64))


def unbound(values: Ints, answers: Ints) -> float:
    """The loss, nats, of who knows which values (n, N) a window has, and how often, but
    not behind which key; answers (n, Q)."""
    same = (answers[:, :, None] == values[:, None]).mean(2)  # (n, Q)
    return float(-np.log(same).mean())


SPEC = DataSpec(
    name="recall",
    title=N_("Associative recall"),
    summary=N_(
        "Pairs of a key and a value, then the keys again: which value goes with each? "
        "Attention looks it up; a state of fixed size must hold all pairs at once."
    ),
    settings=RecallSettings,
    make=make,
    task="next_token",
    order=72,
    training={"steps": 1500, "learning_rate": 0.01},
    tuned={"rnn": Tuned(0.0036, "constant")},
)
