"""A state of which each step keeps a share (see `explorer.models.min_gru`).

    h_t = a_t * h_{t-1} + b_t,  h_0 = 0

Dimension letters: B batch, T time, H units.
"""

import numpy as np

from explorer.kernels.compiling import compiled

Array = np.ndarray


@compiled
def forward(a: Array, b: Array, states: Array) -> None:
    """Fill in h_1 to h_T; all are (B, T, H)."""
    B, T, H = a.shape
    zero = np.zeros(H, a.dtype)
    for i in range(B):
        for t in range(T):
            kept, given, new = a[i, t], b[i, t], states[i, t]
            h = zero if t == 0 else states[i, t - 1]
            for j in range(H):
                new[j] = kept[j] * h[j] + given[j]


@compiled
def backward(slopes: Array, a: Array, states: Array, by_a: Array, by_b: Array) -> None:
    """Fill in the gradients of a and b by those of the states; all are (B, T, H).

    dL/db_t is the whole slope of h_t: its own, and what comes back from h_{t+1}.
    """
    B, T, H = a.shape
    zero = np.zeros(H, a.dtype)
    for i in range(B):
        back = np.zeros(H, a.dtype)
        for t in range(T - 1, -1, -1):
            h = zero if t == 0 else states[i, t - 1]
            for j in range(H):
                dh = slopes[i, t, j] + back[j]
                by_b[i, t, j] = dh
                by_a[i, t, j] = dh * h[j]
                back[j] = a[i, t, j] * dh
