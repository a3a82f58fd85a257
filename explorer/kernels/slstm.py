"""The sLSTM cell over time (see `explorer.models.slstm`).

    a_i, a_f, a_o, a_z = W x + b + U h
    m' = max(k, a_i),  k = log sigma(a_f) + m
    i = exp(a_i - m')    f = exp(k - m')
    c' = f c + i tanh(a_z)    n' = f n + i    h' = sigma(a_o) c' / n'

What comes out does not depend on m, which only keeps the numbers small: on the way back
it is constant. Dimension letters: T time, B batch, H units.
"""

import math

import numpy as np

from explorer.kernels.compiling import compiled, logistic, tanh

Array = np.ndarray


@compiled
def forward(given: Array, U: Array, states: Array, kept: Array) -> None:
    """Fill in states 1 to T, and what the way back needs.

    Args:
        given: W x + b (T, B, 4H).
        U: transposed (H, 4H).
        states: (T + 1, B, H), the first of them zero.
        kept: i, f, o, z, c, n and how much log sigma(a_f) rises (7, T, B, H).
    """
    T, B, H = given.shape[0], given.shape[1], U.shape[0]
    past = np.empty((B, 4 * H), given.dtype)
    c, n = np.zeros((B, H), given.dtype), np.zeros((B, H), given.dtype)
    zero = given.dtype.type(0)
    m = np.full((B, H), -np.inf, given.dtype)
    for t in range(T):
        np.dot(states[t], U, past)
        for b in range(B):
            Wx, Uh, here = given[t, b], past[b], kept[:, t, b]
            for j in range(H):
                a_i, a_f = Wx[j] + Uh[j], Wx[H + j] + Uh[H + j]
                keeps = min(a_f, zero) - math.log1p(math.exp(-abs(a_f))) + m[b, j]
                m[b, j] = max(keeps, a_i)
                i, f = math.exp(a_i - m[b, j]), math.exp(keeps - m[b, j])
                o = logistic(Wx[2 * H + j] + Uh[2 * H + j])
                z = tanh(Wx[3 * H + j] + Uh[3 * H + j])
                c[b, j] = f * c[b, j] + i * z
                n[b, j] = f * n[b, j] + i
                states[t + 1, b, j] = o * c[b, j] / n[b, j]
                here[0, j], here[1, j], here[2, j], here[3, j] = i, f, o, z
                here[4, j], here[5, j] = c[b, j], n[b, j]
                here[6, j] = logistic(-a_f)


@compiled
def backward(slopes: Array, U: Array, kept: Array, by_sums: Array) -> None:
    """Fill in the gradients of the sums a (T, B, 4H) by those of states 1 to T.

    Args:
        slopes: (T, B, H).
        U: (4H, H).
        kept: as `forward` has filled it in.
    """
    T, B, H = slopes.shape
    dh, dc = np.zeros((B, H), slopes.dtype), np.zeros((B, H), slopes.dtype)
    dn = np.zeros((B, H), slopes.dtype)
    zero, one = slopes.dtype.type(0), slopes.dtype.type(1)
    for t in range(T - 1, -1, -1):
        for b in range(B):
            here, da = kept[:, t, b], by_sums[t, b]
            for j in range(H):
                i, f, o, z = here[0, j], here[1, j], here[2, j], here[3, j]
                c, n = here[4, j], here[5, j]
                old_c, old_n = zero, zero
                if t > 0:
                    old_c, old_n = kept[4, t - 1, b, j], kept[5, t - 1, b, j]
                by_h = slopes[t, b, j] + dh[b, j]
                by_c = dc[b, j] + by_h * o / n
                by_n = dn[b, j] - by_h * o * c / (n * n)
                da[j] = (by_c * z + by_n) * i
                da[H + j] = (by_c * old_c + by_n * old_n) * f * here[6, j]
                da[2 * H + j] = by_h * c / n * o * (one - o)
                da[3 * H + j] = by_c * i * (one - z * z)
                dc[b, j], dn[b, j] = by_c * f, by_n * f
        np.dot(by_sums[t], U, dh)
