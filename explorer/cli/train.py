"""The command `train`: one run, from its first step to its last."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
from tqdm import tqdm

from explorer import catalog
from explorer.cli.arguments import (
    FileOptions,
    data_of,
    file_options,
    read_settings,
    sentences,
)
from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.models.base import parameters
from explorer.portable.results import Training, export, summary
from explorer.runs.messages import INTERRUPTED, unexpected
from explorer.runs.records import Curves, Status, Validation
from explorer.runs.store import open_store
from explorer.tasks import MEASURES
from explorer.training.process import settle
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred

SLICE_SECONDS = 0.25


@click.command()
@click.option("--model", help="An architecture; the dataset's usual one if left out.")
@click.option(
    "--data",
    default=catalog.DEFAULT_DATA,
    show_default=True,
    help="A dataset's name, or the path of a table (.csv, .tsv, .txt) or text (.txt).",
)
@file_options
@click.option("--set", "pairs", multiple=True, help="A setting: group.name=value.")
@click.option("--steps", help="Short for --set training.steps=N.")
@click.option("--seed", default="0", show_default=True, help="Equal seeds, equal runs.")
@click.option(
    "--start",
    default="",
    help="A run with whose last weights to begin; RUN@best: with its best ones.",
)
@click.option("--fold", default="", help="Train one fold in time: 2/3, say.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    help="Write config.json, curves.csv, and weights.safetensors of the last step and "
    "weights_best.safetensors of the lowest held-out loss there.",
)
@sentences
def train(
    model: str | None,
    data: str,
    pairs: tuple[str, ...],
    steps: str | None,
    seed: str,
    start: str,
    fold: str,
    as_json: bool,
    folder: Path | None,
    file: FileOptions,
) -> None:
    """Train one run to its end and say what it reached."""
    settings = read_settings(pairs)
    if steps is not None:
        settings["training.steps"] = steps
    name, found = data_of(data, file)
    settings |= found
    config = catalog.make_config(name, model, settings, seed, start, fold)
    done = _trained(config)
    if folder is not None:
        export(done, folder)
    result = summary(done)
    if as_json:
        click.echo(json.dumps(result))
        return
    for key, value in result.items():
        if not isinstance(value, dict):
            click.echo(f"{key:<21}{value}")
        elif key != "config":
            measured = result["validation_loss"] is not None
            parts = (
                f"{name} {_word(name, each, measured)}" for name, each in value.items()
            )
            click.echo(f"{key:<21}{', '.join(parts)}")


def _word(name: str, value: float | None, measured: bool) -> str:
    """A number, or a dash and, where the loss could be measured, why there is none."""
    if value is not None:
        return str(value)
    why = MEASURES[name].undefined if name in MEASURES and measured else ""
    return f"– ({why})" if why else "–"


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
