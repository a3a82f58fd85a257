"""Complex states that shrink and turn at each step (see `explorer.models.lru`).

    x_t = a * x_{t-1} - b * y_{t-1} + p_t
    y_t = b * x_{t-1} + a * y_{t-1} + q_t,  x_0 = y_0 = 0

Dimension letters: B batch, T time, H units.
"""

import numpy as np

from explorer.kernels.compiling import compiled

Array = np.ndarray


@compiled
def forward(a: Array, b: Array, p: Array, q: Array, x: Array, y: Array) -> None:
    """Fill in the states x and y (B, T, H), for poles a + ib (H) and p, q (B, T, H)."""
    B, T, H = p.shape
    zero = np.zeros(H, p.dtype)
    for i in range(B):
        for t in range(T):
            u, v = (zero, zero) if t == 0 else (x[i, t - 1], y[i, t - 1])
            for j in range(H):
                x[i, t, j] = a[j] * u[j] - b[j] * v[j] + p[i, t, j]
                y[i, t, j] = b[j] * u[j] + a[j] * v[j] + q[i, t, j]


@compiled
def backward(
    by_x: Array,
    by_y: Array,
    a: Array,
    b: Array,
    x: Array,
    y: Array,
    by_p: Array,
    by_q: Array,
) -> Array:
    """The gradients of a and b (2, H), in float64; fills in those of p and q
    (B, T, H), by those of the states."""
    B, T, H = x.shape
    zero = np.zeros(H, x.dtype)
    poles = np.zeros((2, H))
    for i in range(B):
        back_x, back_y = np.zeros(H, x.dtype), np.zeros(H, x.dtype)
        for t in range(T - 1, -1, -1):
            u, v = (zero, zero) if t == 0 else (x[i, t - 1], y[i, t - 1])
            for j in range(H):
                dx = by_x[i, t, j] + back_x[j]
                dy = by_y[i, t, j] + back_y[j]
                by_p[i, t, j], by_q[i, t, j] = dx, dy
                poles[0, j] += dx * u[j] + dy * v[j]
                poles[1, j] += dy * u[j] - dx * v[j]
                back_x[j] = a[j] * dx + b[j] * dy
                back_y[j] = a[j] * dy - b[j] * dx
    return poles
