"""What every architecture gives, and what it is asked for.

Dimension letters, here and everywhere: B batch, T time, I inputs, O outputs, H hidden
units, V symbols of a vocabulary, N heads, D width of a head.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from explorer.config.settings import Scalar, Settings
from explorer.models.captures import Capture, Probe, ignore
from explorer.models.forecast_heads import Head
from explorer.models.mixing import Mixing
from explorer.tasks import CAUSAL, Task

Learning = Literal["gradient", "expectation", "adversarial"]
"""How a model learns: by the gradient of its loss; by expectation-maximisation; or as
two nets against each other."""

UNUSED: Mapping[Learning, tuple[str, ...]] = {
    "gradient": (),
    "expectation": (
        "learning_rate",
        "batch_size",
        "optimizer",
        "momentum",
        "schedule",
        "clip",
        "weight_decay",
        "l1",
        "trainable",
    ),
    "adversarial": ("patience", "examples", "trainable"),
}
"""The training settings that each way of learning has no use for."""


class Sizes(NamedTuple):
    """What the data asks of a model."""

    inputs: int  # I: numbers per step of a series; 1 for tokens
    outputs: int  # O: numbers per answer; V for tokens, C for labels
    symbols: int  # V, or 0 for a series
    steps: int  # T: the longest sequence the model will see
    task: Task = "forecast"
    source: int = 0  # S: steps of x that are a translation's source
    padded: bool = False  # whether symbol 0 only fills up
    shifted: bool = True  # forecast, next_token: whether y is x one step later

    @property
    def causal(self) -> bool:
        """Whether no answer may depend on a later step."""
        return self.task in CAUSAL


class SequenceModel(nn.Module):
    """An architecture: x (B, T, I) or (B, T) -> answers (B, T, O) or (B, O).

    `forward(x, probe=ignore)`: without a probe the fast path; with one, the written-out
    equations over the same parameters, each value named as it is computed.
    """

    embedding: nn.Module
    """What an input goes through first."""
    head: nn.Module
    """What an answer comes out of last; fine-tuning may train it alone."""
    tells: Head = "point"
    """What its answers say of the value to come, where it forecasts one."""
    pooled: bool = False
    """Whether one answer is given for the whole sequence."""

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        raise NotImplementedError

    def last_answer(self, x: Tensor) -> Tensor:
        """The last step's answer (B, 1, O) of a model that answers at every step and
        does not train; what only the other answers need may be left out."""
        return self(x)[:, -1:]  # type: ignore[no-any-return]

    def readout(self, h: Tensor) -> Tensor:
        """The last layer's states (..., T, H) as answers (..., T, O) or (..., O)."""
        if self.pooled:
            h = h[..., -1, :]  # what has seen the whole sequence
        return self.head(h)  # type: ignore[no-any-return]

    def loss(self, x: Tensor, y: Tensor) -> Tensor | None:
        """What training lowers, (B,) per sequence, for a model that brings its own.

        None lowers the task's loss of `forward(x)`, which curves show in either case.

        Args:
            x: as `forward` takes it.
            y: targets, as the task has them.
        """
        return None

    def spectral_norm(self, layer: int) -> float | None:
        """The most by which a step stretches a state's gradient, where it is known."""
        return None


class ExpectationModel(SequenceModel):
    """A model that learns by expectation-maximisation, one iteration at a time."""

    def surprise(self, x: Tensor) -> Tensor:
        """-log p(x) / T (B,), nats per step: what no iteration raises."""
        raise NotImplementedError

    def iterate(self, x: Tensor, y: Tensor, counted_from: int = 0) -> None:
        """One iteration over x (N, T[, I]) and y, in place; it draws nothing. Answers
        count from the step `counted_from` on."""
        raise NotImplementedError


class AdversarialModel(SequenceModel):
    """Two nets against each other; `forward` is the discriminator reading x."""

    generator: SequenceModel
    discriminator: SequenceModel
    noise_size: int
    """Z: random numbers that the generator is given per time step."""
    turns: tuple[int, int] = (1, 1)
    """How often the discriminator and then the generator learns in a training step."""
    pace: float = 1.0
    """The discriminator's learning rate, as a multiple of the generator's."""
    sign_of_generated: float = 1.0
    """Of what generated windows add to the discriminator's loss; else a misprint."""

    @property
    def embedding(self) -> nn.Module:  # type: ignore[override]
        """The discriminator's."""
        return self.discriminator.embedding

    @property
    def head(self) -> nn.Module:  # type: ignore[override]
        """The discriminator's."""
        return self.discriminator.head

    def generate(self, noise: Tensor) -> Tensor:
        """noise (B, T, Z) -> windows (B, T, I)."""
        raise NotImplementedError

    def draw(self, count: int, steps: int, random: torch.Generator) -> Tensor:
        """Noise (count, steps, Z) for as many windows."""
        raise NotImplementedError


LineKind = Literal[
    "sum", "sigmoid", "tanh", "relu", "mix", "tanh_times", "scaled_sum", "share"
]
"""What a line computes of its inputs a, b, c, d: a + b + c; sigmoid(a); tanh(a);
relu(a); a b + c d; a tanh(b); a + b c; a / (a + b)."""


class Line(NamedTuple):
    """One line of a cell's equations for one unit, with the numbers in it."""

    target: str  # the symbol that it computes, as in "f"
    kind: LineKind
    inputs: tuple[tuple[str, float], ...]  # symbol and number of each input
    value: float
    colour: str = ""  # its part in the palette, as of a `gate`; "" for grey


def sum_line(target: str, **inputs: Tensor | float) -> Line:
    """target = a + b + c."""
    parts = tuple((name, float(value)) for name, value in inputs.items())
    return Line(target, "sum", parts, sum(value for _, value in parts))


def sigmoid(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    return 0.5 * (1.0 + math.tanh(0.5 * value))


Lines = Callable[[Any, int, int, Tensor, Tensor, Tensor], list[Line]]
"""(model, layer, unit, x (I,), h (H,), c (H,)) -> a step's lines in their order; h and
c are the unit's states before the step."""


class Preset(NamedTuple):
    """Settings of an architecture that belong together, to be taken at one click."""

    name: str
    title: str
    summary: str
    settings: Mapping[str, Scalar]
    """Of the model and of the training, by dotted name."""


@dataclass(frozen=True)
class ModelSpec:
    """How an architecture enters the catalogue: one `SPEC` at the end of its file."""

    name: str
    """On charts it has the colour `OTHER`, unless plots/theme.py gives it its own."""
    title: str
    summary: str
    """One or two sentences: the idea."""
    settings: type[Settings]
    make: Callable[[Any, Sizes], SequenceModel]
    """(settings, sizes) -> model; ExplorerError for an impossible combination."""
    captures: Callable[[Any], tuple[Capture, ...]]
    equations: Callable[[Any, Sizes], str]
    """(settings, sizes) -> Markdown with LaTeX, the run's own shapes filled in."""
    diagram: Callable[[Any, Sizes], str]
    """(settings, sizes) -> a mermaid flowchart of this very model; it names its nodes
    as it likes, but for a cell in `notation.recurrent_diagram`."""
    tasks: tuple[Task, ...]
    cells: Callable[[Any], Mapping[str, Callable[[Sizes], str]]] | None = None
    """settings -> of a layer that is more than one cell, what draws each of them, as
    `diagram` does, by its name in the names of captures."""
    order: int = 100
    """Where it stands in the lessons."""
    lines: Lines | None = None
    """One step of one unit with its numbers, for a cell that has such steps."""
    mixing: Mixing | None = None
    """The exact attention that a layer comes to, for one that carries on linearly."""
    poles: Callable[[Any], Tensor] | None = None
    """model -> every layer's poles (L, N, 2), real and imaginary, where it has some."""
    taps: Callable[[Any], Sequence[Sequence[int]]] | None = None
    """settings -> how many steps back each layer reads, where that is all it sees."""
    learning: Learning = "gradient"
    one_way: bool = False
    """Whether no answer ever depends on a later step, whatever the task."""
    attends: bool = False
    """Whether it reads by attention alone, which has a pace of its own."""
    rate: float = 0.01
    """The learning rate that a newcomer's run begins with on most data; unlike one in
    `training`, it gives way to a smaller one of the data, and links do not hang on
    it."""
    training: Mapping[str, Scalar] = field(default_factory=dict)
    """Where a newcomer's training starts, where it is not the usual."""
    presets: tuple[Preset, ...] = ()
    """What may be taken in place of the settings that a newcomer begins with."""
    aim: str = ""
    """What training lowers, with its unit, where that is not the task's loss."""

    @property
    def unused(self) -> tuple[str, ...]:
        """The training settings that it has no use for."""
        return UNUSED[self.learning]


def embed(sizes: Sizes, width: int) -> tuple[nn.Module, int]:
    """How a recurrent network is given its input, and how wide that then is.

    A series goes in as it is; a token becomes a learned vector of `width` numbers.
    """
    if sizes.symbols:
        return nn.Embedding(sizes.symbols, width), width
    return nn.Identity(), sizes.inputs


def parameters(model: nn.Module) -> int:
    """How many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())
