"""The gated recurrent unit over time, in PyTorch's form (see `explorer.models.gru`).

    r, z = sigma(W x + b + U h + e)
    n    = tanh(W x + b + r * q),  q = U h + e
    h'   = n + z * (h - n)

Dimension letters: T time, B batch, H units. Rows of gates are in the order r, z, n.
"""

import numpy as np

from explorer.kernels.compiling import compiled, logistic, tanh

Array = np.ndarray


@compiled
def forward(given: Array, U: Array, e: Array, states: Array, kept: Array) -> None:
    """Fill in states 1 to T, and what the way back needs.

    Args:
        given: W x + b (T, B, 3H).
        U: transposed (H, 3H).
        e: (3H,).
        states: (T + 1, B, H), the first of them given.
        kept: r, z, n and q (4, T, B, H).
    """
    T, B, H = given.shape[0], given.shape[1], U.shape[0]
    past = np.empty((B, 3 * H), given.dtype)
    for t in range(T):
        np.dot(states[t], U, past)
        for i in range(B):
            Wx, Uh = given[t, i], past[i]
            h, new = states[t, i], states[t + 1, i]
            rs, zs, ns, qs = kept[0, t, i], kept[1, t, i], kept[2, t, i], kept[3, t, i]
            for j in range(H):
                r = logistic(Wx[j] + Uh[j] + e[j])
                z = logistic(Wx[H + j] + Uh[H + j] + e[H + j])
                q = Uh[2 * H + j] + e[2 * H + j]
                n = tanh(Wx[2 * H + j] + r * q)
                new[j] = n + z * (h[j] - n)
                rs[j], zs[j], ns[j], qs[j] = r, z, n, q


@compiled
def backward(
    slopes: Array, U: Array, states: Array, kept: Array, by_x: Array, by_h: Array
) -> Array:
    """The gradient of the first state (B, H); fills in those of the sums.

    Args:
        slopes: dL/dh of states 1 to T (T, B, H), of what stands outside of the loop.
        U: (3H, H).
        states, kept: as `forward` has filled them in.
        by_x: dL/d(W x + b) (T, B, 3H).
        by_h: dL/d(U h + e) (T, B, 3H).
    """
    T, B, H = slopes.shape
    one = slopes.dtype.type(1)
    dh = np.zeros((B, H), slopes.dtype)
    through = np.empty((B, H), slopes.dtype)
    for t in range(T - 1, -1, -1):
        for i in range(B):
            h, slope, d = states[t, i], slopes[t, i], dh[i]
            rs, zs, ns, qs = kept[0, t, i], kept[1, t, i], kept[2, t, i], kept[3, t, i]
            x_row, h_row = by_x[t, i], by_h[t, i]
            for j in range(H):
                r, z, n = rs[j], zs[j], ns[j]
                g = slope[j] + d[j]
                dn = g * (one - z) * (one - n * n)
                dz = g * (h[j] - n) * z * (one - z)
                dr = dn * qs[j] * r * (one - r)
                x_row[j], x_row[H + j], x_row[2 * H + j] = dr, dz, dn
                h_row[j], h_row[H + j], h_row[2 * H + j] = dr, dz, dn * r
                d[j] = g * z
        np.dot(by_h[t], U, through)
        dh += through
    return dh
