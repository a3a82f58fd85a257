"""The smallest page: a title and a paragraph."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.page import words

TITLE, SECTION, ORDER = N_("Hello"), N_("Learn"), 15
_ = words()
st.title(_(TITLE), anchor=False)
st.markdown(_("Here I am."))
