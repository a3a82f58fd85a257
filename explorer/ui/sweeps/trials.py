"""The trials of a sweep as a table, and one of them opened in the Playground."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.plots.words import entry
from explorer.runs.records import Group
from explorer.runs.trials import Trial
from explorer.sweeping.plan import Plan
from explorer.ui.address import SWEEP, show_run, take_over
from explorer.ui.language import Translate
from explorer.ui.places import PLAYGROUND
from explorer.ui.plain import show_table
from explorer.ui.sweeps.setup import label_of

STATES = {
    "training": N_("trains"),
    "finished": N_("finished"),
    "pruned": N_("pruned"),
    "diverged": N_("diverged"),
    "failed": N_("failed"),
}
_CHOSEN = "sweep.open"


def choose_trial(number: int) -> None:
    """Have a trial opened when the page is drawn next (in a callback)."""
    st.session_state[_CHOSEN] = number


def rerun_if_chosen() -> None:
    """Draw the whole page anew, from within a part of it, to open what was chosen."""
    if st.session_state.get(_CHOSEN) is not None:
        st.rerun()


def open_chosen(visitor: Visitor, plan: Plan) -> None:
    """Show the chosen trial's run, with its settings."""
    if (number := st.session_state.pop(_CHOSEN, None)) is None:
        return
    group_id = str(st.query_params.get(SWEEP, ""))
    trial = visitor.engine.sweeps.trials(group_id)[number]
    if not trial.runs:
        return
    take_over(plan.configs(trial.values)[0])
    show_run(trial.runs[0])
    st.switch_page(PLAYGROUND)


def trials_table(group: Group, plan: Plan, trials: list[Trial], _: Translate) -> None:
    """Every trial; a click on a row opens it."""
    if not trials:
        return
    st.header(_("Trials"), anchor=False)
    st.caption(_("Choose a row to open that trial in the Playground."))
    show_table(
        rows_of(plan, trials, _),
        hide_index=True,
        key=f"sweep.table.{group.id}",
        on_select=partial(_row, group.id),
        selection_mode="single-row",
        column_config=columns_of(_),
    )
    rerun_if_chosen()


def rows_of(plan: Plan, trials: Sequence[Trial], _: Translate) -> list[dict[str, Any]]:
    """The table's rows, one for each trial."""
    return [
        {
            _("Trial"): trial.place,
            _("State"): _state_of(trial, _),
            **{
                label_of(plan.base, name, _): short_value(value)
                for name, value in trial.values.items()
            },
            _("Loss"): None if math.isnan(loss := _loss(trial)) else loss,
            _("Steps"): trial.steps,
        }
        for trial in trials
    ]


def columns_of(_: Translate) -> dict[str, Any]:
    """How its numbers are written."""
    return {_("Loss"): st.column_config.NumberColumn(format="%.4g")}


def _row(group_id: str) -> None:
    chosen = st.session_state[f"sweep.table.{group_id}"]["selection"]["rows"]
    if chosen:
        choose_trial(int(chosen[0]))


def _loss(trial: Trial) -> float:
    return trial.loss if trial.state == "finished" else trial.lowest


def _state_of(trial: Trial, _: Translate) -> str:
    text = _(STATES[trial.state])
    return text if trial.why is None else entry(text, trial.why.text(_), _)


def short_value(value: Any) -> str:
    """A setting's value, a long number shortened."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
