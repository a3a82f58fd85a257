"""Race up to eight settings side by side on one clock, and see who gets lowest."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import show_address_error
from explorer.ui.page import shown_errors, words
from explorer.ui.races.shown import present_race, show, show_sample
from explorer.ui.races.start import invitation, preparation
from explorer.ui.settings import choose_settings
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Compare"), N_("Experiment"), 40
_ = words()
st.title(_(TITLE), anchor=False)
config = choose_settings()
show_address_error(_)
with shown_errors():
    me = visitor()
    race = present_race(me, _)
    if race is not None:
        show(me, race, _)
        st.stop()
    if config is not None:
        invitation(me, config, _)
    show_sample(me, _)
    if config is not None:
        preparation(me, config, _)
