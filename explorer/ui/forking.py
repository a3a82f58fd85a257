"""Go on from the slider's moment with other training settings, in a new run."""

import streamlit as st

from explorer import catalog
from explorer.config import RunConfig, TrainingSettings
from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from explorer.runs.records import Run
from explorer.ui.address import show_run, take_over
from explorer.ui.controls import settings_widgets
from explorer.ui.moment import moment
from explorer.ui.translation import Translate

_ERROR = "forking.error"


def fork_button(engine: Engine, run: Run, _: Translate) -> None:
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
        _open(engine, run, _)
    fork_error(_)


def fork(engine: Engine, run: Run, config: RunConfig) -> bool:
    """Show a new run that goes on from the slider's moment; False where none can."""
    try:
        new = engine.fork(run.id, moment(engine, run), config)
    except ExplorerError as error:
        st.session_state[_ERROR] = error.words
        return False
    replace_run(engine, run)
    show_run(new.id)
    return True


def replace_run(engine: Engine, run: Run) -> None:
    """A tab trains one run at a time; the one before is stopped and kept."""
    if not run.ended:
        engine.tell(run.id, "stop")


def fork_error(_: Translate) -> None:
    """Say once why the last fork was refused."""
    if error := st.session_state.pop(_ERROR, None):
        st.error(error.said(_), icon=":material/error:")


def _open(engine: Engine, run: Run, _: Translate) -> None:
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
        values = run.config.training.values()
        chosen = settings_widgets(
            TrainingSettings,
            values,
            f"fork.{run.id}",
            _,
            skip=catalog.unused_training(run.config.model),
        )
        if st.button(_("Fork here"), type="primary", key="fork_here"):
            _fork_with(engine, run, chosen)
            st.rerun()

    dialog()


def _fork_with(engine: Engine, run: Run, chosen: dict[str, object]) -> None:
    try:
        training = TrainingSettings.read(chosen)
    except ExplorerError as error:
        st.session_state[_ERROR] = error.words
        return
    config = run.config.model_copy(update={"training": training})
    if fork(engine, run, config):
        take_over(config)
