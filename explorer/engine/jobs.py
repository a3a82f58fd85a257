"""What travels between the runner and the workers."""

from typing import Any, NamedTuple

from explorer.errors import Words
from explorer.runs.records import Command, Progress, View


class Wanted(NamedTuple):
    """A view that somebody watches, with its options as canonical JSON."""

    view: str
    options: str = "{}"


class Packed(NamedTuple):
    """Own data on its way to a worker that lacks it; see `data.content.packed`."""

    kind: str
    content: bytes


class Job(NamedTuple):
    """One slice of one run."""

    run_id: str
    config: str  # JSON
    serial: int  # the slices of a run count 0, 1, 2, ...; a worker's trainer must match
    state: bytes | None  # None: go on with the trainer that the worker keeps
    fresh: bool  # start from the config alone where there is no state
    seconds: float
    steps: int | None  # after so many it rests
    commands: tuple[Command, ...] = ()
    want_state: bool = True
    looks: tuple[Wanted, ...] = ()
    at_once: tuple[Wanted, ...] = ()
    """Those of the looks that somebody has just come to see."""
    contents: tuple[Packed, ...] = ()
    """The run's own data, where its worker lacks it."""
    most: int | None = None  # no more steps than this now, so that others keep up


class Worked(NamedTuple):
    """When a worker was at a job, in seconds since 1970."""

    began: float
    trained: float
    ended: float


class Result(NamedTuple):
    """What became of a job."""

    run_id: str
    serial: int
    progress: Progress | None = None  # None: nothing was trained
    views: tuple[tuple[Wanted, View], ...] = ()
    missing: bool = False  # the worker has no trainer at that serial: send the state
    lacks: tuple[str, ...] = ()
    """Digests of own data that the worker has not: send it along."""
    error: Words | None = None  # the run cannot go on
    lost: Words | None = None  # no worker said this: why nothing came back
    worked: Worked | None = None


class Looked(NamedTuple):
    """What a worker read out of a stored state."""

    views: list[View]
    seconds: float
    """That the worker took for it."""


class Answer(NamedTuple):
    """What a worker says when it is asked something about stored states."""

    value: Any = None
    lacks: tuple[str, ...] = ()
    """Digests of own data that the worker has not: ask again and send it along."""
