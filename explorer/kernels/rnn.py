"""The plain recurrent network over time.

    h' = bend(W x + U h + b),  bend = tanh or ReLU

Dimension letters: T time, B batch, H units.
"""

import numpy as np

from explorer.kernels.compiling import compiled, tanh

Array = np.ndarray


@compiled
def forward(given: Array, U: Array, states: Array, relu: bool) -> None:
    """Fill in states 1 to T.

    Args:
        given: W x + b (T, B, H).
        U: transposed (H, H).
        states: (T + 1, B, H), the first of them given.
        relu: whether ReLU bends the sum, and not tanh.
    """
    T, B, H = given.shape
    past = np.empty((B, H), given.dtype)
    none = given.dtype.type(0)
    for t in range(T):
        np.dot(states[t], U, past)
        for i in range(B):
            Wx, Uh, new = given[t, i], past[i], states[t + 1, i]
            if relu:
                for j in range(H):
                    a = Wx[j] + Uh[j]
                    new[j] = none if a < none else a  # NaN stays NaN
            else:
                for j in range(H):
                    new[j] = tanh(Wx[j] + Uh[j])


@compiled
def backward(
    slopes: Array, U: Array, states: Array, by_sum: Array, relu: bool
) -> Array:
    """The gradient of the first state (B, H); fills in that of the sums.

    Args:
        slopes: dL/dh of states 1 to T (T, B, H), of what stands outside of the loop.
        U: (H, H).
        states: as `forward` has filled them in.
        by_sum: dL/d(W x + U h + b) (T, B, H).
        relu: as in `forward`.
    """
    T, B, H = slopes.shape
    none, one = slopes.dtype.type(0), slopes.dtype.type(1)
    dh = np.zeros((B, H), slopes.dtype)
    for t in range(T - 1, -1, -1):
        for i in range(B):
            new, slope, d, row = states[t + 1, i], slopes[t, i], dh[i], by_sum[t, i]
            if relu:
                for j in range(H):
                    row[j] = none if new[j] <= none else slope[j] + d[j]
            else:
                for j in range(H):
                    row[j] = (slope[j] + d[j]) * (one - new[j] * new[j])
        np.dot(by_sum[t], U, dh)
    return dh
