"""Every run of one's own: find, name, compare, export, delete and import them."""

import streamlit as st

from explorer.ui.page import shown_errors, words
from explorer.ui.runs.shelf import shelf
from explorer.ui.visitor import visitor

_ = words()
st.title(_("Runs"), anchor=False)
st.markdown(
    _(
        "All runs that you started or imported. Choose some to compare, to take along "
        "as files, or to delete."
    )
)
with shown_errors():
    shelf(visitor(), _)
