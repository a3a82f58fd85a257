r"""The minimal gated recurrent unit: one gate, and nothing of the past in it.

    z  = sigma(W x + b)         update gate, 0..1
    n  = W x + b                candidate
    h' = (1 - z) * h + z * n    hidden state
    y  = V h' + d

Gate and candidate see the input alone. So a state is a weighted mean of the candidates
so far, and what an input does to it is known before the state is. The past comes into
the gates only through a second layer.

Feng et al. (2024), Were RNNs all we needed? https://arxiv.org/abs/2410.01201
"""

from typing import Any

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.kernels.layers import gated_states
from explorer.models import notation
from explorer.models.base import (
    Line,
    ModelSpec,
    SequenceModel,
    Sizes,
    embed,
    sigmoid,
    sum_line,
)
from explorer.models.captures import Capture, Probe, gate, ignore, signed
from explorer.models.fields import (
    dropout_field,
    head_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.mixing import gated
from explorer.models.stack import climb

REACH = 4.0
"""Colours run from minus this to this: the candidate has no bounds of its own."""


class MinGRUSettings(Settings):
    """What can be chosen of a minimal GRU."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers the network carries from step to step, each with a gate "
            "of its own. More can remember more, but learn and run more slowly."
        ),
    )
    layers: int = layers_field(
        N_(
            "How many recurrent layers stand on each other. In the first a gate sees "
            "one input; in the second it sees what the first made of the past."
        ),
        default=3,
    )
    dropout: float = dropout_field()
    head: Head = head_field()


class MinGRULayer(nn.Module):
    """x (B, T, I) -> h (B, T, H)."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.into = nn.Linear(inputs, 2 * hidden)  # W_z, W_n and their biases

    def forward(self, x: Tensor, probe: Probe) -> Tensor:
        a, n = self.into(x).chunk(2, dim=-1)  # 2 x (B, T, H)
        z = torch.sigmoid(a)
        if probe is ignore:
            return gated_states(1 - z, z * n)
        h, states = torch.zeros_like(a[:, 0]), []
        for z_t, n_t in zip(z.unbind(1), n.unbind(1), strict=True):
            h = cell(h, probe("update_gate", z_t), probe("candidate", n_t))
            h = probe("hidden", h)
            states.append(h)
        return torch.stack(states, 1)


def cell(h: Tensor, z: Tensor, n: Tensor) -> Tensor:
    """One step: h, z and n (B, H) -> the next h."""
    return (1 - z) * h + z * n


class MinGRU(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    def __init__(self, settings: MinGRUSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding, width = embed(sizes, H)
        self.layers = nn.ModuleList(
            MinGRULayer(H if k else width, H) for k in range(settings.layers)
        )
        self.dropout = settings.dropout
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        return self.readout(climb(self.layers, x, self.dropout, self.training, probe))


def lines(
    model: "MinGRU", layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit, in float64."""
    of_layer: Any = model.layers[layer]
    W, b = (p.detach().double() for p in of_layer.into.parameters())
    row = len(b) // 2 + unit
    total = sum_line("a_z", **{"W_z·x": W[unit] @ x, "b_z": b[unit]})
    z, old = sigmoid(total.value), float(h[unit])
    new = sum_line("n", **{"W_n·x": W[row] @ x, "b_n": b[row]})
    mixed = (("1 − z", 1 - z), ("h", old), ("z", z), ("n", new.value))
    return [
        total,
        Line("z", "sigmoid", (("a_z", total.value),), z, "update"),
        new._replace(colour="candidate"),
        Line("h′", "mix", mixed, (1 - z) * old + z * new.value, "hidden"),
    ]


def captures(settings: MinGRUSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            gate(
                k,
                "update_gate",
                N_("Update gate (1 replaces the old state)"),
                ends=(N_("0 keeps"), N_("1 replaces")),
                reading=N_(
                    "The update gate replaces %(mean).0f %% of the state a step on "
                    "average; %(shut).0f %% of its values are below 0.1, where the "
                    "state stays."
                ),
                colour="update",
            ),
            signed(k, "candidate", "candidate", N_("Candidate state"), REACH),
            signed(k, "hidden", "hidden", N_("Hidden state"), REACH),
        )
    )


def equations(settings: MinGRUSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(
                *notation.in_layers(
                    L,
                    r"z_t &= \sigma(W_{z} x_t + b_{z})",
                    r"n_t &= W_{n} x_t + b_{n}",
                    r"h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot n_t",
                    r"h_0 &= 0",
                )
            ),
            notation.display(notation.answer(sizes, H, L)),
            notation.display(
                *notation.input_shapes("z,n", notation.width_of(sizes, H), H, L)
            ),
        ]
    )


def diagram(settings: MinGRUSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    return notation.recurrent_diagram(
        "minGRU",
        sizes,
        H,
        settings.layers,
        [
            f'sum["W x + b: 2 × {H}"]',
            f'sum --> update["z = σ: {H}"] --> hidden["h = (1 − z) · h + z · n: {H}"]',
            f'sum --> candidate["n: {H}"] --> hidden',
            f"hidden {notation.NEXT_STEP} hidden",
        ],
    )


SPEC = ModelSpec(
    name="min_gru",
    title=N_("minGRU"),
    summary=N_(
        "One gate that sees the input alone, never the state: the least that can still "
        "choose what to keep. The past comes into the gates through a second layer."
    ),
    settings=MinGRUSettings,
    make=MinGRU,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    rate=0.02,  # a gate that sees the input alone stands more
    order=110,
    lines=lines,
    mixing=gated("", "update_gate", "hidden", N_("Hidden state")),
)
