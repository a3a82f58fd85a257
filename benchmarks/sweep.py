"""A sweep over learning rate and hidden size, with and without pruning.

python -m benchmarks.sweep
"""

import os
import sys
import tempfile
import time
from typing import Any

from benchmarks.report import Row
from explorer.catalog import choosing
from explorer.runs.store import open_store
from explorer.sweeping.in_one_process import begin_sweep, run_sweep, summary
from explorer.sweeping.plan import Plan, SweepSettings
from explorer.sweeping.space import read_range

TRIALS, STEPS = 30, 300
SPACE = ("training.learning_rate=0.0005:0.05", "model.hidden_size=8:64")
PRUNERS = ("none", "median", "hyperband")
NEAR, LEAST_SAVED = 1.15, 0.4


def measure() -> list[Row]:
    """The same trials' budget for each pruner, one sweep after the other."""
    found = {pruner: _swept(pruner) for pruner in PRUNERS}
    rows = []
    for pruner in PRUNERS[1:]:
        rows.append(_row(pruner, found[pruner], found["none"]))
    return rows


def _swept(pruner: str) -> dict[str, Any]:
    base = choosing.make_config("sine", "lstm", {"training.steps": STEPS})
    settings = SweepSettings.read({"trials": TRIALS, "pruner": pruner})
    plan = Plan(base, tuple(read_range(base, text) for text in SPACE), settings)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_DATA"] = folder
        store = open_store()
        group_id, study = begin_sweep(store, plan)
        run_sweep(store, group_id, study, lambda trials: None)
        found = summary(study, time.perf_counter() - began)
        store.close()
    return found


def _row(pruner: str, with_: dict[str, Any], without: dict[str, Any]) -> Row:
    share = 1 - with_["steps_trained"] / without["steps_trained"]
    near = with_["times_floor"]
    return Row(
        f"sweep of {TRIALS} trials over learning rate and hidden size, LSTM on sine, "
        f"TPE, pruner {pruner}",
        f"best loss / floor {near:.3f} (without pruning {without['times_floor']:.3f}); "
        f"{share:.0%} of {without['steps_trained']:,} steps saved, "
        f"{with_['seconds']:.0f} s instead of {without['seconds']:.0f} s",
        f"<= {NEAR}, >= {LEAST_SAVED:.0%} saved",
        near <= NEAR and share >= LEAST_SAVED,
    )


if __name__ == "__main__":
    for row in measure():
        print(row.line())
    sys.exit()
