"""Pretrain on much, fine-tune on little: a set of runs and what it costs and brings."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.catalog import building, choosing, specs
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, Settings, setting
from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.inspection.facts import lines
from explorer.plots.runs import transfer
from explorer.runs.records import ENDED, Run
from explorer.ui.address import show_run
from explorer.ui.controls import settings_widgets
from explorer.ui.describe import run_line
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.page import shown_later
from explorer.ui.plain import literal, show_table
from explorer.ui.runs.recent import moments, run_lines, shown_runs
from explorer.ui.samples import is_sample

SAMPLE, TRANSFER = "sample_waves", "sample_transfer"
"""The finished run and the comparison that are shown before there are others."""

PANELS = ("loss", "prediction")
EXAMPLES = (1, 2, 4, 8, 16, 32, 64, 256)
PRETRAINED_ON, PRETRAINED, FIRST_TARGET = "mixture", "gru", "sine"
TARGET: dict[str, Scalar] = {"period": 31.0}
"""Where the target's settings begin: a wave that the mixture does not hold as such."""

EVERY = 1.5
"""Seconds between two looks at the runs, while some of them train."""


class TargetSettings(Settings):
    """How every run on the target trains."""

    steps: int = setting(
        30,
        N_("How many updates each run on the target takes, the same for all."),
        title=N_("Training steps"),
        ge=10,
        le=2000,
        scale="log",
    )
    learning_rate: float = setting(
        0.003,
        N_("The learning rate of each run on the target, the same for all."),
        title=N_("Learning rate"),
        ge=1e-5,
        le=1.0,
        scale="log",
    )


def usual() -> RunConfig:
    """What is pretrained first."""
    return choosing.make_config(PRETRAINED_ON, PRETRAINED)


def usual_target() -> RunConfig:
    """The target that the page begins with, for what `usual` has learned."""
    training = TargetSettings().values()
    return _target(usual(), FIRST_TARGET, _begins(FIRST_TARGET), training)


def pretraining_button(visitor: Visitor, present: Run, _: Translate) -> None:
    """Start the usual pretraining; it is the main button beside a sample."""
    config = usual()
    st.button(
        _("Pretrain on many waves"),
        type="primary" if is_sample(present.id) else "secondary",
        icon=":material/play_arrow:",
        key="pretrain",
        help=run_line(config, _),
        on_click=shown_later(_pretrain),
        args=(visitor, config),
    )


def earlier_run(visitor: Visitor, present: Run, _: Translate) -> None:
    """Any run of this tab can be what was pretrained."""
    runs = {run.id: run for run in shown_runs(visitor) if run.step > 0}
    runs = {present.id: present} | runs
    chosen = st.selectbox(
        _("Or a run that has trained"),
        list(runs),
        format_func=run_lines(runs.values(), _).__getitem__,
        key=f"pretrain.from.{present.id}",
        help=_("Any run of this tab can be what goes on to the target."),
    )
    if chosen != present.id:
        show_run(chosen)
        st.rerun()


def moment_of(visitor: Visitor, start: Run, _: Translate) -> str:
    """Which moment of the pretrained run the target begins with, as
    `RunConfig.start` says it."""
    labels = moments(visitor, start, _)
    if len(labels) == 1:
        return start.id
    return st.radio(
        _("Begin with the weights of"),
        list(labels),
        format_func=labels.__getitem__,
        key=f"pretrain.moment.{start.id}",
    )


def target(start: Run, _: Translate) -> RunConfig:
    """The controls of the target; the config of a run on all of its examples.

    Raises:
        ExplorerError: if the settings contradict each other.
    """
    left, right = st.columns(2)
    with left:
        names = _targets(start.config)
        first = FIRST_TARGET if FIRST_TARGET in names else names[0]
        data = st.selectbox(
            _("Target dataset"),
            names,
            index=names.index(first),
            format_func=lambda name: _(specs.data_spec(name).title),
            key="target.data",
            help=_("What the pretrained model shall learn from few examples."),
        )
        cls = specs.data_spec(data).settings
        with st.expander(_("Settings of the target"), key="target.more"):
            values = settings_widgets(cls, _begins(data), f"target.{data}", _)
    with right:
        training = settings_widgets(
            TargetSettings, TargetSettings().values(), "target.training", _
        )
    return _target(start.config, data, values, training)


def _target(
    start: RunConfig,
    data: str,
    values: Mapping[str, Scalar],
    training: Mapping[str, Scalar],
) -> RunConfig:
    """A model built like this one, on other data."""
    settings = {f"model.{k}": v for k, v in start.model_settings.items()}
    settings |= {f"data.{k}": v for k, v in values.items()}
    settings |= {f"training.{k}": v for k, v in training.items()}
    return choosing.make_config(data, start.model, settings, start.seed)


def comparison(start: str, wanted: RunConfig) -> dict[tuple[str, int], RunConfig]:
    """By (way, number of examples): the run that gives one point of the chart."""
    most = len(building.make_data(wanted).train.x)
    return {
        (way, n): wanted.model_copy(
            update={
                "start": "" if way == "scratch" else start,
                "training": wanted.training.model_copy(
                    update={
                        "examples": n,
                        "trainable": "head" if way == "head" else "all",
                    }
                ),
            }
        )
        for n in EXAMPLES
        if n <= most
        for way in transfer.WAYS
        if way != "head" or _has_head(wanted)
    }


def compare(visitor: Visitor, start: str, wanted: RunConfig, _: Translate) -> None:
    """The button that trains the runs that are missing, and the chart of all."""
    asked = comparison(start, wanted)
    runs = {point: visitor.store.same(config) for point, config in asked.items()}
    missing = [
        asked[point]
        for point, run in runs.items()
        if run is None or (run.ended and run.status != "finished")
    ]
    st.button(
        _("Train the comparison: %(count)d runs") % {"count": len(missing)}
        if missing
        else _("All runs of this comparison are there"),
        type="secondary" if is_sample(start) else "primary",
        icon=":material/stacked_line_chart:",
        key="compare",
        disabled=not missing,
        help=_(
            "From scratch, with the head alone, and with all weights, each with a "
            "rising number of target examples. Runs that are there already count."
        ),
        on_click=shown_later(_start_all),
        args=(visitor, missing),
    )
    going = any(run is not None and not run.ended for run in runs.values())
    st.fragment(_chart, run_every=EVERY if going else None)(visitor, asked, going, _)


def _chart(
    visitor: Visitor, asked: dict[tuple[str, int], RunConfig], going: bool, _: Translate
) -> None:
    runs = {point: visitor.store.same(config) for point, config in asked.items()}
    wanted = next(iter(asked.values()))
    found = {
        point: visitor.store.validations(run.id)[-1].loss
        for point, run in runs.items()
        if run is not None and run.status == "finished"
    }
    ended = sum(run is not None and run.status in ENDED for run in runs.values())
    numbers = {"done": ended, "all": len(asked)}
    done = _("%(done)d of %(all)d runs are done") % numbers
    if going:
        st.progress(ended / len(asked), text=done)
    examples = sorted({n for _way, n in asked})
    drawn = transfer.extract(
        wanted.model, examples, found, lines(wanted), wanted.training.steps
    )
    show_figure(
        "transfer",
        transfer.figure(drawn, _),
        transfer.alternative(drawn, _),
        _,
        title=_("What does pretraining bring?"),
        about=f"{run_line(wanted, _)} · {done}",
    )
    st.markdown(literal(transfer.reading(drawn, _)))
    _table(runs, _)
    if going and ended == len(asked):
        st.rerun()


def _table(runs: dict[tuple[str, int], Run | None], _: Translate) -> None:
    """The runs themselves, each with the link that opens it."""
    rows: list[dict[str, Any]] = [
        {
            _("Way"): _(transfer.WAYS[way]),
            _("Examples"): n,
            _("Step"): run.step,
            _("Run"): f"/?run={run.id}",
        }
        for (way, n), run in runs.items()
        if run is not None
    ]
    if rows:
        with st.expander(_("The runs behind the chart")):
            show_table(
                rows,
                hide_index=True,
                column_config={
                    _("Run"): st.column_config.LinkColumn(display_text=_("open"))
                },
            )


def _targets(start: RunConfig) -> list[str]:
    """The datasets that a model built like this one can learn."""
    return [
        d.name
        for d in specs.datasets().values()
        if d.offered
        and d.name != start.data
        and specs.task_of(d, specs.model_spec(start.model))
    ]


def _begins(data: str) -> dict[str, Scalar]:
    values = specs.data_spec(data).settings().values()
    return values | {name: v for name, v in TARGET.items() if name in values}


def _has_head(config: RunConfig) -> bool:
    """Whether the answers leave through weights of their own."""
    return building.head_count(config) > 0


def _pretrain(visitor: Visitor, config: RunConfig) -> None:
    show_run(visitor.start(config).id)


def _start_all(visitor: Visitor, configs: list[RunConfig]) -> None:
    for config in configs:
        visitor.start(config)
