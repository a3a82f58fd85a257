"""What the command `train` does once its settings are known to be sound."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.models.base import parameters
from explorer.portable.results import Training, export, summary
from explorer.runs.messages import INTERRUPTED, unexpected
from explorer.runs.records import Curves, Status, Validation
from explorer.runs.store import open_store
from explorer.training.process import settle
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred

SLICE_SECONDS = 0.25


def trained(config: RunConfig, folder: Path | None) -> dict[str, Any]:
    """Train a run to its end, put its files into `folder`, and say what it reached."""
    done = _trained(config)
    if folder is not None:
        export(done, folder)
    return summary(done)


def _trained(config: RunConfig) -> Training:
    """Train slice by slice behind a progress bar; Ctrl-C stops with what there is.

    Every slice enters the store, so that the run can be looked into afterwards. Until
    it ends it is called paused there: no server shall train it as well.
    """
    settle()
    store = open_store()
    begun = transferred(config, *store.learned(config.start)) if config.start else None
    trainer = Trainer(config, begun)
    run = store.create(config, parameters(trainer.model), status="paused")
    curves, validations = Curves.empty(), dict[int, Validation]()
    status, message = "training", None
    with tqdm(total=config.training.steps, unit="step", file=sys.stderr) as bar:
        try:
            while status == "training":
                slice_ = trainer.advance(Budget(seconds=SLICE_SECONDS))
                status, message = slice_.status, slice_.message
                kept: Status = "paused" if status == "training" else slice_.status
                store.record(run.id, replace(slice_, status=kept))
                curves = curves.then(slice_.curves)
                validations |= {v.step: v for v in slice_.validations}
                bar.update(len(slice_.curves.losses))
                if len(curves.losses):  # a busy machine may need longer for the first
                    bar.set_postfix(loss=f"{curves.losses[-1]:.4g}", refresh=False)
        except KeyboardInterrupt:
            status, message = "stopped", INTERRUPTED
            store.set_status(run.id, "stopped", message)
        except Exception as error:
            why = unexpected(error)
            store.set_status(run.id, "failed", why)
            raise ExplorerError.saying(why) from error
    best = store.best_state(run.id) if store.best(run.id) else None
    store.close()
    measured = tuple(validations[step] for step in sorted(validations))
    return Training(config, trainer, curves, measured, status, message, run.id, best)
