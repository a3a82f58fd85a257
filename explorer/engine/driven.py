"""A run while somebody trains it: where it is, what it waits for, what comes next."""

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from explorer.engine.jobs import Job, Packed, Result, Wanted
from explorer.engine.race import Pace, Place
from explorer.runs.records import Checkpoint, Command, Run, Status

EPOCH = 10**9
"""Serials of one placement never meet those of another."""

SMALL_STATE = 2**20
STATE_EVERY = 2.0
"""States over `SMALL_STATE` bytes are fetched only this often, in seconds."""


@dataclass
class Driven:
    """A run as the runner knows it. Nothing here that the store could not give back."""

    run: Run
    config: str
    saved: Checkpoint | None
    """The newest state that came back, which the store has too."""
    pace: Pace | None = None
    """The race that it keeps pace in."""
    worker: str | None = None
    serial: int = 0
    epoch: int = 0
    """Counts how often the run was handed to a worker with its state."""
    taken: int = 0
    """The serial of the result that comes next."""
    early: dict[int, tuple[Job, Result]] = field(default_factory=dict)
    """Results that overtook the one that comes next."""
    placed: bool = False
    """Whether the worker has, or will have, a trainer."""
    in_flight: int = 0
    slices: int = 0
    served: float = 0.0
    state_at: float = 0.0
    left: int | None = None
    """Steps to go before it pauses by itself; None: until told."""
    lost: int = 0
    """Slices lost in a row."""
    going: bool = True
    """Whether it shall train on; one that shall not leaves as soon as it is whole."""
    background: bool = False
    """Whether it is a trial of a sweep, which lets people's live runs go first."""
    until: int | None = None
    """The step after which it waits for `Runner.allow`; None: it does not."""
    at: int = 0
    """The step of the trainer; after a crash it may be behind the run's own."""
    commands: list[Command] = field(default_factory=list)
    """Told, and not yet on their way to a worker."""
    under_way: dict[int, tuple[Command, ...]] = field(default_factory=dict)
    """Commands on their way, by the serial of their job, until its result is kept."""
    status_after: Status = "paused"
    contents: tuple[Packed, ...] = ()
    """The run's own data, once a worker was met that lacks it."""

    @property
    def person(self) -> str:
        """Whose turn it is when this run has its slice."""
        return self.run.owner or self.run.id

    @property
    def may_overlap(self) -> bool:
        """Whether a slice may be asked for before the one under way is back."""
        free = self.left is None and self.until is None and self.pace is None
        return self.going and free and self.slices > 1

    @property
    def waits(self) -> bool:
        """Whether it must be allowed to before it trains on."""
        return self.going and self.until is not None and self.at >= self.until

    @property
    def place(self) -> Place:
        """How far its trainer is."""
        return Place(self.at, self.run.seconds)

    @property
    def may_leave(self) -> bool:
        """Whether it shall train no more and nothing of it is under way."""
        whole = self.saved is not None and self.saved.step == self.run.step
        return whole and not (self.going or self.in_flight or self.commands)

    @property
    def may_move(self) -> bool:
        """Whether another worker could go on from its last known state at once."""
        saved_step = self.saved.step if self.saved else 0
        return self.at == saved_step and not self.in_flight

    def go(self, steps: int | None = None) -> None:
        """Train on; after so many steps, if they are counted, it pauses by itself."""
        self.going, self.left = True, steps

    def rest(self, status: Status) -> None:
        """Train no more, and have this status once it is whole."""
        self.going, self.left, self.status_after = False, None, status

    def hand_to(self, worker: str | None) -> None:
        """Give it to a worker, which gets its last known state and all that was told
        since; None: to nobody."""
        lost = (c for serial in sorted(self.under_way) for c in self.under_way[serial])
        self.commands = [*lost, *self.commands]
        self.under_way.clear()
        self.worker = worker
        self.placed, self.in_flight = False, 0
        self.at = self.saved.step if self.saved else 0
        self.epoch += 1
        self.taken = self.epoch * EPOCH
        self.early.clear()

    def job(
        self,
        seconds: float,
        most: int | None,
        looks: tuple[Wanted, ...] = (),
        at_once: tuple[Wanted, ...] = (),
    ) -> Job:
        """Its next slice, which is under way from now on.

        Args:
            seconds: of training.
            most: steps, whatever the time; None for no bound.
            looks: the views that somebody watches.
            at_once: those of them that nobody has seen yet.
        """
        now = time.monotonic()
        commands, self.commands = tuple(self.commands), []
        if not self.placed:
            self.serial = self.epoch * EPOCH
        state = self.saved.state if self.saved else None
        want_state = self._wants_state(now, bool(commands))
        job = Job(
            self.run.id,
            self.config,
            self.serial,
            state=None if self.placed else state,
            fresh=not self.placed and state is None,
            seconds=seconds,
            steps=self._steps(),
            most=most,
            commands=commands,
            want_state=want_state,
            looks=looks,
            at_once=at_once,
            contents=() if self.placed else self.contents,
        )
        self._note_under_way(commands, now)
        return job

    def _note_under_way(self, commands: tuple[Command, ...], now: float) -> None:
        """A slice is with the worker, and these commands with it."""
        if commands:
            self.under_way[self.serial] = commands
        self.placed = True
        self.serial += 1
        self.slices += 1
        self.in_flight += 1
        self.served = now

    def _wants_state(self, now: float, commanded: bool) -> bool:
        """Whether the next slice shall bring its state: a large one costs time. What a
        person said is saved at once, so that no crash can unsay it."""
        large = self.saved is not None and len(self.saved.state) > SMALL_STATE
        due = now - self.state_at > STATE_EVERY or commanded
        wants = not large or due or not self.going
        if wants:
            self.state_at = now
        return wants

    def _steps(self) -> int | None:
        """After how many steps it rests; None where time alone bounds its slice."""
        if not self.going:
            return self.run.step - self.at
        if self.until is None:
            return self.left
        room = max(0, self.until - self.at)
        return room if self.left is None else min(self.left, room)


class Chosen(NamedTuple):
    """A run whose turn it is, and its slice."""

    driven: Driven
    job: Job
