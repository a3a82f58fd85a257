r"""Linear regression in context: every window has weights of its own, told by examples.

    u_t ~ N(0, I),   w ~ N(0, I / d) once per window,   v_t = w . u_t + sigma e_t

A step gives u_t (d numbers) and v_(t-1), the answer to the step before, and asks for
v_t. Nothing can be learned by heart: a model has to learn how to regress, from the
pairs that it has read so far (Garg et al., 2022, https://arxiv.org/abs/2208.01066).

Whoever knows how windows are made can do no better than ridge regression with
lambda = d sigma^2, which is the mean of w given the pairs so far. Least squares (of
least norm where there are too few pairs) trusts them without a doubt.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats
from explorer.data.fields import count_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_


class InContextSettings(Settings):
    """How many numbers are weighed, and how well."""

    dimensions: int = setting(
        3,
        N_("How many numbers a step gives: so many weights are to be found."),
        title=N_("Dimensions"),
        ge=1,
        le=16,
    )
    noise: float = setting(
        0.2,
        N_(
            "Standard deviation of what is added to every answer; answers have about 1."
        ),
        title=N_("Noise"),
        ge=0.01,
        le=2.0,
        step=0.01,
    )
    window: int = setting(
        20,
        N_("How many pairs a window has: the later, the more is known of its rule."),
        title=N_("Window"),
        ge=4,
        le=128,
        step=4,
        unit=N_("steps"),
    )
    count: int = count_field(
        N_("How many windows there are to learn from."),
        N_("Windows"),
        10000,
        most=10000,
    )


def make(settings: InContextSettings, seed: int) -> Data:
    """Windows, each with weights of its own; every step counts.

    The floor is the mean squared error of ridge regression on the held-out windows.
    """
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    u, v = problems(settings, total, rng)
    split = settings.count
    held_u, held_v = u[split:], v[split:]
    ridge = settings.dimensions * settings.noise**2
    return Data(
        task="forecast",
        train=windows(u[:split], v[:split]),
        validation=windows(held_u, held_v),
        baselines={
            N_("mean"): float(np.mean(held_v**2)),
            N_("least squares"): error(held_v, regressed(held_u, held_v, 0.0)),
        },
        floor=error(held_v, regressed(held_u, held_v, ridge)),
        floor_note=N_("ridge regression, which knows how windows are made"),
        channels=(
            *(f"u{k + 1}" for k in range(settings.dimensions)),
            N_("last answer"),
        ),
        loss_unit=N_("mean squared error"),
        streamed=False,
        shifted=False,
    )


def problems(
    settings: InContextSettings, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """u (count, T, d) and v (count, T)."""
    d, steps = settings.dimensions, settings.window
    w = rng.normal(size=(count, d)) / np.sqrt(d)
    u = rng.normal(size=(count, steps, d))
    v = np.einsum("ntd,nd->nt", u, w)
    return u, v + settings.noise * rng.normal(size=v.shape)


def windows(u: Floats, v: Floats) -> Windows:
    """x (n, T, d + 1), the last number the answer before, and y (n, T, 1)."""
    before = np.pad(v[:, :-1], ((0, 0), (1, 0)))
    x = np.concatenate([u, before[..., None]], 2).astype(np.float32)
    return Windows(x, v[..., None].astype(np.float32))


def regressed(u: Floats, v: Floats, ridge: float) -> NDArray[np.float64]:
    """The answer (n, T) to every u_t by regression on the pairs before it.

    Args:
        u: (n, T, d).
        v: (n, T).
        ridge: lambda of (U'U + lambda I) w = U'v; 0 gives w of least norm.
    """
    answered = np.zeros(v.shape)
    for t in range(1, v.shape[1]):
        earlier, answers = u[:, :t], v[:, :t, None]
        if ridge:
            squares = earlier.swapaxes(1, 2) @ earlier + ridge * np.eye(u.shape[2])
            w = np.linalg.solve(squares, earlier.swapaxes(1, 2) @ answers)
        else:
            w = np.linalg.pinv(earlier) @ answers
        answered[:, t] = (u[:, t, None] @ w)[:, 0, 0]
    return answered


def error(truth: Floats, answered: Floats) -> float:
    """Mean squared error."""
    return float(np.mean((truth - answered) ** 2))


SPEC = DataSpec(
    name="in_context",
    title=N_("Regression from examples"),
    summary=N_(
        "Pairs of numbers and an answer, whose rule every window draws anew. A model "
        "must find the rule while it reads: it has to learn how to learn."
    ),
    settings=InContextSettings,
    make=make,
    task="forecast",
    order=25,
    training={"steps": 1500},
    tuned={
        "gru": Tuned(0.027, "cosine"),
        "lru": Tuned(0.0039, "cosine"),
        "lstm": Tuned(0.027, "linear"),
        "min_gru": Tuned(0.012, "linear"),
        "min_lstm": Tuned(0.0094, "constant"),
        "rnn": Tuned(0.0074, "cosine"),
        "transformer": Tuned(0.00081, "linear"),
    },
)
