"""An own series as it is kept: its numbers, its times, and the columns beside it."""

import json
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_OTHERS = 16
"""Columns that may be given beside a series."""


class Other(NamedTuple):
    """A column that a model is given beside the series that it forecasts."""

    name: str
    known: bool  # in advance: a forecast is given its values to come
    values: NDArray[np.float64]  # (n,) NaN where nothing was measured


class OwnSeries(NamedTuple):
    """Values as they were given, what they are called, when each was measured, and what
    is given beside them."""

    values: NDArray[np.float64]  # (n,) NaN where nothing was measured
    label: str
    times: NDArray[Any] | None = None  # (n,) rising datetime64[ms] or float64
    others: tuple[Other, ...] = ()


def as_bytes(series: OwnSeries) -> tuple[bytes, bytes]:
    """Its arrays, and its label: with other columns a list in JSON, which says of each
    of them its name and whether it is known in advance."""
    packed = BytesIO()
    np.save(packed, np.asarray(series.values, "<f8"), allow_pickle=False)
    if series.times is not None:
        np.save(packed, series.times, allow_pickle=False)
    if not series.others:
        return packed.getvalue(), series.label.encode()
    together = np.array([other.values for other in series.others], "<f8")  # (k, n)
    np.save(packed, together, allow_pickle=False)
    names = [series.label, *([other.name, other.known] for other in series.others)]
    return packed.getvalue(), json.dumps(names, ensure_ascii=False).encode()


def of_bytes(raw: bytes) -> OwnSeries:
    """What `as_bytes` gave, the label behind the arrays.

    Raises:
        ValueError: if it is nothing like that.
    """
    stream, arrays = BytesIO(raw), []
    while raw.startswith(np.lib.format.MAGIC_PREFIX, stream.tell()):
        arrays.append(np.load(stream, allow_pickle=False))  # no label begins like that
    label = stream.read().decode()
    if not arrays or len(arrays) > 3:
        raise ValueError("a series is one to three arrays")
    values, *rest = arrays
    together = rest.pop() if rest and rest[-1].ndim == 2 else None
    times = rest.pop() if rest else None
    if rest or values.ndim != 1 or (times is not None and times.shape != values.shape):
        raise ValueError("values and times belong together")
    if together is None:
        return OwnSeries(values, label, times)
    return _with_others(OwnSeries(values, label, times), together)


def _with_others(series: OwnSeries, together: NDArray[Any]) -> OwnSeries:
    label, *names = json.loads(series.label)
    kinds = together.dtype == np.float64 and isinstance(label, str)
    if not kinds or together.shape != (len(names), len(series.values)):
        raise ValueError("each column beside a series has a name and as many values")
    others = []
    for (name, known), values in zip(names, together, strict=True):
        if not isinstance(name, str) or not isinstance(known, bool):
            raise ValueError("a column is a name, and whether it is known in advance")
        others.append(Other(name, known, values))
    if len(others) > MOST_OTHERS:
        raise ValueError("a series has few columns beside it")
    return series._replace(label=label, others=tuple(others))
