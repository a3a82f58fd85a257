"""Which run the page Translate shows, and how one is begun."""

import streamlit as st

from explorer.catalog import building, choosing, specs
from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.runs.records import Run
from explorer.ui.address import show_run, take_over
from explorer.ui.language import Translate
from explorer.ui.live.controls import Control, example_controls
from explorer.ui.page import shown_later
from explorer.ui.runs.recent import named_run, run_lines, shown_runs
from explorer.ui.samples import is_sample

FIRST_DATA = "dates"
SAMPLE = "sample_dates"
"""The finished run that is shown before there is another."""


def usual() -> RunConfig:
    """What the page begins with."""
    return choosing.make_config(FIRST_DATA, specs.fitting(FIRST_DATA)[0].name)


def translates(run: Run) -> bool:
    """Whether a run's model writes an answer to a source."""
    return specs.data_spec(run.config.data).task == "translate"


def translation_run(visitor: Visitor, _: Translate) -> Run:
    """The tab's run, if it translates; else the newest of this tab that does, or the
    sample."""
    run = named_run(visitor, _)
    if run is not None and translates(run):
        return run
    return next(iter(_recent(visitor)), None) or visitor.store.get(SAMPLE)


def chooser(visitor: Visitor, run: Run, _: Translate) -> None:
    """What a translation is, and the choices from which one is trained."""
    st.markdown(
        _(
            "An encoder reads the source to its end; a decoder then writes the answer "
            "token by token. Choose what to translate and by which model, and train it."
        )
    )
    with st.container(
        horizontal=True, key="translate-choice", vertical_alignment="bottom"
    ):
        data, model = _choices(run, _)
        label = _("Train") if is_sample(run.id) else _("Train a new one")
        st.button(
            label,
            icon=":material/play_arrow:",
            type="primary",
            key="translate-train",
            help=_("Start a run with the usual settings; the playground has them all."),
            on_click=shown_later(_train),
            args=(visitor, run, data, model),
        )
    _others(visitor, run, _)


def translated(run: Run, _: Translate) -> list[Control]:
    """The example's controls in a translation's words; the time step can be played."""
    data = building.make_data(run.config)
    example, text, mark = example_controls(run.config, _)
    return [
        example,
        text | {"label": _("Your own to translate"), "max": data.source * 4},
        mark
        | {
            "label": _("Tokens written"),
            "kind": "range",
            "value": 0,
            "min": 0,
            "max": data.steps - data.source - 1,
            "help": _("How many tokens of the answer stand there already."),
            "play": _("Play through"),
            "pause": _("Pause"),
        },
    ]


def _choices(run: Run, _: Translate) -> tuple[str, str]:
    """The dataset and the architecture that are chosen."""
    offered = [
        d.name for d in specs.datasets().values() if d.offered and d.task == "translate"
    ]
    present = run.config.data
    data = st.selectbox(
        _("Dataset"),
        offered,
        index=offered.index(present) if present in offered else 0,
        format_func=lambda name: _(specs.data_spec(name).title),
        key="translate.data",
    )
    names = [m.name for m in specs.fitting(data)]
    model_now = run.config.model
    model = st.selectbox(
        _("Architecture"),
        names,
        index=names.index(model_now) if model_now in names else 0,
        format_func=lambda name: _(specs.model_spec(name).title),
        key="translate.model",
    )
    return data, model


def _train(visitor: Visitor, run: Run, data: str, model: str) -> None:
    """A tab trains one run at a time; the one before is stopped and kept."""
    config = choosing.make_config(data, model)
    new = visitor.start(config, instead_of=run)
    take_over(config)
    show_run(new.id)


def _recent(visitor: Visitor) -> list[Run]:
    """The runs of this tab that translate, newest first."""
    return [run for run in shown_runs(visitor) if translates(run)]


def _others(visitor: Visitor, run: Run, _: Translate) -> None:
    """A choice of this tab's other translations, where there are some."""
    others = [r for r in _recent(visitor) if r.id != run.id]
    if not others:
        return
    st.selectbox(
        _("Runs of this tab"),
        [run.id, *(r.id for r in others)],
        format_func=run_lines((run, *others), _).__getitem__,
        key=f"translate.run.{run.id}",
        on_change=_show_chosen,
        args=(f"translate.run.{run.id}",),
    )


def _show_chosen(key: str) -> None:
    show_run(st.session_state[key])
