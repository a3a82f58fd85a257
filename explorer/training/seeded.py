"""The first moment of a run: its settings and its seed make it anew at any time."""

import hashlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from explorer.catalog import building
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.models.base import SequenceModel
from explorer.training.state import pack, together, unpack

SEEDED = "seeded"
"""The fact that a state's weights are those of this seed, and their digest."""


def first_model(config: RunConfig) -> SequenceModel:
    """A run's model as it is before the first step, in training mode.

    Raises:
        ExplorerError: if its settings contradict each other.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return building.build_model(config).train()


def facts_alone(config: RunConfig, state: bytes) -> bytes | None:
    """A state without its tensors, if `written_out` makes them again, to the bit.

    Args:
        config: of the run.
        state: before its first step, with no optimizer's memory.

    Raises:
        ExplorerError: if the run cannot be built, or the state is not sound.
    """
    tensors, facts = unpack(state)
    if SEEDED in facts:
        return state
    digest = _digest(tensors)
    if _digest(_first_tensors(config)) != digest:
        return None
    return pack({}, facts | {SEEDED: [config.seed, digest]})


def written_out(config: RunConfig, state: bytes) -> bytes:
    """A state with its tensors, also where it has its facts alone.

    Raises:
        ExplorerError: as `opened` does.
    """
    _tensors, facts = unpack(state)
    return pack(*opened(config, state)) if SEEDED in facts else state


def opened(config: RunConfig, state: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of a state, also where it has its facts alone, and these.

    Raises:
        ExplorerError: if it is no state, or if its weights can be made no more.
    """
    tensors, facts = unpack(state)
    if SEEDED not in facts:
        return tensors, facts
    seed, digest = facts.pop(SEEDED)
    tensors = _first_tensors(config.model_copy(update={"seed": seed}))
    if _digest(tensors) != digest:
        raise ExplorerError(
            N_(
                "The first moment of an old run is made anew from its settings and its "
                "seed, but this program makes other weights of them than the run began "
                "with. Choose a later moment."
            )
        )
    return tensors, facts


def _first_tensors(config: RunConfig) -> dict[str, Tensor]:
    return together(first_model(config).state_dict(), {})


def _digest(tensors: Mapping[str, Tensor]) -> str:
    """Of all numbers with their names, shapes and kinds."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        values = tensors[name].detach().contiguous().numpy()
        digest.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()
