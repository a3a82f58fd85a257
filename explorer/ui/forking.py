"""Go on from the slider's moment with other training settings, in a new run."""

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.config.training import TrainingSettings
from explorer.engine.visitor import Visitor
from explorer.runs.records import Run
from explorer.ui.address import show_run, take_over
from explorer.ui.controls import settings_widgets
from explorer.ui.language import Translate
from explorer.ui.moment import moment
from explorer.ui.page import shown_later


def fork_button(visitor: Visitor, run: Run, _: Translate) -> None:
    """The button that opens the training settings, to train on with others."""
    if st.button(
        _("Fork"),
        icon=":material/fork_right:",
        key="fork",
        help=_(
            "Go on from the moment at the slider in a new run, with other training "
            "settings; the run that is shown stops."
        ),
    ):
        _open(visitor, run, _)


def fork(visitor: Visitor, run: Run, config: RunConfig) -> None:
    """Show a new run that goes on from the slider's moment.

    Raises:
        ExplorerError: if none can.
    """
    show_run(visitor.fork(run, moment(), config).id)


def _open(visitor: Visitor, run: Run, _: Translate) -> None:
    """A dialog with every training setting of the run, made only when it is asked for:
    a page full of widgets opens slowly."""

    @st.dialog(_("Fork"))
    def dialog() -> None:
        st.markdown(
            _(
                "Train on from the moment at the slider with other settings. The new "
                "run sees the same data in the same order; both futures stand on one "
                "loss chart."
            )
        )
        at = _moment(visitor, run, _)
        values = run.config.training.values()
        chosen = settings_widgets(
            TrainingSettings,
            values,
            f"fork.{run.id}",
            _,
            skip=specs.unused_training(run.config.model),
        )
        if st.button(_("Fork here"), type="primary", key="fork_here"):
            _fork_with(visitor, run, at, chosen)
            st.rerun()

    dialog()


def _moment(visitor: Visitor, run: Run, _: Translate) -> int | None:
    """The slider's moment, or that of the lowest held-out loss where it is another."""
    best, here = visitor.store.best(run.id), moment()
    if best is None or best.step == (run.step if here is None else here):
        return here
    step = f"{run.step if here is None else here:,}"
    words = {
        False: _("the moment at the slider: step %(step)s") % {"step": step},
        True: _("the lowest held-out loss: step %(step)s") % {"step": f"{best.step:,}"},
    }
    chosen = st.radio(
        _("Go on from"), list(words), format_func=words.__getitem__, key="fork_moment"
    )
    return best.step if chosen else here


@shown_later
def _fork_with(
    visitor: Visitor, run: Run, at: int | None, chosen: dict[str, object]
) -> None:
    training = TrainingSettings.read(chosen)
    config = run.config.model_copy(update={"training": training})
    show_run(visitor.fork(run, at, config).id)
    take_over(config)
