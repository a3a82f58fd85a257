"""Where the slider over training time stands, for what is done from there."""

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.runs.records import Run

_AT = "moment.at"


def remember_moment(step: int | None) -> None:
    """Keep where the slider stands; None at the live end."""
    st.session_state[_AT] = step


def moment(visitor: Visitor, run: Run) -> int:
    """The step that the slider stands at; at the live end, the newest kept one."""
    step = st.session_state.get(_AT)
    if isinstance(step, int):
        return step
    saved = visitor.store.state(run.id)
    return saved.step if saved else 0
