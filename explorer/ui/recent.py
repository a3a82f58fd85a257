"""The runs that this tab has shown, to compare with."""

import streamlit as st

from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from explorer.runs.records import Run
from explorer.ui.describe import run_line
from explorer.ui.sample import SAMPLE
from explorer.ui.translation import Translate

_RUNS = "recent.runs"
MOST = 12


def remember_run(run: Run) -> None:
    """Keep that this tab has shown a run."""
    known = [r for r in st.session_state.get(_RUNS, [SAMPLE]) if r != run.id]
    st.session_state[_RUNS] = [*known, run.id][-MOST:]


def recent_runs(engine: Engine, present: Run, _: Translate) -> list[tuple[str, str]]:
    """The other runs of this tab: (id, what they are), newest first."""
    others = [run for run in remembered_runs(engine) if run.id != present.id]
    return [(run.id, run_line(run.config, _)) for run in others]


def remembered_runs(engine: Engine) -> list[Run]:
    """The runs of this tab, newest first."""
    found = []
    for run_id in reversed(st.session_state.get(_RUNS, [SAMPLE])):
        try:
            found.append(engine.store.get(run_id))
        except ExplorerError:
            continue  # deleted meanwhile
    return found
