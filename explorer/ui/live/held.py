"""The change that a tab has chosen, for its run to learn under."""

import json

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.runs.commands import spec_of
from explorer.runs.records import Run
from explorer.training.changes import Change, completed
from explorer.ui.live.wishes import Wish
from explorer.ui.visitor import controller


def hold(engine: Engine, wish: Wish, cookie: str) -> None:
    """Have the run learn under the change that its panel shows, or under none.

    Args:
        engine: where the run is.
        wish: which run, and the change or that there is none.
        cookie: of the browser that wishes it.

    Raises:
        ExplorerError: if the run is another's, or as `chosen_change` or `Engine.send`
            does.
    """
    run = engine.store.get(wish.run)
    if not run.ended and not _may_control(
        engine, run, wish.token, cookie
    ):  # else the engine says so
        raise ExplorerError(
            N_(
                "Only who started a run may change it while it learns, and this "
                "one is another's. Fork it to change a run of your own."
            )
        )
    note, spec = "", spec_of(wish.hold)
    if spec.takes_note:
        note = json.dumps(chosen_change(run.config, wish))
    engine.send(wish.run, spec(note=note))


def _may_control(engine: Engine, run: Run, token: str, cookie: str) -> bool:
    """Whether a token's person has the right to change a run, still and here."""
    person = controller(run.id, token, cookie)
    return person is not None and Visitor(engine, person).may_control(run)


def chosen_change(config: RunConfig, wish: Wish) -> dict[str, Scalar]:
    """What the panel "change" shows, as a run is told of it.

    Raises:
        ExplorerError: if it is not sound.
    """
    chosen = wish.options_of("change")
    change = Change.read({n: v for n, v in chosen.items() if n in Change.model_fields})
    return completed(change, specs.resolve(config)).values()
