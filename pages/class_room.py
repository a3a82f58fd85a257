"""A class: one task, one link, and everybody's loss on one chart."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address
from explorer.ui.classes.attending import shown_group
from explorer.ui.classes.forms import new_class
from explorer.ui.classes.joining import code_field, go_in
from explorer.ui.classes.keys import with_key
from explorer.ui.classes.side import visit
from explorer.ui.classes.teaching import own_classes, teach
from explorer.ui.page import shown_errors, words
from explorer.ui.settings import choose_settings
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Class"), N_("Class"), 120
_ = words()
with shown_errors():
    me = visitor()
    go_in()
    with_key(me, _)
    if group := shown_group(me, _):
        read_address()
        if me.teaches(group):
            teach(me, group, _)
        else:
            visit(me, group, _)
        st.stop()
    st.title(_(TITLE), anchor=False)
    code_field(me, _)
    st.markdown(
        _(
            "Choose data, model and training, say what is open and what is to be "
            "reached, and tell your students the code. They train in their own "
            "browsers; you see everybody's loss here."
        )
    )
    config = choose_settings()
    own_classes(me, _)
    if config is not None:
        new_class(me, config, _)
