"""Before a race: who takes part, by which clock, and a guess at who wins."""

from functools import lru_cache
from typing import get_args

import streamlit as st

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.plots.training.clock import CLOCKS
from explorer.plots.words import listed
from explorer.racing import entries
from explorer.racing.race import facts, seeded
from explorer.runs.commands import RESUME
from explorer.runs.records import Clock
from explorer.ui.address import show_race
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.races.entrants import WAYS, entrants, entrants_table
from explorer.ui.races.words import labels

SAMPLE = "sample_race"
"""The finished race that is shown before there is another."""

_GUESS = "race.guess"


def invitation(visitor: Visitor, base: RunConfig, _: Translate) -> None:
    """What stands here before there is a race, and the button that starts one of the
    chosen data and size."""
    configs = _example(base.to_json())
    names = listed([_(specs.model_spec(c.model).title) for c in configs], _)
    about = {
        "data": _(specs.data_spec(base.data).title),
        "count": f"{building.parameter_count(base):,}",
    }
    with st.container(border=True, key="invitation"):
        st.markdown(
            _(
                "Up to eight settings train side by side on the same data, in lock "
                "step. Start the example, or put together a race of your own below."
            )
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            guess = _guess(configs, "example", _)
            st.button(
                _("Race %(names)s at equal parameters") % {"names": names},
                icon=":material/sports_score:",
                key="example",
                disabled=len(configs) < 2,
                help=_("On %(data)s, about %(count)s parameters each.") % about,
                on_click=shown_later(begin),
                args=(visitor, configs, "step", 1, guess),
            )


@lru_cache(maxsize=64)
def _example(base: str) -> list[RunConfig]:
    return entries.example(RunConfig.from_json(base))


def preparation(visitor: Visitor, base: RunConfig, _: Translate) -> None:
    """The controls of a new race, and who would take part."""
    st.header(_("A race of your own"), anchor=False)
    way = st.segmented_control(
        _("Who races?"),
        list(WAYS),
        default="architectures",
        required=True,
        format_func=lambda name: _(WAYS[name]),
        key="race.way",
        help=_("All start from the settings above."),
        wrap=True,
    )
    configs = entrants(base, way, _)
    left, right = st.columns([3, 2], gap="large")
    with left:
        entrants_table(configs, _)
    with right:
        clock, seeds = _rules(_)
        guess = _guess(configs, way, _)
        _go(visitor, configs, clock, seeds, guess, _)


def _rules(_: Translate) -> tuple[Clock, int]:
    clock = st.segmented_control(
        _("Clock"),
        get_args(Clock),
        default="step",
        required=True,
        format_func=lambda name: _(CLOCKS[name]),
        key="race.clock",
        help=_(
            "By step all have made as many updates at any moment; by second all have "
            "trained for as long."
        ),
    )
    seeds = st.segmented_control(
        _("Seeds for each"),
        range(1, entries.MOST_SEEDS + 1),
        default=1,
        required=True,
        key="race.seeds",
        help=_("With several, lines are means, and bands say how much luck there is."),
    )
    return clock, seeds


def _guess(configs: list[RunConfig], place: str, _: Translate) -> int | None:
    if len(configs) < 2:
        return None
    names = labels(configs, _)
    return st.pills(
        _("Your guess: which gets lowest? (may be skipped)"),
        range(len(names)),
        format_func=names.__getitem__,
        key=f"{_GUESS}.{place}.{'|'.join(names)}",
        wrap=True,
    )


def _go(
    visitor: Visitor,
    configs: list[RunConfig],
    clock: Clock,
    seeds: int,
    guess: int | None,
    _: Translate,
) -> None:
    """The button, or why there can be no such race."""
    wanted, room = len(configs) * seeds, room_for(visitor)
    if wanted > room:
        note = _(
            "This race takes %(wanted)d runs, but you may start %(room)d now: at most "
            "%(most)d may train at one time. Take at most %(fit)d settings with as "
            "many seeds, or stop other runs."
        )
        most = visitor.allowed.limits.active_runs
        numbers = {"wanted": wanted, "room": room, "most": most, "fit": room // seeds}
        st.warning(note % numbers, icon=":material/groups:")
    st.button(
        _("Race"),
        icon=":material/sports_score:",
        type="primary",
        key="race",
        disabled=len(configs) < 2 or wanted > room,
        help=_("Start all together.") if len(configs) > 1 else _("A race needs two."),
        on_click=shown_later(begin),
        args=(visitor, configs, clock, seeds, guess),
    )


def room_for(visitor: Visitor) -> int:
    """How many more runs this person may have training."""
    active = visitor.store.shelf.active(visitor.owner)
    return max(0, visitor.allowed.limits.active_runs - active)


def begin(
    visitor: Visitor,
    configs: list[RunConfig],
    clock: Clock,
    seeds: int,
    guess: int | None,
) -> None:
    """Enter a race and start all of its runs together.

    Raises:
        ExplorerError: if they cannot race, or if a limit is reached; nothing is left.
    """
    race_facts = facts(entries.checked(configs), clock, seeds, guess)
    group = visitor.store.groups.create("race", visitor.owner, race_facts)
    runs = []
    try:
        for config in configs:
            for each in seeded(config, seeds):
                runs.append(visitor.prepare(each, group.id))
        visitor.send_all(runs, RESUME())
    except ExplorerError:
        for run in runs:
            visitor.store.delete(run.id)
        visitor.store.groups.delete(group.id)
        raise
    show_race(group.id)
