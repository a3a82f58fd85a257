"""Methods older than networks, in a process of its own that lets all others go first:
fitting them takes seconds.
"""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from explorer.data.base import Floats
from explorer.data.methods import Rolled, rolled
from explorer.data.vector_autoregression import rolled_together
from explorer.errors import N_, ExplorerError

WITHIN = 600.0
"""Seconds in which it must be done."""

POLITE = 10
"""How much it lets others go first (`nice`)."""


def in_own_process(values: Floats, split: int, origin: int) -> list[Rolled]:
    """What the methods say, while everything else on this machine goes first. Blocks.

    Args:
        values, split, origin: as of `methods.rolled`; of series that are forecast
            together (n, O), as of `vector_autoregression.rolled_together`.

    Raises:
        ExplorerError: if the process does not come to its end.
    """
    sent = io.BytesIO()
    np.savez(sent, values=values, bounds=np.array([split, origin]))
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name],
            input=sent.getvalue(),
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, **one_thread},
            timeout=WITHIN,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ExplorerError(
            N_(
                "Simple methods are fitted in a process of their own, but it failed: "
                "%(error)s"
            ),
            error=_last_words(error),
        ) from None
    with np.load(io.BytesIO(done.stdout)) as came:
        parts = came["names"].tolist(), came["one_step"], came["free"]
    return [Rolled(*each) for each in zip(*parts, strict=True)]


def _last_words(error: Exception) -> str:
    """What a process said last, or what became of it."""
    output = getattr(error, "stderr", None) or b""
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else type(error).__name__


def main() -> None:
    """From standard input to standard output, as `in_own_process` says."""
    os.nice(POLITE)
    with np.load(io.BytesIO(sys.stdin.buffer.read())) as came:
        values, (split, origin) = came["values"], came["bounds"].tolist()
    found = (rolled if values.ndim == 1 else rolled_together)(values, split, origin)
    sent = io.BytesIO()
    np.savez(
        sent,
        names=np.array([each.name for each in found], str),
        one_step=np.array([each.one_step for each in found]),
        free=np.array([each.free for each in found]),
    )
    sys.stdout.buffer.write(sent.getvalue())


if __name__ == "__main__":
    main()
