"""The example sweep, finished: what the page Sweep shows before one was started."""

import json
import math
from collections.abc import Iterable
from functools import cache
from typing import Any

import streamlit as st

from explorer.inspection.facts import lines
from explorer.plots.sweeps import study
from explorer.runs.trials import Trial
from explorer.ui.language import Translate
from explorer.ui.plain import show_table
from explorer.ui.samples import FOLDER
from explorer.ui.sweeps.drawn import show_pictures
from explorer.ui.sweeps.setup import example, label_of, plan_line
from explorer.ui.sweeps.trials import columns_of, rows_of

FILE = FOLDER / "sweep.json"


def write(trials: Iterable[Trial]) -> None:
    """Write a finished sweep of `example()` as `show_sample` reads it."""
    every = [
        {
            "number": trial.number,
            "values": dict(trial.values),
            "state": trial.state,
            "loss": None if math.isnan(trial.loss) else trial.loss,
            "measured": list(trial.measured.items()),
        }
        for trial in trials
    ]
    FILE.write_text(json.dumps(every, indent=1) + "\n", encoding="utf-8")


@cache
def trials() -> tuple[Trial, ...]:
    """The trials of the example as they once went."""
    return tuple(map(_trial, json.loads(FILE.read_text(encoding="utf-8"))))


def _trial(facts: dict[str, Any]) -> Trial:
    loss = math.nan if facts["loss"] is None else facts["loss"]
    measured = {int(step): value for step, value in facts["measured"]}
    return Trial(facts["number"], facts["values"], facts["state"], loss, measured)


def show_sample(_: Translate) -> None:
    """What came of the example: its pictures and its trials."""
    plan = example()
    st.header(_("A finished sample: what came of the example"), anchor=False)
    titles = {each.name: label_of(plan.base, each.name, _) for each in plan.space}
    unit, floor = lines(plan.base).unit, lines(plan.base).floor
    show_pictures(
        study.extract(
            plan.base.model, plan.space, titles, trials(), plan.steps, unit, floor
        ),
        plan_line(plan, "finished", _),
        _,
    )
    show_table(
        rows_of(plan, trials(), _),
        hide_index=True,
        key="sweep.sample",
        column_config=columns_of(_),
    )
