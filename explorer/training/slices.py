"""What one slice of a run brings: its curve, its measurements, its checkpoints."""

from typing import Protocol

import numpy as np

from explorer.config.run import RunConfig
from explorer.runs.records import Checkpoint, Curves, Validation
from explorer.training.checkpoints import Lowest, Patience, patience_due, validation_due
from explorer.training.rules import Rule
from explorer.training.stopwatch import Stopwatch


class Advancing(Protocol):
    """What a slice needs of the trainer that advances."""

    config: RunConfig
    rule: Rule
    step: int
    seconds: float
    patience: Patience
    lowest: Lowest
    checkpoints: frozenset[int]

    def pack(self) -> bytes: ...


class Slice:
    """What a trainer writes down while it advances."""

    def __init__(self, trainer: Advancing) -> None:
        self.trainer = trainer
        self.rows: list[tuple[float, ...]] = []
        self.validations: list[Validation] = []
        self.kept: list[Checkpoint] = []
        self.stopwatch = Stopwatch()

    def note(self, loss: float, norm: float, rate: float) -> None:
        """One step is done."""
        self.trainer.seconds += self.stopwatch.lap()
        seconds, rule = self.trainer.seconds, self.trainer.rule
        extra = rule.surprise, rule.discriminator_loss
        self.rows.append((loss, norm, rate, seconds, *extra))

    def due(self) -> None:
        """Validate and keep a checkpoint where this step asks for it."""
        trainer, settings = self.trainer, self.trainer.config.training
        steps, keep = settings.steps, self.trainer.step in self.trainer.checkpoints
        if validation_due(trainer.step, steps):
            loss, measures = trainer.rule.judge()
            self.validations.append(
                Validation(trainer.step, loss, trainer.seconds, measures)
            )
            if patience_due(trainer.step, steps):
                trainer.patience = trainer.patience.after(trainer.step, loss)
            if best := loss < trainer.lowest.loss:
                trainer.lowest = Lowest(loss, trainer.step)
            # Whoever waits for the best step wants to go back to any.
            keep = keep or best or settings.patience > 0
        if keep:
            self.kept.append(Checkpoint(trainer.step, trainer.pack()))

    def keep_until(self, step: int) -> None:
        """Forget what came after `step`: it belongs to weights that are lost."""
        self.validations = [v for v in self.validations if v.step <= step]
        self.kept = [c for c in self.kept if c.step <= step]

    def curves(self) -> Curves:
        """The rows so far, a column each."""
        if not self.rows:
            return Curves.empty()
        return Curves(*np.array(self.rows, np.float32).T.copy())
