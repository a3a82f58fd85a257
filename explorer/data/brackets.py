r"""Nested brackets of several kinds: which one may close depends on which opened last.

A word of the Dyck language with bounded depth, one bracket after another. At depth d

    d = 0        opens, for sure
    0 < d < D    opens with probability q, else closes
    d = D        closes, for sure

and what opens is any of K kinds, evenly, while what closes is the kind that was opened
last and is still open. Every window begins at depth 0, so that who keeps the open
brackets in order knows these chances exactly. A counter is not enough: it knows the
depth, but not what must close (Hewitt et al., 2020,
https://arxiv.org/abs/2010.07515; Suzgun et al., 2019, https://arxiv.org/abs/1911.03329).
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
from explorer.errors import N_

OPENING, CLOSING = "([{<", ")]}>"


class BracketsSettings(Settings):
    """How many kinds of brackets, and how deep they nest."""

    kinds: int = setting(
        3,
        N_("How many kinds of brackets there are; with one a counter is enough."),
        title=N_("Kinds of brackets"),
        ge=1,
        le=4,
    )
    depth: int = setting(
        5,
        N_("How many brackets may be open at once: all must be kept, in order."),
        title=N_("Greatest depth"),
        ge=1,
        le=16,
    )
    opening: float = setting(
        0.5,
        N_("How often a bracket opens where it may as well close."),
        title=N_("Chance of opening"),
        ge=0.05,
        le=0.95,
        step=0.05,
    )
    count: int = count_field(
        N_("How many windows there are to learn from."), N_("Windows"), 4000
    )
    window: int = window_field(40)


def make(settings: BracketsSettings, seed: int) -> Data:
    """Windows that each begin with nothing open.

    The floor is the mean of -ln of the grammar's own chances on the held-out windows.
    """
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    tokens, depths = sequences(settings, total, rng)  # (N, T + 1) both
    split = settings.count
    held = Windows(tokens[split:, :-1], tokens[split:, 1:])
    stream = tokens[:, :-1].reshape(-1)
    held_out = slice(split, None), slice(1, None)
    return Data(
        task="next_token",
        train=Windows(tokens[:split, :-1], tokens[:split, 1:]),
        validation=held,
        baselines={
            **token_baselines(
                stream[: split * settings.window], held, symbols(settings)
            ),
            N_("depth counted, kinds forgotten"): float(
                -np.log(
                    chances(settings, tokens[held_out], depths[held_out], False)
                ).mean()
            ),
        },
        floor=float(
            -np.log(chances(settings, tokens[held_out], depths[held_out], True)).mean()
        ),
        floor_note=N_("the grammar's own chances, all open brackets known"),
        text=Text(stream, split * settings.window),
        symbols=tuple(OPENING[: settings.kinds] + CLOSING[: settings.kinds]),
        streamed=False,
    )


def symbols(settings: BracketsSettings) -> int:
    """V: those that open, and after them those that close."""
    return 2 * settings.kinds


def sequences(
    settings: BracketsSettings, count: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Brackets (count, T + 1), and the depth before each, (count, T + 1)."""
    steps, kinds = settings.window + 1, settings.kinds
    rows = np.arange(count)
    stack = np.zeros((count, settings.depth + 1), np.int64)
    tokens = np.zeros((count, steps), np.int64)
    depths = np.zeros_like(tokens)
    depth = np.zeros(count, np.int64)
    for t in range(steps):
        depths[:, t] = depth
        opens = rng.random(count) < opening_chance(settings, depth)
        kind = rng.integers(kinds, size=count)
        last = stack[rows, np.maximum(depth - 1, 0)]  # what was opened last
        tokens[:, t] = np.where(opens, kind, kinds + last)
        stack[rows, depth] = np.where(opens, kind, stack[rows, depth])
        depth = depth + np.where(opens, 1, -1)
    return tokens, depths


def opening_chance(settings: BracketsSettings, depth: Ints) -> NDArray[np.float64]:
    """How likely a bracket opens at each of these depths."""
    between = np.where(depth == settings.depth, 0.0, settings.opening)
    return np.where(depth == 0, 1.0, between)


def chances(
    settings: BracketsSettings, tokens: Ints, depths: Ints, kinds_known: bool
) -> NDArray[np.float64]:
    """P(bracket | depth before it, and what is open if known), of arrays alike."""
    opening = opening_chance(settings, depths)
    closing = (1 - opening) / (1 if kinds_known else settings.kinds)
    return np.where(tokens < settings.kinds, opening / settings.kinds, closing)


SPEC = DataSpec(
    name="brackets",
    title=N_("Nested brackets"),
    summary=N_(
        "Brackets of several kinds, opened and closed as in a formula. Which may close "
        "depends on which opened last, however much was opened and closed between."
    ),
    settings=BracketsSettings,
    make=make,
    task="next_token",
    order=45,
    tuned={
        "gru": Tuned(0.014, "linear"),
        "linear_attention": Tuned(0.016, "warmup"),
        "min_gru": Tuned(0.024, "linear"),
        "transformer": Tuned(0.0087, "linear"),
    },
)
