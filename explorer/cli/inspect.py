"""The command `inspect`: the very numbers that a picture is drawn from."""

import json
from collections.abc import Mapping
from typing import Any

import click
import numpy as np
import orjson

from explorer.catalog import building
from explorer.cli.arguments import read_settings, sentences
from explorer.config.settings import whole_number
from explorer.errors import N_, ExplorerError
from explorer.inspection.base import Request, Subject, look, views
from explorer.runs.records import Checkpoint, View
from explorer.runs.store import Store, open_store
from explorer.training.process import settle
from explorer.training.trainer import Trainer


@click.command()
@click.argument("run")
@click.option("--view", required=True, help="Which view; an unknown one lists them.")
@click.option("--step", default="last", help="A kept step, best, or last (default).")
@click.option("--example", help="Number of a held-out window; words are own text.")
@click.option("--text", help="Your own text or numbers, a number alone included.")
@click.option(
    "--set", "pairs", multiple=True, help="An option of the view: name=value."
)
@click.option("--json", "as_json", is_flag=True, help="The arrays as one JSON object.")
@sentences
def inspect(
    run: str,
    view: str,
    step: str,
    example: str | None,
    text: str | None,
    pairs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the very arrays that a view of the page Look inside draws."""
    settle()
    store = open_store()
    config = store.get(run).config
    building.make_data(config)  # where it is somebody's own and absent, that is said
    state = kept_state(store, run, step)
    store.close()
    request = Request(view, json.dumps(_options(pairs, example, text)))
    seen = look(Subject.of(Trainer(config, state.state)), request)
    if as_json:
        click.echo(_as_json(run, seen, views()[view].axes))
        return
    click.echo(f"{seen.name} of {run} after {seen.step} steps")
    for name, values in seen.arrays.items():
        click.echo(f"  {name:<14}{values.dtype} {values.shape}")


def kept_state(store: Store, run: str, step: str) -> Checkpoint:
    """The state of a run that `--step` names.

    Raises:
        ExplorerError: if there is no such state.
    """
    state = _kept(store, run, step)
    if state is None:
        raise ExplorerError(
            N_("Run '%(run)s' has not kept anything yet. Wait for its first steps."),
            run=run[:60],
        )
    return state


def _kept(store: Store, run: str, step: str) -> Checkpoint | None:
    """The state of a run that `--step` names; None if it has none at all."""
    if step == "last":
        return store.state(run)
    if step == "best":
        return store.best_state(run)
    if (number := whole_number(step)) is not None:
        return store.checkpoint(run, number)
    raise ExplorerError(
        N_("--step must be a whole number, best or last, but got '%(came)s'."),
        came=step[:40],
    )


def _options(
    pairs: tuple[str, ...], example: str | None, text: str | None
) -> dict[str, Any]:
    """The options of a view: `example` is the number of a window, or a text."""
    options: dict[str, Any] = dict(read_settings(pairs))
    if example is not None and text is not None:
        raise ExplorerError(
            N_(
                "An example is a held-out window or your own text, but both --example "
                "and --text were given. Leave one out."
            )
        )
    if text is not None:
        return options | {"text": text}
    if example is None:
        return options
    number = whole_number(example)
    return options | ({"text": example} if number is None else {"example": number})


def _as_json(run: str, seen: View, axes: Mapping[str, tuple[str, ...]]) -> bytes:
    """One JSON object; a number that is not finite becomes null."""
    arrays = {
        name: {
            "axes": axes.get(name, ()),
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
    return orjson.dumps(facts, option=orjson.OPT_SERIALIZE_NUMPY)
