"""The command `backtest`: a run's forecasts, from many origins of its held-out part."""

import json
from typing import Any

import click

from explorer.catalog import building
from explorer.cli.arguments import sentences
from explorer.cli.inspect import kept_state
from explorer.config.settings import whole_number
from explorer.data.base import Data
from explorer.errors import N_, ExplorerError
from explorer.inspection.base import Request, Subject, look
from explorer.runs.records import View
from explorer.runs.store import open_store
from explorer.training.process import settle
from explorer.training.simple import rolls, simple_methods
from explorer.training.trainer import Trainer


@click.command()
@click.argument("run")
@click.option("--step", default="last", help="A kept step, best, or last (default).")
@click.option("--horizon", default="0", help="Steps ahead; 0 (default): as drawn.")
@click.option(
    "--origins",
    default="1000",
    show_default=True,
    help="Places to foretell from, in each half of the held-out part, at most.",
)
@click.option(
    "--series",
    default="",
    help="Which of the series that a run forecasts together, by name or number from 1.",
)
@click.option(
    "--methods/--no-methods",
    default=True,
    help="Whether a season ago, ETS and ARIMA are fitted too, which takes seconds.",
)
@click.option(
    "--bands",
    default="own",
    show_default=True,
    help="own: the head's, if it says a distribution; measured: split conformal.",
)
@click.option("--json", "as_json", is_flag=True, help="The numbers as one JSON object.")
@sentences
def backtest(
    run: str,
    step: str,
    horizon: str,
    origins: str,
    series: str,
    methods: bool,
    bands: str,
    as_json: bool,
) -> None:
    """Roll a run's forecasts over its held-out part, with calibrated bands."""
    settle()
    store = open_store()
    config = store.get(run).config
    data = building.make_data(config)
    if data.task != "forecast" or data.series is None:
        raise ExplorerError(
            N_(
                "A backtest needs a run that forecasts a series, but '%(run)s' does "
                "not."
            ),
            run=run[:60],
        )
    state = kept_state(store, run, step)
    store.close()
    trainer = Trainer(config, state.state)
    options: dict[str, int | str] = {
        "horizon": _whole(horizon),
        "origins": _whole(origins),
        "bands": bands,
        "series": _series(data, series),
    }
    seen = look(Subject.of(trainer), Request("backtest", json.dumps(options)))
    simple: dict[str, float] = {}
    if methods and rolls(config):
        simple = {each.name: each.loss for each in simple_methods(config).methods}
    if as_json:
        click.echo(json.dumps(facts(run, seen, simple)))
        return
    click.echo("\n".join(table(run, seen, simple)))


def _whole(came: str) -> int:
    """A whole number.

    Raises:
        ExplorerError: if it is none.
    """
    number = whole_number(came)
    if number is None:
        raise ExplorerError(
            N_("--horizon and --origins must be whole numbers, but got '%(came)s'."),
            came=came[:20],
        )
    return number


def _series(data: Data, came: str) -> str:
    """The option `series` of the view; empty where none is named.

    Raises:
        ExplorerError: if a run does not forecast a series of that name or number.
    """
    if not came:
        return ""
    if not data.together:
        raise ExplorerError(
            N_(
                "--series names one of the series that a run forecasts together, but "
                "this run forecasts one alone: '%(came)s' means nothing to it. Leave "
                "it out."
            ),
            came=came[:60],
        )
    names = [str(name) for name in data.channels[: len(data.together)]]
    number = names.index(came) + 1 if came in names else whole_number(came)
    if number is None or not 0 < number <= len(names):
        raise ExplorerError(
            N_(
                "--series must name one of the series that the run forecasts together "
                "(%(names)s), or its number, 1 to %(most)d, but got '%(came)s'."
            ),
            names=", ".join(names),
            most=len(names),
            came=came[:60],
        )
    return str(number - 1)


def facts(run: str, seen: View, simple: dict[str, float]) -> dict[str, Any]:
    """Everything as JSON can hold it; losses of simple methods one step ahead."""
    arrays = {name: values.tolist() for name, values in seen.arrays.items()}
    of_model = {"run": run, "step": seen.step, **seen.notes, **arrays}
    return {**of_model, "simple_methods": simple}


def table(run: str, seen: View, simple: dict[str, float]) -> list[str]:
    """A line per step ahead; errors, widths, CRPS and pinball loss are standardised."""
    arrays, notes = seen.arrays, seen.notes
    calibrated = f"bands calibrated from {notes['calibrated']} origins"
    if notes["head"] != "point":
        calibrated = f"bands of its {notes['head']} head"
    called = f", {notes['series']}," if "series" in notes else ""
    lines = [
        f"backtest of {run}{called} after {seen.step} steps: {calibrated}, "
        f"scored from {notes['scored']}"
    ]
    if not notes["scored"]:
        lines.append(
            "The held-out part is too short: shorten the window or hold out more."
        )
    else:
        lines.append(
            "ahead    MAE   RMSE   CRPS pinball  50 % held  90 % held  90 % width"
        )
    for h in range(len(arrays["mae"])):
        numbers = (arrays[name][h] for name in ("mae", "rmse", "crps", "pinball"))
        held, width = 100 * arrays["coverage"][:, h], arrays["width"][-1, h]
        lines.append(
            f"{h + 1:>5} "
            + " ".join(f"{number:6.3f}" for number in numbers)
            + f"  {held[0]:9.1f}  {held[1]:9.1f}  {width:10.3f}"
        )
    lines += [
        f"{name}: mean squared error {loss:.4g} one step ahead, over the run's windows"
        for name, loss in simple.items()
    ]
    return lines
