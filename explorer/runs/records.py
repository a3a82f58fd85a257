"""What is known of a run: frozen, free of torch, and all that plots and pages see."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.kinds import Kind
from explorer.config.run import RunConfig
from explorer.errors import Words

Status = Literal["training", "paused", "finished", "stopped", "diverged", "failed"]

Clock = Literal["step", "second"]
"""What is counted while runs train: weight updates, or seconds of training."""

ACTIVE: tuple[Status, ...] = ("training",)
"""The states in which the engine drives a run."""

ENDED: tuple[Status, ...] = ("finished", "stopped", "diverged", "failed")
"""The states that a run does not leave."""


class Curves(NamedTuple):
    """One number per training step; index k is the loss after k weight updates."""

    losses: NDArray[np.float32]  # (n,) in the loss's units
    gradient_norms: NDArray[np.float32]  # (n,) before clipping
    learning_rates: NDArray[np.float32]  # (n,)
    seconds: NDArray[
        np.float32
    ]  # (n,) training time since the start, at the step's end
    surprises: NDArray[np.float32]  # (n,) what a chain lowers instead; else NaN
    discriminator_losses: NDArray[np.float32]  # (n,) of a GAN; else NaN

    @classmethod
    def empty(cls) -> "Curves":
        """No steps yet."""
        return cls(*(np.empty(0, np.float32) for _ in cls._fields))

    def after(self, step: int) -> "Curves":
        """Only the steps from index `step` on."""
        return Curves(*(values[step:] for values in self))

    def until(self, step: int) -> "Curves":
        """Only the steps before index `step`."""
        return Curves(*(values[:step] for values in self))

    def then(self, more: "Curves") -> "Curves":
        """These steps and the ones that follow."""
        return Curves(*(np.concatenate(p) for p in zip(self, more, strict=True)))


def nullable(value: float) -> float | None:
    """A number as JSON holds it; null where it is infinite or undefined."""
    return float(value) if math.isfinite(value) else None


def number(stored: float | None) -> float:
    """What `nullable` gave; NaN for null."""
    return math.nan if stored is None else stored


class Validation(NamedTuple):
    """What the held-out part says after `step` weight updates."""

    step: int
    loss: float
    seconds: float  # training time since the start
    measures: Mapping[str, float] = MappingProxyType({})
    """By name, as in `explorer.tasks.MEASURES`; NaN where one is undefined."""


def lowest(validations: Iterable[Validation]) -> Validation | None:
    """The first measurement of the lowest loss; None where none is a finite number."""
    finite = (v for v in validations if math.isfinite(v.loss))
    return min(finite, key=lambda v: v.loss, default=None)


class Command(NamedTuple):
    """Something a person told a run, and the step before which it was applied."""

    step: int
    name: str
    """Of a command that `explorer.runs.commands` declares."""
    value: float | None = None
    note: str = ""
    """Of "hold": the change, as JSON; of "side": which of two nets learns for `value`
    steps, or from then on."""


class Checkpoint(NamedTuple):
    """The whole state of a run after `step` weight updates, as safetensors."""

    step: int
    state: bytes


@dataclass(frozen=True)
class Run:
    """A run as it stands."""

    id: str
    config: RunConfig
    status: Status
    step: int
    """Weight updates done."""
    seconds: float
    """Training time used."""
    parameters: int
    """How many numbers the model learns."""
    created: datetime
    """In UTC."""
    message: Words | None = None
    """What happened, where the status alone does not say."""
    parent: str | None = None
    """The run that this one was forked from."""
    parent_step: int | None = None
    owner: str = ""
    """Who started it, and may control it; empty: whoever has this machine."""
    group_id: str = ""
    """The race, sweep or class that it belongs to."""
    name: str = ""
    """What its owner calls it."""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    thinned: bool = False
    """Whether few of its moments are left, as it has become an old one."""

    @property
    def ended(self) -> bool:
        """Whether no further step will come."""
        return self.status in ENDED


GroupKind = Literal["race", "sweep", "class", "task", "lesson"]


@dataclass(frozen=True)
class Group:
    """Runs that belong together, and what is known of them as a whole."""

    id: str
    kind: GroupKind
    owner: str
    created: datetime
    """In UTC."""
    facts: Mapping[str, Any]
    """What its kind needs, as JSON can hold it."""


Stay = Literal["in", "left", "removed"]
"""Whether somebody who joined is still there; "removed": by the teacher."""


class Member(NamedTuple):
    """Somebody who joined a class."""

    owner: str
    nickname: str
    seat: int = 0
    """In the order in which people came, whoever leaves."""
    seen: bool = True
    """Whether the others see the nickname."""


class OwnData(NamedTuple):
    """Data of a person's own."""

    digest: str
    kind: Kind
    label: str
    created: datetime  # in UTC
    size: int  # bytes


@dataclass(frozen=True)
class Progress:
    """What one slice of training brought; written to the store in one transaction."""

    first_step: int
    """Index of the first step in `curves`."""
    curves: Curves
    step: int
    """Weight updates done at the slice's end."""
    seconds: float
    validations: tuple[Validation, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    commands: tuple[Command, ...] = ()
    """The commands that were applied at the slice's start, with their step."""
    state: bytes | None = None
    """The state at the slice's end, where it was asked for."""
    status: Status = "training"
    message: Words | None = None


Awaited = Literal["", "alone", "together"]
"""Of what simple methods are being fitted: of one series, or of several that are
forecast together; empty: of nothing."""


class Lines(NamedTuple):
    """What a loss is measured against, in its own units."""

    floor: float | None
    floor_note: str
    baselines: Mapping[str, float]
    unit: str  # "mean squared error (standardised)" or "cross-entropy (nats per token)"
    whole_floor: float | None = None
    """Of one who reads the whole window, where `floor` is of one who sees the past
    alone."""
    whole_floor_note: str = ""
    methods: Mapping[str, float] | None = None
    """Of simple methods that were fitted to the training part and rolled over the
    held-out part; None where there are none yet, or none at all."""
    awaited: Awaited = ""
    """Whether simple methods are being fitted, and of what."""
    trouble: Words | None = None
    """Why there are no simple methods."""


class SimpleMethod(NamedTuple):
    """A way of forecasting that is older than networks, as it did on a series."""

    name: str
    loss: float
    """One step ahead, over the places that the held-out loss counts, in its units."""
    line: NDArray[np.floating[Any]]
    """(n,) what it says of the drawn end of the held-out part, in shown units: one step
    ahead, and from where the model is left alone, left alone too; (O, n) of series that
    are forecast together."""


class Simple(NamedTuple):
    """What simple methods did, or why that is not known."""

    methods: tuple[SimpleMethod, ...] = ()
    trouble: Words | None = None


@dataclass(frozen=True)
class View:
    """Something read out of a run's state: arrays, and the words with them.

    `arrays` are float32, uint8 or int64; `notes` is what JSON can hold.
    """

    name: str
    """"prediction", "inside", "gradients"."""
    step: int
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """What its arrays take."""
        return sum(array.nbytes for array in self.arrays.values())
