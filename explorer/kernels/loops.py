"""The recurrences of `layers`, step by step in PyTorch: the same answers, where nothing
is compiled. Exported programs have these."""

import torch
from torch import Tensor


def gated_states(a: Tensor, b: Tensor) -> Tensor:
    """h_t = a_t * h_{t-1} + b_t from h_0 = 0: 2 x (B, T, H) -> (B, T, H)."""
    h, states = torch.zeros_like(b[:, 0]), []
    for a_t, b_t in zip(a.unbind(1), b.unbind(1), strict=True):
        h = a_t * h + b_t
        states.append(h)
    return torch.stack(states, 1)


def turned_states(a: Tensor, b: Tensor, p: Tensor, q: Tensor) -> Tensor:
    """s_t = (a + ib) * s_{t-1} + p_t + i q_t from s_0 = 0, with poles (H) and p, q
    (B, T, H): real and imaginary parts (B, T, 2H)."""
    x = y = torch.zeros_like(p[:, 0])
    states = []
    for p_t, q_t in zip(p.unbind(1), q.unbind(1), strict=True):
        x, y = a * x - b * y + p_t, b * x + a * y + q_t
        states.append(torch.cat([x, y], -1))
    return torch.stack(states, 1)


def selected_reads(a: Tensor, w: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """S_t = a_t S_{t-1} + w_t B_t^T from S_0 = 0, and y_t = S_t C_t: a, w (B, T, H) and
    B, C (B, T, N) -> y (B, T, H)."""
    S, read = w.new_zeros(*w[:, 0].shape, B.shape[-1]), []  # (B, H, N)
    each = (a.unbind(1), w.unbind(1), B.unbind(1), C.unbind(1))
    for a_t, w_t, B_t, C_t in zip(*each, strict=True):
        S = a_t[..., None] * S + w_t[..., None] * B_t[:, None]
        read.append((S @ C_t[..., None])[..., 0])
    return torch.stack(read, 1)


def corrected_reads(a: Tensor, b: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """S_t = a_t S_{t-1} + b_t (v_t - a_t S_{t-1} k_t) k_t^T from S_0 = 0, and
    y_t = S_t q_t: a, b (B, T) and q, k, v (B, T, D) -> y (B, T, D)."""
    S, read = v.new_zeros(*v[:, 0].shape, v.shape[-1]), []  # (B, D, D)
    each = (a.unbind(1), b.unbind(1), q.unbind(1), k.unbind(1), v.unbind(1))
    for a_t, b_t, q_t, k_t, v_t in zip(*each, strict=True):
        S = a_t[:, None, None] * S
        new = b_t[:, None] * (v_t - (S @ k_t[..., None])[..., 0])
        S = S + new[..., None] * k_t[:, None]
        read.append((S @ q_t[..., None])[..., 0])
    return torch.stack(read, 1)


def stabilised_states(sums: Tensor, U: Tensor) -> Tensor:
    """The sLSTM cell from h_0 = c_0 = n_0 = 0: W x + b (B, T, 4H), rows i, f, o, z, and
    U (4H, H) -> h (B, T, H)."""
    h = c = n = torch.zeros_like(sums[:, 0, : U.shape[1]])
    m, states = torch.full_like(h, -torch.inf), []
    for sums_t in sums.unbind(1):
        a_i, a_f, a_o, a_z = (sums_t + h @ U.t()).chunk(4, dim=-1)
        keeps = torch.nn.functional.logsigmoid(a_f) + m
        m = torch.maximum(keeps, a_i)
        i, f = torch.exp(a_i - m), torch.exp(keeps - m)
        c, n = f * c + i * torch.tanh(a_z), f * n + i
        h = torch.sigmoid(a_o) * c / n
        states.append(h)
    return torch.stack(states, 1)
