r"""The plain recurrent network: one hidden state, rewritten at every step.

    h' = tanh(W x + U h + b)        or ReLU in place of tanh
    y  = V h' + d

What it remembers passes through U and the activation once per step, so a gradient over
k steps is multiplied k times: it vanishes or explodes.

Elman (1990), Finding structure in time. https://doi.org/10.1207/s15516709cog1402_1
"""

from typing import Literal

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.kernels import nets
from explorer.models import notation
from explorer.models.base import Line, ModelSpec, SequenceModel, Sizes, embed, sum_line
from explorer.models.captures import Capture, Probe, ignore, in_layer, signed
from explorer.models.fields import (
    dropout_field,
    head_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head

Activation = Literal["tanh", "relu"]
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


class RNNSettings(Settings):
    """What can be chosen of a plain recurrent network."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers the network carries from step to step. More can "
            "remember more, but learn and run more slowly."
        ),
    )
    layers: int = layers_field(
        N_(
            "How many recurrent layers stand on each other, each reading the one below."
        ),
    )
    activation: Activation = setting(
        "tanh",
        N_(
            "What bends each new hidden state. Tanh keeps it between -1 and 1; "
            "ReLU lets it grow, and the gradient with it."
        ),
        title=N_("Activation"),
        choices={"tanh": N_("tanh"), "relu": N_("ReLU")},
    )
    dropout: float = dropout_field()
    head: Head = head_field()


def cell(
    x: Tensor,
    h: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    activation: Activation = "tanh",
    probe: Probe = ignore,
) -> Tensor:
    """One step: x (B, I) and h (B, H) -> the next h (B, H).

    Shapes: W (H, I), U (H, H), b (H).
    """
    return probe("hidden", ACTIVATIONS[activation](x @ W.T + h @ U.T + b))


class RNN(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    def __init__(self, settings: RNNSettings, sizes: Sizes) -> None:
        super().__init__()
        self.activation = settings.activation
        self.embedding, width = embed(sizes, settings.hidden_size)
        self.rnn = nets.RNN(
            width,
            settings.hidden_size,
            settings.layers,
            nonlinearity=settings.activation,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
        )
        self.head = nn.Linear(settings.hidden_size, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        h = self.rnn(x)[0] if probe is ignore else self.written_out(x, probe)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def weights(self, layer: int) -> tuple[Tensor, Tensor, Tensor]:
        """W (H, I), U (H, H) and b (H) of a layer; b is PyTorch's two biases in one."""
        W, U, b, d = self.rnn.all_weights[layer]
        return W, U, b + d

    def spectral_norm(self, layer: int) -> float:
        """sigma_max(U), the longest that a step stretches a state's gradient.

        Both activations have slopes of at most 1, so it bounds dh_t/dh_{t-1} (Pascanu,
        Mikolov and Bengio, 2013, https://arxiv.org/abs/1211.5063).
        """
        U = self.weights(layer)[1].detach().double()
        return float(torch.linalg.matrix_norm(U, 2))

    def written_out(self, x: Tensor, probe: Probe) -> Tensor:
        """What `self.rnn` computes, step by step: (B, T, I) -> (B, T, H)."""
        for k in range(self.rnn.num_layers):
            if k > 0:
                x = nn.functional.dropout(x, self.rnn.dropout, self.training)
            W, U, b = self.weights(k)
            look = in_layer(probe, k)
            h = x.new_zeros(x.shape[0], self.rnn.hidden_size)
            steps = []
            for x_t in x.unbind(1):
                h = cell(x_t, h, W, U, b, self.activation, look)
                steps.append(h)
            # time first in memory, as in nn.RNN: dropout then draws the same mask
            x = torch.stack(steps).transpose(0, 1)  # (B, T, H)
        return x


def lines(
    model: "RNN", layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit, in float64."""
    W, U, b = (value.detach().double() for value in model.weights(layer))
    total = sum_line("a", **{"W·x": W[unit] @ x, "U·h": U[unit] @ h, "b": b[unit]})
    kind = model.activation
    new = ACTIVATIONS[kind](torch.tensor(total.value, dtype=torch.float64))
    return [total, Line("h′", kind, (("a", total.value),), float(new), "hidden")]


def captures(settings: RNNSettings) -> tuple[Capture, ...]:
    reach = {"tanh": 1.0, "relu": 3.0}[settings.activation]
    return tuple(
        signed(k, "hidden", "hidden", N_("Hidden state"), reach)
        for k in range(settings.layers)
    )


def step_equations(activation: Activation = "tanh") -> list[str]:
    """One step of the cell."""
    bend = {"tanh": r"\tanh", "relu": r"\operatorname{ReLU}"}[activation]
    return [rf"h_t &= {bend}(W x_t + U h_{{t-1}} + b)"]


def equations(settings: RNNSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(
                *notation.in_layers(
                    L, *step_equations(settings.activation), r"h_0 &= 0"
                )
            ),
            notation.display(notation.answer(sizes, H, L)),
            notation.display(*notation.shapes("", notation.width_of(sizes, H), H, L)),
        ]
    )


def diagram(settings: RNNSettings, sizes: Sizes) -> str:
    H = settings.hidden_size
    bend = {"tanh": "tanh", "relu": "ReLU"}[settings.activation]
    return notation.recurrent_diagram(
        "RNN",
        sizes,
        H,
        settings.layers,
        [
            f'sum["W x + U h + b: {H}"] --> hidden["h = {bend}: {H}"]',
            f"hidden {notation.NEXT_STEP} sum",
        ],
    )


SPEC = ModelSpec(
    name="rnn",
    title=N_("RNN"),
    summary=N_(
        "One hidden state, rewritten at every step from the new input and itself. "
        "Simple and quick, but it forgets: its gradient shrinks or grows step by step."
    ),
    settings=RNNSettings,
    make=RNN,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "classify", "tag", "transcribe"),
    one_way=True,
    order=10,
    lines=lines,
)
