"""What every dataset gives: windows, what they mean, and the lines to measure against.

Dimension letters, here and everywhere: N windows, T time steps of a window, I inputs,
O outputs, V symbols of a vocabulary.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.byte_pairs import BytePairs
from explorer.data.entities import are_entities
from explorer.data.windows import Windows
from explorer.errors import Words
from explorer.tasks import TASKS
from explorer.tasks import Task as Task

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


class Scaler(NamedTuple):
    """Standardises a series; fitted on the training part alone."""

    mean: float = 0.0
    scale: float = 1.0

    @classmethod
    def fit(cls, training_part: Floats) -> "Scaler":
        """Mean and standard deviation of the training part (1 for a constant)."""
        spread = float(np.std(training_part))
        return cls(float(np.mean(training_part)), spread if spread > 0 else 1.0)

    def apply(self, values: Floats) -> NDArray[np.float32]:
        """Real units to the units that models and losses see."""
        return ((values - self.mean) / self.scale).astype(np.float32)

    def undo(self, scaled: Floats) -> Floats:
        """Back to real units."""
        return np.asarray(scaled, np.float64) * self.scale + self.mean


Beyond = Literal["zero", "known", "held"]
"""What becomes of a number beside the series where a model goes on from its own
predictions: 0 (a mark that nothing is missing), its true value, which is known in
advance, or its last one."""


class Series(NamedTuple):
    """A series as a plot shows it, in real units.

    `values[k]` is what is shown at place k; `scaled[k]` is what a model is given there:
    one number, or I, of which the first O are the series that are forecast, this one
    the `number`-th; where a model goes on from its own predictions, the rest is what
    `beyond` says.
    """

    positions: NDArray[Any]  # (n,) numbers, or datetime64[D]
    values: Floats  # (n,)
    scaled: NDArray[np.float32]  # (n,) or (n, I)
    split: int  # first place of the validation part
    axis: str  # title of the horizontal axis, with its unit
    label: str  # title of the vertical axis, with its unit
    beyond: tuple[Beyond, ...] = ()  # (I - O,)
    number: int = 0  # its place among the series that are forecast, from 0
    foretold: int = 1  # how many are forecast together, O

    @property
    def given(self) -> NDArray[np.float32]:
        """(n, I) what a model is given."""
        return self.scaled.reshape(len(self.values), -1)

    @property
    def asked(self) -> NDArray[np.float32]:
        """(n,) this series as a model is given it."""
        return self.given[:, self.number]


class Odd(NamedTuple):
    """What of a series does not belong, where that is known."""

    kinds: NDArray[np.int64]  # (n,) 0 where a place belongs, else 1 + a place in names
    names: tuple[str, ...]


class Text(NamedTuple):
    """A token sequence as a page shows it."""

    tokens: NDArray[np.int64]  # (n,)
    split: int  # first place of the validation part
    sizes: Ints | None = None  # (n,) bytes that each token stands for, if it is writing


class Note(NamedTuple):
    """One tone of a tune."""

    place: int  # of the token that it is
    start: float  # beats from the beginning
    beats: float
    midi: int  # pitch: 60 is middle C, 69 is 440 Hz


class Heard(NamedTuple):
    """How tokens sound, where they are music."""

    notes: tuple[Note, ...]
    bars: tuple[float, ...]  # where a bar ends, in beats


class Image(NamedTuple):
    """How a window looks, where it is an image."""

    paint: Callable[[Floats], Floats]
    """Windows (N, T, I) -> images (N, rows, columns), the first row on top."""
    paper: float  # the palest value, in real units
    ink: float  # the darkest


Play = Callable[[Sequence[str]], Heard]
"""Tokens as they are written -> how they sound; what is no note is no error."""


def next_value(scaled: Floats, shown: Floats, scaler: Scaler) -> Floats:
    """The shown value that a prediction means, where a series is predicted as it is."""
    return scaler.undo(scaled)


Fit = Callable[[Floats], Scaler]
"""The known values of a training part -> their scaler."""

Restore = Callable[[Floats, Floats, Scaler], Floats]
"""(predicted scaled value, shown value one step before, scaler) -> shown value."""


class Joint(NamedTuple):
    """One of several series that are forecast together."""

    values: Floats  # (n,) in real units
    label: str  # title of its axis, with its unit
    scaler: Scaler
    restore: Restore = next_value
    ratios: bool = False  # as `Data.ratios`


@dataclass(frozen=True, eq=False)
class Data:
    """One made dataset. Arrays are read-only by convention: nothing writes to them."""

    task: Task
    train: Windows
    validation: Windows
    baselines: Mapping[str, float]
    """Loss of each trivial predictor on the counted validation positions."""
    floor: float | None = None
    """Lowest loss that any model can expect, where it is known in closed form."""
    floor_note: str = ""
    """What the floor is, in a few words."""
    even_noise: bool = False
    """Whether what nobody can foresee is Gaussian and has the floor as its variance at
    every counted place, so that the floor of any other loss is known too."""
    past_floor: float | None = None
    """The same of a model that sees no later step than it answers, where that is
    another floor; `floor` is then of one who reads the whole window."""
    past_floor_note: str = ""
    counted_from: int = 0
    """The loss counts window positions t >= counted_from: before them a model has
    seen too little to be judged."""
    recalled_from: int | None = None
    """next_token: where the answers begin that must be recalled. Before them it is easy
    to be right: accuracy is told of these alone."""
    series: Series | None = None
    odd: Odd | None = None
    """Which places of the series do not belong."""
    text: Text | None = None
    symbols: tuple[str, ...] = ()
    """What token ids stand for; empty where x holds values."""
    joiner: str = ""
    """Between tokens: nothing between characters, a space between words."""
    pairs: BytePairs | None = None
    """How a text is cut that is cut into byte pairs."""
    bytes_per_token: float | None = None
    """How many bytes of writing a counted held-out token stands for, on average; None
    where tokens are no writing. It makes losses over different tokens comparable."""
    channels: tuple[str, ...] = ()
    """What the I numbers of a step are, where they are not one series."""
    labels: tuple[str, ...] = ()
    """What the labels of classify, tag and transcribe stand for."""
    kinds: Ints | None = None
    """generate: which kind each training window (N,) is of; None where there is but
    one."""
    support: NDArray[np.bool_] | None = None
    """classify: which steps (N, T) of each held-out window tell its answer; None where
    that is not known."""
    source: int = 0
    """translate: how many steps of x are the source, S."""
    padded: bool = False
    """Whether symbol 0 fills up windows of different lengths and means nothing. Of
    translate, symbol 1 begins and symbol 2 ends a target."""
    modulus: int = 0
    """classify: how many symbols, the first ones, are the hours of a clock; of these
    the accuracy on training windows is told too."""
    scaler: Scaler = field(default_factory=Scaler)
    fit: Fit = Scaler.fit
    """How the scaler was fitted, to be fitted again to a part."""
    learning: Callable[[int], "Data"] | None = None
    """The same, prepared by what its first so many places tell; None where nothing is
    fitted but the scaler."""
    restore: Restore = next_value
    streamed: bool = True
    """Windows are cut from one sequence, each a place after the last; else each is made
    by itself."""
    shifted: bool = True
    """forecast, next_token: whether y is x one place later; else y is another thing
    that x tells."""
    together: tuple[Joint, ...] = ()
    """The O series that are forecast together, in the order of the answers; empty where
    one is forecast alone."""
    ratios: bool = False
    """Whether `restore` multiplies the value before: how far a shown value is missed
    counts as a ratio then."""
    gaps: bool = False
    """forecast: whether some targets are NaN, since nobody knows them: these do not
    count."""
    loss_unit: str = ""
    """The loss in words, where it is not the task's usual."""
    play: Play | None = None
    """How tokens sound; None where they are no music."""
    image: Image | None = None
    """How a window looks; None where it is no image."""
    hint: str = ""
    """A plain warning that belongs to this data, such as "hard to beat"."""
    leaks: tuple[Words, ...] = ()
    """What has to be said of columns that tell what is asked for."""

    @property
    def steps(self) -> int:
        """Time steps of a window, T."""
        return int(self.train.x.shape[1])

    def painted(self, windows: Floats) -> Floats:
        """Windows (N, T, I), as a model is given them, as images (N, rows, columns) in
        real units; of data whose windows are images."""
        assert self.image is not None
        return self.image.paint(self.scaler.undo(windows))

    def floor_for(self, one_way: bool) -> tuple[float | None, str]:
        """The floor of a model, and what it is, by whether it sees the past alone."""
        if one_way and self.past_floor is not None:
            return self.past_floor, self.past_floor_note
        return self.floor, self.floor_note

    @property
    def measures(self) -> tuple[str, ...]:
        """The task's that are told of this data, names of `explorer.tasks.MEASURES`."""
        left_out = set()
        if self.task == "next_token":
            left_out.add("recalled" if self.recalled_from is None else "accuracy")
        if not self.modulus:
            left_out.add("trained_accuracy")
        if self.kinds is None:
            left_out.add("kinds")
        if self.bytes_per_token is None:
            left_out.add("bits_per_byte")
        if not self.names_entities:
            left_out.add("entity_f1")
        return tuple(n for n in TASKS[self.task].measures if n not in left_out)

    @cached_property
    def names_entities(self) -> bool:
        """Whether labels say where something begins and goes on, as B-PER and I-PER."""
        return self.task == "tag" and are_entities(self.labels)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of a forecast's known targets in the training part, as
        scaled."""
        return float(np.nanstd(self.train.y[:, -1]))

    @cached_property
    def each(self) -> tuple["Data", ...]:
        """The same with each of its series in the place of `series`, the one that is
        there being these very data."""
        series = self.series
        if series is None or not self.together:
            return (self,)
        return tuple(
            self if k == series.number else self._showing(series, k, one)
            for k, one in enumerate(self.together)
        )

    def _showing(self, series: Series, number: int, one: Joint) -> "Data":
        shown = series._replace(values=one.values, label=one.label, number=number)
        return replace(
            self,
            series=shown,
            scaler=one.scaler,
            restore=one.restore,
            ratios=one.ratios,
        )

    @property
    def inputs(self) -> int:
        """Numbers per time step that a model is given, I; 1 for tokens."""
        return 1 if self.symbols else int(self.train.x.shape[2])

    @property
    def outputs(self) -> int:
        """Numbers per time step that a model gives: O, V, C, 1 + C or 1."""
        if self.task == "transcribe":
            return 1 + len(self.labels)
        if self.task == "generate":
            return 1
        if self.labels:
            return len(self.labels)
        return len(self.symbols) if self.symbols else int(self.train.y.shape[2])


def without_lines(data: Data) -> Data:
    """The same data with no line to hold a loss against: no guess, no floor."""
    return replace(
        data,
        baselines={},
        floor=None,
        floor_note="",
        even_noise=False,
        past_floor=None,
        past_floor_note="",
    )
