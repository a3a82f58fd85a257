"""The museum of failures: what goes wrong, where to look, and a run that does so."""

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.lessons.failures.base import Exhibit, exhibits
from explorer.ui.address import playground_link, show_run
from explorer.ui.language import Translate
from explorer.ui.moment import come_for
from explorer.ui.places import PAGES


def museum(visitor: Visitor, _: Translate) -> None:
    """Every exhibit: its paragraph, the panel to look at, and the run.

    Raises:
        ExplorerError: if no run may be started.
    """
    st.header(_("Museum of failures"), anchor=False)
    st.markdown(
        _(
            "Each of these runs fails in a way of its own, and nobody is to blame for "
            "the first time. One click trains it and opens what shows the failure."
        )
    )
    for name, exhibit in exhibits().items():
        with st.container(border=True):
            _show(visitor, name, exhibit, _)


def _show(visitor: Visitor, name: str, exhibit: Exhibit, _: Translate) -> None:
    st.subheader(_(exhibit.title), anchor=False)
    st.markdown(_(exhibit.text))
    config = exhibit.run.config()
    words = {"panel": _(exhibit.asks), "link": playground_link(config)}
    measured = _("The number that says so: %(measured)s.")
    st.markdown(measured % {"measured": _(exhibit.measured)})
    st.markdown(_("Look at: *%(panel)s* · [its settings](%(link)s)") % words)
    if st.button(
        _("Train and look"),
        icon=":material/play_arrow:",
        key=f"museum.{name}",
        help=_("Trains this run before your eyes, with the panel to look at in sight."),
    ):
        run = visitor.start(config)
        come_for(run.id, exhibit.panel)
        show_run(run.id)
        st.switch_page(PAGES / f"{exhibit.page}.py")
