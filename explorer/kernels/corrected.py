"""A memory that corrects what it says of a key: `explorer.models.linear_attention`.

    w_t = b_t (v_t - a_t S_{t-1} k_t)
    S_t = a_t S_{t-1} + w_t k_t^T,  S_0 = 0
    y_t = S_t q_t

Dimension letters: B memories, T time, D units of a key and of a value.
"""

import numpy as np

from explorer.kernels.compiling import compiled

Array = np.ndarray


@compiled
def forward(
    a: Array,
    b: Array,
    q: Array,
    k: Array,
    v: Array,
    states: Array,
    written: Array,
    y: Array,
) -> None:
    """Fill in the states S (B, T, D, D), what is written w (B, T, D) and y (B, T, D).

    Args:
        a, b: (B, T).
        q, k, v: (B, T, D).
    """
    B, T, D = q.shape
    zero = np.zeros((D, D), q.dtype)
    for i in range(B):
        for t in range(T):
            old = zero if t == 0 else states[i, t - 1]
            new, key, asked = states[i, t], k[i, t], q[i, t]
            for r in range(D):
                said = a[i, t] * 0
                for c in range(D):
                    said += old[r, c] * key[c]
                w = b[i, t] * (v[i, t, r] - a[i, t] * said)
                read = w * 0
                for c in range(D):
                    new[r, c] = a[i, t] * old[r, c] + w * key[c]
                    read += new[r, c] * asked[c]
                written[i, t, r], y[i, t, r] = w, read


@compiled
def backward(
    slopes: Array,
    a: Array,
    b: Array,
    q: Array,
    k: Array,
    v: Array,
    states: Array,
    written: Array,
    by_a: Array,
    by_b: Array,
    by_q: Array,
    by_k: Array,
    by_v: Array,
) -> None:
    """Fill in the gradients of a, b, q, k and v by those of y (B, T, D); those of q and
    k are given as zeros."""
    B, T, D = q.shape
    zero = np.zeros((D, D), q.dtype)
    for i in range(B):
        dS = np.zeros((D, D), q.dtype)
        for t in range(T - 1, -1, -1):
            old = zero if t == 0 else states[i, t - 1]
            new, key, asked = states[i, t], k[i, t], q[i, t]
            kept, corrects = a[i, t], b[i, t]
            by_kept = by_corrects = kept * 0
            for r in range(D):
                dy, w = slopes[i, t, r], written[i, t, r]
                dw = said = kept_more = kept * 0
                for c in range(D):
                    dS[r, c] += dy * asked[c]
                    by_q[i, t, c] += dy * new[r, c]
                    dw += dS[r, c] * key[c]
                    said += old[r, c] * key[c]
                    kept_more += dS[r, c] * old[r, c]
                missed = corrects * dw
                by_v[i, t, r] = missed
                by_corrects += dw * (v[i, t, r] - kept * said)
                by_kept += kept_more - missed * said
                for c in range(D):
                    by_k[i, t, c] += dS[r, c] * w - missed * kept * old[r, c]
                    dS[r, c] = kept * (dS[r, c] - missed * key[c])
            by_a[i, t], by_b[i, t] = by_kept, by_corrects
