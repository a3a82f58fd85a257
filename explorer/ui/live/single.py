"""One live panel alone, as the address names it: for a slide, or a course's page."""

import streamlit as st

from explorer.errors import N_, unknown
from explorer.inspection.facts import facts_of
from explorer.plots.panel import panels
from explorer.runs.records import Run
from explorer.ui.address import PANEL
from explorer.ui.language import Translate
from explorer.ui.live.component import live_panels
from explorer.ui.page import language

BESIDES = {"gates": "inside"}
"""Words of links that name a panel besides its own name."""


def wanted_panel(run: Run) -> str:
    """The panel that the address names; empty where it names none.

    Raises:
        ExplorerError: if this run has no such panel.
    """
    given = str(st.query_params.get(PANEL, ""))
    if not given:
        return ""
    facts = facts_of(run.config)
    standing = [name for name, panel in panels().items() if panel.stands(facts)]
    name = BESIDES.get(given, given)
    if name not in standing:
        raise unknown(N_("panel"), given, standing)
    return name


def show_single(run: Run, name: str, _: Translate) -> None:
    """Nothing but this panel and its moments."""
    live_panels(run, language(), _, "single", names=[name], long=False)
