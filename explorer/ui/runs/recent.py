"""The run that a tab shows, and those that it has shown before."""

from collections.abc import Iterable

import streamlit as st

from explorer.catalog import fitting
from explorer.config.run import BEST, RunConfig
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.records import Run
from explorer.ui.address import shown_run
from explorer.ui.describe import run_line, told_apart
from explorer.ui.language import Translate
from explorer.ui.plain import show_error
from explorer.ui.samples import SAMPLE, is_sample

_RUNS = "recent.runs"
MOST = 12


def named_run(visitor: Visitor, _: Translate) -> Run | None:
    """The run that the address names; None, with a word on it, if it is not there."""
    if not (run_id := shown_run()):
        return None
    try:
        return visitor.store.get(run_id)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        return None


def run_or_sample(visitor: Visitor, _: Translate, sample: str = SAMPLE) -> Run:
    """The run that the address names, else a sample."""
    return named_run(visitor, _) or visitor.store.get(sample)


def shown_line(run: Run, _: Translate, trains: bool = True) -> str:
    """What run is shown, and whether it is a sample.

    Args:
        trains: whether Train is the button that starts another.
    """
    about = run_line(run.config, _)
    if not is_sample(run.id):
        return about
    if trains:
        message = _("A finished sample: %(run)s. Press Train to start your own.")
    else:
        message = _("A finished sample: %(run)s. Start one of your own above.")
    return message % {"run": about}


def remember_run(run: Run) -> None:
    """Keep that this tab has shown a run."""
    ids = [r for r in st.session_state.get(_RUNS, [SAMPLE]) if r != run.id]
    st.session_state[_RUNS] = [*ids, run.id][-MOST:]


def recent_runs(visitor: Visitor, present: Run, _: Translate) -> list[tuple[str, str]]:
    """The other runs of this tab: (id, what they are), newest first."""
    names = run_lines(shown_runs(visitor), _)
    return [(run_id, name) for run_id, name in names.items() if run_id != present.id]


def shown_runs(visitor: Visitor) -> list[Run]:
    """The runs that this tab has shown, newest first."""
    found = []
    for run_id in reversed(st.session_state.get(_RUNS, [SAMPLE])):
        try:
            found.append(visitor.store.get(run_id))
        except ExplorerError:
            continue  # deleted meanwhile
    return found


def run_lines(runs: Iterable[Run], _: Translate) -> dict[str, str]:
    """By id: what each run is, no two alike."""
    return told_apart({run.id: run_line(run.config, _) for run in runs}, _)


def moments(visitor: Visitor, run: Run, _: Translate, line: str = "") -> dict[str, str]:
    """What of a run another can begin with, as `RunConfig.start` says it: its last
    weights, and those of its lowest held-out loss where they are others.

    Args:
        line: what the run is called; what it trains if left out.
    """
    words = {"run": line or run_line(run.config, _)}
    last = _("step %(step)s of %(run)s (last)")
    found = {run.id: last % (words | {"step": f"{run.step:,}"})}
    best = visitor.store.best(run.id)
    if best is not None and best.step != run.step:
        line = _("step %(step)s of %(run)s (lowest held-out loss)")
        found[run.id + BEST] = line % (words | {"step": f"{best.step:,}"})
    return found


def beginnings(visitor: Visitor, config: RunConfig, _: Translate) -> dict[str, str]:
    """What a run of this config can begin with: run ids, and what each is."""
    alike = {"": _("random weights")}
    shown = shown_runs(visitor)
    names = run_lines(shown, _)
    for run in shown:
        try:
            fitting.check_start(config, run.config)
        except ExplorerError:
            continue  # built otherwise
        if run.step > 0:
            alike |= moments(visitor, run, _, names[run.id])
    if config.start:
        alike.setdefault(config.start, config.start)
    return alike
