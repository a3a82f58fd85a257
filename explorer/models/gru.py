r"""The gated recurrent unit: one state, and two gates that say how much of it changes.

    r, z = sigma(W x + U h + b)             reset and update gate, 0..1
    n    = tanh(W x + b + r * (U h + e))    candidate, -1..1
    h'   = (1 - z) * n + z * h              hidden state
    y    = V h' + d

Here an update gate near 1 *keeps* the old state, as in Cho et al. (2014) and PyTorch;
Chung et al. (2014) write z for what is 1 - z here. The reset gate stands outside of U,
as in PyTorch; Cho et al. write U (r * h).

Cho et al. (2014), Learning phrase representations. https://arxiv.org/abs/1406.1078
Chung et al. (2014), Empirical evaluation. https://arxiv.org/abs/1412.3555
"""

import math

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.kernels import nets
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
from explorer.models.captures import Capture, Probe, gate, ignore, in_layer, signed
from explorer.models.fields import (
    dropout_field,
    head_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.mixing import gated


class GRUSettings(Settings):
    """What can be chosen of a GRU."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers the network carries from step to step, each with its own "
            "gates. More can remember more, but learn and run more slowly."
        ),
    )
    layers: int = layers_field(
        N_("How many recurrent layers stand on each other, each reading the last."),
    )
    dropout: float = dropout_field()
    head: Head = head_field()


def cell(
    x: Tensor,
    h: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    e: Tensor,
    probe: Probe = ignore,
) -> Tensor:
    """One step: x (B, I) and h (B, H) -> the next h (B, H).

    Shapes: W (3H, I), U (3H, H), b and e (3H), their rows in PyTorch's order r, z, n.
    Two biases, because the reset gate weakens the one and not the other.
    """
    Wx_r, Wx_z, Wx_n = (x @ W.T + b).chunk(3, dim=-1)  # 3 x (B, H)
    Uh_r, Uh_z, Uh_n = (h @ U.T + e).chunk(3, dim=-1)  # 3 x (B, H)
    r = probe("reset_gate", torch.sigmoid(Wx_r + Uh_r))
    z = probe("update_gate", torch.sigmoid(Wx_z + Uh_z))
    n = probe("candidate", torch.tanh(Wx_n + r * Uh_n))
    return probe("hidden", (1 - z) * n + z * h)


class GRU(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    def __init__(self, settings: GRUSettings, sizes: Sizes) -> None:
        super().__init__()
        self.embedding, width = embed(sizes, settings.hidden_size)
        self.gru = nets.GRU(
            width,
            settings.hidden_size,
            settings.layers,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
        )
        self.head = nn.Linear(settings.hidden_size, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        h = self.gru(x)[0] if probe is ignore else self.written_out(x, probe)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def weights(self, layer: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """W (3H, I), U (3H, H), b (3H) and e (3H) of a layer."""
        W, U, b, e = self.gru.all_weights[layer]
        return W, U, b, e

    def written_out(self, x: Tensor, probe: Probe) -> Tensor:
        """What `self.gru` computes, step by step: (B, T, I) -> (B, T, H)."""
        for k in range(self.gru.num_layers):
            if k > 0:
                x = nn.functional.dropout(x, self.gru.dropout, self.training)
            W, U, b, e = self.weights(k)
            look = in_layer(probe, k)
            h = x.new_zeros(x.shape[0], self.gru.hidden_size)
            steps = []
            for x_t in x.unbind(1):
                h = cell(x_t, h, W, U, b, e, look)
                steps.append(h)
            # time first in memory, as in nn.GRU: dropout then draws the same mask
            x = torch.stack(steps).transpose(0, 1)  # (B, T, H)
        return x


def lines(
    model: "GRU", layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit, in float64."""
    W, U, b, e = (value.detach().double() for value in model.weights(layer))
    H = U.shape[1]
    written, value = [], {}
    for k, (name, colour) in enumerate((("r", "reset"), ("z", "update"))):
        row = k * H + unit
        total = sum_line(
            f"a_{name}",
            **{
                f"W_{name}·x": W[row] @ x,
                f"U_{name}·h": U[row] @ h,
                f"b_{name}": b[row] + e[row],
            },
        )
        value[name] = sigmoid(total.value)
        gate_of = ((total.target, total.value),)
        written += [total, Line(name, "sigmoid", gate_of, value[name], colour)]
    row, r, z = 2 * H + unit, value["r"], value["z"]
    new = sum_line("u", **{"W_n·x": W[row] @ x, "b_n": b[row]})
    past = sum_line("v", **{"U_n·h": U[row] @ h, "e_n": e[row]})
    total_n = new.value + r * past.value
    parts = (("u", new.value), ("r", r), ("v", past.value))
    n, old = math.tanh(total_n), float(h[unit])
    written += [
        new,
        past,
        Line("a_n", "scaled_sum", parts, total_n),
        Line("n", "tanh", (("a_n", total_n),), n, "candidate"),
    ]
    mixed = (("1 − z", 1 - z), ("n", n), ("z", z), ("h", old))
    written.append(Line("h′", "mix", mixed, (1 - z) * n + z * old, "hidden"))
    return written


def captures(settings: GRUSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            gate(
                k,
                "reset_gate",
                N_("Reset gate"),
                ends=(N_("0 drops"), N_("1 uses")),
                reading=N_(
                    "The reset gate lets %(mean).0f %% of the past through on average; "
                    "%(shut).0f %% of its values are nearly shut (below 0.1)."
                ),
                colour="reset",
            ),
            gate(
                k,
                "update_gate",
                N_("Update gate (1 keeps the old state)"),
                ends=(N_("0 replaces"), N_("1 keeps")),
                reading=N_(
                    "The update gate keeps %(mean).0f %% of the old state a step on "
                    "average. After %(steps)d steps %(left)s %% is left on average "
                    "over the units, some of which keep far more than others; "
                    "%(shut).0f %% of its values are below 0.1, where the state is "
                    "replaced."
                ),
                colour="update",
            ),
            signed(k, "candidate", "candidate", N_("Candidate state"), 1.0),
            signed(k, "hidden", "hidden", N_("Hidden state"), 1.0),
        )
    )


def step_equations() -> list[str]:
    """One step of the cell."""
    total = r"(W_{%s} x_t + U_{%s} h_{t-1} + b_{%s})"
    return [
        rf"r_t &= \sigma{total % ('r', 'r', 'r')}",
        rf"z_t &= \sigma{total % ('z', 'z', 'z')}",
        r"n_t &= \tanh(W_{n} x_t + b_{n} + r_t \odot (U_{n} h_{t-1} + e_{n}))",
        r"h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
    ]


def equations(settings: GRUSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(*notation.in_layers(L, *step_equations(), r"h_0 &= 0")),
            notation.display(notation.answer(sizes, H, L)),
            notation.display(
                *notation.shapes("r,z,n", notation.width_of(sizes, H), H, L, apart="n")
            ),
        ]
    )


def diagram(settings: GRUSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    return notation.recurrent_diagram(
        "GRU",
        sizes,
        H,
        settings.layers,
        [
            f'sum["W x + b, U h + e: 3 × {H}"]',
            f'sum --> reset["r = σ: {H}"] --> candidate["n = tanh: {H}"]',
            "sum --> candidate",
            f'sum --> update["z = σ: {H}"]',
            f'update --> hidden["h = (1 − z) · n + z · h: {H}"]',
            "candidate --> hidden",
            f"hidden {notation.NEXT_STEP} hidden",
            f"hidden {notation.NEXT_STEP} sum",
        ],
    )


SPEC = ModelSpec(
    name="gru",
    title=N_("GRU"),
    summary=N_(
        "One state and two gates: how much of the old state to keep, and how much of "
        "it to use for the new. Nearly an LSTM, with a quarter fewer parameters."
    ),
    settings=GRUSettings,
    make=GRU,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag", "transcribe"),
    one_way=True,
    order=30,
    lines=lines,
    mixing=gated("update_gate", "", "hidden", N_("Hidden state"), seen=True),
)
