"""The command line: the same engine without a browser.

python -m explorer list
python -m explorer train --model lstm --data sine --set model.hidden_size=32
python -m explorer export RUN FILE.zip
python -m explorer import FILE.zip
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import orjson
import torch
from tqdm import tqdm

from explorer import catalog
from explorer.command import is_path, own_data, read_settings, sentences
from explorer.config import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.export import Training, export, summary
from explorer.inspection.base import Request, Subject, look, views
from explorer.models.base import parameters
from explorer.portable.opened import MOST_ZIP
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.record import read_kept
from explorer.portable.states import check_states
from explorer.portable.unpack import Importer, unpacked
from explorer.runs.records import Curves, Status, Validation
from explorer.runs.store import open_store
from explorer.sweep_command import sweep
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred

SLICE_SECONDS = 0.25


@click.group()
def main() -> None:
    """Train sequence models and look inside them, without a browser."""


main.add_command(sweep)


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
@click.option("--model", help="An architecture; the dataset's usual one if left out.")
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
@click.option("--start", default="", help="A run whose weights to begin with.")
@click.option("--fold", default="", help="Train one fold in time: 2/3, say.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    help="Write config.json, curves.csv and weights.safetensors there.",
)
@sentences
def train(
    model: str | None,
    data: str,
    column: str | None,
    pairs: tuple[str, ...],
    steps: str | None,
    seed: str,
    start: str,
    fold: str,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Train one run to its end and say what it reached."""
    settings = read_settings(pairs)
    if steps is not None:
        settings["training.steps"] = steps
    name = data
    if is_path(data):
        name, settings["data.digest"] = own_data(Path(data), column)
    elif column is not None:
        raise ExplorerError(
            N_(
                "--column names a column of a .csv file, but --data is '%(data)s'. "
                "Leave --column out, or give the path of a file."
            ),
            data=data[:60],
        )
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
            click.echo(f"{key:<18}{value}")
        elif key != "config":
            click.echo(f"{key:<18}{', '.join(f'{k} {v}' for k, v in value.items())}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="At most so many.",
)
@sentences
def runs(as_json: bool, limit: int) -> None:
    """List the runs of the store, newest first."""
    store = open_store()
    for run in store.runs(limit):
        facts = {
            "run": run.id,
            "status": run.status,
            "step": run.step,
            "model": run.config.model,
            "data": run.config.data,
            "seed": run.config.seed,
            "created": run.created.isoformat(timespec="seconds"),
        }
        click.echo(
            json.dumps(facts) if as_json else "  ".join(map(str, facts.values()))
        )
    store.close()


@main.command()
@click.argument("run")
@click.option("--view", required=True, help="Which view; an unknown one lists them.")
@click.option("--step", type=int, help="A kept step; the newest by default.")
@click.option("--example", help="Number of a held-out window, or your own text.")
@click.option(
    "--set", "pairs", multiple=True, help="An option of the view: name=value."
)
@click.option("--json", "as_json", is_flag=True, help="The arrays as one JSON object.")
@sentences
def inspect(
    run: str,
    view: str,
    step: int | None,
    example: str | None,
    pairs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the very arrays that a view of the page Look inside draws."""
    torch.set_num_threads(1)
    store = open_store()
    known = store.get(run)
    state = store.state(run) if step is None else store.checkpoint(run, step)
    if state is None:
        raise ExplorerError(
            N_("Run '%(run)s' has not kept anything yet. Wait for its first steps."),
            run=run[:60],
        )
    store.close()
    options: dict[str, Any] = dict(read_settings(pairs))
    if example is not None:
        by_number = example.lstrip("-").isdigit()
        options["example" if by_number else "text"] = (
            int(example) if by_number else example
        )
    trainer = Trainer(known.config, state.state)
    seen = look(Subject.of(trainer), Request(view, json.dumps(options)))
    if not as_json:
        click.echo(f"{seen.name} of {run} after {seen.step} steps")
        for name, values in seen.arrays.items():
            click.echo(f"  {name:<14}{values.dtype} {values.shape}")
        return
    arrays = {
        name: {
            "axes": views()[view].axes.get(name, ()),
            "shape": list(values.shape),
            "dtype": str(values.dtype),
            "values": np.ascontiguousarray(values),
        }
        for name, values in seen.arrays.items()
    }
    facts = {
        "run": run,
        "view": seen.name,
        "step": seen.step,
        "residual": seen.notes.get("residual"),
        "arrays": arrays,
        "notes": seen.notes,
    }
    # A number that is not finite becomes null: JSON has no other word for it.
    click.echo(orjson.dumps(facts, option=orjson.OPT_SERIALIZE_NUMPY))


@main.command("export")
@click.argument("run")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@sentences
def export_(run: str, path: Path) -> None:
    """Write a run of the store as a .zip, for importing it or for using its model."""
    torch.set_num_threads(1)
    store = open_store()
    kept = read_kept(store, run)
    store.close()
    raw = zipped({folder_name(kept): run_files(kept)})
    try:
        path.write_bytes(raw)
    except OSError as error:
        raise _unusable(path, error) from None
    click.echo(f"{run} -> {path} ({len(raw):,} bytes)")


@main.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per run.")
@sentences
def import_(path: Path, as_json: bool) -> None:
    """Take the runs of a .zip into the store, each under a new id."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_ZIP + 1)
    except OSError as error:
        raise _unusable(path, error) from None
    importer = Importer("", MOST_ZIP, _is_stored, lambda config: None, check_states)
    found = unpacked(raw, importer)
    store = open_store()
    for kept in found:
        store.import_run(*kept)
        run = kept.run
        facts = {"run": run.id, "status": run.status, "step": run.step}
        click.echo(
            json.dumps(facts) if as_json else "  ".join(map(str, facts.values()))
        )
    store.close()


def _is_stored(config: RunConfig) -> bool:
    """Whether the own data that a config names lies on this machine."""
    try:
        catalog.make_data(config)
    except ExplorerError:
        return False
    return True


def _unusable(path: Path, error: OSError) -> ExplorerError:
    return ExplorerError(
        N_(
            "A .zip must be a file that can be read or written, but '%(path)s' gave: "
            "%(reason)s. Check the path."
        ),
        path=path,
        reason=error.strerror or str(error),
    )


def _trained(config: RunConfig) -> Training:
    """Train slice by slice behind a progress bar; Ctrl-C stops with what there is.

    Every slice enters the store, so that the run can be looked into afterwards. Until
    it ends it is called paused there: no server shall train it as well.
    """
    torch.set_num_threads(1)
    store = open_store()
    begun = transferred(config, *store.learned(config.start)) if config.start else None
    trainer = Trainer(config, begun)
    run = store.create(config, parameters(trainer.model), status="paused")
    curves, validations = Curves.empty(), dict[int, Validation]()
    status, message = "training", ""
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
            status, message = "stopped", "Stopped by Ctrl-C."
            store.set_status(run.id, "stopped", message)
    store.close()
    measured = tuple(validations[step] for step in sorted(validations))
    return Training(config, trainer, curves, measured, status, message, run.id)


if __name__ == "__main__":
    main(prog_name="python -m explorer")
