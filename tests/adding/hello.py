"""The smallest page: a title and a paragraph."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.page import words

TITLE, ORDER = N_("Hello"), 15
_ = words()
st.title(_(TITLE), anchor=False)
st.markdown(_("Here I am."))
