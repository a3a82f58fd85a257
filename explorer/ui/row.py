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
        """Which of the architectures that can learn the data."""
        with self.first:
            return st.segmented_control(
                _("Architecture"),
                able,
                default=usual,
                required=True,
                format_func=lambda name: _(specs.model_spec(name).title),
                key=key,
                help=_(
                    "How the model is built. Each has its own colour on every chart."
                ),
                wrap=True,
                width="content",
            )


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
