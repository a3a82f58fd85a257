"""States that cannot be seen: hidden Markov models and conditional random fields."""

import streamlit as st

from explorer.engine.service import engine
from explorer.ui.address import read_address
from explorer.ui.chains import PANELS, beginnings, chain_run, comparable
from explorer.ui.describe import run_line
from explorer.ui.explain import explanations
from explorer.ui.live import examples, live_some
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.recent import remember_run
from explorer.ui.transport import pilot
from explorer.ui.worked import worked_example

_ = words()
read_address()
st.title(_("HMM and CRF"), anchor=False)
with shown_errors():
    owner = engine()
    run = chain_run(owner, _)
    beginnings(owner, run, _)
    if run is not None:
        remember_run(run)
        st.markdown(run_line(run.config, _))
        pilot(owner, run, _)
        shared = examples(run, _, comparable(owner, run, _))
        remember_moment(
            live_some(run, language(), _, "hmm_crf", PANELS, shared),
        )
    worked_example(_)
    if run is not None:
        explanations(run.config, _)
