"""Every gate, head and gradient of a run, at any moment of its training."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address
from explorer.ui.describe import run_line
from explorer.ui.live.component import live_panels
from explorer.ui.live.controls import compared_controls
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.runs.recent import recent_runs, remember_run, run_or_sample
from explorer.ui.transport import run_buttons
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Look inside"), N_("Play"), 30
_ = words()
read_address()
st.title(_(TITLE), anchor=False)
with shown_errors():
    me = visitor()
    run = run_or_sample(me, _)
    remember_run(run)
    st.markdown(run_line(run.config, _))
    run_buttons(me, run, _)
    shared = compared_controls(run.config, _, recent_runs(me, run, _))
    remember_moment(live_panels(run, language(), _, "inside", shared=shared))
