r"""An LSTM whose candidate goes through sigma, as it is printed in many places.

    g  = sigma(W x + U h + b)       printed; right: tanh
    c' = f * c + i * g              so that nothing is ever taken away from the memory

The memory is never below zero, and only forgetting makes it smaller.
"""

from dataclasses import replace

import torch
from torch import Tensor

from explorer.errors import N_
from explorer.models import lstm
from explorer.models.base import Sizes
from explorer.models.captures import Probe, ignore
from explorer.models.lstm import LSTM, LSTMSettings


class SigmaLSTMSettings(LSTMSettings):
    """As of the right one."""


def cell(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    probe: Probe = ignore,
) -> tuple[Tensor, Tensor]:
    """One step; all shapes as in the right one."""
    i, f, g, o = (x @ W.T + h @ U.T + b).sigmoid().chunk(4, dim=-1)  # 4 x (B, H)
    i, f = probe("input_gate", i), probe("forget_gate", f)
    o, g = probe("output_gate", o), probe("candidate", g)
    c = probe("memory", f * c + i * g)
    h = probe("hidden", o * torch.tanh(c))
    return h, c


class SigmaLSTM(LSTM):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    step = staticmethod(cell)

    def __init__(self, settings: SigmaLSTMSettings, sizes: Sizes) -> None:
        super().__init__(settings, sizes)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        return self.readout(self.written_out(self.embedding(x), probe))


def equations(settings: SigmaLSTMSettings, sizes: Sizes) -> str:
    return lstm.equations(settings, sizes).replace(r"g_t &= \tanh", r"g_t &= \sigma")


def diagram(settings: SigmaLSTMSettings, sizes: Sizes) -> str:
    return lstm.diagram(settings, sizes).replace("g = tanh", "g = σ")


MISPRINT = replace(
    lstm.SPEC,
    name="lstm_candidate",
    title=N_("LSTM, misprinted: candidate through σ"),
    summary=N_("An LSTM as many articles print it: its memory can only be added to."),
    settings=SigmaLSTMSettings,
    make=SigmaLSTM,
    equations=equations,
    diagram=diagram,
    lines=None,
)
