"""The one thing that trains: a model, its optimizer and its place in the run.

Every random number of step k is a function of (seed, k) alone: which windows are in
the batch, what dropout drops. So a run cut into slices, paused, moved to another
worker or forked from a checkpoint goes on exactly as it would have.
"""

import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError, Words
from explorer.models.base import parameters
from explorer.runs.messages import (
    Reference,
    advice,
    diverged,
    out_of_range,
    stopped_early,
)
from explorer.runs.records import Checkpoint, Command, Progress, Status
from explorer.training.adversarial import Side
from explorer.training.changed import applied
from explorer.training.changes import Change, read_changes
from explorer.training.checkpoints import Lowest, Patience, checkpoint_steps
from explorer.training.commands import carry_out
from explorer.training.optimizers import schedule_factor
from explorer.training.rules import RULES, Rule
from explorer.training.seeded import first_model, opened
from explorer.training.slices import Slice
from explorer.training.state import pack, parted, together

DIVERGED_AT = 100.0
"""A loss this many times the first one, or a simple guess's where that is larger, has
diverged, even while it is still finite."""

STATE_BYTES_PER_PARAMETER = 12
"""A float32 weight and two float32 moments."""

NOTHING_AHEAD = -1, math.nan


class Budget(NamedTuple):
    """How far one slice goes: a time, a number of steps, or whichever comes first."""

    seconds: float | None = None
    steps: int | None = None


class Divergence(NamedTuple):
    """The step whose loss gave a run away."""

    step: int
    loss: float


class Trainer:
    """A live run inside one process. `advance` is its only verb."""

    def __init__(self, config: RunConfig, state: bytes | None = None) -> None:
        self.config = config
        self.data = building.make_data(config)
        self.model = first_model(config)
        learning = specs.model_spec(config.model).learning
        self.rule: Rule = RULES[learning](self.model, self.data, config)
        self.step = 0
        self.seconds = 0.0
        self.base_rate = config.training.learning_rate
        self.first_loss = math.nan
        self.patience = Patience()
        self.lowest = Lowest()
        self.hold(())
        self.take(self.rule.side)
        if state is not None:
            self.load(state)
        self.checkpoints = checkpoint_steps(
            config.training.steps, STATE_BYTES_PER_PARAMETER * parameters(self.model)
        )

    def pack(self) -> bytes:
        """Weights, optimizer memory and place in the run, as safetensors."""
        facts: dict[str, Any] = {
            "step": self.step,
            "seconds": self.seconds,
            "base_rate": self.base_rate,
            "first_loss": self.first_loss,
            "optimizer": self.config.training.optimizer,
            "patience": self.patience,
            "lowest": self.lowest,
        }
        if self.changes:
            facts["changes"] = [change.values() for change in self.changes]
        if self.side is not None:
            facts["side"] = self.side, self.side_until
        return pack(self._tensors(), facts)

    def load(self, state: bytes) -> None:
        """Go to where `pack` was called.

        Raises:
            ExplorerError: if the state is not one of this config.
        """
        tensors, facts = opened(self.config, state)
        weights, memory = parted(tensors)
        if facts["optimizer"] != self.config.training.optimizer:
            # A fork may change the rule; the new one starts without memories.
            memory = {}
        self._restore(weights, memory)
        self.step = int(facts["step"])
        self.seconds = float(facts["seconds"])
        self.base_rate = float(facts["base_rate"])
        self.first_loss = float(facts["first_loss"])
        self.patience = Patience(*facts.get("patience", ()))
        self.lowest = Lowest(*facts.get("lowest", ()))
        self.hold(read_changes(facts))
        self.take(*facts.get("side", (self.rule.side,)))

    def hold(self, changes: Sequence[Change]) -> None:
        """Train with these changes made to the model, from the next loss on."""
        self.changes = tuple(changes)
        self.rule.acting = applied(self.model, self.changes)
        self.ahead = NOTHING_AHEAD

    def take(self, side: Side | None, until: int | None = None) -> None:
        """Have one of two nets learn, or both, up to a step; then both again."""
        self.side, self.side_until = side, until

    @property
    def ended(self) -> bool:
        """Whether no further step will come: the last is done, or patience is over."""
        settings = self.config.training
        return self.step >= settings.steps or self.patience.over(settings.patience)

    def advance(
        self,
        budget: Budget,
        commands: Sequence[Command] = (),
        want_state: bool = True,
    ) -> Progress:
        """Train on until the budget or the run ends.

        Args:
            budget: time or steps; without either, to the end of the run.
            commands: applied before the first step, in order.
            want_state: whether to return the state (a large one costs time).

        Returns:
            What happened, with status "training", "finished" or "diverged".
        """
        slice_ = Slice(self)
        start = self.step
        carried_out = tuple(carry_out(self, command) for command in commands)
        divergence = self._sound_steps(budget, slice_)
        if divergence is not None:
            slice_.keep_until(self.step)
            if self.step not in {c.step for c in slice_.kept}:
                slice_.kept.append(Checkpoint(self.step, self.pack()))
        status, message = self._outcome(divergence)
        return Progress(
            first_step=start,
            curves=slice_.curves(),
            step=self.step,
            seconds=self.seconds,
            validations=tuple(slice_.validations),
            checkpoints=tuple(slice_.kept),
            commands=carried_out,
            state=self.pack() if want_state or status != "training" else None,
            status=status,
            message=message,
        )

    def _outcome(self, divergence: Divergence | None) -> tuple[Status, Words | None]:
        """How the run stands after its steps, and why, where that needs words."""
        settings = self.config.training
        if divergence is not None:
            return "diverged", self._why(divergence)
        if not self.ended:
            return "training", None
        if self.step >= settings.steps:
            return "finished", None
        best, waited = self.lowest.step, self.patience.waited
        return "finished", stopped_early(self.step, best, waited)

    def _why(self, divergence: Divergence) -> Words:
        if "learning_rate" in specs.unused_training(self.config.model):
            return out_of_range(*divergence, self.step)
        tries = advice(self.base_rate, self.config.training)
        return diverged(*divergence, self._reference, self.step, tries)

    def _sound_steps(self, budget: Budget, slice_: Slice) -> Divergence | None:
        """Train until the budget or the run ends; the divergence that came, if any,
        after which the trainer stands where the loss was last sound."""
        snapshot = {k: v.detach().clone() for k, v in self._tensors().items()}
        start, total = self.step, self.config.training.steps
        stop = total if budget.steps is None else min(total, start + budget.steps)
        deadline = math.inf
        if budget.seconds is not None:
            deadline = time.perf_counter() + budget.seconds
        with torch.random.fork_rng(devices=[]):
            divergence = self._train(stop, deadline, slice_)
            if divergence is not None:
                self._restore(*parted(snapshot))
                self.step = start
                self._train(max(start, divergence.step - 1), math.inf, None)
        return divergence

    def _train(
        self, stop: int, deadline: float, slice_: Slice | None
    ) -> Divergence | None:
        """Steps until `stop` or `deadline`; the divergence that ended them, if any.

        However short the time, one step is taken: slices lead to the end.
        """
        if self.step == 0 and slice_ is not None:
            slice_.due()
        first = self.step
        while self.step < stop and not self.ended:
            if self.step > first and time.perf_counter() >= deadline:
                break
            value = self._loss()
            if self._reference.passed(value):
                return Divergence(self.step, value)
            norm, rate = self._update()
            if slice_ is not None:
                slice_.note(value, norm, rate)
                slice_.due()
        # A state is only handed out once its next loss is known to be sound; the next
        # slice goes on from that loss.
        value = self._loss()
        off = self._reference.passed(value)
        return Divergence(self.step, value) if off else None

    def rehearse(self) -> float:
        """Take one more step, even past the end of the run; the gradient's norm.

        For those who want to see a step without taking it: call it on a copy.
        """
        with torch.random.fork_rng(devices=[]):
            self._loss()
            return self._update()[0]

    def _update(self) -> tuple[float, float]:
        """Move the weights once: the length of what moved them, and the rate."""
        settings = self.config.training
        rate = self.base_rate * schedule_factor(
            settings.schedule, self.step, settings.steps
        )
        over = self.side_until is not None and self.step >= self.side_until
        self.rule.side = "both" if over else self.side
        norm = self.rule.update(rate)
        self.step += 1
        return norm, rate

    def _loss(self) -> float:
        """The loss that the next update begins from."""
        step, loss = self.ahead
        if step == self.step:
            return loss
        torch.default_generator.manual_seed((self.config.seed << 32) + self.step)
        loss = self.rule.look(self.step)
        self.ahead = self.step, loss
        if self.step == 0:
            self.first_loss = loss
        return loss

    @property
    def _reference(self) -> Reference:
        """A run that begins with what another has learned may begin near nothing, so
        that its own first loss alone says little."""
        guesses = self.data.baselines.values()
        finite = (guess for guess in guesses if math.isfinite(guess))
        return Reference(self.first_loss, max(finite, default=0.0), DIVERGED_AT)

    def _tensors(self) -> dict[str, Tensor]:
        return together(self.model.state_dict(), self.rule.memory())

    def _restore(self, weights: dict[str, Tensor], memory: dict[str, Tensor]) -> None:
        try:
            self.model.load_state_dict(weights)
        except RuntimeError:
            raise ExplorerError(
                N_(
                    "A run's state must belong to its own config, but these weights "
                    "are of another model. Restart the run."
                )
            ) from None
        self.ahead = NOTHING_AHEAD
        self.rule.remember(memory)


def advance(
    config: RunConfig,
    state: bytes | None,
    budget: Budget,
    commands: Sequence[Command] = (),
) -> tuple[bytes, Progress]:
    """One slice of a run, from state to state.

    Args:
        config: the run.
        state: what an earlier call returned, or None for a new run.
        budget: how far to go.
        commands: applied before the first step.

    Returns:
        The new state and what the slice brought.

    Raises:
        ExplorerError: if the config or the state is not sound.
    """
    progress = Trainer(config, state).advance(budget, commands)
    assert progress.state is not None  # want_state is on
    return progress.state, progress
