"""Architectures with a loop of their own against the same written again in numpy."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.catalog import specs
from explorer.models.base import SequenceModel, Sizes
from explorer.models.captures import Recorder
from explorer.models.lru import poles

B, T, I, O, H, N = 2, 11, 3, 5, 12, 3  # noqa: E741
SIZES = Sizes(inputs=I, outputs=O, symbols=0, steps=T)
Array = NDArray[np.float64]
Weights = dict[str, Array]
Layer = Callable[[Weights, Array], Array]
"""(the layer's weights, x (T, I)) -> h (T, H)."""


def sigma(a: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-a)))


def min_gru(w: Weights, x: Array) -> Array:
    h, states = np.zeros(H), []
    for x_t in x:
        a, n = np.split(w["into.weight"] @ x_t + w["into.bias"], 2)
        h = h + sigma(a) * (n - h)
        states.append(h)
    return np.array(states)


def min_lstm(w: Weights, x: Array) -> Array:
    h, states = np.zeros(H), []
    for x_t in x:
        p, q, n = np.split(w["into.weight"] @ x_t + w["into.bias"], 3)
        kept = 1 / (1 + sigma(q) / sigma(p))
        h = kept * h + (1 - kept) * n
        states.append(h)
    return np.array(states)


def gelu(a: Array) -> Array:
    return np.asarray(a * 0.5 * (1 + np.vectorize(math.erf)(a / math.sqrt(2))))


def normed(a: Array, gamma: Array) -> Array:
    each = a - a.mean(-1, keepdims=True)
    return np.asarray(gamma * each / np.sqrt((each**2).mean(-1, keepdims=True) + 1e-5))


def lru(w: Weights, u: Array) -> Array:
    """With complex numbers, and every state as a sum over all inputs before it."""
    L = np.exp(-np.exp(w["decay"]) + 1j * np.exp(w["turn"]))
    g = np.sqrt(1 - np.abs(L) ** 2)
    B_1, B_2 = np.split(w["into.weight"], 2)
    C_1, C_2 = np.split(w["read.weight"], 2, axis=1)
    entered = g * (u @ (B_1 + 1j * B_2).T)
    v = []
    for t in range(len(u)):
        s = sum(L ** (t - k) * entered[k] for k in range(t + 1))
        v.append(((C_1 - 1j * C_2) @ s).real + w["past"] * u[t])
    return np.asarray(u + gelu(np.array(v)) @ w["out.weight"].T + w["out.bias"])


def with_memory(w: Weights, h: Array) -> Array:
    """A block of linear attention, each head's memory in a loop over heads."""
    n = normed(h, w["attention_norm.weight"])
    Q, K, V = (n @ W.T for W in np.split(w["attention_in.weight"], 3))
    D, heads = H // N, []
    for i in range(N):
        q, k, v = (each[:, i * D : (i + 1) * D] for each in (Q, K, V))
        heads.append(
            delta(w, n, i, q, k, v) if "gates.weight" in w else sum_of_all(q, k, v)
        )
    h = h + np.concatenate(heads, -1) @ w["attention_out.weight"].T
    m = normed(h, w["feed_forward_norm.weight"]) @ w["feed_forward_in.weight"].T
    return np.asarray(h + gelu(m) @ w["feed_forward_out.weight"].T)


def sum_of_all(q: Array, k: Array, v: Array) -> Array:
    """As attention over all steps at once, with phi(q) phi(k) in place of exp."""
    phi = [np.where(a > 0, a + 1, np.exp(a)) for a in (q, k)]
    A = np.tril(phi[0] @ phi[1].T)
    return np.asarray(A @ v / A.sum(-1, keepdims=True))


def delta(w: Weights, n: Array, i: int, q: Array, k: Array, v: Array) -> Array:
    """The memory as its equation has it, with the matrix I - b k k^T."""
    a, b = np.split(sigma(n @ w["gates.weight"].T + w["gates.bias"]), 2, axis=1)
    S, read = np.zeros((q.shape[1], q.shape[1])), []
    for t in range(len(q)):
        k_t, q_t = (each[t] / np.linalg.norm(each[t]) for each in (k, q))
        turned = np.eye(len(k_t)) - b[t, i] * np.outer(k_t, k_t)
        S = a[t, i] * S @ turned + b[t, i] * np.outer(v[t], k_t)
        read.append(S @ q_t)
    return np.array(read)


def slstm(w: Weights, x: Array) -> Array:
    """Without a stabiliser: the gates as they are meant."""
    h, c, n, states = np.zeros(H), np.zeros(H), np.zeros(H), []
    for x_t in x:
        a = w["into.weight"] @ x_t + w["into.bias"] + w["past.weight"] @ h
        i, f, o, z = np.split(a, 4)
        c = sigma(f) * c + np.exp(i) * np.tanh(z)
        n = sigma(f) * n + np.exp(i)
        h = sigma(o) * c / n
        states.append(h)
    return np.array(states)


def tcn(w: Weights, u: Array) -> Array:
    """Every output by itself, out of the inputs that lie d apart."""
    filters, d = w["filter.weight"], int(w["dilation"])
    K, added = filters.shape[-1], []
    for t in range(len(u)):
        taps = [(K - 1 - j, t - j * d) for j in range(K) if t >= j * d]
        added.append(w["filter.bias"] + sum(filters[..., j] @ u[s] for j, s in taps))
    return np.asarray(u + gelu(np.array(added)))


def selective(w: Weights, u: Array) -> Array:
    """Channel by channel, each with the sum over all that was written before."""
    n = normed(u, w["norm.weight"])
    x, g = np.split(n @ w["into.weight"].T, 2, axis=1)
    B, C = np.split(n @ w["choose.weight"].T, 2, axis=1)
    e = np.log1p(np.exp(n @ w["pace.weight"].T + w["pace.bias"]))
    passed = np.cumsum(e * np.exp(w["rate"]), 0)
    v = np.zeros_like(x)
    for t in range(len(u)):
        for s in range(t + 1):
            left = np.exp(passed[s] - passed[t])
            v[t] += left * e[s] * x[s] * (B[s] @ C[t])
    v += w["past"] * x
    return np.asarray(u + (v * g * sigma(g)) @ w["out.weight"].T)


LAYERS: dict[str, tuple[Layer, dict[str, Any]]] = {
    "min_gru": (min_gru, {}),
    "min_lstm": (min_lstm, {}),
    "lru": (lru, {}),
    "slstm": (slstm, {}),
    "tcn": (tcn, {"kernel": 4}),
    "selective": (selective, {"state_size": 5}),
    "linear_attention-sum": (with_memory, {"heads": N}),
    "linear_attention-delta": (with_memory, {"heads": N, "rule": "gated_delta"}),
}
"""By a name of the case: one layer in numpy, and the settings that it is for."""


def weights(model: SequenceModel, part: str) -> Weights:
    """The parameters whose names begin so, without that beginning."""
    return {
        name.removeprefix(part): value.detach().numpy()
        for name, value in model.named_parameters()
        if name.startswith(part)
    }


def entered(model: Any, x: Tensor) -> Tensor:
    """What the first layer is given."""
    h = model.embedding(x)
    return (model.positions.enter(h) if hasattr(model, "positions") else h).detach()


@pytest.mark.parametrize("case", LAYERS)
def test_a_loop_in_numpy_gives_the_same(case: str) -> None:
    layer, settings = LAYERS[case]
    spec = specs.model_spec(case.partition("-")[0])
    torch.manual_seed(0)
    model = spec.make(spec.settings(hidden_size=H, layers=2, **settings), SIZES)
    model = model.double()
    x = torch.randn(B, T, I, dtype=torch.float64)
    part = "layers" if hasattr(model, "layers") else "blocks"
    expected = []
    for h in entered(model, x).numpy():
        for k in range(2):
            known = weights(model, f"{part}.{k}.") | {"dilation": np.array(2.0**k)}
            h = layer(known, h)
        if hasattr(model, "norm"):
            h = normed(h, model.norm.weight.detach().numpy())
        expected.append(h @ model.head.weight.detach().numpy().T)
    found = (model(x) - model.head.bias).detach().numpy()
    assert np.abs(found - np.array(expected)).max() < 1e-6


def beginnings(name: str, **settings: Any) -> Weights:
    """The values of a fresh model's first layer by their names (T, H), where no input
    counts: all matrices are zero, and what gates begin with stands alone."""
    spec = specs.model_spec(name)
    model = spec.make(spec.settings(hidden_size=H, layers=1, **settings), SIZES)
    look = Recorder()
    with torch.no_grad():
        for matrix in (p for p in model.parameters() if p.ndim == 2):
            matrix.zero_()
        model(torch.randn(1, T, I), look)
    found = look.values().items()
    return {key.removeprefix("layer_0."): value[0].numpy() for key, value in found}


@pytest.mark.parametrize(("bias", "kept"), [(0.0, 0.5), (1.0, 0.59), (5.0, 0.67)])
def test_a_fresh_min_lstm_keeps_what_its_setting_says(bias: float, kept: float) -> None:
    values = beginnings("min_lstm", forget_bias=bias)
    np.testing.assert_allclose(values["forget_gate"], kept, atol=0.005)
    np.testing.assert_allclose(values["input_gate"], 1 - kept, atol=0.005)


@pytest.mark.parametrize(("bias", "kept"), [(0.0, 0.5), (2.0, 0.88), (4.0, 0.98)])
def test_a_fresh_slstm_keeps_what_its_setting_says(bias: float, kept: float) -> None:
    """From the second step on; the first outweighs the nothing before it."""
    values = beginnings("slstm", forget_bias=bias)
    np.testing.assert_allclose(values["forget_gate"][1:], kept, atol=0.005)
    assert (values["forget_gate"][0] == 0).all()
    assert (values["input_gate"] == 1).all()


def test_a_fresh_selective_channel_keeps_by_its_rate_and_pace() -> None:
    """Rates lie from 1 to 16, step sizes from 0.01 to 0.1, both evenly by ratio."""
    kept = beginnings("selective")["forget_gate"]
    passed = np.geomspace(1, 16, H) * np.geomspace(0.01, 0.1, H)
    np.testing.assert_allclose(kept, np.exp([-passed] * T), rtol=1e-5)


def test_fresh_memories_of_the_delta_rule_keep_most_and_correct_half() -> None:
    values = beginnings("linear_attention", heads=N, rule="gated_delta")
    np.testing.assert_allclose(values["forget_gate"], 0.95, atol=0.005)
    np.testing.assert_allclose(values["write_gate"], 0.5)


@pytest.mark.parametrize("radius", [0.3, 0.99])
def test_fresh_poles_lie_evenly_within_their_half_disc(radius: float) -> None:
    spec = specs.model_spec("lru")
    settings = spec.settings(hidden_size=256, layers=2, radius=radius)
    torch.manual_seed(0)
    real, imaginary = poles(spec.make(settings, SIZES)).numpy().T
    assert imaginary.min() > 0
    within = np.sort((real**2 + imaginary**2).ravel()) / radius**2
    even = (np.arange(within.size) + 0.5) / within.size  # shares of the area
    np.testing.assert_allclose(within, even, atol=0.08)


@pytest.mark.parametrize(
    "name", sorted({case.partition("-")[0] for case in LAYERS} - {"linear_attention"})
)
def test_one_layer_hides_nothing(name: str) -> None:
    """Dropout is between layers."""
    spec = specs.model_spec(name)
    model = spec.make(spec.settings(hidden_size=H, layers=1, dropout=0.5), SIZES)
    x = torch.randn(B, T, I)
    torch.testing.assert_close(model.train()(x), model.eval()(x))
