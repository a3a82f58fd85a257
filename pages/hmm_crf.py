"""States that cannot be seen: hidden Markov models and conditional random fields."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address
from explorer.ui.chains import PANELS, beginnings, chain_run, comparable
from explorer.ui.explanations import explanations
from explorer.ui.live.component import live_panels
from explorer.ui.live.controls import compared_controls
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.runs.recent import remember_run, shown_line
from explorer.ui.samples import is_sample
from explorer.ui.transport import run_buttons
from explorer.ui.visitor import visitor
from explorer.ui.worked import worked_example

TITLE, SECTION, ORDER = N_("HMM and CRF"), N_("Special models"), 80
_ = words()
read_address()
st.title(_(TITLE), anchor=False)
with shown_errors():
    me = visitor()
    run = chain_run(me, _)
    beginnings(me, run, _)
    remember_run(run)
    st.markdown(shown_line(run, _, trains=False))
    if not is_sample(run.id):
        run_buttons(me, run, _)
    shared = compared_controls(run.config, _, comparable(me, run, _))
    remember_moment(
        live_panels(run, language(), _, "hmm_crf", names=PANELS, shared=shared),
    )
    worked_example(_)
    explanations(run.config, _)
