r"""The minimal LSTM: two gates that share out 1, and nothing of the past in them.

    p, q = sigma(W x + b)               what speaks for keeping, and for writing
    f, i = p / (p + q), q / (p + q)     forget and input gate: f + i = 1
    n    = W x + b                      candidate
    h'   = f * h + i * n                hidden state
    y    = V h' + d

Both gates see the input alone, and there is no memory beside the hidden state: since
the gates add up to 1, the state is a weighted mean of the candidates so far and cannot
run away.

Feng et al. (2024), Were RNNs all we needed? https://arxiv.org/abs/2410.01201
"""

from typing import Any

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
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
from explorer.models.captures import Capture, Probe, forget_gate, gate, ignore, signed
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


class MinLSTMSettings(Settings):
    """What can be chosen of a minimal LSTM."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers the network carries from step to step, each with two "
            "gates of its own. More can remember more, but learn and run more slowly."
        ),
    )
    layers: int = layers_field(
        N_(
            "How many recurrent layers stand on each other. In the first a gate sees "
            "one input; in the second it sees what the first made of the past."
        ),
        default=3,
    )
    forget_bias: float = setting(
        1.0,
        N_(
            "What speaks for keeping at the start, before the two gates share out 1: "
            "at 0 half of the state is kept each step, at 1 59 %, at 5 67 %. It can "
            "be at most twice as strong as what speaks for writing."
        ),
        title=N_("Forget-gate bias at the start"),
        ge=-3.0,
        le=5.0,
        step=0.5,
    )
    dropout: float = dropout_field()
    head: Head = head_field()


class MinLSTMLayer(nn.Module):
    """x (B, T, I) -> h (B, T, H)."""

    def __init__(self, inputs: int, hidden: int, forget_bias: float) -> None:
        super().__init__()
        self.into = nn.Linear(inputs, 3 * hidden)  # W_p, W_q, W_n and their biases
        with torch.no_grad():
            self.into.bias[:hidden].fill_(forget_bias)
            self.into.bias[hidden : 2 * hidden].zero_()

    def forward(self, x: Tensor, probe: Probe) -> Tensor:
        p, q, n = self.into(x).chunk(3, dim=-1)  # 3 x (B, T, H)
        p, q = torch.sigmoid(p), torch.sigmoid(q)
        f, i = p / (p + q), q / (p + q)
        if probe is ignore:
            return gated_states(f, i * n)
        h, states = torch.zeros_like(n[:, 0]), []
        for f_t, i_t, n_t in zip(f.unbind(1), i.unbind(1), n.unbind(1), strict=True):
            f_t, i_t = probe("forget_gate", f_t), probe("input_gate", i_t)
            h = probe("hidden", f_t * h + i_t * probe("candidate", n_t))
            states.append(h)
        return torch.stack(states, 1)


class MinLSTM(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    def __init__(self, settings: MinLSTMSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding, width = embed(sizes, H)
        self.layers = nn.ModuleList(
            MinLSTMLayer(H if k else width, H, settings.forget_bias)
            for k in range(settings.layers)
        )
        self.dropout = settings.dropout
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        return self.readout(climb(self.layers, x, self.dropout, self.training, probe))


def lines(
    model: "MinLSTM", layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit, in float64."""
    of_layer: Any = model.layers[layer]
    W, b = (p.detach().double() for p in of_layer.into.parameters())
    H, written, value = len(b) // 3, [], {}
    for k, name in enumerate("pq"):
        row = k * H + unit
        total = sum_line(
            f"a_{name}", **{f"W_{name}·x": W[row] @ x, f"b_{name}": b[row]}
        )
        value[name] = sigmoid(total.value)
        written += [
            total,
            Line(name, "sigmoid", ((total.target, total.value),), value[name]),
        ]
    p, q, row = value["p"], value["q"], 2 * H + unit
    new = sum_line("n", **{"W_n·x": W[row] @ x, "b_n": b[row]})
    f, i, old = p / (p + q), q / (p + q), float(h[unit])
    mixed = (("f", f), ("h", old), ("i", i), ("n", new.value))
    return [
        *written,
        Line("f", "share", (("p", p), ("q", q)), f, "forget"),
        Line("i", "share", (("q", q), ("p", p)), i, "input"),
        new._replace(colour="candidate"),
        Line("h′", "mix", mixed, f * old + i * new.value, "hidden"),
    ]


def captures(settings: MinLSTMSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            forget_gate(k),
            gate(
                k,
                "input_gate",
                N_("Input gate"),
                ends=(N_("0 ignores"), N_("1 writes")),
                reading=N_(
                    "The input gate lets in %(mean).0f %% on average; "
                    "%(shut).0f %% of its values are nearly shut (below 0.1)."
                ),
                colour="input",
            ),
            signed(k, "candidate", "candidate", N_("Candidate state"), REACH),
            signed(k, "hidden", "hidden", N_("Hidden state"), REACH),
        )
    )


def equations(settings: MinLSTMSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(
                *notation.in_layers(
                    L,
                    r"p_t &= \sigma(W_{p} x_t + b_{p})",
                    r"q_t &= \sigma(W_{q} x_t + b_{q})",
                    r"f_t &= p_t / (p_t + q_t)",
                    r"i_t &= q_t / (p_t + q_t)",
                    r"n_t &= W_{n} x_t + b_{n}",
                    r"h_t &= f_t \odot h_{t-1} + i_t \odot n_t",
                    r"h_0 &= 0",
                )
            ),
            notation.display(notation.answer(sizes, H, L)),
            notation.display(
                *notation.input_shapes("p,q,n", notation.width_of(sizes, H), H, L)
            ),
        ]
    )


def diagram(settings: MinLSTMSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    return notation.recurrent_diagram(
        "minLSTM",
        sizes,
        H,
        settings.layers,
        [
            f'sum["W x + b: 3 × {H}"]',
            f'sum --> forget["f = p / (p + q): {H}"]',
            f'forget --> hidden["h = f · h + i · n: {H}"]',
            f'sum --> input["i = q / (p + q): {H}"] --> hidden',
            f'sum --> candidate["n: {H}"] --> hidden',
            f"hidden {notation.NEXT_STEP} hidden",
        ],
    )


SPEC = ModelSpec(
    name="min_lstm",
    title=N_("minLSTM"),
    summary=N_(
        "Two gates that see the input alone and share out 1 between what is kept and "
        "what is written. There is no second state to protect: a mean cannot run away."
    ),
    settings=MinLSTMSettings,
    make=MinLSTM,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    rate=0.02,  # a gate that sees the input alone stands more
    order=112,
    lines=lines,
    mixing=gated("forget_gate", "input_gate", "hidden", N_("Hidden state")),
)
