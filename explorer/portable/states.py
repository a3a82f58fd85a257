"""Whether the states in a zip belong to the run that they came with.

Shapes are compared with what the config itself builds, names and facts with what a
trainer writes, so that a run which is resumed cannot stumble over them.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.runs.commands import LEARNING_RATE
from explorer.runs.records import Checkpoint
from explorer.training.changes import Change, checked
from explorer.training.process import settle
from explorer.training.rules import checked_side
from explorer.training.state import unpack
from explorer.training.trainer import Trainer

MEMORY = "optimizer."
MOST_PIECE = 4 * 10**6
"""Bytes of states that are checked in one go: some tenths of a second."""

Shapes = Mapping[str, tuple[torch.Size, torch.dtype]]


class StateFacts(BaseModel):
    """What a state says beside its tensors, as `Trainer.pack` writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    step: int = Field(ge=0, le=20_000)
    seconds: float = Field(ge=0, le=1e9, allow_inf_nan=False)
    base_rate: float = Field(allow_inf_nan=False)
    first_loss: float
    optimizer: Literal["sgd", "adam", "adamw", "muon"]
    patience: Annotated[list[float | int], Field(min_length=3, max_length=3)]
    lowest: Annotated[list[float | int], Field(min_length=2, max_length=2)] = [
        math.inf,
        0,
    ]
    changes: Annotated[list[dict[str, Any]], Field(max_length=64)] = []
    side: Annotated[list[str | int | None], Field(min_length=2, max_length=2)] = []


def check_states(config: RunConfig, states: Sequence[Checkpoint]) -> None:
    """See that a run can be looked at and go on from each of these states.

    Raises:
        ExplorerError: naming the first step whose state does not belong to the run.
    """
    if not states:
        return
    settle()
    model, memory = _expected(config.to_json())
    for step, state in states:
        try:
            tensors, facts = unpack(state)
            _check_facts(config, facts, step)
            other = facts["optimizer"] != config.training.optimizer
            _check_tensors(tensors, model, {} if other else memory)
            Trainer(config, state)
        except (ExplorerError, ValidationError, RecursionError, TypeError):
            raise ExplorerError(
                N_(
                    "The state of step %(step)d must be one that this run's own model "
                    "wrote, but it does not fit the model. Export the run again."
                ),
                step=step,
            ) from None


def pieces(states: Sequence[Checkpoint]) -> Iterator[list[Checkpoint]]:
    """Groups of states to be checked in one go: a few megabytes, or a single state."""
    piece: list[Checkpoint] = []
    for each in states:
        if piece and sum(len(s) for _, s in piece) + len(each.state) > MOST_PIECE:
            yield piece
            piece = []
        piece.append(each)
    if piece:
        yield piece


@lru_cache(maxsize=16)
def _expected(config: str) -> tuple[Shapes, Shapes]:
    """What a state of this config holds: of the model, and of what its rule remembers
    once it has taken a step."""
    trainer = Trainer(RunConfig.from_json(config))
    model = _shapes(trainer.model.state_dict())
    trainer.rehearse()
    return model, _shapes(trainer.rule.memory())


def _shapes(tensors: Mapping[str, Tensor]) -> Shapes:
    return {name: (value.shape, value.dtype) for name, value in tensors.items()}


def _check_facts(config: RunConfig, facts: Any, step: int) -> None:
    read = StateFacts.model_validate(facts)
    LEARNING_RATE.check(read.base_rate)
    resolved = specs.resolve(config)
    for change in read.changes:
        checked(Change.read(change), resolved)
    if read.side:
        learning = resolved.model.learning
        checked_side("both" if learning == "adversarial" else None, str(read.side[0]))
        until = read.side[1]
        _see(until is None or isinstance(until, int))
    _see(read.step == step)
    _see(all(isinstance(n, int) and n >= 0 for n in read.patience[1:]))
    _see(not math.isnan(read.patience[0]) and not math.isnan(read.lowest[0]))
    _see(isinstance(read.lowest[1], int) and 0 <= read.lowest[1] <= read.step)


def _check_tensors(
    tensors: Mapping[str, Tensor], model: Shapes, memory: Shapes
) -> None:
    kept = {
        k.removeprefix("model."): v for k, v in tensors.items() if k[:6] == "model."
    }
    rest = {k: v for k, v in tensors.items() if k[:6] != "model."}
    _see(all(name.startswith(MEMORY) for name in rest))
    remembered = {k.removeprefix(MEMORY): v for k, v in rest.items()}
    _see(_shapes(kept) == model)
    shapes = _shapes(remembered)
    owners = {_owner(name) for name in shapes}
    mine = {n: s for n, s in shapes.items() if _owner(n) in map(_owner, memory)}
    _see(mine == {n: s for n, s in memory.items() if _owner(n) in owners})
    # what a fork's parent remembered of weights that learn no more, or by another rule
    usual = {torch.Size([]), *(shape for shape, _ in model.values())}
    _see(all(shape in usual for shape, _ in shapes.values()))
    _see(all(bool(torch.isfinite(value).all()) for value in tensors.values()))


def _owner(name: str) -> str:
    """Whose memory an entry is: it is remembered as a whole or not at all."""
    return name.rsplit(".", 1)[0]


def _see(holds: bool) -> None:
    if not holds:
        raise TypeError
