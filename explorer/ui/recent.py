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
    found = []
    for run_id in reversed(st.session_state.get(_RUNS, [SAMPLE])):
        if run_id == present.id:
            continue
        try:
            run = engine.store.get(run_id)
        except ExplorerError:
            continue  # deleted meanwhile
        found.append((run_id, run_line(run.config, _)))
    return found
