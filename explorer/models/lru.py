r"""The linear recurrent unit: a step only turns and shrinks the state, and adds to it.

    s' = L * s + g * (B u)          state, complex; L = r exp(i w), g = sqrt(1 - r^2)
    v  = Re(C s') + D * u           what is read out of it
    h  = u + W gelu(v) + b          the stream, for the next layer

Nothing bends the state on its way, so what is left of an input after k steps is L^k
times it: a wave of frequency w that dies away as r^k. The numbers L are the poles. All
lie inside the unit circle, whatever is learned, for r = exp(-exp(nu)); the closer to
the circle, the longer the memory. What bends stands between the layers.

Orvieto et al. (2023), Resurrecting recurrent neural networks for long sequences.
https://arxiv.org/abs/2303.06349
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.kernels.layers import turned_states
from explorer.models import notation, stream
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.captures import Capture, Probe, ignore, signed
from explorer.models.fields import (
    dropout_field,
    head_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.mixing import Mixed, carried, values_of
from explorer.models.stack import climb

REACH = 4.0
"""Colours run from minus this to this: the state has no bounds of its own."""


class LRUSettings(Settings):
    """What can be chosen of a linear recurrent unit."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers describe each step, and how many poles the state has: "
            "waves that die away, each at a pace of its own."
        ),
        most=256,
    )
    layers: int = layers_field(
        N_(
            "How many linear recurrences stand on each other. Only between them is "
            "anything bent, so one alone can do little but filter."
        ),
        default=2,
    )
    radius: float = setting(
        0.99,
        N_(
            "How far from the centre the outermost pole may start: at 0.9 a tenth is "
            "left after 22 steps, at 0.99 after 229, at 0.999 after 2,301."
        ),
        title=N_("Radius of the poles at the start"),
        ge=0.1,
        le=0.999,
        step=0.01,
    )
    dropout: float = dropout_field()
    head: Head = head_field()


class LRULayer(nn.Module):
    """u (B, T, H) -> h (B, T, H), over a state of H complex numbers."""

    def __init__(self, hidden: int, radius: float) -> None:
        super().__init__()
        H = hidden
        # spread evenly over the half disc: conjugate poles would say the same
        r = radius * torch.rand(H).clamp(1e-3, 1 - 1e-6).sqrt()
        w = math.pi * torch.rand(H).clamp(1e-3)
        self.decay = nn.Parameter(torch.log(-torch.log(r)))  # nu: r = exp(-exp(nu))
        self.turn = nn.Parameter(torch.log(w))  # theta: w = exp(theta)
        self.into = nn.Linear(H, 2 * H, bias=False)  # B, real and imaginary part
        self.read = nn.Linear(2 * H, H, bias=False)  # C, real and imaginary part
        self.past = nn.Parameter(torch.ones(H))  # D: what passes the state by
        self.out = nn.Linear(H, H)  # W and b

    def poles(self) -> tuple[Tensor, Tensor]:
        """Real and imaginary part (H,) of each pole."""
        r, w = torch.exp(-torch.exp(self.decay)), torch.exp(self.turn)
        return r * torch.cos(w), r * torch.sin(w)

    def forward(self, u: Tensor, probe: Probe) -> Tensor:
        a, b = self.poles()
        g = torch.sqrt(1 - torch.exp(-2 * torch.exp(self.decay)))  # sqrt(1 - r^2)
        p, q = (g * part for part in self.into(u).chunk(2, dim=-1))  # 2 x (B, T, H)
        if probe is ignore:
            return self.given_out(turned_states(a, b, p, q), u)
        x = y = torch.zeros_like(u[:, 0])
        states = []
        for p_t, q_t in zip(p.unbind(1), q.unbind(1), strict=True):
            x, y = (
                probe("memory", a * x - b * y + p_t),
                probe("memory_turned", b * x + a * y + q_t),
            )
            states.append(torch.cat([x, y], -1))
        h = self.given_out(torch.stack(states, 1), u)
        return torch.stack([probe("hidden", h_t) for h_t in h.unbind(1)], 1)

    def given_out(self, states: Tensor, u: Tensor) -> Tensor:
        """Real and imaginary parts of the states (B, T, 2H), and u -> h (B, T, H)."""
        v = self.read(states) + self.past * u
        h: Tensor = u + self.out(nn.functional.gelu(v))
        return h


class LRU(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    def __init__(self, settings: LRUSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding = stream.entrance(sizes, H)
        self.layers = nn.ModuleList(
            LRULayer(H, settings.radius) for _ in range(settings.layers)
        )
        self.dropout = settings.dropout
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        h = self.embedding(x)  # (B, T, H)
        return self.readout(climb(self.layers, h, self.dropout, self.training, probe))


def poles(model: "LRU") -> Tensor:
    """Every layer's (L, H, 2): real and imaginary part."""
    layers: list[Any] = list(model.layers)
    each = [torch.stack(layer.poles(), -1) for layer in layers]
    return torch.stack(each).detach()


def mixing(model: "LRU", layer: int, x: Tensor) -> Mixed:
    """What is left of an input: L^k g of it after k steps, for every pole."""
    h, layers = model.embedding(x), list(model.layers)
    for below in layers[:layer]:
        h = below(h, ignore)
    of_layer: Any = layers[layer]
    a, b = (part.double() for part in of_layer.poles())
    L, g = torch.complex(a, b), torch.sqrt(1 - a**2 - b**2)
    real, imaginary = of_layer.into(h[0]).double().chunk(2, dim=-1)  # 2 x (T, H)
    kept = L.expand(len(h[0]), -1)
    A = carried(kept, g.to(L).expand_as(kept))
    state = values_of(model, layer, x)
    made = torch.complex(state["memory"], state["memory_turned"]).T[..., None]
    values = torch.complex(real, imaginary).T[..., None]
    return Mixed(A, values, made, N_("State"), layer > 0)


def captures(settings: LRUSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            signed(k, "memory", "memory", N_("State, real part"), REACH),
            signed(k, "memory_turned", "memory", N_("State, imaginary part"), REACH),
            signed(k, "hidden", "hidden", N_("Stream after the layer"), REACH),
        )
    )


def equations(settings: LRUSettings, sizes: Sizes) -> str:
    H, L, p = settings.hidden_size, settings.layers, settings.dropout
    given, given_shape = stream.given(sizes, H)
    real, every = notation.real, notation.span("k", 1, L)
    return "\n\n".join(
        [
            notation.display(
                rf"h_t^{{(0)}} &= {given}",
                *stream.between(L, p),
                r"\lambda^{(k)} &= e^{-e^{\nu^{(k)}} + i\, e^{\theta^{(k)}}}, \quad "
                r"\gamma^{(k)} = \sqrt{1 - |\lambda^{(k)}|^2}",
                r"s_t^{(k)} &= \lambda^{(k)} \odot s_{t-1}^{(k)} + \gamma^{(k)} \odot "
                r"(B_1^{(k)} + i\, B_2^{(k)})\, u_t^{(k)}, \quad s_0^{(k)} = 0",
                r"v_t^{(k)} &= C_1^{(k)} \operatorname{Re} s_t^{(k)} + "
                r"C_2^{(k)} \operatorname{Im} s_t^{(k)} + D^{(k)} \odot u_t^{(k)}",
                r"h_t^{(k)} &= u_t^{(k)} + W^{(k)} \operatorname{GELU}(v_t^{(k)}) "
                rf"+ b^{{(k)}}, \quad {every}",
            ),
            notation.display(stream.way_out(sizes, H, f"h_%s^{{({L})}}")),
            notation.display(
                rf"\nu^{{(k)}},\, \theta^{{(k)}},\, D^{{(k)}},\, b^{{(k)}} &\in "
                rf"{real(H)}, \quad {every}",
                r"B_1^{(k)},\, B_2^{(k)},\, C_1^{(k)},\, C_2^{(k)},\, W^{(k)} &\in "
                rf"{real(H, H)}, \quad {every}",
                given_shape,
            ),
        ]
    )


def diagram(settings: LRUSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    return stream.flowchart(
        "LRU",
        sizes,
        H,
        settings.layers,
        [
            f'enter["g · B u: 2 × {H}"]',
            f'enter --> memory["Re s: {H}"] --> read["v = Re(C s) + D u: {H}"]',
            f'enter --> memory_turned["Im s: {H}"] --> read',
            f'read --> bend["W GELU(v) + b: {H}"] --> hidden["h = u + …: {H}"]',
            f"memory {notation.NEXT_STEP} memory",
            f"memory_turned {notation.NEXT_STEP} memory_turned",
        ],
    )


SPEC = ModelSpec(
    name="lru",
    title=N_("LRU"),
    summary=N_(
        "A linear recurrence: each unit of the state is a wave that turns and dies "
        "away at a pace of its own. Its poles in the unit circle say for how long."
    ),
    settings=LRUSettings,
    make=LRU,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    order=120,
    mixing=mixing,
    poles=poles,
)
