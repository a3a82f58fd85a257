"""Pretrain a model on much, fine-tune it on little, and see what that is worth."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address
from explorer.ui.live.component import live_panels
from explorer.ui.page import language, shown_errors, words
from explorer.ui.pretraining import (
    PANELS,
    SAMPLE,
    compare,
    earlier_run,
    moment_of,
    pretraining_button,
    target,
)
from explorer.ui.runs.recent import remember_run, run_or_sample, shown_line
from explorer.ui.samples import is_sample
from explorer.ui.transport import run_buttons
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Pretrain and fine-tune"), N_("Special models"), 90
_ = words()
read_address()
st.title(_(TITLE), anchor=False)
st.markdown(
    _(
        "A foundation model in small: learn from much data first, then meet a task "
        "with few examples. Pretrain a model, or take any run that has trained; then "
        "compare going on from its weights with starting at random."
    )
)
with shown_errors():
    me = visitor()
    run = run_or_sample(me, _, SAMPLE)
    st.header(_("1. Pretrain"), anchor=False)
    pretraining_button(me, run, _)
    earlier_run(me, run, _)
    remember_run(run)
    st.markdown(shown_line(run, _, trains=False))
    if not is_sample(run.id):
        run_buttons(me, run, _)
    live_panels(run, language(), _, "pretrain", names=PANELS, long=False)
    st.header(_("2. Fine-tune on a small target"), anchor=False)
    if not run.ended:
        st.info(
            _("The comparison begins once this run has ended."),
            icon=":material/hourglass_top:",
        )
        st.stop()
    compare(me, moment_of(me, run, _), target(run, _), _)
