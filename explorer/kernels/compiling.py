"""How a loop over time is compiled, and what bends its sums.

Compiled once for a machine: the code is kept in the user's cache folder, under a name
that changes with these files.
"""

import hashlib
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types
from numba.extending import overload
from platformdirs import user_cache_path

Function = TypeVar("Function", bound=Callable[..., Any])

FASTER = {"contract", "reassoc", "arcp", "nsz", "afn"}
"""All of LLVM's fast arithmetic but that there were no NaN and no infinity: a run that
diverges must be seen to."""

_sources = b"".join(
    file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))
)
numba.config.CACHE_DIR = str(  # type: ignore[attr-defined]
    user_cache_path("sequence-explorer")
    / f"kernels-{hashlib.sha256(_sources).hexdigest()[:12]}"
)


def compiled(function: Function) -> Function:
    """The function as machine code; kept for other processes where a folder allows."""
    jit = partial(numba.njit, fastmath=FASTER, error_model="numpy", nogil=True)
    try:
        return cast(Function, jit(function, cache=True))
    except RuntimeError:  # no folder can be written: each process compiles for itself
        return cast(Function, jit(function))


def tanh(x: Any) -> Any:
    """In compiled code: the hyperbolic tangent of a float32 or float64."""
    raise NotImplementedError


def logistic(x: Any) -> Any:
    """In compiled code: 1 / (1 + exp(-x)) of a float32 or float64."""
    raise NotImplementedError


REACH = np.float32(7.90531110763549805)
"""Beyond it tanh is 1 in float32."""

ODD = tuple(
    map(
        np.float32,
        (
            -2.76076847742355e-16,
            2.00018790482477e-13,
            -8.60467152213735e-11,
            5.12229709037114e-08,
            1.48572235717979e-05,
            6.37261928875436e-04,
            4.89352455891786e-03,
        ),
    )
)
EVEN = tuple(
    map(
        np.float32,
        (
            1.19825839466702e-06,
            1.18534705686654e-04,
            2.26843463243900e-03,
            4.89352518554385e-03,
        ),
    )
)
"""tanh x = x ODD(x^2) / EVEN(x^2) to float32's rounding, the highest power first: the
coefficients of the Eigen library. Unlike the exact function it runs in vectors."""


def _narrow_tanh(x):  # type: ignore[no-untyped-def]
    x = min(max(x, -REACH), REACH)
    s = x * x
    odd = ODD[0] * s + ODD[1]
    odd = odd * s + ODD[2]
    odd = odd * s + ODD[3]
    odd = odd * s + ODD[4]
    odd = odd * s + ODD[5]
    odd = odd * s + ODD[6]
    even = EVEN[0] * s + EVEN[1]
    even = even * s + EVEN[2]
    even = even * s + EVEN[3]
    return x * odd / even


HALF = np.float32(0.5)


@overload(tanh, inline="always")
def _tanh_of(x):  # type: ignore[no-untyped-def]
    return _narrow_tanh if x == types.float32 else lambda x: math.tanh(x)


@overload(logistic, inline="always")
def _logistic_of(x):  # type: ignore[no-untyped-def]
    if x == types.float32:
        return lambda x: HALF * tanh(HALF * x) + HALF
    return lambda x: 0.5 * math.tanh(0.5 * x) + 0.5
