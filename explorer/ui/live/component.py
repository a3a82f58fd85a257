"""The live component: one socket, and figures that are never mounted twice."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer import catalog
from explorer.plots.theme import template
from explorer.runs.records import Run
from explorer.ui.language import ASSETS, Translate
from explorer.ui.live import inside
from explorer.ui.live.panels import panels_for
from explorer.ui.live.scripts import script
from explorer.ui.places import PLOTLY, SOCKET
from explorer.ui.visitor import control_token, visitor

_component = st.components.v2.component(
    "sequence_explorer_live",
    html='<div class="sx-live"></div>\n',
    css=(ASSETS / "live" / "live.css").read_text(encoding="utf-8"),
    js=script("plotting", "live"),
    isolate_styles=False,
)


def live_panels(
    run: Run, language: str, _: Translate, only: tuple[str, ...] = ()
) -> int | None:
    """Show a run's panels, or `only` those of some names; the step that the slider
    stands at, None at the end."""
    panels = [
        {
            "name": panel.name,
            "question": _(panel.question(run.config)),
            "controls": panel.controls(run.config, _),
        }
        for panel in panels_for(run.config)
        if not only or panel.name in only
    ]
    return _show(run, language, _, "playground", panels)


def live_inside(
    run: Run, language: str, _: Translate, beside: list[tuple[str, str]]
) -> int | None:
    """Show every view of a run's insides; `beside`: other runs to compare with."""
    panels = inside.described(run.config, _)
    return _show(run, language, _, "inside", panels, examples(run, _, beside))


def live_some(
    run: Run,
    language: str,
    _: Translate,
    name: str,
    chosen: Sequence[str],
    shared: Sequence[dict[str, Any]] = (),
) -> int | None:
    """Show these views of a run's insides, in their order; `name` is the page's."""
    every = {panel["name"]: panel for panel in inside.described(run.config, _)}
    panels = [every[each] for each in chosen if each in every]
    return _show(run, language, _, "inside", panels, shared, key=name)


def examples(
    run: Run, _: Translate, beside: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """The controls of the example, and of another run beside it."""
    shared = inside.shared_controls(run.config, _)
    if beside:
        none = ("", _("no other run"))
        select = {"kind": "select", "options": [none, *beside], "value": ""}
        shared.append({"name": "beside", "label": _("Beside"), **select})
    return shared


def live_translation(run: Run, language: str, _: Translate) -> int | None:
    """Show a run that translates, as it writes."""
    shared = inside.shared_controls(run.config, _)
    panels = inside.described(run.config, _, "translate")
    loss, *others = panels
    return _show(
        run, language, _, "translate", [*others, loss], translated(run, shared, _)
    )


def translated(
    run: Run, shared: Sequence[dict[str, Any]], _: Translate
) -> list[dict[str, Any]]:
    """The shared controls in a translation's words; the time step can be played."""
    data = catalog.make_data(run.config)
    example, text, mark = shared
    return [
        example,
        text | {"label": _("Your own to translate"), "max": data.source * 4},
        mark
        | {
            "label": _("Tokens written"),
            "kind": "range",
            "value": 0,
            "min": 0,
            "max": data.steps - data.source - 1,
            "help": _("How many tokens of the answer stand there already."),
            "play": _("Play"),
            "pause": _("Pause"),
        },
    ]


def _show(
    run: Run,
    language: str,
    _: Translate,
    page: str,
    panels: list[dict[str, Any]],
    shared: Sequence[dict[str, Any]] = (),
    key: str = "",
) -> int | None:
    layout = json.dumps([language, page, panels, shared])
    result: Any = _component(
        key=f"live.{key or page}",
        data={
            "page": page,
            "run": run.id,
            "status": run.status,
            "language": language,
            "panels": panels,
            "shared": shared,
            "layout": hashlib.sha256(layout.encode()).hexdigest(),
            "templates": {"light": template("light"), "dark": template("dark")},
            "plotly": PLOTLY,
            "socket": SOCKET,
            "token": control_token(run.id) if visitor().may_control(run) else "",
            "strings": _strings(_),
        },
        on_status_change=_again,
        on_at_change=_again,
    )
    return result.at if isinstance(result.at, int) else None


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
        "image": _("Image"),
        "csv": _("CSV"),
        "saveImage": _("Save this picture as an image"),
        "saveCsv": _("Save these numbers as CSV"),
        "noPlotly": _("The drawing library could not be loaded. Reload the page."),
    }
