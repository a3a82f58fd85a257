"""What each of a race has learned so far: small pictures side by side."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.visitor import Visitor
from explorer.errors import N_, Words
from explorer.inspection.base import views_of
from explorer.inspection.facts import facts_of
from explorer.plots.panel import Scene, panels
from explorer.plots.words import entry
from explorer.racing.race import Race, read_race
from explorer.runs.records import Run, View
from explorer.ui.describe import run_line
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.page import shown_errors
from explorer.ui.plain import literal
from explorer.ui.races.words import labels

EVERY = 4.0
"""Seconds between two looks into the models of a race that goes on."""

VIEWS = {
    "prediction": N_("What they say"),
    "influence": N_("What moves the prediction"),
}


def pictures(visitor: Visitor, race: Race, going: bool, _: Translate) -> None:
    """One picture for each setting, of the first seed's run."""
    st.header(_("What has each learned?"), anchor=False)
    refreshed(_pictures, EVERY if going else None)(visitor, race.id, _)


def refreshed(part: Callable[..., None], every: float | None) -> Callable[..., None]:
    """A part of the page that is drawn anew by itself, and says what goes wrong."""

    @wraps(part)
    def guarded(*args: Any) -> None:
        with shown_errors():
            part(*args)

    return st.fragment(guarded, run_every=every)


def _pictures(visitor: Visitor, race_id: str, _: Translate) -> None:
    store = visitor.store
    race = read_race(store.groups.get(race_id), store.shelf.of_group(race_id))
    offered = offered_views(race)
    if not offered:
        return
    view = st.segmented_control(
        _("Pictures"),
        offered,
        default=offered[0],
        required=True,
        format_func=lambda name: _(VIEWS[name]),
        key="race.view",
        label_visibility="collapsed",
    )
    names = labels(race.configs, _)
    columns = st.columns(2)
    for number, (name, runs) in enumerate(zip(names, race.runs, strict=True)):
        with columns[number % 2]:
            st.markdown(f"**{name}**")
            step = moment(visitor, race, runs[0]) if runs else None
            if step is None:
                st.caption(_("Nothing to look at yet."))
                continue
            title = entry(name, _(VIEWS[view]), _)
            _picture(visitor, runs[0], step, view, number, title, _)


def offered_views(race: Race) -> list[str]:
    """The pictures that all of a race have."""
    kinds = [{v.name for v in views_of(specs.resolve(c))} for c in race.configs]
    return [name for name in VIEWS if all(name in kind for kind in kinds)]


def moment(visitor: Visitor, race: Race, run: Run) -> int | None:
    """The newest kept moment of a run; by step, that all have passed."""
    if run.status != "training":
        newest = visitor.store.state(run.id)
        return None if newest is None else newest.step
    going = [r.step for r in race.all_runs if r.status == "training"]
    last = min(going) if race.clock == "step" else run.step
    kept = [k for k in visitor.store.checkpoint_steps(run.id) if k <= last]
    return max(kept, default=None)


def _picture(
    visitor: Visitor,
    run: Run,
    step: int,
    view: str,
    number: int,
    title: str,
    _: Translate,
) -> None:
    (seen,) = visitor.engine.looks.at(run.id, step, (Wanted(view),))
    if "error" in seen.notes:
        st.caption(literal(Words.read(seen.notes["error"]).text(_)))
        return
    content = drawn(run.config, seen, _)
    message = _("After step %(step)s. %(reading)s")
    reading = message % {"step": f"{step:,}", "reading": content["reading"]}
    if text := content.get("text"):
        _sample(text["blocks"][0])
    elif content["figure"] is not None:
        about = f"{run_line(run.config, _)} · {_('step %s') % f'{step:,}'}"
        figure, alternative = content["figure"], content["alternative"]
        show_figure(f"race.{number}", figure, alternative, _, title=title, about=about)
    st.caption(literal(reading))


def drawn(config: RunConfig, view: View, _: Translate) -> dict[str, Any]:
    """The picture of the panel that has the view's name."""
    return panels()[view.name].draw(Scene.of(facts_of(config), view), _)


def _sample(block: dict[str, Any]) -> None:
    """The first block of text, in letters of one width."""
    st.caption(literal(block["caption"]))
    text = block["joiner"].join(str(token[0]) for token in block["tokens"])
    st.code(text, language=None, wrap_lines=True)
