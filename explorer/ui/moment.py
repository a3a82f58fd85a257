"""Where the slider over training time stands, for what is done from there, and which
panel of a run its reader came for."""

import streamlit as st

_AT = "moment.at"
_LOOK = "moment.look"


def remember_moment(step: int | None) -> None:
    """Keep where the slider stands; None at the live end."""
    st.session_state[_AT] = step


def moment() -> int | None:
    """The step that the slider stands at; None at the live end."""
    step = st.session_state.get(_AT)
    return step if isinstance(step, int) else None


def come_for(run_id: str, panel: str) -> None:
    """Have this panel of a run in sight when the run is first shown."""
    st.session_state[_LOOK] = run_id, panel


def came_for(run_id: str) -> str:
    """The panel of the run that its reader came for; empty for none."""
    wanted, panel = st.session_state.get(_LOOK, ("", ""))
    return str(panel) if wanted == run_id else ""
