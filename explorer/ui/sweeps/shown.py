"""A sweep as it goes: what it found, how far it is, its pictures and its trials."""

import math
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from explorer import catalog
from explorer.config import RunConfig
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError, Words
from explorer.plots.sweeps import pictures as pictures
from explorer.plots.sweeps import readings as readings
from explorer.runs.records import Group
from explorer.runs.trials import Trial, best
from explorer.sweeping.plan import Plan
from explorer.ui.address import SWEEP, show_run, take_over
from explorer.ui.language import Translate, translator
from explorer.ui.live.figure import show_figure
from explorer.ui.live.panels import lines
from explorer.ui.page import language, shown_later
from explorer.ui.places import PLAYGROUND
from explorer.ui.sweeps.setup import label_of, show_sweep

EVERY = 2.0
"""Seconds between two looks at a sweep that runs."""

STATES = {
    "training": N_("training"),
    "finished": N_("finished"),
    "pruned": N_("pruned"),
    "failed": N_("came to nothing"),
}
STATUS = {
    "running": N_("running"),
    "stopped": N_("stopped"),
    "finished": N_("finished"),
}
_OPEN = "sweep.open"


def shown_sweep(visitor: Visitor, _: Translate) -> Group | None:
    """The sweep that the address names; None for none, or one that is not there."""
    group_id = str(st.query_params.get(SWEEP, ""))
    if not group_id:
        return None
    try:
        return visitor.store.groups.get(group_id, "sweep")
    except ExplorerError as error:
        st.error(error.text(_), icon=":material/search_off:")
        return None


def earlier_sweeps(visitor: Visitor, group: Group | None, _: Translate) -> None:
    """This person's other sweeps, to be opened again."""
    mine = visitor.store.groups.of(visitor.owner, "sweep")
    others = {g.id: g for g in mine if group is None or g.id != group.id}
    if not others:
        return
    chosen = st.selectbox(
        _("Open an earlier sweep of yours"),
        list(others),
        index=None,
        format_func=lambda group_id: _sweep_line(others[group_id], _),
        key=f"sweep.earlier.{group.id if group else ''}",
        placeholder=_("Choose a sweep"),
    )
    if chosen is not None:
        show_sweep(chosen)
        st.rerun()


def show(visitor: Visitor, group: Group, _: Translate) -> None:
    """Everything about one sweep; it moves while the sweep runs."""
    plan = Plan.read(group.facts)
    if (opened := st.session_state.pop(_OPEN, None)) is not None:
        _open(visitor, plan, opened)
    going = group.facts["status"] == "running"
    st.markdown(f"**{_sweep_line(group, _)}**")
    _controls(visitor, group, _)
    if why := group.facts.get("why"):
        st.warning(Words.read(why).text(_), icon=":material/pause_circle:")
    part = st.fragment(_state, run_every=EVERY if going else None)
    part(visitor, group, plan, going, _)


def empty(base: RunConfig, _: Translate) -> None:
    """What will stand here once a sweep around this config has run."""
    drawn = pictures.extract(base.model, (), {}, (), 1, lines(base).unit, None)
    first, second = st.columns(2)
    for column, name in ((first, "history"), (second, "intermediate")):
        with column:
            _picture(name, drawn, _)


def _sweep_line(group: Group, _: Translate) -> str:
    """As in "LSTM on Sine wave: Learning rate, Hidden size; 30 trials (running)"."""
    plan = Plan.read(group.facts)
    names = [label_of(plan.base, each.name, _) for each in plan.space]
    return _("%(model)s on %(data)s: %(settings)s; %(trials)d trials (%(status)s)") % {
        "model": _(catalog.model_spec(plan.base.model).title),
        "data": _(catalog.data_spec(plan.base.data).title),
        "settings": ", ".join(names),
        "trials": plan.trials,
        "status": _(STATUS[group.facts["status"]]),
    }


def _controls(visitor: Visitor, group: Group, _: Translate) -> None:
    mine = group.owner == visitor.owner
    status = group.facts["status"]
    with st.container(horizontal=True, key="sweep-controls", gap="small"):
        if status == "running":
            _button(_("Stop"), "stop", mine, visitor.stop_sweep, group)
        elif status == "stopped":
            _button(_("Continue"), "play_circle", mine, visitor.go_on_with_sweep, group)
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
    visitor.delete_sweep(group_id)
    show_sweep("")


def _state(
    visitor: Visitor, group: Group, plan: Plan, going: bool, _: Translate
) -> None:
    """Progress, the best, the pictures and the table."""
    try:
        group = visitor.store.groups.get(group.id, "sweep")
        trials = visitor.engine.sweeps.trials(group.id)
    except ExplorerError as error:
        st.error(error.text(_), icon=":material/search_off:")
        return
    _progress(visitor, group, plan, trials, _)
    _best(visitor, group, plan, trials, _)
    titles = tuple(
        (each.name, label_of(plan.base, each.name, _)) for each in plan.space
    )
    drawn = pictures.extract(
        plan.base.model,
        plan.space,
        dict(titles),
        trials,
        plan.steps,
        lines(plan.base).unit,
        None if plan.settings.folds else lines(plan.base).floor,
    )
    names = [n for n in pictures.FIGURES if n != "contour" or len(plan.space) > 1]
    for left in range(0, len(names), 2):
        columns = st.columns(2, gap="medium")
        for column, name in zip(columns, names[left : left + 2], strict=False):
            with column:
                _picture(name, drawn, _)
    st.caption(
        _(
            "A pruned trial counts here with the lowest loss that it had reached; the "
            "best setting is chosen among the finished ones."
        )
    )
    _table(group, plan, trials, _)
    if going and group.facts["status"] != "running":
        st.rerun()


def _progress(
    visitor: Visitor, group: Group, plan: Plan, trials: list[Trial], _: Translate
) -> None:
    ended = sum(trial.state != "training" for trial in trials)
    text = _("%(done)d of %(all)d trials have ended") % {
        "done": ended,
        "all": plan.trials,
    }
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
    if winner is None:
        st.info(
            _("The best setting will stand here once the first trial has finished."),
            icon=":material/hourglass_top:",
        )
        return
    first, second = st.columns([3, 1], vertical_alignment="center")
    values = ", ".join(
        f"{label_of(plan.base, name, _)} **{_short(value)}**"
        for name, value in winner.values.items()
    )
    found = {"loss": f"**{winner.loss:.4g}**", "values": values}
    first.markdown(_("Best so far: loss %(loss)s with %(values)s.") % found)
    second.button(
        _("Open in the Playground"),
        icon=":material/open_in_new:",
        key="sweep-open-best",
        on_click=_wish,
        args=(winner.number,),
    )
    if st.session_state.get(_OPEN) is not None:
        st.rerun()


def _wish(number: int) -> None:
    st.session_state[_OPEN] = number


def _picture(name: str, drawn: pictures.SweepDrawn, _: Translate) -> None:
    st.markdown(f"#### {_(readings.QUESTIONS[name])}")
    figure, reading, alternative = _drawn(name, _key(name, drawn), language())
    show_figure(f"sweep.{name}", figure, alternative, _)
    st.markdown(reading)


class _key:  # noqa: N801
    """A drawing under the few facts on which it depends, to be drawn once for all."""

    def __init__(self, name: str, drawn: pictures.SweepDrawn) -> None:
        self.drawn = drawn
        trials = drawn.trials if name in ("history", "intermediate") else drawn.ended
        facts = [
            (t.number, t.state, tuple(t.values.items()), t.steps, t.loss)
            for t in trials
        ]
        self.facts = name, drawn._replace(trials=()).__repr__(), repr(facts)

    def __hash__(self) -> int:
        return hash(self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _key) and self.facts == other.facts


@lru_cache(maxsize=64)
def _drawn(name: str, key: _key, spoken: str) -> tuple[Any, str, str]:
    """Figure, reading and alternative text of a picture."""
    _ = translator(spoken)
    drawn = key.drawn
    figure = pictures.FIGURES[name](drawn, _)
    return (
        figure,
        readings.READINGS[name](drawn, _),
        readings.alternative(name, drawn, _),
    )


def _table(group: Group, plan: Plan, trials: list[Trial], _: Translate) -> None:
    """Every trial; a click on a row opens it."""
    if not trials:
        return
    st.subheader(_("Trials"), anchor=False)
    st.caption(_("Choose a row to open that trial in the Playground."))
    rows = [
        {
            _("Trial"): trial.number,
            _("State"): _state_of(trial, _),
            **{
                label_of(plan.base, name, _): _short(value)
                for name, value in trial.values.items()
            },
            _("Loss"): None if math.isnan(loss := _loss(trial)) else loss,
            _("Steps"): trial.steps,
        }
        for trial in trials
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key=f"sweep.table.{group.id}",
        on_select=partial(_row, group.id),
        selection_mode="single-row",
        column_config={_("Loss"): st.column_config.NumberColumn(format="%.4g")},
    )
    if st.session_state.get(_OPEN) is not None:
        st.rerun()


def _row(group_id: str) -> None:
    chosen = st.session_state[f"sweep.table.{group_id}"]["selection"]["rows"]
    if chosen:
        _wish(int(chosen[0]))


def _open(visitor: Visitor, plan: Plan, number: int) -> None:
    """Show a trial's run, with its settings in the sidebar, in the Playground."""
    group_id = str(st.query_params.get(SWEEP, ""))
    trial = visitor.engine.sweeps.trials(group_id)[number]
    if not trial.runs:
        return
    take_over(plan.configs(trial.values)[0])
    show_run(trial.runs[0])
    st.switch_page(PLAYGROUND)


def _loss(trial: Trial) -> float:
    return trial.loss if trial.state == "finished" else trial.lowest


def _state_of(trial: Trial, _: Translate) -> str:
    text = _(STATES[trial.state])
    return text if trial.why is None else f"{text}: {trial.why.text(_)}"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
