"""What the defaults lose: each shipped pair of data and net against random settings.

Each pair is trained at its own default length, once with the default rate and schedule
and twelve times with random ones. What is lost is told as a share of the way from the
floor (or 0) to the best simple guess; where these coincide, as a share of the floor.

python -m benchmarks.defaults FILE [DATA:MODEL ...]

FILE keeps what was measured, a line a run, so that a later call goes on where the last
one was stopped. Without pairs: all of them, the cheap ones first.
"""

import json
import math
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from explorer.catalog import building, choosing, specs
from explorer.config.settings import choices_of
from explorer.config.training import TrainingSettings
from explorer.data.base import Data
from explorer.training.process import settle
from explorer.training.trainer import Budget, Trainer

TRIES = 12
LEAST, MOST = 0.0005, 0.05
"""Rates are drawn between these, evenly in their logarithm."""

GOAL, ALIKE = 0.05, 0.02
"""What may be lost of the way, and of the floor where guess and floor are alike."""


class Lost(NamedTuple):
    """A pair's line of the table."""

    pair: str
    usual: float  # the loss at defaults
    best: float  # of the random tries
    share: float
    goal: float
    tries: int


def pairs() -> list[str]:
    """Every shipped pair that descends a gradient, by the time of a run."""
    found: dict[str, float] = {}
    for data in specs.datasets().values():
        for model in specs.fitting(data.name) if data.offered else ():
            if choosing.usual_pace_of(data.name, model.name) is not None:
                pair = f"{data.name}:{model.name}"
                found[pair] = _seconds(data.name, model.name)
    return sorted(found, key=lambda pair: found[pair])


def _seconds(data: str, model: str) -> float:
    trainer = Trainer(choosing.make_config(data, model))
    trainer.advance(Budget(steps=1), want_state=False)
    began = time.process_time()
    trainer.advance(Budget(steps=3), want_state=False)
    return (time.process_time() - began) / 3 * trainer.config.training.steps


def tries(pair: str) -> Iterator[dict[str, Any]]:
    """No settings, which are the defaults; then random rates and schedules."""
    yield {}
    random = np.random.default_rng(crc32(pair.encode()))
    schedules = choices_of(TrainingSettings.model_fields["schedule"])
    for _ in range(TRIES):
        rate = math.exp(random.uniform(math.log(LEAST), math.log(MOST)))
        schedule = schedules[random.integers(len(schedules))]
        yield {
            "training.learning_rate": float(f"{rate:.2g}"),
            "training.schedule": schedule,
        }


def reached(data: str, model: str, settings: dict[str, Any]) -> float:
    """The last held-out loss; infinite where a run diverged."""
    progress = Trainer(choosing.make_config(data, model, settings)).advance(
        Budget(), want_state=False
    )
    sound = progress.status == "finished" and progress.validations
    return progress.validations[-1].loss if sound else math.inf


def measure(file: Path, wanted: Iterable[str]) -> None:
    """Train what is not in the file yet, and add a line for each run."""
    known = {json.dumps(row[:2]) for row in _rows(file)}
    for pair in wanted:
        for settings in tries(pair):
            if json.dumps([pair, settings]) in known:
                continue
            data, model = pair.split(":")
            loss = reached(data, model, settings)
            with file.open("a", encoding="utf-8") as out:
                out.write(json.dumps([pair, settings, loss]) + "\n")


def _rows(file: Path) -> list[list[Any]]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _span(data: Data, model: str) -> tuple[float, float]:
    """Floor, or 0, and the way from it to the best simple guess."""
    floor = data.floor_for(specs.model_spec(model).one_way)[0] or 0.0
    guess = min(data.baselines.values(), default=math.inf)
    return floor, guess - floor


def lost(file: Path) -> list[Lost]:
    """A line for each pair whose defaults and at least one try were measured."""
    found: dict[str, dict[bool, list[float]]] = {}
    for pair, settings, loss in _rows(file):
        found.setdefault(pair, {True: [], False: []})[not settings].append(loss)
    lines = []
    for pair, losses in found.items():
        if not losses[True] or not losses[False]:
            continue
        (usual,), best = losses[True], min(losses[False])
        data, model = pair.split(":")
        floor, way = _span(building.make_data(choosing.make_config(data, model)), model)
        alike = way < ALIKE * floor
        scale = floor if alike else way if math.isfinite(way) else 1.0
        share = (usual - best) / scale
        goal = ALIKE if alike else GOAL
        lines.append(Lost(pair, usual, best, share, goal, len(losses[False])))
    return sorted(lines, key=lambda line: -line.share)


def table(lines: list[Lost]) -> str:
    """As Markdown."""
    rows = ["| Pair | Defaults | Best of random | Lost | Goal | |", "|" + "---|" * 6]
    for line in lines:
        verdict = "holds" if line.share <= line.goal else "**missed**"
        rows.append(
            f"| {line.pair} | {line.usual:.4g} | {line.best:.4g} of {line.tries} "
            f"| {line.share:.3f} | <= {line.goal:g} | {verdict} |"
        )
    if lines:
        middle = statistics.median(line.share for line in lines)
        rows.append(f"\nMedian lost: {middle:.3f} over {len(lines)} pairs")
    return "\n".join(rows)


if __name__ == "__main__":
    settle()
    measure(Path(sys.argv[1]), sys.argv[2:] or pairs())
    print(table(lost(Path(sys.argv[1]))))
