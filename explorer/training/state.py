"""A run's whole state as bytes: safetensors, so that reading it can run no code."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import safetensors
import safetensors.numpy
import safetensors.torch
from torch import Tensor

from explorer.errors import N_, ExplorerError
from explorer.runs.packing import MODEL, OPTIMIZER


def together(
    weights: Mapping[str, Tensor], memory: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The tensors of a state: a model's weights, and its optimizer's memory."""
    return {f"{MODEL}{name}": value for name, value in weights.items()} | {
        f"{OPTIMIZER}{name}": value for name, value in memory.items()
    }


def parted(
    tensors: Mapping[str, Tensor],
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What `together` was given."""
    weights, memory = (
        {
            name.removeprefix(begin): value
            for name, value in tensors.items()
            if name.startswith(begin)
        }
        for begin in (MODEL, OPTIMIZER)
    )
    return weights, memory


def pack(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> bytes:
    """Tensors by name and a few facts (what JSON can hold) as one piece of bytes."""
    arrays = {k: v.detach().contiguous().numpy() for k, v in tensors.items()}
    return safetensors.numpy.save(arrays, metadata={"facts": json.dumps(dict(facts))})


def unpack(state: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `pack` was given.

    Raises:
        ExplorerError: if the bytes are not such a state.
    """
    try:
        tensors = safetensors.torch.load(state)
        (length,) = struct.unpack("<Q", state[:8])
        header = json.loads(state[8 : 8 + length])
        facts = json.loads(header["__metadata__"]["facts"])
    except (safetensors.SafetensorError, struct.error, ValueError, KeyError):
        raise ExplorerError(
            N_(
                "A run's state must be a safetensors file that this program wrote, but "
                "these %(count)d bytes are not. Restart the run."
            ),
            count=len(state),
        ) from None
    return tensors, facts
