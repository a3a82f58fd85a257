"""What an exhibit declares: a run that fails, and how one sees that it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import explorer.lessons.failures
from explorer.discovery import declared
from explorer.lessons.base import Look, Record, Setup


@dataclass(frozen=True)
class Exhibit:
    """One way to fail."""

    order: int
    """Low ones come first."""
    title: str
    text: str
    """A paragraph: what goes wrong, why, and what helps."""
    run: Setup
    panel: str
    """Where to look."""
    page: Literal["playground", "inside"]
    """The page on which that panel stands."""
    asks: str
    """That panel's question, by which people find it."""
    measured: str
    """In words: the number that says so."""
    figure: Callable[[Record], float]
    """That number, of the ended run."""
    fails: Callable[[float], bool]
    """Whether so much of it is the failure."""
    views: Mapping[str, Look] = field(default_factory=dict)
    """What the number is read from, by a short name."""


@cache
def exhibits() -> Mapping[str, Exhibit]:
    """Every exhibit by name, in their order."""
    found = declared(explorer.lessons.failures, "EXHIBIT").items()
    return dict(sorted(found, key=lambda pair: pair[1].order))
