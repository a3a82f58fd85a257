"""Train, pause, step, stop, restart, fork, share: the buttons of a run."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.runs.commands import (
    LEARNING_RATE,
    PAUSE,
    RESUME,
    SIDE,
    STEP,
    STOP,
    CommandSpec,
)
from explorer.runs.records import Run
from explorer.ui.address import class_link, link, show_run, take_over
from explorer.ui.forking import fork_button
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.runs.actions import export_button
from explorer.ui.samples import is_sample

STEPS = (1, 10, 100)
_RATE = "transport.rate"


def transport(
    visitor: Visitor,
    run: Run,
    config: RunConfig | None,
    _: Translate,
    group_id: str = "",
) -> None:
    """The buttons, and lines on what they do not do.

    Args:
        visitor: who presses them.
        run: the one that is shown.
        config: what the settings say; None: nothing that could be trained.
        _: the translating function.
        group_id: the class that new runs are part of.
    """
    own, mine = not is_sample(run.id), visitor.may_control(run)
    busy = run.status == "training"
    with st.container(horizontal=True, key="transport", gap="small"):
        train_button(visitor, run, config, _, group_id)
        pause_button(visitor, run, _)
        disabled = busy or (config is None if run.ended else not mine)
        step = partial(step_run, visitor, run, config, group_id=group_id)
        _step_buttons(disabled, step, _)
        _button(STOP, visitor, run, run.ended, _)
        _again_buttons(visitor, run, config, group_id, _)
        _share(visitor, run, config, own, group_id, _)
    watching_line(visitor, run, _)
    if own and mine and group_id and run.group_id != group_id:
        st.caption(_("This run is not part of the class and does not count there."))
    if config is not None and mine:
        _live_rate(visitor, run, config)


def train_button(
    visitor: Visitor,
    run: Run | None,
    config: RunConfig | None,
    _: Translate,
    group_id: str = "",
) -> None:
    """Start a new run; `run` is the one that is shown, as in `train_new`."""
    st.button(
        _("Train"),
        icon=":material/play_arrow:",
        type="primary",
        key="train",
        disabled=config is None,
        help=_("Start a new run with the settings above."),
        on_click=shown_later(train_new),
        args=(visitor, run, config, group_id),
    )


def _again_buttons(
    visitor: Visitor, run: Run, config: RunConfig | None, group_id: str, _: Translate
) -> None:
    """From step 0, or from a later moment, in a run of its own."""
    own = not is_sample(run.id)
    st.button(
        _("Restart"),
        icon=":material/restart_alt:",
        key="restart",
        disabled=not own,
        help=_("Train the run that is shown again from step 0."),
        on_click=shown_later(_restart),
        args=(visitor, run, group_id),
    )
    fork_button(visitor, run, _, config, disabled=not own or config is None)


def watching_line(visitor: Visitor, run: Run, _: Translate) -> None:
    """Say so where the run is another's."""
    if not is_sample(run.id) and not visitor.may_control(run):
        st.caption(
            _(
                "You watch another's run: only who started it can pause or stop it. "
                "Fork it to go on with one of your own."
            )
        )


def run_buttons(visitor: Visitor, run: Run, _: Translate) -> None:
    """The buttons of a run where its settings are not at hand."""
    with st.container(horizontal=True, key="run_buttons", gap="small"):
        pause_button(visitor, run, _)
        disabled = run.status != "paused" or not visitor.may_control(run)
        _step_buttons(disabled, partial(step_run, visitor, run, None), _)
        _button(STOP, visitor, run, run.ended, _)
        fork_button(visitor, run, _)
    watching_line(visitor, run, _)


def _step_buttons(disabled: bool, step: Callable[[int], None], _: Translate) -> None:
    for count in STEPS:
        st.button(
            _(STEP.label) % {"count": count},
            key=f"step{count}",
            disabled=disabled,
            help=_(STEP.help),
            on_click=shown_later(step),
            args=(count,),
        )


def pause_button(visitor: Visitor, run: Run, _: Translate) -> None:
    """Pause, or Resume where it is paused."""
    if run.status == "paused":
        _button(RESUME, visitor, run, False, _)
    else:
        _button(PAUSE, visitor, run, run.status != "training", _)


def _button(
    spec: CommandSpec, visitor: Visitor, run: Run, disabled: bool, _: Translate
) -> None:
    st.button(
        _(spec.label),
        icon=f":material/{spec.icon}:",
        key=spec.name,
        disabled=disabled or not visitor.may_control(run),
        on_click=shown_later(visitor.send),
        args=(run.id, spec()),
    )


def train_new(
    visitor: Visitor, run: Run | None, config: RunConfig, group_id: str = ""
) -> None:
    """Start a run in place of the one that is shown, if any."""
    show_run(visitor.start(config, group_id, instead_of=run).id)


def _restart(visitor: Visitor, run: Run, group_id: str) -> None:
    new = visitor.start(run.config, group_id, instead_of=run)
    take_over(run.config)
    show_run(new.id)


def step_run(
    visitor: Visitor,
    run: Run,
    config: RunConfig | None,
    count: int,
    side: str = "",
    group_id: str = "",
) -> None:
    """So many steps, of a new run if this one has ended; `side`: of one net alone."""
    if run.ended and config is not None:
        run = visitor.prepare(config, group_id)
        show_run(run.id)
    if side:
        visitor.send(run.id, SIDE(count, side))
    visitor.send(run.id, STEP(count))


def _share(
    visitor: Visitor,
    run: Run,
    config: RunConfig | None,
    own: bool,
    group_id: str,
    _: Translate,
) -> None:
    """Links to the settings, to the run, and to the class, where there are such; and
    the run as files."""
    with st.popover(_("Share"), icon=":material/share:"):
        if config is not None:
            st.markdown(_("A link to these settings, to train them afresh:"))
            st.code(link(config), language=None, wrap_lines=True)
        if own:
            st.markdown(
                _(
                    "A link to this very run, to watch it. It is read-only: who opens "
                    "it can look and fork, but not pause, stop or change the run."
                )
            )
            st.code(link(run.config, run.id), language=None, wrap_lines=True)
        if group_id:
            st.markdown(_("A link to this class, to join it:"))
            st.code(class_link(group_id), language=None, wrap_lines=True)
        st.markdown(_("This run as files, with its model as a PyTorch program:"))
        export_button(visitor, [run], _)


def _live_rate(visitor: Visitor, run: Run, config: RunConfig) -> None:
    """A changed learning rate reaches a running model at once."""
    rate = config.training.learning_rate
    rates: dict[str, float] = st.session_state.setdefault(_RATE, {})
    before = rates.setdefault(run.id, rate)
    if rate != before and not run.ended:
        rates[run.id] = rate
        visitor.send(run.id, LEARNING_RATE(rate))
