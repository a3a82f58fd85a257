"""Two nets against each other: one makes windows, the other tells them from real."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.explanations import explanations
from explorer.ui.gan import MODEL, PANELS, invitation, net_buttons, rivals_run
from explorer.ui.live.component import live_panels
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.runs.recent import remember_run, shown_line
from explorer.ui.samples import is_sample
from explorer.ui.settings import choose_settings
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("GAN"), N_("Special models"), 70
_ = words()
st.title(_(TITLE), anchor=False)
config = choose_settings(only=MODEL)
with shown_errors():
    me = visitor()
    run = rivals_run(me)
    if is_sample(run.id):
        invitation(_)
    remember_run(run)
    net_buttons(me, run, config, _)
    st.markdown(shown_line(run, _))
    remember_moment(live_panels(run, language(), _, MODEL, names=PANELS))
    explanations(run.config, _)
