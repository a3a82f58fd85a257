"""How a dataset enters the catalogue."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from explorer.config.pace import Tuned
from explorer.config.settings import Scalar, Settings
from explorer.data.base import Data
from explorer.tasks import Task


class Together(NamedTuple):
    """The series of a dataset that are forecast together."""

    names: Sequence[str] = ()  # O of them, in the order of the answers
    shown: int = 0  # the place of the one that is shown first


def alone(settings: Settings) -> Together:
    """Of data in which one series is forecast, or none."""
    return Together()


@dataclass(frozen=True)
class DataSpec:
    """How a dataset enters the catalogue: one `SPEC` at the end of its file."""

    name: str
    title: str
    summary: str
    """One or two sentences: what it is and what it teaches."""
    settings: type[Settings]
    make: Callable[[Any, int], Data]
    """(settings, seed) -> data; raises ExplorerError for an impossible combination."""
    task: Task
    order: int = 100
    clock: bool = False
    """Whether its first symbols are the hours of a clock, `Data.modulus` of them."""
    resembled: bool = False
    """Whether a model can learn to make more windows like these: they are cut from one
    series, or each is an image."""
    together: Callable[[Any], Together] = alone
    """settings -> the series that are forecast together, if several are."""
    surprising: bool = False
    """Whether there is something in its series that does not belong, and it is known
    where."""
    offered: bool = True
    """False for data that only its owner can name, such as an uploaded file."""
    training: Mapping[str, Scalar] = field(default_factory=dict)
    """Where a newcomer's training starts, where it is not the usual."""
    noise_rate: Callable[[Any], float | None] | None = None
    """settings -> the learning rate that a newcomer's run begins with where they make
    little but noise; None where they do not. Links do not hang on it."""
    tuned: Mapping[str, Tuned] = field(default_factory=dict)
    """By architecture: the rate and the schedule that a newcomer's run begins with
    where the usual ones were measured to lose, on seed 0 and on two more. Links do not
    hang on it."""
    beginnings: Mapping[Task, Mapping[str, Scalar]] = field(default_factory=dict)
    """By task: where a newcomer's settings start, where that is not the architecture's
    usual; dotted names of the model and the training. What an architecture does not
    have is left out."""
