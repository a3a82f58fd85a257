"""What changed from one frame to the next: a browser that keeps frames is told no more.

A mapping becomes its entries that changed, with null for one that is gone. So does a
list of pictures' parts, by their places, if it is as long as before. A curve that grew
becomes how many letters of its text stay, and the rest of it. All else is given anew;
`merged` in `assets/live/changes.js` puts it together.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAME: Any = object()
"""Nothing changed."""

ANEW = "="
"""The key of a mapping that takes the place of something else."""

ABSENT: Any = object()
"""The old value of what is new."""

PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types of most of what a frame holds: they are told apart at once."""

LISTS = list, tuple
CONTAINERS = Mapping, np.ndarray, *LISTS


def changed(old: Any, new: Any) -> Any:
    """`new` as it differs from `old`, for `plots.encode.to_json`."""
    kind = type(new)
    if old is new:
        return SAME
    if kind in PLAIN:
        return SAME if type(old) is kind and old == new else new
    if kind is dict or isinstance(new, Mapping):
        return _entries(old, new) if isinstance(old, Mapping) else {ANEW: new}
    if isinstance(new, np.ndarray):
        return _array(old, new) if isinstance(old, np.ndarray) else new
    if isinstance(new, LISTS) and isinstance(old, LISTS):
        return _list(old, new)
    return SAME if type(old) is kind and old == new else new


def _entries(old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
    changes = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name, ABSENT)
        piece = value if before is ABSENT else changed(before, value)
        if piece is not SAME:
            changes[name] = piece
    return changes or SAME


def _list(old: Sequence[Any], new: Sequence[Any]) -> Any:
    both = *old, *new
    plain = PLAIN.issuperset(map(type, both))
    if plain or not any(isinstance(each, CONTAINERS) for each in both):
        return SAME if list(old) == list(new) else new
    if len(old) != len(new):
        return new
    pieces = map(changed, old, new)
    changes = {str(k): each for k, each in enumerate(pieces) if each is not SAME}
    return changes or SAME


def _array(old: NDArray[Any], new: NDArray[Any]) -> Any:
    if old.dtype != new.dtype or old.ndim != new.ndim:
        return new
    if old.shape == new.shape and old.tobytes() == new.tobytes():
        return SAME
    return _grown(old, new) if new.ndim == 1 and new.dtype.kind == "f" else new


def _grown(old: NDArray[Any], new: NDArray[Any]) -> Any:
    """A curve (n,) as what its text, in base 64, has in common with the old one."""
    a, b = (np.ascontiguousarray(each, "<f4").view("<u4") for each in (old, new))
    least = min(len(a), len(b))
    differ = np.flatnonzero(a[:least] != b[:least])
    alike = int(differ[0]) if len(differ) else least
    # Three numbers of four bytes each are sixteen letters.
    kept = alike // 3
    if not kept:
        return new
    rest = b64encode(b[3 * kept :].tobytes()).decode()
    return {"kept": 16 * kept, "dtype": "f4", "bdata": rest}
