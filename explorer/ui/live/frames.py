"""One frame of the live part: every panel of a run at one moment, as plain data."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from explorer import catalog
from explorer.config import N_, RunConfig
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.inspection.base import views_of
from explorer.runs.records import Command, Run, View
from explorer.ui.language import Translate, translator
from explorer.ui.live import inside
from explorer.ui.live.inside import Elsewhere
from explorer.ui.live.panels import Content, Panel, panels_for
from explorer.ui.live.wishes import LIVE, Wish

STATES = {
    "training": N_("Training"),
    "paused": N_("Paused"),
    "finished": N_("Finished"),
    "stopped": N_("Stopped"),
    "diverged": N_("Diverged"),
    "failed": N_("Failed"),
}

RECENT_STEPS = 200
"""Speed and time left are judged by this many latest steps."""


MOST_DRAWN = 256
"""Panels kept as they were drawn: most frames bring no new view."""

_drawn: OrderedDict[tuple[str, int, str], tuple[View, Content | None]] = OrderedDict()

Others = Mapping[Elsewhere, tuple[RunConfig, View]]


def wanted(config: RunConfig, wish: Wish) -> tuple[Wanted, ...]:
    """The views that a tab needs from a worker."""
    if wish.page != "playground":
        return tuple(inside.wanted(config, wish).values())
    known = {spec.name for spec in views_of(catalog.resolve(config))}
    return tuple(w for w in wish.wanted() if w.view in known)


def frame(
    snapshot: Snapshot,
    wish: Wish,
    views: Mapping[Wanted, View],
    others: Others = MappingProxyType({}),
    basis: int = 0,
) -> Any:
    """What a tab draws next, for `plots.encode.to_json`."""
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
        "state": state(run, _),
        "message": explain(run, _),
        "step": run.step,
        "steps": run.config.training.steps,
        "numbers": numbers(snapshot, _),
        "checkpoints": list(snapshot.checkpoints),
        "panels": inside.drawn(shown, wish, views, others, basis, _)
        if wish.page != "playground"
        else _playground(shown, wish, views, _),
    }


def _playground(
    shown: Snapshot, wish: Wish, views: Mapping[Wanted, View], _: Translate
) -> Any:
    seen = {w.view: views[w] for w in wish.wanted() if w in views}
    return {
        p.name: _panel(p, shown, wish, seen, _) for p in panels_for(shown.run.config)
    }


def _panel(
    panel: Panel,
    shown: Snapshot,
    wish: Wish,
    seen: Mapping[str, View],
    _: Translate,
) -> Content | None:
    """A panel's content; one that shows a view alone is drawn once per view."""
    view = seen.get(panel.name)
    if view is None or (panel.name == "gradients" and wish.gradient == "training"):
        return panel.draw(shown, wish, seen, _)
    key = panel.name, id(view), wish.language
    if key not in _drawn:
        # The view is kept along, so that its id stays its own.
        _drawn[key] = view, panel.draw(shown, wish, seen, _)
    _drawn.move_to_end(key)
    while len(_drawn) > MOST_DRAWN:
        _drawn.popitem(last=False)
    return _drawn[key][1]


def state(run: Run, _: Translate) -> str:
    """The run's status, in a word."""
    if run.status == "training" and run.step == 0:
        return _("Starting …")
    return _(STATES[run.status])


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


def held_changes(commands: Sequence[Command]) -> int:
    """How many changes a run learns under, after all that it was told."""
    count = 0
    for command in commands:
        if command.name == "hold":
            count += 1
        elif command.name == "release":
            count = 0
    return count


def explain(run: Run, _: Translate) -> str:
    """What happened to a run that did not simply finish, and what to try."""
    if run.status == "diverged":
        rate = run.config.training.learning_rate
        return _(
            "The run diverged: its loss shot past 100 times its first value, because "
            "the steps were too long and overshot. The weights of step %(step)s are "
            "kept. Try a learning rate of %(less)s instead of %(rate)s, or gradient "
            "clipping."
        ) % {"step": run.step, "less": f"{rate / 10:.1g}", "rate": f"{rate:.2g}"}
    if run.status == "failed":
        return _("The run could not go on: %(why)s") % {"why": run.message}
    if run.status == "finished" and run.step < run.config.training.steps:
        return _(
            "Stopped early at step %(step)s: the held-out loss was not beaten in "
            "%(count)d measurements. The overfitting chart marks the best step; its "
            "weights are kept."
        ) % {"step": f"{run.step:,}", "count": run.config.training.patience}
    return ""
