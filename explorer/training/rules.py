"""How a run learns: what happens between looking at a batch and the next weights.

A rule first looks, which gives the loss that the next update begins from, then updates.
Both are functions of the weights, the rule's memory and the step alone.
"""

import math
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from explorer.config.run import RunConfig
from explorer.data.base import Data
from explorer.data.windows import Windows
from explorer.errors import N_, ExplorerError, unknown
from explorer.models.base import ExpectationModel, Learning, SequenceModel
from explorer.training.adversarial import SIDES, Adversarial, Side
from explorer.training.measures import Judged, judge
from explorer.training.objectives import objective, tensors
from explorer.training.optimizers import Optimizers, descend

BLOCK = 64
"""Steps whose batches are drawn together."""

MOST_WINDOWS = 512
"""Expectation-maximisation reads this many training windows in an iteration."""


class Batches:
    """The windows of every step, drawn with replacement from (seed, step) alone."""

    def __init__(self, windows: Windows, size: int, seed: int) -> None:
        self.windows, self.size, self.seed = windows, size, seed
        self.block, self.indices = -1, np.empty((0, 0), np.int64)

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The batch of one step: x (B, T[, I]) and its y."""
        block, row = divmod(step, BLOCK)
        if block != self.block:
            generator = np.random.default_rng([self.seed, block])
            shape = (BLOCK, self.size)
            self.indices = generator.integers(len(self.windows.x), size=shape)
            self.block = block
        chosen = self.indices[row]
        x = np.ascontiguousarray(self.windows.x[chosen])
        y = np.ascontiguousarray(self.windows.y[chosen])
        return torch.from_numpy(x), torch.from_numpy(y)


def spread(windows: Windows, most: int) -> Windows:
    """At most so many of the windows, evenly chosen; all of them for 0."""
    count = len(windows.x)
    if not 0 < most < count:
        return windows
    rows = np.linspace(0, count - 1, most).round().astype(int)
    return Windows(windows.x[rows], windows.y[rows])


class Rule(Protocol):
    """A way to learn. `acting` is the model with the changes that are held."""

    acting: SequenceModel
    surprise: float
    """What training lowers, at the last look, where that is not the task's loss: how
    unlikely the model finds a window, in nats per step, or a head's own loss; else
    NaN."""
    discriminator_loss: float
    """The other net's loss at the last look, where there are two; else NaN."""
    side: Side | None
    """Which of two nets learns; None where there is one."""

    def look(self, step: int) -> float:
        """The loss before update `step`; the update that follows goes on from it."""
        ...

    def update(self, rate: float) -> float:
        """Move the weights once; the length of what moved them."""
        ...

    def judge(self) -> Judged:
        """The held-out loss and measures."""
        ...

    def memory(self) -> dict[str, Tensor]:
        """What the rule remembers between steps, by name."""
        ...

    def remember(self, memory: Mapping[str, Tensor]) -> None:
        """Take over what `memory` gave."""
        ...


class Gradient:
    """Batches, the task's loss, its gradient, and an optimizer."""

    surprise: float = math.nan
    discriminator_loss: float = math.nan
    side: Side | None = None

    def __init__(self, model: SequenceModel, data: Data, config: RunConfig) -> None:
        self.model: SequenceModel = model
        self.acting: SequenceModel = model
        self.data, self.settings = data, config.training
        self.optimizers = Optimizers(model, config.training)
        self.weights = [p for p in model.parameters() if p.requires_grad]
        self.objective = objective(data)
        chosen = spread(data.train, config.training.examples)
        self.batches = Batches(chosen, config.training.batch_size, config.seed)
        self.loss = torch.zeros(())

    def look(self, step: int) -> float:
        """The batch's loss; its graph is kept for the update."""
        x, y = self.batches.at(step)
        own = self.acting.loss(x, y)
        if own is None:
            return self._look_at(self.acting(x), y)
        self.loss = own.mean()
        self.surprise = self.loss.item()
        with torch.no_grad():
            return self.objective(self.acting(x), y).item()

    def _look_at(self, output: Tensor, y: Tensor) -> float:
        """The task's loss; what is lowered is the head's own, where it says more than
        one number."""
        self.loss = self.objective.of_head(self.acting.tells, output, y)
        if self.acting.tells == "point":
            return self.loss.item()
        self.surprise = self.loss.item()
        with torch.no_grad():
            return self.objective(output, y).item()

    def update(self, rate: float) -> float:
        """One optimizer step; the gradient's norm before clipping."""
        return descend(self.loss, self.optimizers, rate, self.settings)

    def judge(self) -> Judged:
        """The held-out part, with the changes that are held."""
        return judge(self.acting, self.data)

    def memory(self) -> dict[str, Tensor]:
        """The optimizer's."""
        return self.optimizers.memory()

    def remember(self, memory: Mapping[str, Tensor]) -> None:
        """The optimizer's."""
        self.optimizers.remember(memory)


class Expectation:
    """Expectation-maximisation over all training windows (at most `MOST_WINDOWS`,
    evenly spread); no gradient and no learning rate."""

    surprise: float = math.nan
    discriminator_loss: float = math.nan
    side: Side | None = None

    def __init__(self, model: SequenceModel, data: Data, config: RunConfig) -> None:
        assert isinstance(model, ExpectationModel)
        self.model, self.data = model, data
        self.acting: SequenceModel = model
        self.objective = objective(data)
        most = min(MOST_WINDOWS, config.training.examples or MOST_WINDOWS)
        self.x, self.y = tensors(spread(data.train, most))

    @torch.no_grad()
    def look(self, step: int) -> float:
        """The loss over all windows; an iteration lowers their surprise."""
        self.surprise = float(self.model.surprise(self.x).mean())
        return float(self.objective(self.acting(self.x), self.y))

    @torch.no_grad()
    def update(self, rate: float) -> float:
        """One iteration; how far the parameters moved."""
        before = [p.detach().clone() for p in self.model.parameters()]
        self.model.iterate(self.x, self.y, self.data.counted_from)
        moved = [
            (new - old).square().sum()
            for new, old in zip(self.model.parameters(), before, strict=True)
        ]
        return math.sqrt(float(torch.stack(moved).sum()))

    def judge(self) -> Judged:
        """The held-out part."""
        return judge(self.acting, self.data)

    def memory(self) -> dict[str, Tensor]:
        """Nothing: an iteration follows from the parameters."""
        return {}

    def remember(self, memory: Mapping[str, Tensor]) -> None:
        """Nothing."""


def checked_side(present: Side | None, side: str) -> Side:
    """One of two nets that shall learn, or both.

    Raises:
        ExplorerError: if there are no two nets, or no such side.
    """
    if present is None:
        raise ExplorerError(
            N_(
                "Only two nets that learn against each other have sides, but this run "
                "has one. Train a GAN."
            )
        )
    for each in SIDES:
        if side == each:
            return each
    raise unknown(N_("side"), side, SIDES)


RULES: Mapping[Learning, Callable[[SequenceModel, Data, RunConfig], Rule]] = {
    "gradient": Gradient,
    "expectation": Expectation,
    "adversarial": Adversarial,
}
