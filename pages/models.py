"""Read every architecture: the idea, the equations, the diagram and the source."""

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.errors import N_
from explorer.ui.describe import run_line
from explorer.ui.explanations import explanations
from explorer.ui.page import shown_errors, words
from explorer.ui.plain import show_error
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Models"), N_("Learn"), 10
_ = words()
st.title(_(TITLE), anchor=False)
st.markdown(
    _(
        "Every architecture that trains here, at its default size on data that it can "
        "learn."
    )
)
with shown_errors():
    name = st.segmented_control(
        _("Architecture"),
        list(specs.models()),
        default=specs.DEFAULT_MODEL,
        required=True,
        format_func=lambda each: _(specs.model_spec(each).title),
        key="models.name",
        persist_state="session",
    )
    st.markdown(_(specs.model_spec(name).summary))
    config = choosing.make_config(specs.usual_data(name), name)
    st.markdown(run_line(config, _))
    explanations(config, _)
    for remark in visitor().engine.remarks:
        show_error(remark, _)
