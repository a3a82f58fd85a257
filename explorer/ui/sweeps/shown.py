"""A sweep as it goes: how far it is, the best so far, its pictures and its trials."""

import math
from functools import partial
from typing import Any

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError, Words
from explorer.inspection.facts import lines
from explorer.plots.sweeps import study
from explorer.plots.words import listed
from explorer.runs.records import Group
from explorer.runs.trials import Trial, best, why_none
from explorer.sweeping.plan import Plan
from explorer.ui.address import SWEEP, show_sweep
from explorer.ui.describe import told_apart
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.plain import literal, show_error
from explorer.ui.sweeps.drawn import show_pictures
from explorer.ui.sweeps.setup import label_of, plan_line
from explorer.ui.sweeps.trials import (
    choose_trial,
    open_chosen,
    rerun_if_chosen,
    short_value,
    trials_table,
)

EVERY = 2.0
"""Seconds between two looks at a sweep that runs."""


def shown_sweep(visitor: Visitor, _: Translate) -> Group | None:
    """The sweep that the address names; None for none, or one that is not there."""
    group_id = str(st.query_params.get(SWEEP, ""))
    if not group_id:
        return None
    try:
        return visitor.store.groups.get(group_id, "sweep")
    except ExplorerError as error:
        show_error(error, _, "search_off")
        return None


def earlier_sweeps(visitor: Visitor, group: Group | None, _: Translate) -> None:
    """This person's other sweeps, to be opened again."""
    mine = visitor.store.groups.of(visitor.owner, "sweep")
    others = {g.id: g for g in mine if group is None or g.id != group.id}
    if not others:
        return
    lines = {group_id: _sweep_line(other, _) for group_id, other in others.items()}
    chosen = st.selectbox(
        _("Open an earlier sweep of yours"),
        list(others),
        index=None,
        format_func=told_apart(lines, _).__getitem__,
        key=f"sweep.earlier.{group.id if group else ''}",
        placeholder=_("Choose a sweep"),
    )
    if chosen is not None:
        show_sweep(chosen)
        st.rerun()


def show(visitor: Visitor, group: Group, _: Translate) -> None:
    """Everything about one sweep; it moves while the sweep runs."""
    plan = Plan.read(group.facts)
    open_chosen(visitor, plan)
    going = group.facts["status"] == "running"
    st.markdown(f"**{_sweep_line(group, _)}**")
    _controls(visitor, group, _)
    if why := group.facts.get("why"):
        reason = literal(Words.read(why).text(_))
        st.warning(reason, icon=":material/pause_circle:")
    part = st.fragment(_state, run_every=EVERY if going else None)
    part(visitor, group, plan, going, _)


def _sweep_line(group: Group, _: Translate) -> str:
    return plan_line(Plan.read(group.facts), group.facts["status"], _)


def _controls(visitor: Visitor, group: Group, _: Translate) -> None:
    mine = group.owner == visitor.owner
    status = group.facts["status"]
    with st.container(horizontal=True, key="sweep-controls", gap="small"):
        if status == "running":
            _button(_("Stop"), "stop", mine, visitor.sweeps.stop, group)
        elif status == "stopped":
            _button(_("Continue"), "play_circle", mine, visitor.sweeps.go_on, group)
        with st.popover(_("Delete"), icon=":material/delete:", disabled=not mine):
            st.markdown(_("The sweep and all its runs will be gone."))
            st.button(
                _("Delete for good"),
                key="sweep-delete",
                on_click=shown_later(partial(_delete, visitor, group.id)),
            )
        st.button(
            _("New sweep"),
            icon=":material/add:",
            key="sweep-new",
            on_click=show_sweep,
            args=("",),
        )
    if not mine:
        st.caption(
            _("You watch another's sweep: only who started it can stop or delete it.")
        )


def _button(label: str, icon: str, mine: bool, callback: Any, group: Group) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=f"sweep-{icon}",
        disabled=not mine,
        on_click=shown_later(callback),
        args=(group.id,),
    )


def _delete(visitor: Visitor, group_id: str) -> None:
    visitor.sweeps.delete(group_id)
    show_sweep("")


def _state(
    visitor: Visitor, group: Group, plan: Plan, going: bool, _: Translate
) -> None:
    """Progress, the best, the pictures and the table."""
    try:
        group = visitor.store.groups.get(group.id, "sweep")
        trials = visitor.engine.sweeps.trials(group.id)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        return
    _progress(visitor, group, plan, trials, _)
    _best(visitor, group, plan, trials, _)
    titles = tuple(
        (each.name, label_of(plan.base, each.name, _)) for each in plan.space
    )
    drawn = study.extract(
        plan.base.model,
        plan.space,
        dict(titles),
        trials,
        plan.steps,
        lines(plan.base).unit,
        None if plan.settings.folds > 1 else lines(plan.base).floor,
    )
    ended = _ended(plan, trials, _)
    show_pictures(drawn, f"{_sweep_line(group, _)} · {ended}", _)
    st.caption(
        _(
            "A pruned trial counts here with the lowest loss that it had reached; the "
            "best setting is chosen among the finished ones."
        )
    )
    trials_table(group, plan, trials, _)
    if going and group.facts["status"] != "running":
        st.rerun()


def _ended(plan: Plan, trials: list[Trial], _: Translate) -> str:
    ended = sum(trial.state != "training" for trial in trials)
    numbers = {"done": ended, "all": plan.trials}
    return _("%(done)d of %(all)d trials have ended") % numbers


def _progress(
    visitor: Visitor, group: Group, plan: Plan, trials: list[Trial], _: Translate
) -> None:
    ended = sum(trial.state != "training" for trial in trials)
    text = _ended(plan, trials, _)
    if group.facts["status"] == "running" and ended:
        seconds = visitor.engine.sweeps.seconds(group)
        left = seconds / ended * (plan.trials - ended)
        text += ", " + _("about %(time)s left") % {"time": _duration(left, _)}
    st.progress(min(1.0, ended / plan.trials), text=text)


def _duration(seconds: float, _: Translate) -> str:
    if seconds < 90:
        return _("%(count)d s") % {"count": math.ceil(seconds)}
    return _("%(count)d min") % {"count": math.ceil(seconds / 60)}


def _best(
    visitor: Visitor, group: Group, plan: Plan, trials: list[Trial], _: Translate
) -> None:
    winner = best(trials)
    if winner is None and (why := why_none(trials)) is not None:
        show_error(why, _)
        return
    if winner is None:
        st.info(
            _("The best setting will stand here once the first trial has finished."),
            icon=":material/hourglass_top:",
        )
        return
    first, second = st.columns([3, 1], vertical_alignment="center")
    values = listed(
        [
            f"{label_of(plan.base, name, _)} **{short_value(value)}**"
            for name, value in winner.values.items()
        ],
        _,
    )
    found = {"loss": f"**{winner.loss:.4g}**", "values": values}
    first.markdown(_("Best so far: loss %(loss)s with %(values)s.") % found)
    second.button(
        _("Open in the Playground"),
        icon=":material/open_in_new:",
        key="sweep-open-best",
        on_click=choose_trial,
        args=(winner.number,),
    )
    rerun_if_chosen()
