r"""The minimal gated unit: a GRU whose one gate both resets and updates.

    z  = sigma(W x + U h + b)         update gate, 0..1
    n  = tanh(W x + U (z * h) + b)    candidate, -1..1
    h' = (1 - z) * h + z * n          hidden state
    y  = V h' + d

Zhou et al. (2016), Minimal gated unit. https://arxiv.org/abs/1603.09420
"""

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import ModelSpec, SequenceModel, Sizes, embed
from explorer.models.captures import Capture, Probe, gate, ignore, in_layer, signed
from explorer.models.fields import hidden_size_field


class MGUSettings(Settings):
    """What can be chosen of a minimal gated unit."""

    hidden_size: int = hidden_size_field(
        N_("How many numbers the network carries from step to step.")
    )


class MGU(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    def __init__(self, settings: MGUSettings, sizes: Sizes) -> None:
        super().__init__()
        self.embedding, width = embed(sizes, settings.hidden_size)
        self.gate = nn.Linear(width + settings.hidden_size, settings.hidden_size)
        self.candidate = nn.Linear(width + settings.hidden_size, settings.hidden_size)
        self.head = nn.Linear(settings.hidden_size, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        look = in_layer(probe, 0)
        h, states = x.new_zeros(x.shape[0], self.gate.out_features), []
        for x_t in x.unbind(1):
            z = look("update_gate", torch.sigmoid(self.gate(torch.cat([x_t, h], 1))))
            past = torch.cat([x_t, z * h], 1)
            n = look("candidate", torch.tanh(self.candidate(past)))
            h = look("hidden", (1 - z) * h + z * n)
            states.append(h)
        return self.readout(torch.stack(states, 1))


def captures(settings: MGUSettings) -> tuple[Capture, ...]:
    return (
        gate(
            0,
            "update_gate",
            N_("Update gate (1 replaces the old state)"),
            ends=(N_("0 keeps"), N_("1 replaces")),
            reading=N_("The update gate replaces %(mean).0f %% on average."),
            colour="update",
        ),
        signed(0, "candidate", "candidate", N_("Candidate state"), 1.0),
        signed(0, "hidden", "hidden", N_("Hidden state"), 1.0),
    )


def equations(settings: MGUSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    width = H if sizes.symbols else sizes.inputs
    return "\n\n".join(
        [
            notation.display(notation.entry(sizes, H)),
            notation.display(
                r"z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z)",
                r"n_t &= \tanh(W_n x_t + U_n (z_t \odot h_{t-1}) + b_n)",
                r"h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot n_t",
                r"h_0 &= 0",
            ),
            notation.display(notation.answer(sizes, H)),
            notation.display(
                rf"W_{{z,n}} &\in {notation.real(H, width)}",
                rf"U_{{z,n}} &\in {notation.real(H, H)}",
                rf"b_{{z,n}} &\in {notation.real(H)}",
            ),
        ]
    )


def diagram(settings: MGUSettings, sizes: Sizes) -> str:
    return notation.recurrent_diagram(
        "MGU",
        sizes,
        settings.hidden_size,
        1,
        [
            'sum["W x + U h + b"] --> update["z = σ"]',
            'update --> hidden["h = (1 − z) · h + z · n"]',
            "sum --> hidden",
            f"hidden {notation.NEXT_STEP} sum",
        ],
    )


SPEC = ModelSpec(
    name="mgu",
    title=N_("MGU"),
    summary=N_("One gate that both resets and updates."),
    settings=MGUSettings,
    make=MGU,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag"),
    order=35,
)
