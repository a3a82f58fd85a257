"""The command `sweep`: find good settings without a browser."""

import json
from typing import Any

import click

from explorer.catalog import choosing, specs
from explorer.cli.arguments import (
    FileOptions,
    data_of,
    file_options,
    read_settings,
    sentences,
)
from explorer.config.settings import choices_of
from explorer.sweeping.plan import Plan, SweepSettings
from explorer.sweeping.space import read_range


def _one_of(name: str) -> str:
    """The allowed values of a setting of a sweep, for its help."""
    return " | ".join(choices_of(SweepSettings.model_fields[name]))


@click.command()
@click.option("--model", help="An architecture; the dataset's usual one if left out.")
@click.option(
    "--data",
    default=specs.DEFAULT_DATA,
    show_default=True,
    help="A dataset's name, or the path of a file: a table, a text, or examples.",
)
@file_options
@click.option("--set", "pairs", multiple=True, help="What stays: group.name=value.")
@click.option(
    "--space",
    "space",
    multiple=True,
    help="What varies: group.name=low:high, or group.name=a,b,c; 1 to 4 of them.",
)
@click.option("--trials", help="How many settings are tried.")
@click.option("--sampler", help=_one_of("sampler"))
@click.option("--pruner", help=_one_of("pruner"))
@click.option("--objective", help=_one_of("objective"))
@click.option(
    "--folds",
    help="Judge by so many folds in time; 0: the held-out part. Values are prepared "
    "and scaled by what each fold learns from; a text's symbols are the whole's.",
)
@click.option("--steps", help="Short for --set training.steps=N.")
@click.option("--seed", default="0", show_default=True, help="Of runs and sampler.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@sentences
def sweep(
    model: str | None,
    data: str,
    pairs: tuple[str, ...],
    space: tuple[str, ...],
    steps: str | None,
    seed: str,
    as_json: bool,
    file: FileOptions,
    **given: str | None,
) -> None:
    """Try many settings, and say which did best and what that cost."""
    settings = read_settings(pairs)
    if steps is not None:
        settings["training.steps"] = steps
    data, found = data_of(data, file)
    settings |= found
    chosen = SweepSettings.read({k: v for k, v in given.items() if v is not None})
    base = choosing.make_config(data, model, settings, seed)
    plan = Plan(
        base,
        tuple(read_range(base, text) for text in space),
        chosen.model_copy(update={"seed": base.seed % 10**4}),
    )
    plan.check()
    # What trains takes as long again to import; it waits until the plan is sound.
    from explorer.cli.swept import swept

    found = swept(plan)
    if as_json:
        click.echo(json.dumps(found))
        return
    for key, value in found.items():
        click.echo(f"{key:<18}{_shown(value)}")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return str(value)
