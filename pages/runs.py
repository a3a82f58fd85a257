"""Every run of one's own: find, name, compare, export, delete and import them."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.page import shown_errors, words
from explorer.ui.runs.shelf import shelf
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Runs"), N_("Library"), 110
_ = words()
st.title(_(TITLE), anchor=False)
st.markdown(
    _(
        "All runs that you started or imported. Choose some to compare, to take along "
        "as files, or to delete."
    )
)
with shown_errors():
    shelf(visitor(), _)
