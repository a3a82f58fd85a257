"""The command `train`: one run, from its first step to its last."""

import json
from pathlib import Path

import click

from explorer.catalog import choosing, specs
from explorer.cli.arguments import (
    FileOptions,
    data_of,
    file_options,
    read_settings,
    sentences,
)
from explorer.tasks import MEASURES


@click.command()
@click.option("--model", help="An architecture; the dataset's usual one if left out.")
@click.option(
    "--data",
    default=specs.DEFAULT_DATA,
    show_default=True,
    help="A dataset's name, or the path of a file: a table, a text, or examples.",
)
@file_options
@click.option("--set", "pairs", multiple=True, help="A setting: group.name=value.")
@click.option(
    "--preset", default="", help="Settings that belong together: speedrun, say."
)
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
    preset: str,
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
    if preset:
        taken = choosing.preset_settings(model or specs.usual_model(name), preset)
        settings = taken | settings
    config = choosing.make_config(name, model, settings, seed, start, fold)
    # What trains takes as long again to import; it waits until the settings are sound.
    from explorer.cli.trained import trained

    result = trained(config, folder)
    if as_json:
        click.echo(json.dumps(result))
        return
    for key, value in result.items():
        if not isinstance(value, dict):
            click.echo(f"{key:<21}{_short(value)}")
        elif key != "config":
            measured = result["validation_loss"] is not None
            parts = (
                f"{name} {_word(name, each, measured)}" for name, each in value.items()
            )
            click.echo(f"{key:<21}{', '.join(parts)}")


def _word(name: str, value: float | None, measured: bool) -> str:
    """A number, or a dash and, where the loss could be measured, why there is none."""
    if value is not None:
        return _short(value)
    why = MEASURES[name].undefined if name in MEASURES and measured else ""
    return f"– ({why})" if why else "–"


def _short(value: object) -> str:
    """What one result is, to be read; `--json` has all of its digits.

    >>> _short(0.0123456789), _short(400), _short(True)
    ('0.01235', '400', 'True')
    """
    return f"{value:.4g}" if isinstance(value, float) else str(value)
