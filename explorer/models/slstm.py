r"""The sLSTM cell: exponential gates, and a normaliser that keeps them in bounds.

    a_i, a_f, a_o, a_z = W x + U h + b
    i, f = exp(a_i), sigma(a_f)         input gate without an upper end
    c'   = f * c + i * tanh(a_z)        memory
    n'   = f * n + i                    normaliser: how much was ever written
    h'   = sigma(a_o) * c' / n'         a weighted mean of what was written, -1..1

An input may weigh e^10 times as much as all before it: so the cell can revise what it
has stored, which gates up to 1 cannot. The weights are kept small by the stabiliser

    m' = max(log f + m, a_i)

which takes exp(m') out of c' and n' alike: i = exp(a_i - m'), f = exp(log f + m - m'),
both at most 1, and h' as before.

Beck et al. (2024), xLSTM: extended long short-term memory.
https://arxiv.org/abs/2405.04517
"""

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.kernels.layers import stabilised_states
from explorer.models import notation
from explorer.models.base import ModelSpec, SequenceModel, Sizes, embed
from explorer.models.captures import (
    Capture,
    Probe,
    forget_gate,
    gate,
    ignore,
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
from explorer.models.mixing import Mixed, carried, values_of
from explorer.models.stack import climb

REACH = 8.0
"""Colours of the stabiliser run from minus this to this; it has no bounds."""


class SLSTMSettings(Settings):
    """What can be chosen of an sLSTM."""

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
        2.0,
        N_(
            "Where the forget gate starts, before inputs outweigh what is stored: at 0 "
            "it keeps half a step, at 2 88 %, at 4 98 %."
        ),
        title=N_("Forget-gate bias at the start"),
        ge=-3.0,
        le=8.0,
        step=0.5,
    )
    dropout: float = dropout_field()
    head: Head = head_field()


class SLSTMLayer(nn.Module):
    """x (B, T, I) -> h (B, T, H)."""

    def __init__(self, inputs: int, hidden: int, forget_bias: float) -> None:
        super().__init__()
        self.into = nn.Linear(inputs, 4 * hidden)  # W and b, rows i, f, o, z
        self.past = nn.Linear(hidden, 4 * hidden, bias=False)  # U
        with torch.no_grad():
            self.into.bias.zero_()
            self.into.bias[hidden : 2 * hidden].fill_(forget_bias)

    def forward(self, x: Tensor, probe: Probe) -> Tensor:
        entered = self.into(x)  # (B, T, 4H)
        if probe is ignore:
            return stabilised_states(entered, self.past.weight)
        h = c = n = torch.zeros_like(entered[:, 0].chunk(4, dim=-1)[0])
        m, states = torch.full_like(h, -torch.inf), []
        for a_t in entered.unbind(1):
            h, c, n, m = cell(a_t + self.past(h), c, n, m, probe)
            states.append(h)
        return torch.stack(states, 1)


def cell(
    a: Tensor, c: Tensor, n: Tensor, m: Tensor, probe: Probe = ignore
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One step: a = W x + U h + b (B, 4H), c, n, m (B, H) -> the next h, c, n, m."""
    a_i, a_f, a_o, a_z = a.chunk(4, dim=-1)  # 4 x (B, H)
    kept = nn.functional.logsigmoid(a_f) + m
    m = torch.maximum(kept, a_i)
    i = probe("input_gate", torch.exp(a_i - m))
    f = probe("forget_gate", torch.exp(kept - m))
    o = probe("output_gate", torch.sigmoid(a_o))
    c = probe("content", f * c + i * probe("candidate", torch.tanh(a_z)))
    n = probe("normaliser", f * n + i)
    h = probe("hidden", o * c / n)
    return h, c, n, probe("stabiliser", m)


class SLSTM(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    def __init__(self, settings: SLSTMSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding, width = embed(sizes, H)
        self.layers = nn.ModuleList(
            SLSTMLayer(H if k else width, H, settings.forget_bias)
            for k in range(settings.layers)
        )
        self.dropout = settings.dropout
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        return self.readout(climb(self.layers, x, self.dropout, self.training, probe))


def mixing(model: "SLSTM", layer: int, x: Tensor) -> Mixed:
    """How much of each candidate is in the hidden state, given the gates."""
    v = values_of(model, layer, x)
    A = carried(v["forget_gate"], v["input_gate"])  # (H, T, T)
    shown = (v["output_gate"] / v["normaliser"]).T[..., None]
    made = v["hidden"].T[..., None]
    return Mixed(shown * A, v["candidate"].T[..., None], made, N_("Hidden state"), True)


def captures(settings: SLSTMSettings) -> tuple[Capture, ...]:
    return tuple(capture for k in range(settings.layers) for capture in _captures(k))


def _captures(k: int) -> tuple[Capture, ...]:
    axes = ("time", "unit")
    return (
        gate(
            k,
            "input_gate",
            N_("Input gate (after the stabiliser)"),
            ends=(N_("0 outweighed"), N_("1 outweighs")),
            reading=N_(
                "The input gate is %(mean).0f %% on average, of what weighs most so "
                "far; %(shut).0f %% of its values are nearly shut (below 0.1)."
            ),
            colour="input",
        ),
        forget_gate(k, N_("Forget gate (after the stabiliser)")),
        output_gate(k),
        signed(k, "candidate", "candidate", N_("Candidate memory"), 1.0),
        signed(k, "content", "memory", N_("Memory (before the normaliser)"), 8.0),
        Capture(
            f"layer_{k}.normaliser",
            "memory",
            N_("Normaliser"),
            axes,
            0.0,
            16.0,
            colour="memory",
        ),
        signed(k, "stabiliser", "memory", N_("Stabiliser"), REACH),
        signed(k, "hidden", "hidden", N_("Hidden state"), 1.0),
    )


def equations(settings: SLSTMSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    total = r"W_{%s} x_t + U_{%s} h_{t-1} + b_{%s}"
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(
                *notation.in_layers(
                    L,
                    rf"p_t &= \log \sigma({total % ('f', 'f', 'f')}) "
                    r"+ m_{t-1}",
                    rf"q_t &= {total % ('i', 'i', 'i')}",
                    r"m_t &= \max(p_t,\, q_t)",
                    r"f_t &= \exp(p_t - m_t), \quad "
                    r"i_t = \exp(q_t - m_t)",
                    rf"o_t &= \sigma({total % ('o', 'o', 'o')})",
                    rf"z_t &= \tanh({total % ('z', 'z', 'z')})",
                    r"c_t &= f_t \odot c_{t-1} + i_t \odot z_t",
                    r"n_t &= f_t \odot n_{t-1} + i_t",
                    r"h_t &= o_t \odot c_t / n_t",
                    r"c_0 &= n_0 = h_0 = 0, \quad m_0 = -\infty",
                )
            ),
            notation.display(notation.answer(sizes, H, L)),
            notation.display(
                *notation.input_shapes("i,f,o,z", notation.width_of(sizes, H), H, L),
                notation.in_every_layer("U", "i,f,o,z", notation.real(H, H), L, ("",)),
            ),
        ]
    )


def diagram(settings: SLSTMSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    return notation.recurrent_diagram(
        "sLSTM",
        sizes,
        H,
        settings.layers,
        [
            f'sum["W x + U h + b: 4 × {H}"]',
            f'sum --> stabiliser["m = max(log f + m, i): {H}"]',
            f'stabiliser --> forget["f = exp: {H}"]',
            f'forget --> content["c = f · c + i · z: {H}"]',
            f'stabiliser --> input["i = exp: {H}"] --> content',
            f'sum --> candidate["z = tanh: {H}"] --> content',
            f'forget --> normaliser["n = f · n + i: {H}"]',
            "input --> normaliser",
            f'sum --> output["o = σ: {H}"] --> hidden["h = o · c / n: {H}"]',
            "content --> hidden",
            "normaliser --> hidden",
            f"content {notation.NEXT_STEP} content",
            f"normaliser {notation.NEXT_STEP} normaliser",
            f"stabiliser {notation.NEXT_STEP} stabiliser",
            f"hidden {notation.NEXT_STEP} sum",
        ],
    )


SPEC = ModelSpec(
    name="slstm",
    title=N_("sLSTM"),
    summary=N_(
        "An LSTM whose input gate has no upper end, so that one input can outweigh all "
        "before it. A normaliser makes a mean of the memory and keeps it in bounds."
    ),
    settings=SLSTMSettings,
    make=SLSTM,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    order=140,
    mixing=mixing,
)
