r"""The selective state space: a linear recurrence whose pace every input chooses.

    e    = softplus(W n + c)             step size: how long this input lasts
    a    = exp(-e * r)                   what is kept, 0..1; r > 0 is learned
    S'   = a S + e u B^T                 state: N numbers for each of H channels
    v    = S' C + D * u
    h    = u_0 + W (v * silu(g))         the stream, for the next block

with n = LayerNorm(u_0), u = W n, g = W n, and B, C = W n: what is written into the
state and read out of it is chosen by the input, as keys and queries are. A step size
near 0 lets an input pass without a trace; a large one overwrites the state.

Gu and Dao (2023), Mamba. https://arxiv.org/abs/2312.00752
One rate per channel, not one per number of the state: Dao and Gu (2024), Transformers
are SSMs. https://arxiv.org/abs/2405.21060. Its short convolution is left out.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.kernels.layers import selected_reads
from explorer.models import notation, stream
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.captures import Capture, Probe, gate, ignore, signed
from explorer.models.fields import (
    dropout_field,
    head_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.mixing import Mixed, carried
from explorer.models.stack import climb
from explorer.models.style import GPT_2, norms


class SelectiveSettings(Settings):
    """What can be chosen of a selective state space."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers describe each step; each is a channel with a pace and a "
            "state of its own."
        ),
        most=256,
    )
    state_size: int = setting(
        8,
        N_(
            "How many numbers each channel carries from step to step. With one it is a "
            "gated unit; with more it can tell apart what was written when."
        ),
        title=N_("State per channel"),
        ge=1,
        le=32,
    )
    layers: int = layers_field(N_("How many blocks stand on each other."), default=2)
    dropout: float = dropout_field()
    head: Head = head_field()


class SelectiveLayer(nn.Module):
    """u_0 (B, T, H) -> h (B, T, H), over a state of H x N numbers."""

    def __init__(self, hidden: int, state: int) -> None:
        super().__init__()
        H, N = hidden, state
        self.norm = nn.LayerNorm(H, bias=False)
        self.into = nn.Linear(H, 2 * H, bias=False)  # W_u, W_g
        self.choose = nn.Linear(H, 2 * N, bias=False)  # W_B, W_C
        self.pace = nn.Linear(H, H)  # W_e and c
        self.rate = nn.Parameter(torch.linspace(0.0, math.log(16.0), H))  # log r
        self.past = nn.Parameter(torch.ones(H))  # D
        self.out = nn.Linear(H, H, bias=False)  # W_o
        with torch.no_grad():  # step sizes from 0.01 to 0.1
            first = torch.exp(torch.linspace(math.log(0.01), math.log(0.1), H))
            self.pace.bias.copy_(torch.log(torch.expm1(first)))

    def chosen(self, u: Tensor) -> tuple[Tensor, ...]:
        """u, g, e (B, T, H) and B, C (B, T, N) of the stream (B, T, H)."""
        n = self.norm(u)
        x, g = self.into(n).chunk(2, dim=-1)
        B, C = self.choose(n).chunk(2, dim=-1)
        return x, g, nn.functional.softplus(self.pace(n)), B, C

    def forward(self, u: Tensor, probe: Probe) -> Tensor:
        x, g, e, B, C = self.chosen(u)
        kept, written = torch.exp(-e * torch.exp(self.rate)), e * x  # 2 x (B, T, H)
        if probe is ignore:
            return self.given_out(selected_reads(kept, written, B, C), u, x, g)
        S, read = x.new_zeros(*x[:, 0].shape, B.shape[-1]), []  # (B, H, N)
        each = (kept.unbind(1), written.unbind(1), B.unbind(1), C.unbind(1))
        for a_t, w_t, B_t, C_t in zip(*each, strict=True):
            a = probe("forget_gate", a_t)
            w = probe("candidate", w_t)
            S = a[..., None] * S + w[..., None] * B_t[:, None]
            read.append(probe("memory", (S @ C_t[..., None])[..., 0]))
        h = self.given_out(torch.stack(read, 1), u, x, g)
        return torch.stack([probe("hidden", h_t) for h_t in h.unbind(1)], 1)

    def given_out(self, read: Tensor, u: Tensor, x: Tensor, g: Tensor) -> Tensor:
        """What is read of the state, and what passes it by: 4 x (B, T, H) -> h."""
        v = read + self.past * x
        h: Tensor = u + self.out(v * nn.functional.silu(g))
        return h


class Selective(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    def __init__(self, settings: SelectiveSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding = stream.entrance(sizes, H)
        self.layers = nn.ModuleList(
            SelectiveLayer(H, settings.state_size) for _ in range(settings.layers)
        )
        self.dropout = settings.dropout
        self.norm = nn.LayerNorm(H, bias=False)
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        h = self.embedding(x)  # (B, T, H)
        return self.readout(climb(self.layers, h, self.dropout, self.training, probe))

    def readout(self, h: Tensor) -> Tensor:
        """As in `SequenceModel`, after the last norm."""
        return super().readout(self.norm(h))


def mixing(model: "Selective", layer: int, x: Tensor) -> Mixed:
    """A_ts of every channel: what is kept since s, times how C_t answers B_s."""
    h, layers = model.embedding(x), list(model.layers)
    for below in layers[:layer]:
        h = below(h, ignore)
    of_layer: Any = layers[layer]
    read: list[Tensor] = []

    def listen(name: str, value: Tensor) -> Tensor:
        read.extend([value[0].double()] if name == "memory" else [])
        return value

    of_layer(h, listen)
    u, _g, e, B, C = (each[0].double() for each in of_layer.chosen(h))
    kept = torch.exp(-e * torch.exp(of_layer.rate.double()))
    A = carried(kept, e) * (C @ B.T)  # (H, T, T)
    made = torch.stack(read, -1)[..., None]
    return Mixed(A, u.T[..., None], made, N_("What the state gives"), layer > 0)


def captures(settings: SelectiveSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            gate(
                k,
                "forget_gate",
                N_("What each channel keeps"),
                ends=(N_("0 overwrites"), N_("1 keeps")),
                reading=N_(
                    "A channel keeps %(mean).0f %% a step on average. After "
                    "%(steps)d steps %(left)s %% is left on average over the channels, "
                    "some of which keep far more than others; %(shut).0f %% of the "
                    "values are below 0.1, where the state is overwritten."
                ),
                colour="forget",
                favourite=True,
            ),
            signed(k, "candidate", "candidate", N_("What is written"), 2.0),
            signed(k, "memory", "memory", N_("What the state gives"), 2.0),
            signed(k, "hidden", "hidden", N_("Residual stream"), 4.0),
        )
    )


def equations(settings: SelectiveSettings, sizes: Sizes) -> str:
    H, N, L = settings.hidden_size, settings.state_size, settings.layers
    given, given_shape = stream.given(sizes, H)
    real, every = notation.real, notation.span("k", 1, L)
    return "\n\n".join(
        [
            notation.display(
                rf"h_t^{{(0)}} &= {given}",
                *stream.between(L, settings.dropout),
                r"n_t^{(k)} &= \operatorname{LN}(u_t^{(k)})",
                r"v_t^{(k)},\, g_t^{(k)} &= W_u^{(k)} n_t^{(k)},\, W_g^{(k)} n_t^{(k)}",
                r"\epsilon_t^{(k)} &= \operatorname{softplus}"
                r"(W_e^{(k)} n_t^{(k)} + c^{(k)})",
                r"S_t^{(k)} &= \exp(-\epsilon_t^{(k)} \odot e^{\rho^{(k)}})\, "
                r"S_{t-1}^{(k)} + (\epsilon_t^{(k)} \odot v_t^{(k)}) "
                r"(W_B^{(k)} n_t^{(k)})^\top",
                r"q_t^{(k)} &= S_t^{(k)}\, W_C^{(k)} n_t^{(k)} "
                r"+ D^{(k)} \odot v_t^{(k)}",
                r"h_t^{(k)} &= u_t^{(k)} + W_o^{(k)} (q_t^{(k)} \odot "
                rf"\operatorname{{SiLU}}(g_t^{{(k)}})), \quad {every}",
            ),
            notation.display(
                stream.way_out(sizes, H, rf"\operatorname{{LN}}(h_%s^{{({L})}})")
            ),
            notation.display(
                r"W_u^{(k)},\, W_g^{(k)},\, W_e^{(k)},\, W_o^{(k)} &\in "
                rf"{real(H, H)}, \quad {every}",
                r"W_B^{(k)},\, W_C^{(k)} &\in "
                rf"{real(N, H)}, \quad {every}",
                r"c^{(k)},\, \rho^{(k)},\, D^{(k)} &\in "
                rf"{real(H)}, \quad {every}",
                given_shape,
                *norms(GPT_2, H, L + 1),
            ),
        ]
    )


def diagram(settings: SelectiveSettings, sizes: Sizes) -> str:
    H, N = settings.hidden_size, settings.state_size
    return stream.flowchart(
        "selective state space",
        sizes,
        H,
        settings.layers,
        [
            f'enter["LayerNorm: {H}"]',
            f'enter --> pace["ε = softplus: {H}"] --> forget["exp(−ε r): {H}"]',
            f'pace --> candidate["ε u: {H}"] --> state["S: {H} × {N}"]',
            f'enter --> choose["B, C: 2 × {N}"] --> state',
            f'forget --> state --> memory["S C: {H}"]',
            "choose --> memory",
            f'memory --> bend["W (v · SiLU(g)): {H}"] --> hidden["h = u + …: {H}"]',
            f"state {notation.NEXT_STEP} state",
        ],
    )


SPEC = ModelSpec(
    name="selective",
    title=N_("Selective SSM"),
    summary=N_(
        "A linear recurrence whose pace every input chooses: it may pass without a "
        "trace or overwrite the state. What is written and read is chosen as well."
    ),
    settings=SelectiveSettings,
    make=Selective,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    order=160,
    mixing=mixing,
)
