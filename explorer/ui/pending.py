"""Settings that are not those of the run that is shown: said, or trained at once."""

import os

import streamlit as st

from explorer.config.run import RunConfig, difference
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.runs.commands import LEARNING_RATE
from explorer.runs.records import Run
from explorer.ui.address import has_settings, read_address, show_run, take_over, visit
from explorer.ui.describe import changes_line, is_gone, run_line
from explorer.ui.language import Translate
from explorer.ui.plain import literal, show_error
from explorer.ui.runs.recent import shown_line
from explorer.ui.samples import is_sample

AT_ONCE = "EXPLORER_TRAIN_ON_CHANGE"
"""1: a changed setting trains a new run at once; else it waits for Train."""

_FOLLOWED, _CHOSEN = "pending.followed", "pending.chosen"


def follow_run(visitor: Visitor, run: Run) -> None:
    """A link to a run alone brings that run's settings along, where they are allowed;
    what is chosen afterwards stays."""
    state = st.session_state
    if state.get(_FOLLOWED) == run.id:
        return
    state[_FOLLOWED] = run.id
    if is_sample(run.id) or has_settings() or is_gone(run.config):
        return
    try:
        visitor.allowed.check_data(run.config)
    except ExplorerError:
        return  # another's own data
    if read_address() != run.config:
        take_over(run.config)


def waits(run: Run, config: RunConfig | None) -> bool:
    """Whether the settings say another run than the one that is shown.

    Args:
        config: what the settings say; None: nothing that could be trained.
    """
    if config is None:
        return True
    changed = [name for name, _old, _new in difference(run.config, config)]
    if not run.ended:
        changed = [name for name in changed if name != LEARNING_RATE.setting]
    return bool(changed)


def trained_at_once(
    visitor: Visitor,
    run: Run,
    config: RunConfig | None,
    _: Translate,
    group_id: str = "",
) -> Run:
    """The run to show: a new one where a setting has just changed and the owner of the
    server wishes so. If none may be started, that is said."""
    chosen_at, before = st.session_state.get(_CHOSEN, (None, None))
    st.session_state[_CHOSEN] = visit(), config
    here = chosen_at == visit()  # what was changed on another page waits for Train
    if config is None or not here or before in (None, config) or not waits(run, config):
        return run
    try:
        if not _at_once():
            return run
        new = visitor.start(config, group_id, instead_of=run)
    except ExplorerError as error:
        show_error(error, _)
        return run
    show_run(new.id)
    return new


def _at_once() -> bool:
    given = os.environ.get(AT_ONCE, "")
    if given not in ("", "0", "1"):
        raise ExplorerError(
            N_(
                "%(variable)s must be 0 or 1, but got '%(came)s'. With 1, a changed "
                "setting trains at once."
            ),
            variable=AT_ONCE,
            came=given[:20],
        )
    return given == "1"


def about_line(run: Run, config: RunConfig | None, _: Translate) -> str:
    """What is shown, or what was chosen since and waits for Train."""
    if config is not None and waits(run, config) and not is_gone(run.config):
        other = (config.data, config.model) != (run.config.data, run.config.model)
        if other:
            message = _("**Changed: press Train.** Chosen: %(chosen)s.")
            return message % {"chosen": run_line(config, _)}
        message = _("**Changed: press Train.** %(changes)s.")
        return message % {"changes": literal(changes_line(run.config, config, _))}
    return shown_line(run, _)
