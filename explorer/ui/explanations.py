"""Under the pictures: the model's equations, its diagram, its source, its command."""

import streamlit as st

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.ui.describe import command_line, model_source
from explorer.ui.language import Translate


def explanations(config: RunConfig, _: Translate) -> None:
    """Four tabs about the run that is shown; only the open one is computed."""
    names = [_("Equations"), _("Diagram"), _("Source code"), _("Command line")]
    shown = (_equations, _diagram, _source, _command)
    tabs = st.tabs(names, key="explanations", on_change="rerun")
    for tab, show in zip(tabs, shown, strict=True):
        if tab.open:
            with tab:
                show(config, _)


def _equations(config: RunConfig, _: Translate) -> None:
    st.markdown(building.equations(config))


def _diagram(config: RunConfig, _: Translate) -> None:
    resolved = specs.resolve(config)
    drawn = resolved.model.diagram(resolved.model_settings, building.sizes(config))
    title = _(resolved.model.title)
    st.mermaid_chart(drawn, alt=_("Diagram of %(model)s") % {"model": title})


def _source(config: RunConfig, _: Translate) -> None:
    st.caption(_("The file that this model is built from, as it runs here."))
    st.code(model_source(config.model), language="python", height=480)


def _command(config: RunConfig, _: Translate) -> None:
    st.caption(_("The same run without a browser, to the last digit:"))
    st.code(command_line(config), language="bash", wrap_lines=True)
