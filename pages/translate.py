"""Watch a model translate: token by token, its looks, its beam, and its mistakes."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address
from explorer.ui.explanations import explanations
from explorer.ui.live.component import live_panels
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.runs.recent import remember_run, shown_line
from explorer.ui.samples import is_sample
from explorer.ui.translate import chooser, translated, translation_run
from explorer.ui.transport import run_buttons
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Translate"), N_("Special models"), 60
_ = words()
read_address()
st.title(_(TITLE), anchor=False)
with shown_errors():
    me = visitor()
    run = translation_run(me, _)
    chooser(me, run, _)
    remember_run(run)
    st.markdown(shown_line(run, _))
    if not is_sample(run.id):
        run_buttons(me, run, _)
    shared = translated(run, _)
    remember_moment(live_panels(run, language(), _, "translate", shared=shared))
    explanations(run.config, _)
