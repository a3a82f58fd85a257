"""Preloaded by Dask workers: slices come back at once, as if somebody had trained them.

So the server that shares them out is measured alone, and not what computes them.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.engine import worker
from explorer.runs.records import Command, Curves, Progress
from explorer.training.commands import carry_out
from explorer.training.trainer import Budget, Trainer

SLEEPS = "BENCHMARK_SLEEPS"
"""Set to 1: a slice takes the time that it was asked to take."""

STEPS = 10
"""Of every slice."""


def advance(
    self: Trainer,
    budget: Budget,
    commands: Sequence[Command] = (),
    want_state: bool = True,
) -> Progress:
    """Ten steps of a curve that falls, without any training."""
    carried_out = tuple(carry_out(self, command) for command in commands)
    began = time.perf_counter()
    if os.environ.get(SLEEPS) == "1":
        time.sleep(budget.seconds or 0.0)
    first, self.step = self.step, self.step + STEPS
    self.seconds += time.perf_counter() - began
    steps = np.arange(first, self.step, dtype=np.float32)
    losses = np.float32(1) / (1 + steps / np.float32(100))
    nothing = np.full_like(steps, np.nan)
    seconds = np.full_like(steps, self.seconds)
    return Progress(
        first_step=first,
        curves=Curves(losses, losses, losses, seconds, nothing, nothing),
        step=self.step,
        seconds=self.seconds,
        validations=(),
        checkpoints=(),
        commands=carried_out,
        state=self.pack() if want_state else None,
        status="training",
        message=None,
    )


def dask_setup(_worker: Any) -> None:
    """Take the place of what trains, and of what warms up for it."""
    Trainer.advance = advance  # type: ignore[method-assign]
    worker.warm_up = lambda *of_what: None
    worker.MOST_TRAINERS = 10**6
