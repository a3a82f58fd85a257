"""The command line: the same engine without a browser.

python -m explorer list
python -m explorer train --model lstm --data sine --set model.hidden_size=32
"""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import torch
from tqdm import tqdm

from explorer import catalog
from explorer.config import RunConfig
from explorer.data import content, files
from explorer.errors import N_, ExplorerError
from explorer.export import Training, export, summary
from explorer.runs.records import Curves, Validation
from explorer.training.trainer import Budget, Trainer

SLICE_SECONDS = 0.25
BAD_INPUT = 2


def sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what a person can mend into one line on standard error and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ExplorerError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(BAD_INPUT)

    return run


@click.group()
def main() -> None:
    """Train sequence models and look inside them, without a browser."""


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_(as_json: bool) -> None:
    """Say which architectures, datasets and tasks there are."""
    models = {m.name: m.tasks for m in catalog.models().values()}
    datasets = {d.name: d.task for d in catalog.datasets().values() if d.offered}
    tasks = sorted(
        {*datasets.values(), *(t for known in models.values() for t in known)}
    )
    if as_json:
        click.echo(json.dumps({"models": models, "datasets": datasets, "tasks": tasks}))
        return
    click.echo("Models")
    for name, known in models.items():
        click.echo(f"  {name:<14}{', '.join(known)}")
    click.echo("Datasets (or the path of an own .csv or .txt file)")
    for name, task in datasets.items():
        click.echo(f"  {name:<14}{task}")


@main.command()
@click.option(
    "--model", default=catalog.DEFAULT_MODEL, show_default=True, help="Which."
)
@click.option(
    "--data",
    default=catalog.DEFAULT_DATA,
    show_default=True,
    help="A dataset's name, or the path of a .csv (series) or .txt (text) file.",
)
@click.option("--column", help="Which column of a .csv holds the series.")
@click.option("--set", "pairs", multiple=True, help="A setting: group.name=value.")
@click.option("--steps", help="Short for --set training.steps=N.")
@click.option("--seed", default="0", show_default=True, help="Equal seeds, equal runs.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    help="Write config.json, curves.csv and weights.safetensors there.",
)
@sentences
def train(
    model: str,
    data: str,
    column: str | None,
    pairs: tuple[str, ...],
    steps: str | None,
    seed: str,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Train one run to its end and say what it reached."""
    settings = _settings(pairs)
    if steps is not None:
        settings["training.steps"] = steps
    name = data
    if _is_path(data):
        name, settings["data.digest"] = _own_data(Path(data), column)
    elif column is not None:
        raise ExplorerError(
            N_(
                "--column names a column of a .csv file, but --data is '%(data)s'. "
                "Leave --column out, or give the path of a file."
            ),
            data=data[:60],
        )
    config = catalog.make_config(name, model, settings, seed)
    done = _trained(config)
    if folder is not None:
        export(done, folder)
    result = summary(done)
    if as_json:
        click.echo(json.dumps(result))
        return
    for key, value in result.items():
        if not isinstance(value, dict):
            click.echo(f"{key:<18}{value}")
        elif key != "config":
            click.echo(f"{key:<18}{', '.join(f'{k} {v}' for k, v in value.items())}")


def _trained(config: RunConfig) -> Training:
    """Train slice by slice behind a progress bar; Ctrl-C stops with what there is."""
    torch.set_num_threads(1)
    trainer = Trainer(config)
    curves, validations = Curves.empty(), dict[int, Validation]()
    status, message = "training", ""
    with tqdm(total=config.training.steps, unit="step", file=sys.stderr) as bar:
        try:
            while status == "training":
                slice_ = trainer.advance(
                    Budget(seconds=SLICE_SECONDS), want_state=False
                )
                status, message = slice_.status, slice_.message
                curves = curves.then(slice_.curves)
                validations |= {v.step: v for v in slice_.validations}
                bar.update(len(slice_.curves.losses))
                bar.set_postfix(loss=f"{curves.losses[-1]:.4g}", refresh=False)
        except KeyboardInterrupt:
            status, message = "stopped", "Stopped by Ctrl-C."
    measured = tuple(validations[step] for step in sorted(validations))
    return Training(config, trainer, curves, measured, status, message)


def _settings(pairs: tuple[str, ...]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ExplorerError(
                N_(
                    "--set needs group.name=value, but got '%(came)s'. As in --set "
                    "model.hidden_size=32."
                ),
                came=pair[:60],
            )
        settings[name.strip()] = value.strip()
    return settings


def _is_path(data: str) -> bool:
    return Path(data).suffix.lower() in (".csv", ".txt") or "/" in data


def _own_data(path: Path, column: str | None) -> tuple[str, str]:
    """Take in a file; the dataset that reads it, and its digest."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ExplorerError(
            N_(
                "--data must be a dataset or a file that can be read, but '%(path)s' "
                "gave: %(reason)s. Check the path."
            ),
            path=path,
            reason=error.strerror or str(error),
        ) from None
    if path.suffix.lower() == ".csv":
        values, label = files.read_series(raw, column, path.name)
        return "own_series", content.put_series(values, label)
    return "own_text", content.put_text(files.read_text(raw, path.name))


if __name__ == "__main__":
    main(prog_name="python -m explorer")
