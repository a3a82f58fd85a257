"""What an old run keeps, in few bytes: the same numbers, to the bit.

Neighbouring numbers share their exponent more than their digits, so all first bytes
are laid side by side, then all second ones; of a curve that is smooth, the differences
are laid so. The rest is LZMA's, whose check tells when bytes were damaged.
"""

import json
import lzma
import math
import zlib
from collections.abc import Mapping

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

MODEL, OPTIMIZER = "model.", "optimizer."
"""How the names of a model's weights and of its optimizer's memory begin."""

_LENGTH = 8
"""Bytes in which safetensors says how long its header is."""

_ORDERS = 3
"""A curve is kept as it is, as its differences, or as the differences of these."""

Words = NDArray[np.uint32]


def packed_state(state: bytes) -> bytes:
    """A state, or any other bytes, in few of them."""
    start = _header(state)
    whole = start + (len(state) - start) // 4 * 4
    words = np.frombuffer(state[start:whole], "<u4")
    return lzma.compress(state[:start] + _planes(words) + state[whole:])


def unpacked_state(packed: bytes) -> bytes:
    """What `packed_state` was given."""
    state = lzma.decompress(packed)
    start = _header(state)
    whole = start + (len(state) - start) // 4 * 4
    words = _words(state[start:whole]).astype("<u4").tobytes()
    return state[:start] + words + state[whole:]


def packed_curves(curves: NDArray[np.float32]) -> bytes:
    """Curves (k, n), each in the way that suits it."""
    orders, laid = [], []
    for row in np.ascontiguousarray(curves, "<f4"):
        ways = [_planes(_differences(row.view("<u4"), k)) for k in range(_ORDERS)]
        orders.append(min(range(_ORDERS), key=lambda k: len(zlib.compress(ways[k]))))
        laid.append(ways[orders[-1]])
    return lzma.compress(bytes([len(orders), *orders]) + b"".join(laid))


def unpacked_curves(packed: bytes, length: int) -> NDArray[np.float32]:
    """What `packed_curves` was given, of curves of this length."""
    content = lzma.decompress(packed)
    orders, laid = content[1 : 1 + content[0]], content[1 + content[0] :]
    rows = [
        _sums(_words(laid[4 * length * k : 4 * length * (k + 1)]), order)
        for k, order in enumerate(orders)
    ]
    return np.stack(rows).view(np.float32)


def packed_measures(measures: Mapping[int, Mapping[str, float]]) -> bytes:
    """What was measured, by step and name; a step may lack some of the names."""
    each = list(measures.values())
    names = list(dict.fromkeys(name for row in each for name in row))
    lacking = [(k, n) for k, row in enumerate(each) for n in names if n not in row]
    header = json.dumps([list(measures), names, lacking]).encode()
    table = np.array([[row.get(n, math.nan) for row in each] for n in names], "<f8")
    planes = table.view(np.uint8).reshape(-1, table.itemsize).T.tobytes()
    return lzma.compress(len(header).to_bytes(_LENGTH, "little") + header + planes)


def unpacked_measures(packed: bytes) -> dict[int, dict[str, float]]:
    """What `packed_measures` was given."""
    content = lzma.decompress(packed)
    start = _header(content)
    steps, names, lacking = json.loads(content[_LENGTH:start])
    planes = np.frombuffer(content[start:], np.uint8).reshape(8, -1)
    table = np.ascontiguousarray(planes.T).view("<f8").reshape(len(names), len(steps))
    absent = set(map(tuple, lacking))
    return {
        step: {
            n: float(table[i, k]) for i, n in enumerate(names) if (k, n) not in absent
        }
        for k, step in enumerate(steps)
    }


def has_memory(state: bytes) -> bool:
    """Whether an optimizer's memory is in a state."""
    try:
        return any(k.startswith(OPTIMIZER) for k in safetensors.numpy.load(state))
    except safetensors.SafetensorError:
        return False


def weights_alone(state: bytes) -> bytes:
    """A state without its optimizer's memory; what is no state stays as it is."""
    try:
        tensors = safetensors.numpy.load(state)
    except safetensors.SafetensorError:
        return state
    header = json.loads(state[_LENGTH : _header(state)])
    kept = {k: v for k, v in tensors.items() if not k.startswith(OPTIMIZER)}
    return safetensors.numpy.save(kept, metadata=header.get("__metadata__"))


def _header(state: bytes) -> int:
    """Where the numbers of a state begin."""
    told = int.from_bytes(state[:_LENGTH], "little")
    return min(_LENGTH + told, len(state))


def _planes(words: Words) -> bytes:
    """All highest bytes last; signs are put below, away from the exponents."""
    turned = words << np.uint32(1) | words >> np.uint32(31)
    return turned.astype("<u4").view(np.uint8).reshape(-1, 4).T.tobytes()


def _words(planes: bytes) -> Words:
    """What `_planes` was given."""
    laid = np.frombuffer(planes, np.uint8).reshape(4, -1).T
    turned = np.ascontiguousarray(laid).view("<u4").ravel()
    return (turned >> np.uint32(1) | turned << np.uint32(31)).astype(np.uint32)


def _differences(words: Words, order: int) -> Words:
    """Each number's distance to the one before it, so often; small ones either way
    have few digits."""
    for _ in range(order):
        words = np.diff(words, prepend=np.uint32(0))
    return words if order == 0 else _zigzag(words)


def _sums(words: Words, order: int) -> Words:
    """What `_differences` was given."""
    if order:
        words = words >> np.uint32(1) ^ (np.uint32(0) - (words & np.uint32(1)))
    for _ in range(order):
        words = np.cumsum(words, dtype=np.uint32)
    return words


def _zigzag(words: Words) -> Words:
    """0, -1, 1, -2, 2, ... as 0, 1, 2, 3, 4, ..."""
    return words << np.uint32(1) ^ (np.uint32(0) - (words >> np.uint32(31)))
