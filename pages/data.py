"""Look at every dataset before anything learns from it, and bring data of your own."""

import streamlit as st

from explorer.catalog import building
from explorer.errors import N_
from explorer.ui.address import allowed_config, show_address_error
from explorer.ui.data.chosen import (
    choose_dataset,
    settled_config,
    train_button,
)
from explorer.ui.data.dataset import show_details, show_numbers, show_picture
from explorer.ui.data.own_data import own_data_list
from explorer.ui.data.preparing import before_and_after
from explorer.ui.data.ways_in import ways_in
from explorer.ui.describe import data_line
from explorer.ui.page import shown_errors, words
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Data"), N_("Library"), 100
_ = words()
st.title(_(TITLE), anchor=False)
st.markdown(_("What a model can learn lies in its data: look at it before you train."))
with shown_errors():
    me = visitor()
    config = allowed_config(_)
    show_address_error(_)
    look, bring = st.columns([3, 2], gap="large")
    with look:
        choose_dataset(me, config, _)
        shown = st.container()
        st.header(_("How it is made and prepared"), anchor=False)
        settings = st.container()
    with bring:
        st.header(_("Bring your own"), anchor=False)
        ways_in(me)
        own_data_list(me, config, _)
    details = st.container()
    with shown, shown_errors():
        with settings:
            config = settled_config(config, _)
        data = building.make_data(config)
        about = data_line(config, _)
        show_picture(data, about, _)
        train_button(me, config, _)
        show_numbers(data, _)
        with details:
            before_and_after(config, _)
            show_details(data, about, _)
