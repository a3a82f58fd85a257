"""The row of choices at the top of a page, and the drawer with all other settings."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.catalog import specs
from explorer.ui.language import Translate

WIDTHS = {"dataset": 224, "hidden_size": 128, "layers": 92, "learning_rate": 140}
"""Pixels of what stands in the row, by name; the architectures take what they need."""

SIDE_BY_SIDE, FIRST, LIST = 6, 4, 168
"""So many architectures stand side by side; of more the first ones do, and the others
are in a list so many pixels wide."""


class Row(NamedTuple):
    """Where the controls stand."""

    first: DeltaGenerator
    """The row itself."""
    data: DeltaGenerator
    picture: DeltaGenerator
    model: DeltaGenerator
    training: DeltaGenerator

    def place(self, name: str) -> AbstractContextManager[Any]:
        """In the row for the choices that most people make, else where one is."""
        if name not in WIDTHS:
            return nullcontext()
        return self.first.container(width=WIDTHS[name], key=f"choice_{name}")

    def architecture(
        self, able: Sequence[str], usual: str, key: str, _: Translate
    ) -> str:
        """Which of the architectures that can learn the data: the first ones side by
        side, where there are many the others in a list."""
        many = len(able) > SIDE_BY_SIDE
        first = able[:FIRST] if many else able
        listed = able[len(first) :]
        look: dict[str, Any] = {
            "format_func": lambda name: _(specs.model_spec(name).title),
            "help": _(
                "How the model is built. Each has its own colour on every chart."
            ),
        }
        with self.first:
            chosen = st.segmented_control(
                _("Architecture"),
                first,
                default=usual if usual in first else None,
                required=not many,
                key=key,
                wrap=True,
                width="content",
                on_change=_one_of_two if many else None,
                args=(key, f"{key}.more", f"{key}.last") if many else None,
                **look,
            )
            if not many:
                return str(chosen)
            other = st.selectbox(
                _("More architectures"),
                listed,
                index=listed.index(usual) if usual in listed else None,
                placeholder=_("More"),
                key=f"{key}.more",
                width=LIST,
                on_change=_one_of_two,
                args=(f"{key}.more", key, f"{key}.last"),
                **look,
            )
        st.session_state[f"{key}.last"] = str(other or chosen or usual)
        return str(other or chosen or usual)


def _one_of_two(changed: str, other: str, last: str) -> None:
    """Who chooses in one place chooses nothing in the other; nothing is refused."""
    state = st.session_state
    if state[changed] is not None:
        state[other] = None
    elif state.get(other) is None:
        state[changed] = state[last]


def settings_row(_: Translate) -> Row:
    """An empty row with its drawer."""
    with st.container(
        horizontal=True, key="choices", gap="xsmall", vertical_alignment="bottom"
    ):
        first = st.container(
            horizontal=True,
            key="first_choices",
            gap="xsmall",
            vertical_alignment="bottom",
        )
        with (
            st.popover(_("All settings"), icon=":material/tune:"),
            st.container(key="drawer"),
        ):
            data, model, training = st.columns(3, gap="medium")
    titles = _("Data"), _("Model"), _("Training settings")
    for place, title in zip((data, model, training), titles, strict=True):
        place.subheader(title, anchor=False)
    return Row(first, data.container(), data.container(), model, training)
