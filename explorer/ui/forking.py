"""Go on from a moment of a run, in a new run: which moment, how far, and with what."""

from typing import NamedTuple

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.config.settings import bounds_of
from explorer.config.training import TrainingSettings
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.runs.packing import has_memory
from explorer.runs.records import Run
from explorer.ui.address import show_run, take_over
from explorer.ui.controls import settings_widgets
from explorer.ui.language import Translate
from explorer.ui.moment import moment
from explorer.ui.page import shown_later
from explorer.ui.plain import show_error

MOST = int(bounds_of(TrainingSettings.model_fields["steps"])[1] or 0)
"""The steps that a run may have in all."""


class Beginning(NamedTuple):
    """A moment from which a fork may go on."""

    step: int | None
    """None: where the run stands when it is forked."""
    at: int
    words: str


def fork_button(
    visitor: Visitor,
    run: Run,
    _: Translate,
    config: RunConfig | None = None,
    disabled: bool = False,
) -> None:
    """The button that asks for a moment and the steps to go on from there.

    Args:
        visitor: who presses it.
        run: the one that is shown.
        _: the translating function.
        config: what the page says of the training; None: the dialog asks for it.
        disabled: whether there is nothing to fork.
    """
    if st.button(
        _("Fork"),
        icon=":material/fork_right:",
        key="fork",
        disabled=disabled,
        help=_(
            "Go on from a moment of this run in a new one, also with other training "
            "settings; the run that is shown stops."
        ),
    ):
        _open(visitor, run, _, config)


def _open(visitor: Visitor, run: Run, _: Translate, config: RunConfig | None) -> None:
    """A dialog with all that a fork may have otherwise, made only when it is asked for:
    a page full of widgets opens slowly."""

    @st.dialog(_("Fork"))
    def dialog() -> None:
        st.markdown(
            _(
                "Train on from a moment of this run, also with other settings. The new "
                "run sees the same data in the same order; both futures stand on one "
                "loss chart."
            )
        )
        begins = _beginning(visitor, run, _)
        if _forgotten(visitor, run, begins.at):
            st.caption(
                _(
                    "An older run keeps the weights of this moment alone. The new run "
                    "begins from them with a fresh optimizer, so it goes on otherwise "
                    "than this one would have, and its loss may rise at first."
                )
            )
        values = (config or run.config).training.values()
        more = _more_steps(run, begins, int(values["steps"]), _)
        if config is None:
            skip = (*specs.unused_training(run.config.model), "steps")
            key = f"fork.{run.id}"
            values = settings_widgets(TrainingSettings, values, key, _, skip)
        else:
            st.caption(_("All other settings are those of the page."))
        pressed = st.button(
            _("Fork here"),
            type="primary",
            key="fork_here",
            disabled=not more,
            on_click=_fork_with,
            args=(visitor, run, config or run.config, begins.step, more, values),
        )
        if pressed:
            st.rerun()

    dialog()


def _forgotten(visitor: Visitor, run: Run, step: int) -> bool:
    """Whether the optimizer's memory at a moment is kept no more."""
    if not (run.thinned and step and specs.remembers(run.config)):
        return False
    return not has_memory(visitor.store.checkpoint(run.id, step).state)


def _beginnings(visitor: Visitor, run: Run, _: Translate) -> dict[str, Beginning]:
    """The slider's moment, where the run stands, and that of the lowest held-out loss:
    each step once, and the best by its name wherever it is. Where a run trains, its
    step at the click is not known yet."""
    best, here = visitor.store.best(run.id), moment()
    found = {"last": Beginning(None, run.step, _("where the run stands"))}
    if here is not None and here != run.step:
        slider = Beginning(here, here, _("the moment at the slider"))
        found = {"slider": slider, **found}
    named = _("the lowest held-out loss")
    if best and all(best.step != each.at for each in found.values()):
        found["best"] = Beginning(best.step, best.step, named)
    step = _("%(moment)s: step %(step)s")
    for name, (at, shown, words) in found.items():
        if name != "best" and best and best.step == shown:
            words = _("%(moment)s, %(other)s") % {"moment": words, "other": named}
        label = step % {"moment": words, "step": f"{shown:,}"}
        if at is None and run.status == "training":
            label = _("where the run stands when you click")
        found[name] = Beginning(at, shown, label)
    return found


def _beginning(visitor: Visitor, run: Run, _: Translate) -> Beginning:
    """The chosen one; it is named also where there is no other."""
    found = _beginnings(visitor, run, _)
    names = list(found)
    chosen = st.radio(
        _("Go on from"), names, format_func=lambda n: found[n].words, key="fork_moment"
    )
    return found[chosen]


def _more_steps(run: Run, begins: Beginning, planned: int, _: Translate) -> int:
    """Steps after the beginning: those that are left of the plan, or else as many as
    led there; 0 where a run can have no more."""
    left = MOST - begins.at
    if left < 1:
        error = ExplorerError(
            N_(
                "A run has at most %(most)s steps, and this moment is the last of them."
                " Choose an earlier one."
            ),
            most=f"{MOST:,}",
        )
        show_error(error, _)
        return 0
    usual = planned - begins.at if planned > begins.at else begins.at
    return st.number_input(
        _("Steps more"),
        1,
        left,
        min(usual, left),
        key=f"fork.more.{run.id}.{begins.at}",
        help=_(
            "The new run ends after so many steps more, or at step %(most)s, the last "
            "that a run may have."
        )
        % {"most": f"{MOST:,}"},
    )


@shown_later
def _fork_with(
    visitor: Visitor,
    run: Run,
    config: RunConfig,
    at: int | None,
    more: int,
    chosen: dict[str, object],
) -> None:
    begun = visitor.store.get(run.id).step if at is None else at
    training = TrainingSettings.read({**chosen, "steps": min(begun + more, MOST)})
    config = config.model_copy(update={"training": training})
    show_run(visitor.fork(run, at, config).id)
    take_over(config)
