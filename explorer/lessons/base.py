"""What a lesson declares, and what it is given to answer its own question."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

import explorer.lessons
from explorer.catalog.choosing import lasting_config
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar
from explorer.discovery import declared
from explorer.errors import N_, unknown
from explorer.inspection.facts import lines
from explorer.runs.records import Curves, Lines, Simple, Validation, View, lowest
from explorer.tasks import MEASURES

RECENT = 20
"""Training losses that are averaged to say where a run stands: one batch is luck."""

TICKS = 40
"""Places at which a slider for a guess can stand."""


@dataclass(frozen=True)
class Choose:
    """A question with a few answers."""

    choices: Mapping[str, str]
    """By name: in words."""

    @property
    def options(self) -> list[str]:
        """What can be guessed."""
        return list(self.choices)

    def right(self, guess: str | float, answer: str | float) -> bool:
        """Whether a guess is what came out."""
        return guess == answer


@dataclass(frozen=True)
class Number:
    """A question whose answer is a number on a slider."""

    low: float
    high: float
    unit: str
    """In words; "" for a number without one."""
    scale: Literal["linear", "log"] = "linear"
    within: float = 0.1
    """How near is right: this share of the slider."""

    @property
    def options(self) -> list[float]:
        """What can be guessed, in two digits, from low to high."""
        shares = [k / TICKS for k in range(TICKS + 1)]
        values = (float(f"{self._at(share):.2g}") for share in shares)
        return list(dict.fromkeys(values))

    def place(self, value: float) -> float:
        """Where a value stands on the slider: 0 at its low end, 1 at the high one."""
        if self.scale == "log":
            return math.log(max(value, 1e-30) / self.low) / math.log(
                self.high / self.low
            )
        return (value - self.low) / (self.high - self.low)

    def right(self, guess: str | float, answer: str | float) -> bool:
        """Whether a guess is near enough to what came out."""
        apart = self.place(float(guess)) - self.place(float(answer))
        return abs(apart) <= self.within

    def _at(self, share: float) -> float:
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Setup:
    """One run of a lesson, but for its seed."""

    label: str
    """What tells it from the lesson's other runs, in words."""
    data: str
    model: str
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    """By dotted name, what is not as usual."""
    start: str = ""
    """The run of the same lesson, by its short name, with whose last weights this one
    begins once that has ended; empty for random ones."""

    def config(self, seed: int | str = 0) -> RunConfig:
        """The run with this seed."""
        return lasting_config(self.data, self.model, self.settings, seed)


class Look(NamedTuple):
    """A view of a run's end that an answer needs."""

    view: str
    options: Mapping[str, Scalar] = MappingProxyType({})

    @property
    def written(self) -> str:
        """The options as canonical JSON."""
        return json.dumps(dict(self.options), sort_keys=True)


@dataclass(frozen=True)
class Task:
    """What the reader does last: a run of their own that reaches a goal."""

    begins: Setup
    """The run as it is offered."""
    opens: tuple[str, ...]
    """The settings that the reader may change, by dotted name."""
    goal: float
    """A validation loss to be reached, or what the measure must come to."""
    solved: Mapping[str, Scalar]
    """Settings that reach it, for the test that it can be reached."""
    measure: str = ""
    """What the goal is about, by its name in `MEASURES`, at the run's end; empty for
    the lowest validation loss."""

    def figure(self, validations: Sequence[Validation]) -> float | None:
        """How far a run has come: its lowest loss, or its newest measure; None before
        there is one."""
        if self.measure:
            return validations[-1].measures[self.measure] if validations else None
        found = lowest(validations)
        return found and found.loss

    def met(self, figure: float) -> bool:
        """Whether so much is enough; of a measure it counts at the run's end alone."""
        if self.measure and MEASURES[self.measure].higher:
            return figure >= self.goal
        return figure <= self.goal


class Record(NamedTuple):
    """One run of a lesson as it ended."""

    config: RunConfig
    curves: Curves
    validations: tuple[Validation, ...]
    views: Mapping[str, View] = {}
    """What the lesson looks at, by the name that it gives it, at the run's end."""
    methods: Mapping[str, float] = {}
    """What simple methods of forecasting reach on the run's data, by name, where the
    lesson asks for it."""

    @property
    def first(self) -> float:
        """The loss before any update."""
        return float(self.curves.losses[0])

    @property
    def training(self) -> float:
        """The training loss at the end, over the last few batches."""
        return float(self.curves.losses[-RECENT:].mean())

    @property
    def lowest(self) -> float:
        """The lowest held-out loss; infinite where none is a number."""
        found = lowest(self.validations)
        return math.inf if found is None else found.loss

    @property
    def last(self) -> float:
        """The held-out loss at the end."""
        return self.validations[-1].loss

    @property
    def lines(self) -> Lines:
        """The floor and the simple guesses of this run's data."""
        return lines(self.config)

    @property
    def floor(self) -> float:
        """The loss below which no model of this kind can be expected to go."""
        floor = self.lines.floor
        assert floor is not None, self.config.data
        return floor


def losses(simple: Simple) -> dict[str, float]:
    """What every simple method reaches, by its name."""
    return {method.name: method.loss for method in simple.methods}


class Outcome(NamedTuple):
    """What the runs say to a lesson's question."""

    answer: str | float
    """The name of a choice, or the number."""
    figures: Mapping[str, float]
    """What was measured, by what it is in words; the first one answers."""
    holds: bool
    """Whether these runs bear out what the lesson explains."""


@dataclass(frozen=True)
class Lesson:
    """One lesson; its texts are what `texts.read` finds under its name."""

    name: str
    order: int
    """Low ones come first."""
    title: str
    question: str
    guess: Choose | Number
    runs: Mapping[str, Setup]
    """By a short name; one that begins with another's weights comes after it."""
    outcome: Callable[[Mapping[str, Record]], Outcome]
    """Given the ended runs by the same names."""
    panels: tuple[str, ...]
    """What to look at."""
    task: Task
    views: Mapping[str, Look] = field(default_factory=dict)
    """What the answer looks at in every run, by a short name."""
    methods: bool = False
    """Whether the answer needs what simple methods of forecasting reach."""

    @property
    def number(self) -> int:
        """Its place among all lessons, from 1."""
        return 1 + list(lessons()).index(self.name)

    def configs(self, seed: int | str = 0) -> dict[str, RunConfig]:
        """Its runs by name, all of them with this seed; none says yet what it begins
        with, as that run must have been trained first."""
        return {name: setup.config(seed) for name, setup in self.runs.items()}


@cache
def lessons() -> Mapping[str, Lesson]:
    """Every lesson by name, in their order."""
    found = declared(explorer.lessons, "LESSON").values()
    ordered = sorted(found, key=lambda lesson: lesson.order)
    return {lesson.name: lesson for lesson in ordered}


def lesson(name: str) -> Lesson:
    """The lesson of that name.

    Raises:
        ExplorerError: if there is none.
    """
    if name not in lessons():
        raise unknown(N_("lesson"), name, lessons())
    return lessons()[name]
