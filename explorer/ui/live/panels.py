"""Panels as a tab is given them: how each is built, and what it shows at one moment."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from explorer.config.run import RunConfig
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.engine.simple import offered
from explorer.errors import N_, ExplorerError, Words
from explorer.inspection.facts import facts_of, lines
from explorer.plots.panel import Content, Panel, Scene
from explorer.runs.records import Lines, View
from explorer.ui.language import Translate, translator
from explorer.ui.live.asked import Asked, asked, panels_of
from explorer.ui.live.controls import panel_controls
from explorer.ui.live.elsewhere import Needs, Others, needs_of
from explorer.ui.live.wishes import Wish

MOST_PICTURES = 32
"""Kept as they were drawn, for each run that is watched: most frames bring no new
view."""

NOTHING = Words(N_("There is no picture: the run ended before its first step."))

Pictures = OrderedDict[Hashable, tuple[Scene, Content]]


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
    pictures: Pictures | None = None,
) -> dict[str, Content]:
    """The shown panels whose views are there; of a run that has ended without any, the
    others say why they are empty.

    Args:
        snapshot, wish, views, others, basis: the moment, and what is asked of it.
        pictures: of earlier frames; those of this one are put to them.
    """
    found, run = {}, snapshot.run
    pictures = Pictures() if pictures is None else pictures
    nothing = run.ended and run.step == 0 and not snapshot.checkpoints
    awaited = offered(run.config) if snapshot.simple is None else ""
    for each in asked(run.config, wish):
        if all(want in views for want in each.wanted):
            needs = needs_of(each, snapshot, wish, basis)
            scene = _scene(each, wish, views, needs, others)
            scene = scene._replace(simple=snapshot.simple, awaited=awaited)
            found[each.panel.name] = _draw(each, scene, snapshot, wish, pictures)
        elif nothing:
            found[each.panel.name] = _sentence(NOTHING, translator(wish.language))
    return found


def _draw(
    each: Asked, scene: Scene, snapshot: Snapshot, wish: Wish, pictures: Pictures
) -> Content:
    """A panel's picture, or the sentence about what is wrong."""
    _ = translator(wish.language)
    if isinstance(each.chosen, ExplorerError):
        return _sentence(each.chosen.words, _)
    for view in scene.views.values():
        if "error" in view.notes:
            return _sentence(Words.read(view.notes["error"]), _)
    if each.panel.curves or not scene.views:
        return each.panel.draw(_trained(scene, snapshot), _)
    return _kept(each.panel, scene, wish.language, pictures)


def _scene(
    each: Asked, wish: Wish, views: Mapping[Wanted, View], needs: Needs, others: Others
) -> Scene:
    """What a panel sees: its own views, and those of elsewhere that are there."""
    there = {n: v for n, v in others.items() if "error" not in v[1].notes}
    return Scene(
        each.facts,
        {want.view: views[want] for want in each.wanted},
        each.chosen,
        None if wish.mark < 0 else wish.mark,
        tuple(there[need][1] for need in needs.ghosts if need in there),
        there[needs.basis][1] if needs.basis in there else None,
        there.get(needs.beside) if needs.beside else None,
    )


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
        lines=_lines(snapshot),
        parent=snapshot.parent,
        end=run.step if run.status == "finished" else run.config.training.steps,
        diverged=run.status == "diverged",
    )


def _lines(snapshot: Snapshot) -> Lines:
    """What the loss is measured against, with simple methods where there are any."""
    config, simple = snapshot.run.config, snapshot.simple
    if simple is None:
        return lines(config)._replace(awaited=offered(config))
    losses = {each.name: each.loss for each in simple.methods}
    return lines(config)._replace(methods=losses or None, trouble=simple.trouble)


def _kept(panel: Panel, scene: Scene, language: str, pictures: Pictures) -> Content:
    """The picture of views alone; it is drawn once for each of them."""
    beside = None if scene.beside is None else scene.beside[1]
    seen = (*scene.views.values(), *scene.ghosts, scene.basis, beside, scene.simple)
    key = (panel.name, language, scene.chosen, scene.mark, scene.awaited)
    key = (*key, *map(id, seen))
    if key not in pictures:
        # The views are kept along, so that their ids stay their own.
        pictures[key] = scene, panel.draw(scene, translator(language))
    pictures.move_to_end(key)
    while len(pictures) > MOST_PICTURES:
        pictures.popitem(last=False)
    return pictures[key][1]
