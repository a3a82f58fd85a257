r"""The dilated causal convolution: each layer reads a few steps, ever further apart.

    a_t = gelu(sum_j W_j u_{t - j d} + b)     j = 0, ..., K - 1; d = 1, 2, 4, 8, ...
    h_t = u_t + a_t                           the stream, for the next layer

Nothing is carried from step to step. What an answer can see is its receptive field,

    1 + (K - 1) (2^L - 1)    steps for L layers,

which doubles with every layer: whatever lies further back is not there for it.

van den Oord et al. (2016), WaveNet. https://arxiv.org/abs/1609.03499
Bai, Kolter and Koltun (2018), An empirical evaluation of generic convolutional and
recurrent networks. https://arxiv.org/abs/1803.01271
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
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
from explorer.models.stack import climb


class TCNSettings(Settings):
    """What can be chosen of dilated convolutions."""

    hidden_size: int = hidden_size_field(
        N_("How many numbers describe each step, in every layer."), most=256
    )
    layers: int = layers_field(
        N_(
            "How many convolutions stand on each other. Each reads twice as far apart "
            "as the one below, so every layer doubles what an answer can see."
        ),
        default=4,
        most=8,
    )
    kernel: int = setting(
        3,
        N_("How many time steps each convolution reads at once."),
        title=N_("Steps per filter"),
        ge=2,
        le=8,
    )
    dropout: float = dropout_field()
    head: Head = head_field()


class TCNLayer(nn.Module):
    """u (B, T, H) -> h (B, T, H); reads the steps 0, d, ..., (K - 1) d back."""

    def __init__(self, hidden: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.reach = (kernel - 1) * dilation
        self.filter = nn.Conv1d(hidden, hidden, kernel, dilation=dilation)  # W, b

    def forward(self, u: Tensor, probe: Probe) -> Tensor:
        # zeros stand before the first step, so that no step sees a later one
        before = nn.functional.pad(u.transpose(1, 2), (self.reach, 0))  # (B, H, R + T)
        a = nn.functional.gelu(self.filter(before)).transpose(1, 2)  # (B, T, H)
        steps = []
        for u_t, a_t in zip(u.unbind(1), a.unbind(1), strict=True):
            steps.append(probe("hidden", u_t + probe("candidate", a_t)))
        return torch.stack(steps, 1)


class TCN(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    def __init__(self, settings: TCNSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.embedding = stream.entrance(sizes, H)
        self.layers = nn.ModuleList(
            TCNLayer(H, settings.kernel, 2**k) for k in range(settings.layers)
        )
        self.dropout = settings.dropout
        self.head = nn.Linear(H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        h = self.embedding(x)  # (B, T, H)
        return self.readout(climb(self.layers, h, self.dropout, self.training, probe))


def taps(settings: TCNSettings) -> Sequence[Sequence[int]]:
    """How many steps back each layer reads, from the lowest layer on."""
    return [[j * 2**k for j in range(settings.kernel)] for k in range(settings.layers)]


def captures(settings: TCNSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            signed(k, "candidate", "candidate", N_("What the filters add"), 4.0),
            signed(k, "hidden", "hidden", N_("Stream after the layer"), 4.0),
        )
    )


def equations(settings: TCNSettings, sizes: Sizes) -> str:
    H, L, K = settings.hidden_size, settings.layers, settings.kernel
    given, given_shape = stream.given(sizes, H)
    real, every = notation.real, notation.span("k", 1, L)
    field = 1 + (K - 1) * (2**L - 1)
    return "\n\n".join(
        [
            notation.display(
                rf"h_t^{{(0)}} &= {given}",
                *stream.between(L, settings.dropout),
                rf"a_t^{{(k)}} &= \operatorname{{GELU}}\Big(\sum_{{j=0}}^{{{K - 1}}} "
                r"W_j^{(k)} u_{t - j d_k}^{(k)} + b^{(k)}\Big), \quad d_k = 2^{k-1}, "
                r"\quad u_{t \leq 0}^{(k)} = 0",
                rf"h_t^{{(k)}} &= u_t^{{(k)}} + a_t^{{(k)}}, \quad {every}",
                rf"R &= 1 + (K - 1)(2^L - 1) = 1 + {K - 1} \cdot {2**L - 1} = {field}",
            ),
            notation.display(stream.way_out(sizes, H, f"h_%s^{{({L})}}")),
            notation.display(
                rf"W_j^{{(k)}} &\in {real(H, H)}, \quad "
                rf"{notation.span('j', 0, K - 1)}, \quad {every}",
                rf"b^{{(k)}} &\in {real(H)}, \quad {every}",
                given_shape,
            ),
        ]
    )


def diagram(settings: TCNSettings, sizes: Sizes) -> str:
    H, K = settings.hidden_size, settings.kernel
    return stream.flowchart(
        "dilated convolution",
        sizes,
        H,
        settings.layers,
        [
            f'enter["u at t, t − d, … : {K} × {H}"]',
            f'enter --> candidate["GELU(Σ W u + b): {H}"]',
            f'candidate --> hidden["h = u + …: {H}"]',
        ],
    )


SPEC = ModelSpec(
    name="tcn",
    title=N_("TCN"),
    summary=N_(
        "Each layer reads a few time steps, twice as far apart as the layer below. "
        "Nothing is carried along: an answer sees its receptive field and no further."
    ),
    settings=TCNSettings,
    make=TCN,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    one_way=True,
    order=150,
    taps=taps,
)
