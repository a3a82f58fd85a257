"""Where the slider over training time stands, for what is done from there."""

import streamlit as st

_AT = "moment.at"


def remember_moment(step: int | None) -> None:
    """Keep where the slider stands; None at the live end."""
    st.session_state[_AT] = step


def moment() -> int | None:
    """The step that the slider stands at; None at the live end."""
    step = st.session_state.get(_AT)
    return step if isinstance(step, int) else None
