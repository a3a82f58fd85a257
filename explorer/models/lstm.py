r"""Long short-term memory: gates decide what a protected memory keeps.

    i, f, o = sigma(W x + U h + b)      input, forget and output gate, 0..1
    g       = tanh(W x + U h + b)       candidate, -1..1
    c'      = f * c + i * g             memory
    h'      = o * tanh(c')              hidden state
    y       = V h' + d

The memory is changed by adding, so a gradient over k steps along it is the product of k
forget gates: it lasts where they stay near 1.

Hochreiter and Schmidhuber (1997), Long short-term memory.
https://doi.org/10.1162/neco.1997.9.8.1735
Forget gate: Gers, Schmidhuber and Cummins (2000), Learning to forget.
https://doi.org/10.1162/089976600300015015
"""

import math

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import (
    Line,
    LineKind,
    ModelSpec,
    SequenceModel,
    Sizes,
    embed,
    sigmoid,
    sum_line,
)
from explorer.models.captures import (
    Capture,
    Probe,
    forget_gate,
    gate,
    ignore,
    in_layer,
    output_gate,
    signed,
)
from explorer.models.fields import (
    dropout_field,
    head_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.mixing import gated


class LSTMSettings(Settings):
    """What can be chosen of an LSTM."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many memory cells, each with its own gates. More can remember more, "
            "but learn and run more slowly."
        ),
    )
    layers: int = layers_field(
        N_("How many recurrent layers stand on each other, each reading the last."),
    )
    forget_bias: float = setting(
        1.0,
        N_(
            "Where the forget gate starts: at 0 it keeps half of the memory each step "
            "and 0.1 % after ten, at 1 73 % and 4 %, at 3 95 % and 61 %. This is the "
            "effective bias: PyTorch's two, summed."
        ),
        title=N_("Forget-gate bias at the start"),
        ge=-3.0,
        le=5.0,
        step=0.5,
    )
    dropout: float = dropout_field()
    head: Head = head_field()


def cell(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    probe: Probe = ignore,
) -> tuple[Tensor, Tensor]:
    """One step: x (B, I), h and c (B, H) -> the next h and c.

    Shapes: W (4H, I), U (4H, H), b (4H), their rows in PyTorch's order i, f, g, o.
    """
    i, f, g, o = (x @ W.T + h @ U.T + b).chunk(4, dim=-1)  # 4 x (B, H)
    i = probe("input_gate", torch.sigmoid(i))
    f = probe("forget_gate", torch.sigmoid(f))
    o = probe("output_gate", torch.sigmoid(o))
    g = probe("candidate", torch.tanh(g))
    c = probe("memory", f * c + i * g)
    h = probe("hidden", o * torch.tanh(c))
    return h, c


@torch.no_grad()
def open_forget_gates(lstm: nn.LSTM, bias: float) -> None:
    """Let every forget gate start at this bias."""
    H = lstm.hidden_size
    # PyTorch adds two biases: one holds the forget bias, the other starts at 0
    for _, _, b, b_too in lstm.all_weights:
        b[H : 2 * H].fill_(bias)
        b_too[H : 2 * H].zero_()


class LSTM(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    step = staticmethod(cell)

    def __init__(self, settings: LSTMSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding, width = embed(sizes, H)
        self.lstm = nn.LSTM(
            width,
            H,
            settings.layers,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
        )
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"
        open_forget_gates(self.lstm, settings.forget_bias)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        h = self.lstm(x)[0] if probe is ignore else self.written_out(x, probe)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def weights(self, layer: int) -> tuple[Tensor, Tensor, Tensor]:
        """W (4H, I), U (4H, H), b (4H) of a layer; b is PyTorch's two biases in one."""
        W, U, b, b_too = self.lstm.all_weights[layer]
        return W, U, b + b_too

    def written_out(self, x: Tensor, probe: Probe) -> Tensor:
        """What `self.lstm` computes, step by step: (B, T, I) -> (B, T, H)."""
        for k in range(self.lstm.num_layers):
            if k > 0:
                x = nn.functional.dropout(x, self.lstm.dropout, self.training)
            W, U, b = self.weights(k)
            look = in_layer(probe, k)
            h = c = x.new_zeros(x.shape[0], self.lstm.hidden_size)
            steps = []
            for x_t in x.unbind(1):
                h, c = self.step(x_t, h, c, W, U, b, look)
                steps.append(h)
            # time first in memory, as in nn.LSTM: dropout then draws the same mask
            x = torch.stack(steps).transpose(0, 1)  # (B, T, H)
        return x


PARTS = {"i": "input", "f": "forget", "g": "candidate", "o": "output"}
"""By the letter of its equation: a part's colour, in the order of W's rows."""


def lines(
    model: "LSTM", layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit, in float64."""
    W, U, b = (value.detach().double() for value in model.weights(layer))
    H = U.shape[1]
    written, value = [], {}
    for k, (name, colour) in enumerate(PARTS.items()):
        row = k * H + unit
        total = sum_line(
            f"a_{name}",
            **{
                f"W_{name}·x": W[row] @ x,
                f"U_{name}·h": U[row] @ h,
                f"b_{name}": b[row],
            },
        )
        bend = math.tanh if name == "g" else sigmoid
        kind: LineKind = "tanh" if name == "g" else "sigmoid"
        value[name] = bend(total.value)
        written += [
            total,
            Line(name, kind, ((total.target, total.value),), value[name], colour),
        ]
    i, f, g, o = (value[name] for name in PARTS)
    old = float(c[unit])
    new = f * old + i * g
    parts = (("f", f), ("c", old), ("i", i), ("g", g))
    written.append(Line("c′", "mix", parts, new, "memory"))
    shown = o * math.tanh(new)
    seen = (("o", o), ("c′", new))
    written.append(Line("h′", "tanh_times", seen, shown, "hidden"))
    return written


def captures(settings: LSTMSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
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
            forget_gate(k),
            output_gate(k),
            signed(k, "candidate", "candidate", N_("Candidate memory"), 1.0),
            signed(k, "memory", "memory", N_("Memory"), 3.0),
            signed(k, "hidden", "hidden", N_("Hidden state"), 1.0),
        )
    )


def step_equations() -> list[str]:
    """One step of the cell."""
    total = r"(W_{%s} x_t + U_{%s} h_{t-1} + b_{%s})"
    return [
        *(rf"{m}_t &= \sigma{total % (m, m, m)}" for m in "ifo"),
        rf"g_t &= \tanh{total % ('g', 'g', 'g')}",
        r"c_t &= f_t \odot c_{t-1} + i_t \odot g_t",
        r"h_t &= o_t \odot \tanh(c_t)",
    ]


def equations(settings: LSTMSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(
                *notation.in_layers(L, *step_equations(), r"c_0 &= h_0 = 0")
            ),
            notation.display(notation.answer(sizes, H, L)),
            notation.display(
                *notation.shapes("i,f,o,g", notation.width_of(sizes, H), H, L)
            ),
        ]
    )


def diagram(settings: LSTMSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    return notation.recurrent_diagram(
        "LSTM",
        sizes,
        H,
        settings.layers,
        [
            f'sum["W x + U h + b: 4 × {H}"]',
            f'sum --> forget["f = σ: {H}"] --> memory["c = f · c + i · g: {H}"]',
            f'sum --> input["i = σ: {H}"] --> memory',
            f'sum --> candidate["g = tanh: {H}"] --> memory',
            f'sum --> output["o = σ: {H}"] --> hidden["h = o · tanh(c): {H}"]',
            "memory --> hidden",
            f"memory {notation.NEXT_STEP} memory",
            f"hidden {notation.NEXT_STEP} sum",
        ],
    )


SPEC = ModelSpec(
    name="lstm",
    title=N_("LSTM"),
    summary=N_(
        "A memory that is changed by adding, behind three gates: what to let in, what "
        "to keep, what to show. It can hold a value over many steps."
    ),
    settings=LSTMSettings,
    make=LSTM,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag", "transcribe"),
    one_way=True,
    order=20,
    lines=lines,
    mixing=gated("forget_gate", "input_gate", "memory", N_("Memory"), seen=True),
)
