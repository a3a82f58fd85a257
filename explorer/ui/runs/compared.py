"""The chosen runs' losses on one chart, and the settings in which they differ."""

from collections.abc import Sequence
from itertools import combinations

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig, difference, settings_groups
from explorer.config.settings import Scalar
from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.plots.runs import overlaid
from explorer.plots.words import listed
from explorer.runs.records import Run
from explorer.tasks import TASKS
from explorer.ui.describe import title_of
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.plain import literal, show_table
from explorer.ui.runs.table import called

ABSENT = "—"


def compared(visitor: Visitor, chosen: Sequence[Run], _: Translate) -> None:
    """The chart of up to `overlaid.MOST_RUNS` runs, and a table of what differs."""
    if not chosen:
        return
    if len(chosen) > overlaid.MOST_RUNS:
        st.info(
            _("Choose at most %(most)d runs to see their losses on one chart.")
            % {"most": overlaid.MOST_RUNS},
            icon=":material/info:",
        )
        return
    store = visitor.store
    names = [called(run, _) for run in chosen]
    drawn = overlaid.extract(
        [
            (name, run.config.model, store.curves(run.id), store.validations(run.id))
            for name, run in zip(names, chosen, strict=True)
        ],
        [unit_of(run) for run in chosen],
    )
    several = len(chosen) > 1
    title = _("How low did the loss go?")
    if several:
        title = _("Who learns faster, who ends lower?")
    st.header(title, anchor=False)
    figure, words = overlaid.figure(drawn, _), overlaid.alternative(drawn, _)
    about = listed(list(names), _)
    show_figure("overlaid", figure, words, _, title=title, about=about)
    st.markdown(literal(overlaid.reading(drawn, _)))
    if several:
        _differences(chosen, names, _)


def unit_of(run: Run) -> str:
    """The unit of a run's loss."""
    data, model = (
        specs.datasets().get(run.config.data),
        specs.known_models().get(run.config.model),
    )
    task = specs.task_of(data, model) if data and model else None
    return TASKS[task].loss_unit if task else N_("loss")


def _differences(chosen: Sequence[Run], names: Sequence[str], _: Translate) -> None:
    """Only the settings that are not the same in all of them."""
    configs = [run.config for run in chosen]
    pairs = combinations(configs, 2)
    asked = list(
        dict.fromkeys(n for a, b in pairs for n, _old, _new in difference(a, b))
    )
    if not asked:
        st.caption(_("These runs have the same settings."))
        return
    columns = {
        _("Setting"): [_(_title(configs, name)) for name in asked],
        **{
            f"{number} {name}": [str(_value(config, each)) for each in asked]
            for number, (name, config) in enumerate(
                zip(names, configs, strict=True), start=1
            )
        },
    }
    show_table(columns, hide_index=True, alt=_("The settings that differ"))


def _title(configs: Sequence[RunConfig], name: str) -> str:
    """A setting's title, from the first run that has it."""
    first = next(c for c in configs if _value(c, name) != ABSENT)
    return title_of(first, name)


def _value(config: RunConfig, name: str) -> Scalar:
    group, dot, key = name.partition(".")
    if not dot:
        return str(getattr(config, name)) or ABSENT
    return settings_groups(config)[group].get(key, ABSENT)
