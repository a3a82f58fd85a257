"""Steps for each step of a bare loop, by the time that this process had a core.

A bare loop, a worker's slices with the views of an open page, and the slices of the
command line take turns in one process, a fraction of a second each. So a busy machine
disturbs all three alike. The server's own work, in another process, is not in this.

python -m benchmarks.pieces [MODEL ...]
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.bare import stepper
from benchmarks.report import Row, machine
from benchmarks.throughput import GOALS
from explorer.catalog import choosing
from explorer.cli.trained import SLICE_SECONDS
from explorer.config.run import RunConfig
from explorer.engine.jobs import Job
from explorer.engine.turns import SLICE_SECONDS as TURN
from explorer.engine.worker import run_slices
from explorer.models.base import parameters
from explorer.plots.panel import names_on
from explorer.runs.store import Store, open_store
from explorer.training.process import settle
from explorer.training.trainer import Budget, Trainer
from explorer.ui.live.asked import wanted
from explorer.ui.samples import first_wish

ROUNDS = 15
BARE_SECONDS = 0.2

Piece = Callable[[], int]
"""Trains for a moment; how many steps it took."""


def bare_piece(model: str) -> Piece:
    """The yardstick."""
    step = stepper(model)

    def piece() -> int:
        end, steps = time.perf_counter() + BARE_SECONDS, 0
        while time.perf_counter() < end:
            step()
            steps += 1
        return steps

    return piece


def page_piece(config: RunConfig) -> Piece:
    """A worker's slice, with the views that an open Playground wants."""
    looks, serial = wanted(config, first_wish(config, names_on("playground"))), 0

    def piece() -> int:
        nonlocal serial
        job = Job("run", config.to_json(), serial, None, serial == 0, TURN, None)
        (result,) = run_slices([job._replace(looks=looks)])
        serial += 1
        assert result.progress is not None
        return len(result.progress.curves.losses)

    return piece


def command_piece(config: RunConfig, store: Store) -> Piece:
    """A slice of the command `train`, which enters it into the store."""
    trainer = Trainer(config)
    run = store.create(config, parameters(trainer.model), status="paused")

    def piece() -> int:
        slice_ = trainer.advance(Budget(seconds=SLICE_SECONDS))
        store.record(run.id, replace(slice_, status="paused"))
        return len(slice_.curves.losses)

    return piece


def seconds_per_step(piece: Piece) -> float:
    """Of a core's time."""
    began = time.process_time()
    steps = piece()
    return (time.process_time() - began) / steps


def measure(models: list[str], folder: Path) -> list[Row]:
    """Two rows per net: with its page open, and from the command line."""
    settle()
    store, rows = open_store(f"sqlite:///{folder}/runs.sqlite3"), []
    for model in models:
        config = choosing.make_config("sine", model, {"training.steps": 20000})
        pieces = bare_piece(model), page_piece(config), command_piece(config, store)
        for piece in pieces:
            piece()
        times = [[seconds_per_step(piece) for piece in pieces] for _ in range(ROUNDS)]
        for k, what in ((1, "a worker, page open"), (2, "`python -m explorer train`")):
            rows.append(_row(f"{what}, {model}", GOALS[model], times, k))
    store.close()
    return rows


def _row(what: str, goal: float, times: list[list[float]], k: int) -> Row:
    """The kth piece against the bare one, round by round."""
    ratios = [each[0] / each[k] for each in times]
    low, middle, high = statistics.quantiles(ratios, n=4)
    plain, own = (statistics.median(each[j] for each in times) * 1e3 for j in (0, k))
    return Row(
        f"{what}: bare loop's time of a core for a step / its own",
        f"{middle:.2f} ({plain:.2f} / {own:.2f} ms; half of the rounds within "
        f"{low:.2f} to {high:.2f})",
        f">= {goal:g}",
        middle >= goal,
    )


if __name__ == "__main__":
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(sys.argv[1:] or list(GOALS), Path(folder)):
            print(row.line(), flush=True)
