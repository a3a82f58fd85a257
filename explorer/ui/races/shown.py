"""A race as it is shown: the curves, the table, and what each has learned."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, get_args

import streamlit as st

from explorer.catalog import building, specs
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.inspection.facts import lines
from explorer.plots.runs import race as chart
from explorer.plots.runs.verdict import LowestLoss, outcome
from explorer.plots.training.clock import CLOCKS
from explorer.racing import results
from explorer.racing.race import Race, State, read_race
from explorer.racing.results import Lap, Result
from explorer.runs.commands import PAUSE, RESUME, STOP, CommandSpec
from explorer.runs.records import Clock, Run
from explorer.runs.store import Store
from explorer.ui.address import show_race, shown_race
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.live.frames import explain
from explorer.ui.page import shown_later
from explorer.ui.plain import literal, show_error, show_table
from explorer.ui.races.against import against
from explorer.ui.races.start import SAMPLE
from explorer.ui.races.views import pictures, refreshed
from explorer.ui.races.words import (
    NONE,
    columns,
    labels,
    race_line,
    reached_words,
    spread_words,
    state_words,
)

EVERY = 1.0
"""Seconds between two looks at a race that goes on."""

RESTING = 3.0
"""The same of a race that is paused: another tab may have it go on."""

QUESTION = N_("Who gets lowest, and who gets there first?")

ABOUT: dict[State, str] = {
    "starting": N_("Starting: the runs are on their way to the workers …"),
    "racing": N_("Racing"),
    "paused": N_("Paused: Resume all goes on from here."),
    "finished": N_("Finished"),
}


def present_race(visitor: Visitor, _: Translate) -> Race | None:
    """The race that the address names; says so where there is none of that id."""
    if not (wanted := shown_race()):
        return None
    try:
        return find_race(visitor.store, wanted)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        return None


def find_race(store: Store, race_id: str) -> Race:
    """The race of that id as it stands.

    Raises:
        ExplorerError: if there is none.
    """
    group = store.groups.get(race_id, "race")
    return read_race(group, store.shelf.of_group(group.id))


def show(visitor: Visitor, race: Race, _: Translate) -> None:
    """Everything of a race, live while it goes on."""
    st.markdown(race_line(race, _))
    _buttons(visitor, race, _)
    going = race.state in ("starting", "racing")
    every = EVERY if going else None
    resting = None if race.state == "finished" else RESTING
    refreshed(_progress, every or resting)(visitor.store, race, _)
    st.header(_(QUESTION), anchor=False)
    awaiting = against(visitor, race).awaited
    refreshed(_curves, every or (RESTING if awaiting else None))(visitor, race, _)
    refreshed(_table, every)(visitor.store, race, _)
    pictures(visitor, race, going, _)


def show_sample(visitor: Visitor, _: Translate) -> None:
    """A finished race, for who has started none."""
    race = find_race(visitor.store, SAMPLE)
    data = _(specs.data_spec(race.configs[0].data).title)
    title = _("A finished sample: four architectures on %(data)s")
    st.header(title % {"data": data}, anchor=False)
    awaiting = against(visitor, race).awaited
    refreshed(_curves, RESTING if awaiting else None)(visitor, race, _)
    refreshed(_table, None)(visitor.store, race, _)
    pictures(visitor, race, False, _)


def _buttons(visitor: Visitor, race: Race, _: Translate) -> None:
    mine = race.owner == visitor.owner
    state, runs = race.state, race.all_runs
    with st.container(horizontal=True, key="race.buttons", gap="small"):
        if state == "paused":
            _button(visitor, race, RESUME, not mine, _)
        else:
            disabled = not mine or state == "finished"
            _button(visitor, race, PAUSE, disabled, _)
        over = not mine or state == "finished" or not runs
        _button(visitor, race, STOP, over, _)
        st.button(
            _("Race again with other settings"),
            icon=":material/restart_alt:",
            key="race.again",
            type="primary" if state == "finished" else "secondary",
            on_click=show_race,
            args=("",),
        )
    if not mine:
        st.caption(
            _("You watch another's race: only who started it can pause or stop it.")
        )


def _button(
    visitor: Visitor, race: Race, spec: CommandSpec, disabled: bool, _: Translate
) -> None:
    st.button(
        _(spec.for_all),
        icon=f":material/{spec.icon}:",
        key=f"race.{spec.name}",
        disabled=disabled,
        on_click=shown_later(visitor.send_all),
        args=(race.all_runs, spec()),
    )


def _progress(store: Store, race: Race, _: Translate) -> None:
    """How far all are; the whole page is drawn anew when the race changes its state."""
    now = find_race(store, race.id)
    runs = now.all_runs
    if now.state != race.state:
        st.rerun()
    if not runs:
        st.info(
            _("The runs of this race were deleted."), icon=":material/delete_sweep:"
        )
        return
    total = sum(run.config.training.steps for run in runs)
    done = sum(run.config.training.steps if run.ended else run.step for run in runs)
    slowest = min((run.step for run in runs if not run.ended), default=None)
    text = _(ABOUT[now.state])
    if slowest is not None:
        note = _("all are at step %(step)s or beyond")
        text += " · " + note % {"step": f"{slowest:,}"}
    st.progress(min(1.0, done / total), text=text)
    names = labels(now.configs, _)
    for name, each in zip(names, now.runs, strict=True):
        for run in each:
            if run.status in ("diverged", "failed"):
                why = literal(explain(run, _))
                st.warning(f"**{name}** · {why}", icon=":material/warning:")
                break
    if now.state == "finished":
        _verdict(store, now, names, _)


def _verdict(store: Store, race: Race, names: Sequence[str], _: Translate) -> None:
    """Who got lowest, and whether that was foreseen."""
    found = [results.result(_laps(store, runs), 0.0) for runs in race.runs]
    standings = [
        LowestLoss(name, each.lowest and each.lowest.mean, spread_words(each.lowest))
        for name, each in zip(names, found, strict=True)
    ]
    if text := outcome(standings, race.guess, _):
        st.success(text, icon=":material/emoji_events:")


def _curves(visitor: Visitor, race: Race, _: Translate) -> None:
    store = visitor.store
    with st.container(horizontal=True, vertical_alignment="bottom"):
        axis = st.segmented_control(
            _("Along"),
            get_args(Clock),
            default=race.clock,
            required=True,
            format_func=lambda clock: _(CLOCKS[clock]),
            key="race.axis",
        )
        scale = st.segmented_control(
            _("Loss"),
            ["log", "linear"],
            default="log",
            required=True,
            format_func=lambda n: _("logarithmic") if n == "log" else _("linear"),
            key="race.scale",
        )
        behind = st.toggle(_("Training losses too"), value=True, key="race.behind")
    now = find_race(store, race.id)
    names = labels(now.configs, _)
    tints = chart.colours([config.model for config in now.configs])
    entries = [
        entry(name, tint, _laps(store, runs))
        for name, tint, runs in zip(names, tints, now.runs, strict=True)
    ]
    total = max(config.training.steps for config in now.configs)
    drawn = chart.extract(entries, against(visitor, now), axis, total)
    figure = chart.figure(drawn, _, y_log=scale == "log", training=behind)
    step = max((run.step for run in now.all_runs), default=0)
    about = f"{race_line(now, _)} · {_('step %s') % f'{step:,}'}"
    words = chart.alternative(drawn, _)
    show_figure("race", figure, words, _, title=_(QUESTION), about=about)
    st.markdown(literal(chart.reading(drawn, _)))


def entry(name: str, tint: str, laps: Sequence[Lap]) -> chart.Entry:
    """One setting of a race, as the chart knows it."""
    seen = results.moments(laps)
    lowest = results.spread(results.lowest(lap.validations) for lap in laps)
    return chart.Entry(
        name,
        tint,
        [moment.step for moment in seen],
        [moment.seconds for moment in seen],
        [moment.loss.mean for moment in seen],
        [moment.loss.deviation for moment in seen],
        [lap.curves for lap in laps],
        any(lap.run.status in ("diverged", "failed") for lap in laps),
        lowest and lowest.mean,
    )


def _laps(store: Store, runs: Sequence[Run]) -> list[Lap]:
    return [_lap(store, run.id, run.step, run.status) for run in runs]


@lru_cache(maxsize=128)
def _lap(store: Store, run_id: str, step: int, status: str) -> Lap:
    """A run's records at this step; all who watch share them."""
    curves, seen = store.curves(run_id), store.validations(run_id)
    return Lap(store.get(run_id), curves, tuple(seen))


def _table(store: Store, race: Race, _: Translate) -> None:
    now = find_race(store, race.id)
    wanted = st.number_input(
        _("How soon do they reach a validation loss of"),
        min_value=0.0,
        value=results.default_target(lines(*now.configs)),
        format="%.4g",
        step=None,
        key=f"race.target.{race.id}",
        width=360,
        help=_("At first between the floor and the best simple guess."),
    )
    laps = [_laps(store, runs) for runs in now.runs]
    found = [results.result(each, wanted) for each in laps]
    show_table(
        _rows(now, found, wanted, _),
        hide_index=True,
        key=f"race.table.{race.id}",
        column_config={
            _("Playground"): st.column_config.LinkColumn(display_text=_("open"))
        },
    )


def _rows(
    race: Race, found: Sequence[Result], wanted: float, _: Translate
) -> dict[str, list[Any]]:
    """The table's columns: what differs, and how each stands."""
    names, seeds = labels(race.configs, _), race.seeds
    count = [f"{building.parameter_count(config):,}" for config in race.configs]
    reached = {"loss": f"{wanted:.4g}"}
    table: dict[str, list[Any]] = {
        _("Place"): [place or NONE for place in results.ranks(found)],
        _("Setting"): names,
        **columns(race.configs, _),
        _("Parameters"): count,
        _("Steps per second"): [spread_words(s.rate, ",.0f") for s in found],
        _("Lowest validation loss"): [spread_words(s.lowest) for s in found],
        _("Steps to %(loss)s") % reached: [
            reached_words(s.reached_step, seeds, ",.0f", _) for s in found
        ],
        _("Seconds to %(loss)s") % reached: [
            reached_words(s.reached_seconds, seeds, ",.2f", _) for s in found
        ],
        _("State"): [state_words(runs, _) for runs in race.runs],
        _("Playground"): [
            f"/?run={runs[0].id}" if runs else None for runs in race.runs
        ],
    }
    if names == table.get(_("Model")):
        del table[_("Setting")]
    return {k: [str(v) if v is not None else None for v in c] for k, c in table.items()}
