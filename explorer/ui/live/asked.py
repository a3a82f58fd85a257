"""Which panels a tab shows of a run, and the views that they need for it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from explorer.config.run import RunConfig
from explorer.config.settings import Settings
from explorer.engine.jobs import Wanted
from explorer.errors import N_, ExplorerError
from explorer.inspection.base import views
from explorer.inspection.facts import facts_of
from explorer.plots.panel import Panel, panels
from explorer.runs.facts import Facts
from explorer.ui.live.controls import SHARED
from explorer.ui.live.wishes import Wish

MOST_ASKED = 1024


class Asked(NamedTuple):
    """A panel that a tab shows."""

    facts: Facts
    panel: Panel
    chosen: Settings | ExplorerError
    """Its own settings, or what is wrong with them."""
    wanted: tuple[Wanted, ...]


def panels_of(config: RunConfig, names: Iterable[str]) -> list[Panel]:
    """Those of the named panels that a run has, in this order."""
    return _standing(facts_of(config), names)


def _standing(facts: Facts, names: Iterable[str]) -> list[Panel]:
    every = panels()
    named = [every[name] for name in names if name in every]
    return [panel for panel in named if panel.stands(facts)]


def asked(config: RunConfig, wish: Wish) -> tuple[Asked, ...]:
    """The panels that a tab shows, each with what it needs.

    Raises:
        ExplorerError: if there is no such data, or no longer.
    """
    return _asked(facts_of(config), wish)


@lru_cache(MOST_ASKED)
def _asked(facts: Facts, wish: Wish) -> tuple[Asked, ...]:
    """A tab asks for the same at each frame."""
    found = []
    for panel in _standing(facts, wish.names):
        try:
            chosen = _settings(panel, wish)
        except ExplorerError as error:
            found.append(Asked(facts, panel, error, ()))
            continue
        needed = panel.needs(facts, chosen)
        each = tuple(_wanted(view, panel, wish) for view in needed)
        found.append(Asked(facts, panel, chosen, each))
    return tuple(found)


def wanted(config: RunConfig, wish: Wish) -> tuple[Wanted, ...]:
    """The views that a tab needs from a worker, each once."""
    every = (want for each in asked(config, wish) for want in each.wanted)
    return tuple(dict.fromkeys(every))


def _settings(panel: Panel, wish: Wish) -> Settings:
    """The panel's own settings, and those that it takes over from others.

    Raises:
        ExplorerError: if a value is none that the setting may have.
    """
    fields, every = panel.settings.model_fields, wish.chosen
    own = {n: v for n, v in wish.options_of(panel.name).items() if n in fields}
    taken = {n: every[o] for n, o in panel.follows.items() if o in every}
    return panel.settings.read({**own, **taken}, N_("option"))


def _wanted(view: str, panel: Panel, wish: Wish) -> Wanted:
    """A view with the shared example and its options, as canonical JSON."""
    options = views()[view].options
    fields = options.model_fields
    given = {n: v for n, v in wish.options_of(panel.name).items() if n in fields}
    given |= {name: getattr(wish, name) for name in SHARED if name in fields}
    # What is wrong with an option is said by whoever looks, in the panel's place.
    with suppress(ExplorerError):
        given = options.read(given, N_("option")).changed()
    return Wanted(view, json.dumps(given, sort_keys=True))
