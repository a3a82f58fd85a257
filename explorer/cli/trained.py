"""What the command `train` does once its settings are known to be sound."""

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.models.base import parameters
from explorer.portable.results import Training, check_folder, export, summary
from explorer.runs.messages import INTERRUPTED, unexpected
from explorer.runs.records import Curves, Simple, Status, Validation
from explorer.runs.store import open_store
from explorer.training.process import settle
from explorer.training.simple import offered, simple_methods
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred

SLICE_SECONDS = 0.25


def trained(config: RunConfig, folder: Path | None) -> dict[str, Any]:
    """Train a run to its end, put its files into `folder`, and say what it reached."""
    if folder is not None:
        check_folder(folder)
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
    status, message, simple = "training", None, None
    with tqdm(total=config.training.steps, unit="step", file=sys.stderr) as bar:
        try:
            while status == "training":
                slice_ = trainer.advance(Budget(seconds=SLICE_SECONDS))
                status, message = slice_.status, slice_.message
                kept: Status = "paused" if status == "training" else slice_.status
                store.record(run.id, replace(slice_, status=kept))
                curves = curves.then(slice_.curves)
                simple = simple or _begun(config)
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
    whole = config, trainer, curves, measured, status, message, run.id, best
    return Training(*whole, _fitted(simple))


def _begun(config: RunConfig) -> Future[Simple]:
    """Simple methods being fitted to the run's data, by a process that lets all others
    go first; it begins when there is something to compare them with."""
    fit = simple_methods if offered(config) else _none
    return ThreadPoolExecutor(1).submit(fit, config)


def _none(_config: RunConfig) -> Simple:
    return Simple()


def _fitted(simple: Future[Simple] | None) -> Simple:
    """What came of it; that they failed or were given up on is said."""
    try:
        return Simple() if simple is None else simple.result()
    except (ExplorerError, KeyboardInterrupt) as error:
        click.echo(f"Simple methods are left out: {error or 'stopped'}", err=True)
        return Simple()
