"""Train, pause, step, stop, restart, fork, share: what a person can tell a run."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.config import RunConfig, difference
from explorer.engine.service import Engine
from explorer.runs.records import Run
from explorer.ui.address import link, show_run, take_over
from explorer.ui.describe import changes_line
from explorer.ui.forking import fork, fork_button, fork_error, replace_run
from explorer.ui.page import mode
from explorer.ui.sample import SAMPLE
from explorer.ui.translation import Translate

STEPS = (1, 10, 100)
DARK_BUTTON = ".st-key-train button:enabled :is(p, span) { color: #10151a }"
"""White on the bright accent of the dark theme could not be read."""

_TOLD_RATE = "transport.rate"


def transport(engine: Engine, run: Run, config: RunConfig | None, _: Translate) -> None:
    """The buttons, and a line about settings that wait for a restart."""
    own, busy = run.id != SAMPLE, run.status == "training"
    if mode() == "dark":
        st.html(f"<style>{DARK_BUTTON}</style>")
    with st.container(horizontal=True, key="transport", gap="small"):
        st.button(
            _("Train"),
            icon=":material/play_arrow:",
            type="primary",
            key="train",
            disabled=config is None,
            help=_("Start a new run with the settings on the left."),
            on_click=train_new,
            args=(engine, run, config),
        )
        pause_button(engine, run, _)
        hindered = busy or (config is None and run.ended)
        _step_buttons(hindered, partial(step_run, engine, run, config), _)
        _tell_button(_("Stop"), "stop", "stop", engine, run, run.ended)
        st.button(
            _("Restart"),
            icon=":material/restart_alt:",
            key="restart",
            disabled=not own,
            help=_("Train the run that is shown again from step 0."),
            on_click=_restart,
            args=(engine, run),
        )
        st.button(
            _("Fork"),
            icon=":material/fork_right:",
            key="fork",
            disabled=not own or config is None,
            help=_(
                "Go on from the moment at the slider in a new run, with the training "
                "settings on the left."
            ),
            on_click=_fork,
            args=(engine, run, config),
        )
        _share(run, config, own, _)
    fork_error(_)
    if config is not None and own:
        _live_rate(engine, run, config)
        _pending(run, config, _)


def pilot(engine: Engine, run: Run, _: Translate) -> None:
    """What a run can be told where its settings are not at hand."""
    with st.container(horizontal=True, key="pilot", gap="small"):
        pause_button(engine, run, _)
        hindered = run.status != "paused"
        _step_buttons(hindered, partial(engine.tell, run.id, "step"), _)
        _tell_button(_("Stop"), "stop", "stop", engine, run, run.ended)
        fork_button(engine, run, _)


def _step_buttons(hindered: bool, step: Callable[[int], None], _: Translate) -> None:
    for count in STEPS:
        st.button(
            _("Step %(count)d") % {"count": count},
            key=f"step{count}",
            disabled=hindered,
            help=_("Update the weights this many times, then pause."),
            on_click=step,
            args=(count,),
        )


def pause_button(engine: Engine, run: Run, _: Translate) -> None:
    """Pause, or Resume where it is paused."""
    if run.status == "paused":
        _tell_button(_("Resume"), "resume", "play_circle", engine, run, False)
    else:
        busy = run.status == "training"
        _tell_button(_("Pause"), "pause", "pause", engine, run, not busy)


def _tell_button(
    label: str, name: str, icon: str, engine: Engine, run: Run, disabled: bool
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=name,
        disabled=disabled,
        on_click=engine.tell,
        args=(run.id, name),
    )


def train_new(engine: Engine, run: Run | None, config: RunConfig) -> None:
    """Start a run in place of the one that is shown, if any."""
    if run is not None:
        replace_run(engine, run)
    show_run(engine.start(config).id)


def _restart(engine: Engine, run: Run) -> None:
    replace_run(engine, run)
    take_over(run.config)
    show_run(engine.start(run.config).id)


def _fork(engine: Engine, run: Run, config: RunConfig) -> None:
    fork(engine, run, config)


def step_run(
    engine: Engine, run: Run, config: RunConfig | None, count: int, side: str = ""
) -> None:
    """So many steps, of a new run if this one has ended; `side`: of one net alone."""
    if run.ended and config is not None:
        run = engine.prepare(config)
        show_run(run.id)
    if side:
        engine.tell(run.id, "side", count, side)
    engine.tell(run.id, "step", count)


def _share(run: Run, config: RunConfig | None, own: bool, _: Translate) -> None:
    with st.popover(_("Share"), icon=":material/share:"):
        if config is not None:
            st.markdown(_("A link to these settings, to train them afresh:"))
            st.code(link(config), language=None, wrap_lines=True)
        if own:
            st.markdown(_("A link to this very run, to watch it:"))
            st.code(link(run.config, run.id), language=None, wrap_lines=True)


def _live_rate(engine: Engine, run: Run, config: RunConfig) -> None:
    """A changed learning rate reaches a running model at once."""
    rate = config.training.learning_rate
    told: dict[str, float] = st.session_state.setdefault(_TOLD_RATE, {})
    known = told.setdefault(run.id, rate)
    if rate != known and not run.ended:
        told[run.id] = rate
        engine.tell(run.id, "learning_rate", rate)


def _pending(run: Run, config: RunConfig, _: Translate) -> None:
    """Say which settings differ from the run that is shown."""
    changed = difference(run.config, config)
    if not run.ended:
        changed = [c for c in changed if c[0] != "training.learning_rate"]
    if changed:
        line = changes_line(run.config, config, _)
        st.caption(
            _("Changed since this run began: %(changes)s. Press Train to apply.")
            % {"changes": line}
        )
