"""What the command `sweep` does once its plan is known to be sound."""

import sys
import time
from typing import Any

from tqdm import tqdm

from explorer.runs.store import open_store
from explorer.runs.trials import Trial, best
from explorer.sweeping.in_one_process import begin_sweep, run_sweep, summary
from explorer.sweeping.plan import Plan
from explorer.sweeping.study import STOPPED, Study


def swept(plan: Plan) -> dict[str, Any]:
    """Run a sweep behind a progress bar; Ctrl-C stops with what there is."""
    store, began = open_store(), time.perf_counter()
    group_id, study = begin_sweep(store, plan)
    with tqdm(total=plan.trials, unit="trial", file=sys.stderr) as bar:

        def show(trials: list[Trial]) -> None:
            bar.update(sum(t.state != "training" for t in trials) - bar.n)
            if winner := best(trials):
                bar.set_postfix(best=f"{winner.loss:.4g}", refresh=False)

        try:
            run_sweep(store, group_id, study, show)
        except KeyboardInterrupt:
            _give_up(study)
    store.close()
    return {"sweep": group_id} | summary(study, time.perf_counter() - began)


def _give_up(study: Study) -> None:
    for trial in study.trials():
        if trial.state == "training":
            study.fail(trial, STOPPED)
