"""The live component: one socket, and figures that are never mounted twice."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import streamlit as st

from explorer.errors import ExplorerError
from explorer.plots.panel import names_on
from explorer.plots.theme import template
from explorer.runs.records import Run
from explorer.ui.describe import run_line, settings_line
from explorer.ui.language import Translate
from explorer.ui.live.controls import Control
from explorer.ui.live.panels import described
from explorer.ui.live.saving import saving_strings
from explorer.ui.live.scripts import LIVE_JS, style
from explorer.ui.moment import came_for
from explorer.ui.page import LOOKS_EVERY
from explorer.ui.places import SOCKET
from explorer.ui.plotly_js import PLOTLY
from explorer.ui.visitor import control_token, cookie, visitor

_component = st.components.v2.component(
    "sequence_explorer_live",
    html='<div class="sx-live"></div>\n',
    css=style("saving", "live"),
    js=f"""
const there = await import(new URL("{LIVE_JS}", document.baseURI))
export default there.default
""",
    isolate_styles=False,
)


class How(TypedDict, total=False):
    """How panels are shown."""

    names: Sequence[str]
    """The panels, in this order; left out, those that stand on the page by themselves.
    """
    shared: Sequence[Control]
    """The controls of the example that all panels look at."""
    long: bool
    """More panels than a screen holds, as is usual: the slider stands above them and
    stays in sight, and only panels in sight are asked for. Else the panels fit the
    height of the window by two, and the slider stands below the first two."""
    stale: bool
    """Whether the settings say another run: what is shown pales."""


def live_panels(
    run: Run, language: str, _: Translate, page: str, **how: Unpack[How]
) -> int | None:
    """Show panels of a run on a page; the step that the slider stands at, None at the
    end."""
    try:
        data = live_data(run, language, _, page, **how)
    except ExplorerError:
        if not run.ended:
            st.fragment(follow, run_every=LOOKS_EVERY)(run)
        raise
    result: Any = _component(
        key=f"live.{page}",
        data=data | {"look": came_for(run.id), "token": _token(run)},
        on_status_change=_again,
        on_at_change=_again,
    )
    return result.at if isinstance(result.at, int) else None


def live_data(
    run: Run, language: str, _: Translate, page: str, **how: Unpack[How]
) -> dict[str, Any]:
    """What `live_panels` tells the browser of a run, whoever looks at it."""
    names, shared = how.get("names", ()), how.get("shared", ())
    panels = described(run.config, names or names_on(page), _)
    layout = json.dumps([language, page, panels, shared]).encode()
    return {
        "page": page,
        "run": run.id,
        "status": run.status,
        "language": language,
        "panels": panels,
        "shared": shared,
        "long": how.get("long", True),
        "stale": how.get("stale", False),
        "layout": hashlib.sha256(layout).hexdigest(),
        "templates": {"light": template("light"), "dark": template("dark")},
        "plotly": PLOTLY,
        "socket": SOCKET,
        "strings": _strings(_),
        "title": run_line(run.config, _),
        "settings": settings_line(run.config, _),
    }


def follow(run: Run) -> None:
    """Draw the page anew when this run's status is another one, where no live part can
    tell of it."""
    if visitor().store.get(run.id).status != run.status:
        st.rerun()


def _token(run: Run) -> str:
    """The right to have the run hold a change; empty for who has it not."""
    me = visitor()
    if not me.may_control(run):
        return ""
    return control_token(run.id, me.owner, cookie())


def _again() -> None:
    """A new status changes which buttons make sense; the rerun itself does it."""


def _strings(_: Translate) -> dict[str, str]:
    return {
        "connecting": _("Connecting …"),
        "reconnecting": _("The connection was lost; trying again …"),
        "waiting": _("Waiting for the first numbers …"),
        "progress": _("Progress of the training"),
        "slider": _("Moment of the training"),
        "toLive": _("To the live end"),
        "momentLive": _("step %s (live)"),
        "momentPast": _("step %s"),
        "about": _("What am I looking at?"),
        "options": _("Options of this picture"),
        **saving_strings(_),
        "enlarge": _("Enlarge (F)"),
        "projector": _("Projector (P)"),
        "projectorHelp": _("One picture for the last row, the others in a rail beside"),
        "rail": _("Other pictures"),
        "contents": _("All pictures of this page"),
        "keys": _("Keys"),
        "keysHelp": _(
            "F enlarges a picture, P opens the projector, 1 to 9 choose there. Switch "
            "them off where a key does what you do not mean."
        ),
        "leave": _("Back (Esc)"),
        "noPlotly": _("The drawing library could not be loaded. Reload the page."),
    }
