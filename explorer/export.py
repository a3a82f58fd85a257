"""A finished training as files and as numbers."""

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch

from explorer.config import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.models.base import parameters
from explorer.runs.records import Curves, Validation
from explorer.training.measures import metrics
from explorer.training.trainer import Trainer

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
    message: str
    run: str
    """Its id in the store."""


def summary(done: Training) -> dict[str, Any]:
    """What a training reached, as JSON can hold it; a number that is none is None."""
    data, steps = done.trainer.data, len(done.curves.losses)
    last = done.curves.losses[steps - max(1, round(steps * LAST_SHARE)) :]
    seconds = float(done.curves.seconds[-1]) if steps else 0.0
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
        "floor": data.floor,
        "baselines": dict(data.baselines),
        "metrics": dict(metrics(done.trainer.model, data)),
        "status": done.status,
        "message": done.message,
        "seed": done.config.seed,
        "config": json.loads(done.config.to_json()),
    }
    found: dict[str, Any] = _finite(numbers)
    return found


def export(done: Training, folder: Path) -> None:
    """Write config.json, curves.csv and weights.safetensors.

    Raises:
        ExplorerError: if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config = json.dumps(json.loads(done.config.to_json()), indent=2)
        (folder / "config.json").write_text(config + "\n", encoding="utf-8")
        _write_curves(done, folder / "curves.csv")
        weights = {
            name: value.contiguous()
            for name, value in done.trainer.model.state_dict().items()
        }
        safetensors.torch.save_file(weights, folder / "weights.safetensors")
    except OSError as error:
        raise ExplorerError(
            N_(
                "--export needs a folder that can be written, but '%(folder)s' gave: "
                "%(reason)s. Choose another folder."
            ),
            folder=folder,
            reason=error.strerror or str(error),
        ) from None


def _write_curves(done: Training, path: Path) -> None:
    """One row per step; the last row holds the measurement after the last update."""
    measured = {v.step: v.loss for v in done.validations}
    columns = ("loss", "gradient_norm", "learning_rate", "seconds", "rival_loss")
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("step", *columns, "validation_loss"))
        for step, values in enumerate(zip(*done.curves, strict=True)):
            rows.writerow((step, *map(_number, values), measured.get(step, "")))
        last = len(done.curves.losses)
        if last in measured:
            rows.writerow((last, *[""] * len(columns), measured[last]))


def _number(value: float) -> float | str:
    """A number of a table; nothing where there is none."""
    return "" if math.isnan(value) else float(value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
