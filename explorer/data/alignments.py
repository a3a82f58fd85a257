r"""All the ways in which labels can be spread over time steps, summed without listing.

CTC (Graves et al., 2006, https://doi.org/10.1145/1143844.1143891) reads labels from an
answer per step by merging equal neighbours and then dropping blanks: --aa-b- says ab.
With l' = (-, l_1, -, l_2, ..., -) and S = 2L + 1, the chance of all alignments of the
first t steps that end at l'_s is

    alpha_t(s) = p_t(l'_s) [alpha_{t-1}(s) + alpha_{t-1}(s-1) + alpha_{t-1}(s-2)]

where s - 2 counts only if l'_s is neither a blank nor l'_{s-2}.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats, Ints
from explorer.errors import N_
from explorer.tasks import IGNORED

BLANK = 0
"""The symbol that says nothing; label k is symbol k + 1."""

KEPT = 256
"""Training windows that a constant guess is fitted to, at most."""
AT_ONCE = 2**21
"""Places of all their trellises together: fewer windows are taken where these are
long."""


def ctc_losses(log_chances: Floats, labels: Ints) -> NDArray[np.float64]:
    """-ln P(labels | log_chances) / L of every window, in nats per label.

    Args:
        log_chances: (N, T, 1 + C) or, the same for every window, (T, 1 + C).
        labels: (N, L), filled up with `IGNORED`.
    """
    extended, skips, ends = trellis(labels)
    N, S = extended.shape
    log_chances = np.broadcast_to(log_chances, (N, *log_chances.shape[-2:]))
    rows = np.arange(N)
    scores = np.take_along_axis(log_chances, extended[:, None, :], 2)  # (N, T, S)
    alpha = np.full((N, S), -np.inf)
    alpha[:, :2] = scores[:, 0, :2]
    for t in range(1, scores.shape[1]):
        one = np.pad(alpha, ((0, 0), (1, 0)), constant_values=-np.inf)[:, :S]
        two = np.pad(alpha, ((0, 0), (2, 0)), constant_values=-np.inf)[:, :S]
        two = np.where(skips, two, -np.inf)
        alpha = scores[:, t] + np.logaddexp(np.logaddexp(alpha, one), two)
    total = np.logaddexp(alpha[rows, ends], alpha[rows, ends - 1])
    return np.asarray(-2 * total / ends)


def trellis(
    labels: Ints,
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Labels (N, L) with a blank around each: symbols (N, S), which of them may be
    reached from two places before (N, S), and the last place (N,), a blank."""
    N, L = labels.shape
    lengths = (labels != IGNORED).sum(1)
    extended = np.full((N, 2 * L + 1), BLANK, np.int64)
    extended[:, 1::2] = np.where(labels == IGNORED, BLANK, labels + 1)
    skips = np.zeros(extended.shape, bool)
    skips[:, 2:] = (extended[:, 2:] != BLANK) & (extended[:, 2:] != extended[:, :-2])
    return extended, skips, 2 * lengths


def least_steps(labels: Sequence[object]) -> int:
    """The fewest steps in which labels can be said: a blank parts two equal ones.

    >>> least_steps("aab")
    4
    """
    return len(labels) + sum(a == b for a, b in pairwise(labels))


def constant_guesses(
    train: Ints, held: Ints, n_labels: int, steps: int
) -> dict[str, float]:
    """The CTC loss of saying the same at every step, without listening.

    "uniform": every symbol is as likely; "no look": labels as often as they occur in
    training, and the blank's chance that suits the training part best.

    Args:
        train, held: labels (N, L), filled up with `IGNORED`.
        n_labels: C.
        steps: T.
    """
    counts = np.bincount(train[train != IGNORED], minlength=n_labels) + 1.0
    shares = counts / counts.sum()
    kept = max(1, min(KEPT, AT_ONCE // (steps * (2 * train.shape[1] + 1))))

    def loss(blank: float, labels: Ints) -> float:
        chances = np.concatenate([[blank], (1 - blank) * shares])
        log_chances = np.broadcast_to(np.log(chances), (steps, 1 + n_labels))
        return float(ctc_losses(log_chances, labels).mean())

    blanks = np.linspace(0.05, 0.95, 19)
    best = min(blanks, key=lambda blank: loss(float(blank), train[:kept]))
    even = np.full((steps, 1 + n_labels), -np.log(1 + n_labels))
    return {
        N_("uniform"): float(ctc_losses(even, held).mean()),
        N_("no look"): loss(float(best), held),
    }
