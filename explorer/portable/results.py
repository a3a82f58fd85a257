"""A training as files and as numbers."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import safetensors.torch

from explorer.catalog import building
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError, Words
from explorer.models.base import SequenceModel, parameters
from explorer.plots.training.verdict import methods_beside
from explorer.portable.layout import BEST_WEIGHTS
from explorer.runs.records import (
    Checkpoint,
    Curves,
    Simple,
    Validation,
    lowest,
    nullable,
)
from explorer.training.measures import metrics
from explorer.training.state import unpack
from explorer.training.trainer import Trainer

COLUMNS = (
    "step",
    "loss",
    "gradient_norm",
    "learning_rate",
    "seconds",
    "surprise",
    "discriminator_loss",
    "validation_loss",
)
"""Of the table of a run's curves."""

LAST_SHARE = 0.05
"""The training loss of a run is the mean over this last share of its steps."""


@dataclass(frozen=True)
class Training:
    """A run that was trained in this process."""

    config: RunConfig
    trainer: Trainer
    curves: Curves
    validations: tuple[Validation, ...]
    status: str
    message: Words | None
    run: str
    """Its id in the store."""
    best: Checkpoint | None
    """The state at its lowest held-out loss."""
    simple: Simple = field(default_factory=Simple)
    """What simple methods reach on its held-out windows, where they were fitted."""


def summary(done: Training) -> dict[str, Any]:
    """What a training reached, as JSON can hold it; a number that is none is None."""
    data, steps = done.trainer.data, len(done.curves.losses)
    last = done.curves.losses[steps - max(1, round(steps * LAST_SHARE)) :]
    seconds = float(done.curves.seconds[-1]) if steps else 0.0
    best = lowest(done.validations)
    numbers: dict[str, Any] = {
        "run": done.run,
        "model": done.config.model,
        "data": done.config.data,
        "task": data.task,
        "parameters": parameters(done.trainer.model),
        "steps": done.trainer.step,
        "seconds": seconds,
        "steps_per_second": steps / seconds if seconds else None,
        "train_loss": float(np.mean(last)) if steps else None,
        "validation_loss": done.validations[-1].loss if done.validations else None,
        "best_step": done.best.step if done.best else None,
        "best_validation_loss": best.loss if best else None,
        "stopped_early": done.status == "finished"
        and done.trainer.step < done.config.training.steps,
        "floor": building.floor_of(done.config)[0],
        "baselines": dict(data.baselines),
        **_against_simple(done, best),
        "metrics": dict(metrics(done.trainer.model, data)),
        "status": done.status,
        "message": str(done.message or ""),
        "seed": done.config.seed,
        "config": json.loads(done.config.to_json()),
    }
    found: dict[str, Any] = _finite(numbers)
    return found


def _against_simple(done: Training, best: Validation | None) -> dict[str, Any]:
    """The losses of simple methods, and whether one of them wins; nothing where there
    are none."""
    found = {method.name: method.loss for method in done.simple.methods}
    if not found or best is None:
        return {}
    verdict = methods_beside(best.loss, tuple(found.items()), str)
    return {"simple_methods": found, "simple_verdict": verdict}


def check_folder(folder: Path) -> None:
    """See that an export can be written, before anybody waits for it.

    Raises:
        ExplorerError: if the folder cannot be written.
    """
    with _refused(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass


def export(done: Training, folder: Path) -> None:
    """Write config.json, curves.csv and the weights of the last step, and of the best.

    Raises:
        ExplorerError: if the folder cannot be written.
    """
    with _refused(folder):
        folder.mkdir(parents=True, exist_ok=True)
        written = {
            "config.json": config_json(done.config),
            "curves.csv": curves_csv(done.curves, done.validations),
            "weights.safetensors": weights(done.trainer.model),
        }
        if done.best is not None:
            written[BEST_WEIGHTS] = weights_of(done.best)
        for name, content in written.items():
            (folder / name).write_bytes(content)


@contextmanager
def _refused(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExplorerError(
            N_(
                "An export needs a folder that can be written, but '%(folder)s' gave: "
                "%(reason)s. Choose another folder."
            ),
            folder=folder,
            reason=error.strerror or str(error),
        ) from None


def config_json(config: RunConfig) -> bytes:
    """A run's settings as a file that people can read."""
    return (json.dumps(json.loads(config.to_json()), indent=2) + "\n").encode()


def weights(model: SequenceModel) -> bytes:
    """What a model has learned, as safetensors by PyTorch's own names."""
    tensors = {k: v.detach().contiguous() for k, v in model.state_dict().items()}
    return safetensors.torch.save(tensors)


def weights_of(kept: Checkpoint) -> bytes:
    """The same of a state that a run has kept."""
    tensors = unpack(kept.state)[0].items()
    own = {k.removeprefix("model."): v for k, v in tensors if k.startswith("model.")}
    return safetensors.torch.save(own)


def table(curves: Curves, validations: Sequence[Validation]) -> list[list[Any]]:
    """One row per step under `COLUMNS`; None where there is no number.

    The last row holds the measurement after the last update, if there is one.
    """
    measured = {v.step: v.loss for v in validations}
    rows: list[list[Any]] = [
        [step, *map(_number, values), measured.get(step)]
        for step, values in enumerate(zip(*curves, strict=True))
    ]
    last = len(curves.losses)
    if last in measured:
        rows.append([last, *[None] * len(curves), measured[last]])
    return rows


def curves_csv(curves: Curves, validations: Sequence[Validation]) -> bytes:
    """The table as a .csv file; nothing stands where there is no number."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(table(curves, validations))
    return text.getvalue().encode()


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    return nullable(value) if isinstance(value, float) else value
