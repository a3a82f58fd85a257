"""Pick a model and data, train live, and watch the loss and the insides."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import show_address_error
from explorer.ui.classes.attending import attended, lesson_head
from explorer.ui.classes.sidebar import class_sidebar
from explorer.ui.describe import run_line
from explorer.ui.explanations import explanations
from explorer.ui.live.component import live_panels
from explorer.ui.live.sample import SAMPLE
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.plain import literal
from explorer.ui.runs.recent import remember_run, run_or_sample
from explorer.ui.sidebar import sidebar
from explorer.ui.transport import transport
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Playground"), N_("Play"), 20
_ = words()
me, here = visitor(), None
with shown_errors():
    here = attended(me, _)
config = sidebar() if here is None else class_sidebar(here.lesson, _)
st.title(literal(here.lesson.title) if here else _(TITLE), anchor=False)
show_address_error(_)
with shown_errors():
    if here is not None:
        lesson_head(me, here, _)
    run = run_or_sample(me, _)
    remember_run(run)
    about = run_line(run.config, _)
    if run.id == SAMPLE:
        about = _("A finished sample: %(run)s. Press Train to start your own.") % {
            "run": about
        }
    st.markdown(about)
    transport(me, run, config, _, here.group.id if here else "")
    remember_moment(live_panels(run, language(), _, "playground", long=False))
    explanations(run.config, _)
