"""What every architecture gives, and how its insides are named.

Dimension letters, here and everywhere: B batch, T time, I inputs, O outputs, H hidden
units, V symbols of a vocabulary, N heads, D width of a head.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from explorer.config.settings import Scalar, Settings
from explorer.tasks import CAUSAL, Task

Kind = Literal["gate", "candidate", "memory", "hidden", "attention", "probability"]
Part = Literal["whole", "source", "target"]
"""Which steps of x an axis counts: all, a translation's source, or its target."""

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


class Probe(Protocol):
    """Is given every named value on the line that computes it.

    What it returns is what the model goes on with, so a probe may also change a value.
    """

    def __call__(self, name: str, value: Tensor, /) -> Tensor: ...


def ignore(name: str, value: Tensor, /) -> Tensor:
    """The probe that looks at nothing: with it a model takes its fast path."""
    return value


def in_layer(probe: Probe, layer: int) -> Probe:
    """The probe as the cell of one layer sees it: "hidden" becomes "layer_0.hidden"."""
    return within(probe, f"layer_{layer}")


def within(probe: Probe, place: str) -> Probe:
    """The probe as a part sees it: "hidden" becomes "encoder.hidden"."""
    if probe is ignore:
        return ignore
    return lambda name, value: probe(f"{place}.{name}", value)


def reads_back(name: str) -> bool:
    """Whether a value is given from the last time step to the first.

    >>> reads_back("layer_0.backward.hidden"), reads_back("layer_0.hidden")
    (True, False)
    """
    return ".backward." in name


class Recorder:
    """The probe that keeps what it is given.

    A value named once per time step is stacked along a new axis 1, in the order of
    time; an attention named once per looking step is put together; a value named once
    per pass stays as it is.

    >>> look = Recorder()
    >>> for t in range(3):
    ...     _ = look("layer_0.hidden", torch.zeros(2, 7))
    >>> look.values()["layer_0.hidden"].shape
    torch.Size([2, 3, 7])
    """

    def __init__(self) -> None:
        self.recorded: dict[str, list[Tensor]] = {}

    def __call__(self, name: str, value: Tensor, /) -> Tensor:
        self.recorded.setdefault(name, []).append(value)
        return value

    def values(self) -> dict[str, Tensor]:
        """By name: (B, T, H) for steps, (B, N, T, T) for attention."""
        return {
            name: torch.stack(in_time(name, values), 1)
            if values[0].dim() == 2
            else torch.cat(values, -2)
            for name, values in self.recorded.items()
        }


def in_time(name: str, values: list[Tensor]) -> list[Tensor]:
    """What was recorded under a name, from the first time step to the last."""
    return values[::-1] if reads_back(name) else values


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


class Capture(NamedTuple):
    """One thing that can be read out of a model while it runs."""

    name: str  # as the probe is given it: "layer_0.forget_gate"
    kind: Kind
    title: str  # "Forget gate"
    axes: tuple[
        str, ...
    ]  # without the batch: ("time", "unit") or ("head", "query", "key")
    low: float  # ends of the colour range
    high: float
    centred: bool = False  # a signed value, drawn about zero
    part: Part = "whole"  # the steps of the time or query axis
    keys: Part = "whole"  # the steps of an attention's key axis
    colour: str = ""  # its part in the palette, such as "forget"; "" for the plain one
    ends: tuple[str, str] | None = None  # what low and high mean
    reading: str = ""  # the sentence about its values, see `gate`
    favourite: bool = False  # says more at first sight than what comes before it

    def notes(self) -> dict[str, Any]:
        """What a view notes of it, as plain values; its words are still English."""
        return {
            "capture": self.name,
            "kind": self.kind,
            "title": self.title,
            "low": self.low,
            "high": self.high,
            "centred": self.centred,
            "colour": self.colour,
            "ends": None if self.ends is None else list(self.ends),
            "reading": self.reading,
        }


def favourite(captures: Sequence[Capture]) -> Capture:
    """What one looks at first: a favourite, or else what comes first."""
    return next((c for c in captures if c.favourite), captures[0])


CaptureAxes = ("time", "unit")


def gate(
    layer: int,
    name: str,
    title: str,
    *,
    ends: tuple[str, str],
    reading: str,
    colour: str,
    favourite: bool = False,
) -> Capture:
    """A value between 0 and 1 per time step and unit.

    Args:
        layer, name, title: of the cell that it is in, as the probe is told it, and as a
            reader is.
        ends: what 0 and what 1 does, as in "0 forgets" and "1 keeps".
        reading: one sentence with %(mean).0f, the average in percent,
            %(shut).0f, the percentage of values below 0.1, and of a gate that keeps
            %(left)s, the percentage that is left after %(steps)d steps.
        colour: a name in `GATES` of plots/theme.py; any other has the plain scale.
        favourite: whether it says more at first sight than what comes before it.
    """
    return Capture(
        f"layer_{layer}.{name}",
        "gate",
        title,
        CaptureAxes,
        0.0,
        1.0,
        colour=colour,
        ends=ends,
        reading=reading,
        favourite=favourite,
    )


def signed(layer: int, name: str, kind: Kind, title: str, reach: float) -> Capture:
    """A value per time step and unit that is drawn from -reach to +reach."""
    return Capture(
        f"layer_{layer}.{name}", kind, title, CaptureAxes, -reach, reach, centred=True
    )


class SequenceModel(nn.Module):
    """An architecture: x (B, T, I) or (B, T) -> answers (B, T, O) or (B, O).

    `forward(x, probe=ignore)`: without a probe the fast path; with one, the written-out
    equations over the same parameters, each value named as it is computed.
    """

    embedding: nn.Module
    """What an input goes through first."""
    head: nn.Module
    """What an answer comes out of last; fine-tuning may train it alone."""
    pooled: bool = False
    """Whether one answer is given for the whole sequence."""

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        raise NotImplementedError

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

    def iterate(self, x: Tensor, y: Tensor) -> None:
        """One iteration over x (N, T[, I]) and y, in place; it draws nothing."""
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


LineKind = Literal["sum", "sigmoid", "tanh", "relu", "mix", "tanh_times", "scaled_sum"]
"""What a line computes of its inputs a, b, c, d: a + b + c; sigmoid(a); tanh(a);
relu(a); a b + c d; a tanh(b); a + b c."""


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
    order: int = 100
    """Where it stands in the lessons."""
    lines: Lines | None = None
    """One step of one unit with its numbers, for a cell that has such steps."""
    learning: Learning = "gradient"
    one_way: bool = False
    """Whether no answer ever depends on a later step, whatever the task."""
    attends: bool = False
    """Whether it reads by attention alone, which has a pace of its own."""
    training: Mapping[str, Scalar] = field(default_factory=dict)
    """Where a newcomer's training starts, where it is not the usual."""
    aim: str = ""
    """What training lowers, with its unit, where that is not the task's loss."""


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
