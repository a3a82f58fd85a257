"""Run every benchmark and print the table that stands in the README.

python -m benchmarks [TEXT]    TEXT: a long text file for the character Transformer
"""

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import (
    audience,
    browser,
    capture,
    classroom,
    convergence,
    first_picture,
    inside,
    keras,
    looks,
    many_runs,
    pieces,
    report,
    soak,
    speedrun,
    sweep,
    throughput,
)
from explorer.engine.service import Engine


def main() -> None:
    """Each part on a quiet machine, one after the other."""
    print(report.machine(), "\n")
    print("| What | Measured | Goal | |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_DATA"] = folder
        owner = Engine()
        for row in throughput.measure(owner):
            print(row.line(), flush=True)
        for row in keras.measure(owner):
            print(row.line(), flush=True)
        owner.close()
        for row in pieces.measure(list(throughput.GOALS), Path(folder)):
            print(row.line(), flush=True)
        for row in (*capture.measure(), *convergence.defaults(), *sweep.measure()):
            print(row.line(), flush=True)
        for path in sys.argv[1:]:
            print(convergence.character_transformer(Path(path)).line(), flush=True)
            print(speedrun.measure(Path(path)).line(), flush=True)
    with browser.served() as address:
        for part in (first_picture, browser, inside, looks, classroom):
            for row in part.measure(address):
                print(row.line(), flush=True)
    for row in (*audience.measure(), *many_runs.measure(), *soak.measure()):
        print(row.line(), flush=True)


if __name__ == "__main__":
    main()
