r"""The minimal gated recurrent unit: one gate, and nothing of the past in it.

    z  = sigma(W x + b)         update gate, 0..1
    n  = W x + b                candidate
    h' = (1 - z) * h + z * n    hidden state
    y  = V h' + d

Feng et al. (2024), Were RNNs all we needed? https://arxiv.org/abs/2410.01201
"""

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import ModelSpec, SequenceModel, Sizes, embed
from explorer.models.captures import Capture, Probe, gate, ignore, in_layer, signed
from explorer.models.fields import hidden_size_field

REACH = 4.0
"""Colours run from minus this to this: the candidate has no bounds of its own."""


class MinGRUSettings(Settings):
    """What can be chosen of a minimal GRU."""

    hidden_size: int = hidden_size_field(
        N_("How many numbers the network carries from step to step.")
    )


class MinGRU(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    def __init__(self, settings: MinGRUSettings, sizes: Sizes) -> None:
        super().__init__()
        self.embedding, width = embed(sizes, settings.hidden_size)
        self.gate = nn.Linear(width, settings.hidden_size)
        self.candidate = nn.Linear(width, settings.hidden_size)
        self.head = nn.Linear(settings.hidden_size, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        look = in_layer(probe, 0)
        gates, candidates = torch.sigmoid(self.gate(x)), self.candidate(x)  # (B, T, H)
        h, states = x.new_zeros(x.shape[0], gates.shape[2]), []
        for z, n in zip(gates.unbind(1), candidates.unbind(1), strict=True):
            z, n = look("update_gate", z), look("candidate", n)
            h = look("hidden", (1 - z) * h + z * n)
            states.append(h)
        return self.readout(torch.stack(states, 1))


def captures(settings: MinGRUSettings) -> tuple[Capture, ...]:
    return (
        gate(
            0,
            "update_gate",
            N_("Update gate (1 replaces the old state)"),
            ends=(N_("0 keeps"), N_("1 replaces")),
            reading=N_("The update gate replaces %(mean).0f %% on average."),
            colour="update",
        ),
        signed(0, "candidate", "candidate", N_("Candidate state"), REACH),
        signed(0, "hidden", "hidden", N_("Hidden state"), REACH),
    )


def equations(settings: MinGRUSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    width = H if sizes.symbols else sizes.inputs
    return "\n\n".join(
        [
            notation.display(notation.entry(sizes, H)),
            notation.display(
                r"z_t &= \sigma(W_z x_t + b_z)",
                r"n_t &= W_n x_t + b_n",
                r"h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot n_t",
                r"h_0 &= 0",
            ),
            notation.display(notation.answer(sizes, H)),
            notation.display(
                rf"W_{{z,n}} &\in {notation.real(H, width)}",
                rf"b_{{z,n}} &\in {notation.real(H)}",
            ),
        ]
    )


def diagram(settings: MinGRUSettings, sizes: Sizes) -> str:
    return notation.recurrent_diagram(
        "minGRU",
        sizes,
        settings.hidden_size,
        1,
        [
            'sum["W x + b"] --> update["z = σ"] --> hidden["h = (1 − z) · h + z · n"]',
            "sum --> hidden",
            f"hidden {notation.NEXT_STEP} hidden",
        ],
    )


SPEC = ModelSpec(
    name="min_gru",
    title=N_("minGRU"),
    summary=N_("One gate that sees the input alone: the least that can still choose."),
    settings=MinGRUSettings,
    make=MinGRU,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    order=35,
)
