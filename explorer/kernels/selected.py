"""A state space that chooses what it keeps (see `explorer.models.selective`).

    S_t = a_t S_{t-1} + w_t B_t^T,  S_0 = 0    each row of S has its own a and w
    y_t = S_t C_t

Dimension letters: B batch, T time, H rows, N columns.
"""

import numpy as np

from explorer.kernels.compiling import compiled

Array = np.ndarray


@compiled
def forward(
    a: Array, w: Array, given: Array, asked: Array, states: Array, y: Array
) -> None:
    """Fill in the states S (B, T, H, N) and y (B, T, H).

    Args:
        a, w: (B, T, H).
        given: B_t (B, T, N).
        asked: C_t (B, T, N).
    """
    B, T, H = a.shape
    N = given.shape[2]
    zero = np.zeros((H, N), a.dtype)
    for i in range(B):
        for t in range(T):
            old = zero if t == 0 else states[i, t - 1]
            new, B_t, C_t = states[i, t], given[i, t], asked[i, t]
            for j in range(H):
                kept, written = a[i, t, j], w[i, t, j]
                read = kept * 0
                for k in range(N):
                    new[j, k] = kept * old[j, k] + written * B_t[k]
                    read += new[j, k] * C_t[k]
                y[i, t, j] = read


@compiled
def backward(
    slopes: Array,
    a: Array,
    w: Array,
    given: Array,
    asked: Array,
    states: Array,
    by_a: Array,
    by_w: Array,
    by_given: Array,
    by_asked: Array,
) -> None:
    """Fill in the gradients of a, w, B_t and C_t by those of y (B, T, H); the last two
    are given as zeros."""
    B, T, H = a.shape
    N = given.shape[2]
    zero = np.zeros((H, N), a.dtype)
    for i in range(B):
        back = np.zeros((H, N), a.dtype)
        for t in range(T - 1, -1, -1):
            old = zero if t == 0 else states[i, t - 1]
            new, B_t, C_t = states[i, t], given[i, t], asked[i, t]
            for j in range(H):
                kept, written, dy = a[i, t, j], w[i, t, j], slopes[i, t, j]
                by_kept = by_written = dy * 0
                for k in range(N):
                    dS = dy * C_t[k] + back[j, k]
                    by_kept += dS * old[j, k]
                    by_written += dS * B_t[k]
                    by_given[i, t, k] += dS * written
                    by_asked[i, t, k] += dy * new[j, k]
                    back[j, k] = kept * dS
                by_a[i, t, j], by_w[i, t, j] = by_kept, by_written
