"""One frame of the live part: every panel of a run at one moment, as plain data."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from explorer.catalog.specs import model_spec, remembers
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.errors import N_
from explorer.plots.parts import short
from explorer.plots.words import paragraph
from explorer.runs.commands import held_changes
from explorer.runs.records import Run, View
from explorer.ui.language import Translate, translator
from explorer.ui.live.elsewhere import Others
from explorer.ui.live.panels import Pictures, drawn
from explorer.ui.live.wishes import LIVE, Wish

STATES = {
    "training": N_("Training"),
    "paused": N_("Paused"),
    "finished": N_("Finished"),
    "stopped": N_("Stopped"),
    "diverged": N_("Diverged"),
    "failed": N_("Failed"),
}

THINNED = N_("Of this older run only few moments are kept.")
FRESH = N_(
    "Of this older run only few moments are kept, most of them by their weights alone: "
    "what goes on from such a moment begins with a fresh optimizer."
)

RECENT_STEPS = 200
"""Speed and time left are judged by this many latest steps."""


def frame(
    snapshot: Snapshot,
    wish: Wish,
    views: Mapping[Wanted, View],
    others: Others = MappingProxyType({}),
    basis: int = 0,
    pictures: Pictures | None = None,
) -> Any:
    """What a tab draws next, for `plots.encode.to_json`; `pictures` of earlier frames
    are drawn no more."""
    _ = translator(wish.language)
    run = snapshot.run
    shown = snapshot
    if wish.at != LIVE:
        shown = replace(
            snapshot,
            curves=snapshot.curves.until(wish.at),
            validations=tuple(v for v in snapshot.validations if v.step <= wish.at),
            commands=tuple(c for c in snapshot.commands if c.step <= wish.at),
        )
    return {
        "run": run.id,
        "status": run.status,
        "state": state(snapshot, _),
        "spoken": spoken(snapshot, _),
        "message": message(snapshot, _),
        "step": run.step,
        "steps": run.config.training.steps,
        "numbers": numbers(snapshot, _),
        "checkpoints": list(snapshot.checkpoints),
        "thinned": thinned(run, _),
        "moment": moment(shown, wish, _),
        "panels": drawn(shown, wish, views, others, basis, pictures),
    }


def thinned(run: Run, _: Translate) -> str:
    """What an older run lacks."""
    if not run.thinned:
        return ""
    return _(FRESH if remembers(run.config) else THINNED)


def waits(snapshot: Snapshot) -> bool:
    """Whether a run would train if anybody could train it."""
    return snapshot.trouble is not None and snapshot.run.status == "training"


def state(snapshot: Snapshot, _: Translate) -> str:
    """The run's status, in a word."""
    run = snapshot.run
    if waits(snapshot):
        return _("Waiting …")
    if run.status == "training" and run.step == 0:
        return _("Starting …")
    return _(STATES[run.status])


def spoken(snapshot: Snapshot, _: Translate) -> str:
    """What a screen reader says: the state, and the loss at each tenth of the way.

    It changes no oftener than that, whatever comes in between.
    """
    run, steps = snapshot.run, snapshot.run.config.training.steps
    tenth = max(1, steps // 10)
    heard = run.step - run.step % tenth if run.status == "training" else run.step
    so_far = [v for v in snapshot.validations if v.step <= heard]
    if not so_far:
        return state(snapshot, _)
    return _("%(state)s, step %(step)s: validation loss %(loss)s") % {
        "state": state(snapshot, _),
        "step": f"{so_far[-1].step:,}",
        "loss": short(so_far[-1].loss),
    }


def moment(shown: Snapshot, wish: Wish, _: Translate) -> str:
    """Whose pictures they are, of which step, and how low the loss was there; what a
    picture says in words follows at once."""
    step = shown.run.step if wish.at == LIVE else wish.at
    values = {"model": _(model_spec(shown.run.config.model).title), "step": f"{step:,}"}
    message = _("%(model)s at step %(step)s.")
    if shown.validations:
        message = _("%(model)s at step %(step)s, validation loss %(loss)s.")
        values["loss"] = short(shown.validations[-1].loss)
    return paragraph(message % values, "")


def numbers(snapshot: Snapshot, _: Translate) -> str:
    """Step, speed and time left, in one line."""
    run, seconds = snapshot.run, snapshot.curves.seconds
    total = run.config.training.steps
    text = _("Step %(step)s of %(steps)s") % {
        "step": f"{run.step:,}",
        "steps": f"{total:,}",
    }
    if held := held_changes(snapshot.commands):
        text += " · " + _("changes held: %(count)d") % {"count": held}
    recent = seconds[-RECENT_STEPS:]
    if waits(snapshot):
        return text
    if len(recent) < 2 or recent[-1] <= recent[0]:
        return text
    rate = (len(recent) - 1) / float(recent[-1] - recent[0])
    text += " · " + _("%(rate)s steps per second") % {"rate": f"{rate:,.0f}"}
    if run.status == "training":
        left = (total - run.step) / rate
        text += " · " + _("%(seconds)s s left") % {"seconds": f"{left:,.0f}"}
    elif run.ended:
        text += " · " + _("%(seconds).1f s of training") % {"seconds": run.seconds}
    return text


def message(snapshot: Snapshot, _: Translate) -> str:
    """Why a run waits, or what happened to it."""
    if snapshot.trouble is not None and waits(snapshot):
        why = snapshot.trouble.text(_)
        noted = _("What it was told meanwhile is noted, and done then.")
        return paragraph(why, noted) if snapshot.commanded else why
    return explain(snapshot.run, _)


def explain(run: Run, _: Translate) -> str:
    """What happened to a run that did not simply finish, and what to try."""
    why = run.message.text(_) if run.message is not None else ""
    if run.status == "diverged" or (why and run.status == "finished"):
        return why
    if run.status == "failed":
        return _("The run could not go on: %(why)s") % {"why": why}
    if run.status == "finished" and run.step < run.config.training.steps:
        return _(
            "Stopped early at step %(step)s: the held-out loss was not beaten in "
            "%(count)d measurements. The overfitting chart marks the best step; its "
            "weights are kept."
        ) % {"step": f"{run.step:,}", "count": run.config.training.patience}
    return ""
