"""Try many settings side by side and see which do best, and why."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import show_address_error
from explorer.ui.page import shown_errors, words
from explorer.ui.settings import choose_settings
from explorer.ui.sweeps.sample import show_sample
from explorer.ui.sweeps.setup import example_button, setup
from explorer.ui.sweeps.shown import earlier_sweeps, show, shown_sweep
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Sweep"), N_("Experiment"), 50
_ = words()
st.title(_(TITLE), anchor=False)
config = choose_settings()
show_address_error(_)
with shown_errors():
    me = visitor()
    group = shown_sweep(me, _)
    if group is not None:
        show(me, group, _)
    else:
        st.markdown(
            _(
                "Which settings learn best? A sweep trains many runs of one model, "
                "each with other settings, ends those that promise little, and shows "
                "what the good ones have in common."
            )
        )
        example_button(me, _)
        show_sample(_)
        st.header(_("Or set up your own"), anchor=False)
        if config is not None:
            setup(me, config, _)
    earlier_sweeps(me, group, _)
