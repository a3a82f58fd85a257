"""Panels as a tab is given them: how each is built, and what it shows at one moment."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from explorer.config.run import RunConfig
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.errors import N_, ExplorerError, Words
from explorer.inspection.facts import facts_of, lines
from explorer.plots.panel import Content, Panel, Scene
from explorer.runs.records import View
from explorer.ui.language import Translate, translator
from explorer.ui.live.asked import Asked, asked, panels_of
from explorer.ui.live.controls import panel_controls
from explorer.ui.live.elsewhere import Needs, Others, needs_of
from explorer.ui.live.wishes import Wish

MOST_DRAWN = 256
"""Pictures kept as they were drawn: most frames bring no new view."""

NOTHING = Words(N_("There is no picture: the run ended before its first step."))

_drawn: OrderedDict[Hashable, tuple[Scene, Content]] = OrderedDict()


def described(
    config: RunConfig, names: Iterable[str], _: Translate
) -> list[dict[str, Any]]:
    """The named panels that a run has, as the live component builds them."""
    facts = facts_of(config)
    return [
        {
            "name": panel.name,
            "question": _(panel.asks(facts)),
            "about": _(panel.about) if panel.about else "",
            "controls": panel_controls(panel, facts, _),
        }
        for panel in panels_of(config, names)
    ]


def drawn(
    snapshot: Snapshot,
    wish: Wish,
    views: Mapping[Wanted, View],
    others: Others = MappingProxyType({}),
    basis: int = 0,
) -> dict[str, Content]:
    """The shown panels whose views are there; of a run that has ended without any, the
    others say why they are empty."""
    found, run = {}, snapshot.run
    nothing = run.ended and run.step == 0 and not snapshot.checkpoints
    for each in asked(snapshot.run.config, wish):
        if all(want in views for want in each.wanted):
            needs = needs_of(each, snapshot, wish, basis)
            found[each.panel.name] = _draw(each, snapshot, wish, views, needs, others)
        elif nothing:
            found[each.panel.name] = _sentence(NOTHING, translator(wish.language))
    return found


def _draw(
    each: Asked,
    snapshot: Snapshot,
    wish: Wish,
    views: Mapping[Wanted, View],
    needs: Needs,
    others: Others,
) -> Content:
    """A panel's picture, or the sentence about what is wrong."""
    _ = translator(wish.language)
    if isinstance(each.chosen, ExplorerError):
        return _sentence(each.chosen.words, _)
    seen = {want.view: views[want] for want in each.wanted}
    for view in seen.values():
        if "error" in view.notes:
            return _sentence(Words.read(view.notes["error"]), _)
    there = {n: v for n, v in others.items() if "error" not in v[1].notes}
    scene = Scene(
        facts_of(snapshot.run.config),
        seen,
        each.chosen,
        None if wish.mark < 0 else wish.mark,
        tuple(there[need][1] for need in needs.ghosts if need in there),
        there[needs.basis][1] if needs.basis in there else None,
        there.get(needs.beside) if needs.beside else None,
    )
    if each.panel.curves or not seen:
        return each.panel.draw(_trained(scene, snapshot), _)
    return _kept(each.panel, scene, wish.language)


def _sentence(words: Words, _: Translate) -> Content:
    """What a panel says where it cannot be drawn."""
    text = words.text(_)
    return {"figure": None, "reading": text, "alternative": text}


def _trained(scene: Scene, snapshot: Snapshot) -> Scene:
    """The scene with what training has brought so far."""
    run = snapshot.run
    return scene._replace(
        curves=snapshot.curves,
        validations=snapshot.validations,
        commands=snapshot.commands,
        lines=lines(run.config),
        parent=snapshot.parent,
        end=run.step if run.status == "finished" else run.config.training.steps,
        diverged=run.status == "diverged",
    )


def _kept(panel: Panel, scene: Scene, language: str) -> Content:
    """The picture of views alone; it is drawn once for each of them."""
    beside = None if scene.beside is None else scene.beside[1]
    seen = (*scene.views.values(), *scene.ghosts, scene.basis, beside)
    key = (panel.name, language, scene.chosen, scene.mark, tuple(map(id, seen)))
    if key not in _drawn:
        # The views are kept along, so that their ids stay their own.
        _drawn[key] = scene, panel.draw(scene, translator(language))
    _drawn.move_to_end(key)
    while len(_drawn) > MOST_DRAWN:
        _drawn.popitem(last=False)
    return _drawn[key][1]
